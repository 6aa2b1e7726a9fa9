"""Proposals with their reviews, gaps dealt with, and saved golden questions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.base.conversation import Turn
from server.base.times import utc_now
from server.library import name_of
from server.store.database import Database, Row, Writing
from server.text.masking import mask

_MARK_GAP = """
    INSERT INTO gap_marks (shop, source, ref, state, script_id, who, at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (shop, source, ref) DO UPDATE SET
    state = excluded.state, script_id = excluded.script_id, who = excluded.who, at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A script that somebody wants. `source`: draft, agent, import or gap."""

    id: int
    shop: str
    script_id: str
    base_version: str
    fields: Mapping[str, Any]
    source: str
    who: str
    note: str
    at: str
    status: str
    decided_by: str
    decided_at: str | None
    comment: str

    @property
    def name(self) -> str:
        """What people know the script by."""
        said = self.fields
        return name_of(
            said.get("title", ""), said.get("questions", ()), said.get("reply", self.script_id)
        )


@dataclass(frozen=True, slots=True)
class Golden:
    """A saved question and the script that must answer it; "" when none may be shown."""

    id: int
    message: str
    turns: tuple[Turn, ...]
    expected: str
    who: str
    at: str


class Inbox:
    """What waits for a lead."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def propose(
        self,
        shop: str,
        drafts: Sequence[tuple[str, str, Mapping[str, Any]]],
        *,
        source: str,
        who: str,
        note: str = "",
    ) -> list[int]:
        """Writes proposals, (script id, version it starts from, fields) each; returns their ids."""
        at = utc_now()

        def job(db: Writing) -> list[int]:
            ids = []
            for script_id, base, fields in drafts:
                row = {
                    "shop": shop,
                    "script_id": script_id,
                    "base_version": base,
                    "fields": json.dumps(_masked(fields, source), ensure_ascii=False),
                    "source": source,
                    "who": who,
                    "note": mask(note),
                    "at": at,
                }
                ids.append(db.insert("proposals", row))
            return ids

        return self._db.write(job)

    def proposals(self, shop: str, status: str = "open", last: int = 500) -> list[Proposal]:
        """Proposals of a status, oldest first when open, else newest first."""
        order = "ASC" if status == "open" else "DESC"
        sql = f"SELECT * FROM proposals WHERE shop = ? AND status = ? ORDER BY id {order} LIMIT ?"  # noqa: S608
        return [_proposal(row) for row in self._db.rows(sql, [shop, status, last])]

    def proposal(self, shop: str, number: int) -> Proposal | None:
        """One proposal."""
        row = self._db.row("SELECT * FROM proposals WHERE shop = ? AND id = ?", [shop, number])
        return _proposal(row) if row else None

    def open_count(self, shop: str) -> int:
        """How many proposals wait."""
        sql = "SELECT count(*) AS n FROM proposals WHERE shop = ? AND status = 'open'"
        row = self._db.row(sql, [shop])
        return int(row["n"]) if row else 0

    def change(self, number: int, fields: Mapping[str, Any], who: str) -> None:
        """New fields for an open proposal (a returned one is open again)."""
        sql = "UPDATE proposals SET fields = ?, status = 'open', comment = '' WHERE id = ?"
        text = json.dumps(_masked(fields), ensure_ascii=False)
        self._db.write(lambda db: db.execute(sql, [text, number]))

    def decide(self, number: int, status: str, who: str, comment: str = "") -> None:
        """approved, returned or withdrawn."""
        sql = "UPDATE proposals SET status=?, decided_by=?, decided_at=?, comment=? WHERE id=?"
        self._db.write(lambda db: db.execute(sql, [status, who, utc_now(), mask(comment), number]))

    def golden(self, shop: str) -> list[Golden]:
        """Saved golden questions, oldest first."""
        sql = "SELECT * FROM golden_questions WHERE shop = ? AND removed_at IS NULL ORDER BY id"
        return [
            Golden(r["id"], r["message"], _turns(r["turns"]), r["expected"], r["who"], r["at"])
            for r in self._db.rows(sql, [shop])
        ]

    def save_golden(
        self, shop: str, message: str, turns: Sequence[Turn], expected: str, who: str
    ) -> None:
        """Keeps a question, once; texts are masked as all traffic is."""
        if any((g.message, g.expected) == (mask(message), expected) for g in self.golden(shop)):
            return
        row = {
            "shop": shop,
            "message": mask(message),
            "turns": json.dumps([[t.sender, mask(t.text)] for t in turns], ensure_ascii=False),
            "expected": expected,
            "who": who,
            "at": utc_now(),
        }
        self._db.write(lambda db: db.insert("golden_questions", row))

    def remove_golden(self, shop: str, number: int) -> None:
        """Takes a saved question out."""
        sql = "UPDATE golden_questions SET removed_at = ? WHERE shop = ? AND id = ?"
        self._db.write(lambda db: db.execute(sql, [utc_now(), shop, number]))

    def mark_gaps(
        self, shop: str, refs: Iterable[tuple[str, int]], state: str, who: str, script_id: str = ""
    ) -> None:
        """Notes that these messages or events (source, id) were dealt with."""
        at = utc_now()
        rows = [(shop, source, ref, state, script_id, who, at) for source, ref in refs]

        def job(db: Writing) -> None:
            db.executemany(_MARK_GAP, rows)

        self._db.write(job)

    def drafted(self, shop: str, refs: Sequence[tuple[str, int]]) -> int | None:
        """The open proposal that was made of the first of these messages or events, if any."""
        if not refs:
            return None
        sql = (
            "SELECT p.id FROM gap_marks g JOIN proposals p "
            "ON p.shop = g.shop AND p.script_id = g.script_id AND p.status = 'open' "
            "WHERE g.shop = ? AND g.source = ? AND g.ref = ? AND g.script_id != '' "
            "ORDER BY p.id DESC LIMIT 1"
        )
        row = self._db.row(sql, [shop, *refs[0]])
        return int(row["id"]) if row else None

    def marked(self, shop: str) -> set[tuple[str, int]]:
        """Every (source, id) that was dealt with."""
        rows = self._db.rows("SELECT source, ref FROM gap_marks WHERE shop = ?", [shop])
        return {(row["source"], row["ref"]) for row in rows}


# What shoppers said; a shop's own reply may well name its own address.
_ASKED = ("title", "questions", "tests")
_OVERHEARD = ("agent", "gap")


def _masked(fields: Mapping[str, Any], source: str = "") -> dict[str, Any]:
    """A proposal's fields; all of them masked where they come out of chats."""
    names = [name for name in fields if name != "id"] if source in _OVERHEARD else _ASKED
    return {name: _masked_value(v) if name in names else v for name, v in fields.items()}


def _masked_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    return [_masked_value(item) for item in value] if isinstance(value, list) else value


def _proposal(row: Row) -> Proposal:
    values = dict(row)
    return Proposal(**(values | {"fields": json.loads(values["fields"])}))


def _turns(text: str) -> tuple[Turn, ...]:
    return tuple(Turn(sender, words) for sender, words in json.loads(text))
