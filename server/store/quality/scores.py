"""Score cards of conversations."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from server.base.times import utc_now
from server.metrics.agreement import Mean, mean_of
from server.metrics.scoring import Criterion, total
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.verdicts import digest
from server.text.masking import mask


@dataclass(frozen=True, slots=True)
class Card:
    """One filled-in card."""

    shop: str
    conversation: int
    agent: str
    day: str
    marks: Mapping[str, int]
    fatal: frozenset[str]
    note: str


class ScoreCards:
    """Writes cards, averages them."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def save(self, card: Card, form: int, lines: tuple[Criterion, ...], reviewer: str) -> int:
        """Writes a card (a reviewer's second look replaces the first); returns its points."""
        points = total(lines, card.marks, card.fatal)
        row = {
            "form": form, "shop": card.shop, "conversation": card.conversation,
            "agent": card.agent, "day": card.day, "marks": json.dumps(dict(card.marks)),
            "fatal": json.dumps(sorted(card.fatal)), "total": points, "note": mask(card.note[:500]),
            "reviewer": reviewer, "at": utc_now(),
        }  # fmt: skip

        def job(db: Writing) -> None:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            later = ", ".join(f"{name} = excluded.{name}" for name in row)
            db.execute(
                f"INSERT INTO score_cards ({names}) VALUES ({marks}) "
                f"ON CONFLICT (conversation, agent, reviewer) DO UPDATE SET {later}",
                list(row.values()),
            )
            shown = {
                name: row[name] for name in ("conversation", "agent", "marks", "fatal", "total")
            }
            extend(db, "score", reviewer, card.agent, shown | {"note": digest(str(row["note"]))})

        self._audit.commit(job)
        return points

    def of_conversation(self, conversation: int) -> list[Row]:
        """The cards of a conversation."""
        return self._db.rows("SELECT * FROM score_cards WHERE conversation = ?", [conversation])

    def averages(self, shop: str, first: str, last: str) -> list[tuple[str, Mean, int]]:
        """Agent, mean of points with interval, fatal cards; by name, never by points."""
        points: dict[str, list[float]] = defaultdict(list)
        fatal: dict[str, int] = defaultdict(int)
        for row in self._cards(shop, first, last):
            points[row["agent"]].append(row["total"])
            fatal[row["agent"]] += row["fatal"] != "[]"
        return [(agent, mean_of(points[agent]), fatal[agent]) for agent in sorted(points)]

    def lines(self, shop: str, first: str, last: str) -> dict[str, dict[str, Mean]]:
        """Per agent the mean of every criterion."""
        marks: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for row in self._cards(shop, first, last):
            for name, mark in json.loads(row["marks"]).items():
                marks[row["agent"]][name].append(mark)
        return {
            agent: {name: mean_of(values) for name, values in by_name.items()}
            for agent, by_name in marks.items()
        }

    def _cards(self, shop: str, first: str, last: str) -> list[Row]:
        sql = "SELECT * FROM score_cards WHERE ? IN ('', shop) AND day BETWEEN ? AND ?"
        return self._db.rows(sql, [shop, first, last])

    def about_agent(
        self, agent: str, limit: int = 50, shop: str = "", first: str = "", last: str = "9"
    ) -> list[Row]:
        """An agent's cards, newest first; `first` and `last` are days."""
        sql = (
            "SELECT * FROM score_cards WHERE agent = ? AND ? IN ('', shop) "
            "AND day BETWEEN ? AND ? ORDER BY id DESC LIMIT ?"
        )
        return self._db.rows(sql, [agent, shop, first, last, limit])
