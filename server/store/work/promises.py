"""Promises read back: what is open, what was kept and broken, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from server.base.errors import EntryError
from server.store.database import Database, Row, Writing
from server.text.masking import mask

VIEWS: Final = ("open", "late", "kept", "broken", "dropped")
OPEN_VIEWS: Final = ("open", "late")
_NOTE = 200
# Broken: past its time and still open, or kept only after it.
_WHERE: Final = {
    "open": "p.state = 'open'",
    "late": "p.state = 'open' AND p.due_at < ?",
    "kept": "p.state = 'kept' AND p.closed_at <= p.due_at",
    "broken": "((p.state = 'kept' AND p.closed_at > p.due_at) "
    "OR (p.state = 'open' AND p.due_at < ?))",
    "dropped": "p.state = 'dropped'",
}
_SELECT = """
    SELECT p.*, c.conversation_id, c.shopper_name, c.shopper_id
    FROM promises p JOIN conversations c ON c.id = p.conversation
"""


def _nows(view: str, now: str) -> list[str]:
    """What the condition of a view asks for."""
    return [now] * _WHERE[view].count("?")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an agent's promises; `late` were kept after their time, `missed` not yet."""

    agent: str
    made: int
    kept: int
    late: int
    missed: int
    open: int
    dropped: int


class Promises:
    """Lists them, mends, keeps and drops by hand."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def listed(self, shop: str, view: str, now: str, agent: str = "", last: int = 100) -> list[Row]:
        """Of a view of VIEWS: open ones by their time, closed ones newest first."""
        order = "p.due_at" if view in ("open", "late") else "p.said_at DESC"
        sql = (
            f"{_SELECT} WHERE p.shop = ? AND {_WHERE[view]} "
            f"AND ? IN ('', p.agent) ORDER BY {order}, p.id LIMIT ?"
        )
        return self._db.rows(sql, [shop, *_nows(view, now), agent, last])

    def counts(self, shop: str, now: str, agent: str = "") -> dict[str, int]:
        """How many are open and how many late; what is over is listed and not counted."""
        sql = "SELECT count(*) AS n FROM promises p WHERE p.shop = ? AND ? IN ('', p.agent) AND "
        found = {}
        for view in OPEN_VIEWS:
            row = self._db.row(sql + _WHERE[view], [shop, agent, *_nows(view, now)])
            found[view] = int(row["n"]) if row else 0
        return found

    def of_conversation(self, conversation: int) -> list[Row]:
        """All of one conversation, by their time."""
        sql = "SELECT * FROM promises WHERE conversation = ? ORDER BY due_at, id"
        return self._db.rows(sql, [conversation])

    def by_agent(self, shop: str, since: str, until: str, now: str) -> list[Kept]:
        """What became of what was promised between two moments, an agent a row."""
        sql = """
            SELECT agent, count(*) AS made,
                count(CASE WHEN state = 'kept' AND closed_at <= due_at THEN 1 END) AS kept,
                count(CASE WHEN state = 'kept' AND closed_at > due_at THEN 1 END) AS late,
                count(CASE WHEN state = 'open' AND due_at < ? THEN 1 END) AS missed,
                count(CASE WHEN state = 'open' AND due_at >= ? THEN 1 END) AS open,
                count(CASE WHEN state = 'dropped' THEN 1 END) AS dropped
            FROM promises WHERE shop = ? AND said_at >= ? AND said_at < ?
            GROUP BY agent ORDER BY agent
        """
        rows = self._db.rows(sql, [now, now, shop, since, until])
        return [Kept(**{name: row[name] for name in row.keys()}) for row in rows]  # noqa: SIM118

    def one(self, number: int) -> Row | None:
        """A promise with its conversation."""
        return self._db.row(f"{_SELECT} WHERE p.id = ?", [number])

    def keep(self, number: int, who: str, at: str) -> None:
        """Closes an open one as kept, by hand. Raises EntryError when it is closed already."""
        self._close(number, "kept", who, at, "")

    def drop(self, number: int, who: str, at: str, note: str) -> None:
        """Closes one that was no promise, or not the shop's to keep. Raises EntryError."""
        self._close(number, "dropped", who, at, note)

    def mend(self, number: int, due_at: str, rings_at: str) -> None:
        """Gives an open one another time. Raises EntryError when it is closed already."""
        sql = "UPDATE promises SET due_at = ?, rings_at = ? WHERE id = ? AND state = 'open'"
        self._changed(sql, [due_at, rings_at, number])

    def _close(self, number: int, state: str, who: str, at: str, note: str) -> None:
        sql = (
            "UPDATE promises SET state = ?, closed_at = ?, closed_by = ?, note = ? "
            "WHERE id = ? AND state = 'open'"
        )
        self._changed(sql, [state, at, who, mask(note.strip()[:_NOTE]), number])

    def _changed(self, sql: str, values: Sequence[Any]) -> None:
        def job(db: Writing) -> int:
            return int(db.execute(sql, values).rowcount)

        if not self._db.write(job):
            raise EntryError(
                "this promise is closed already; load the list again", "closed_already"
            )


class ClosedDays:
    """The days on which a shop is closed, beside public holidays."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, shop: str) -> tuple[date, ...]:
        """In order."""
        sql = "SELECT day FROM closed_days WHERE shop = ? ORDER BY day"
        return tuple(date.fromisoformat(row["day"]) for row in self._db.rows(sql, [shop]))

    def replace(self, shop: str, days: Sequence[date]) -> None:
        """Puts these in the place of all earlier ones."""

        def job(db: Writing) -> None:
            db.execute("DELETE FROM closed_days WHERE shop = ?", [shop])
            rows = [(shop, day.isoformat()) for day in days]
            db.executemany("INSERT INTO closed_days (shop, day) VALUES (?, ?)", rows)

        self._db.write(job)
