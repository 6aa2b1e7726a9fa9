"""What a lead has begun, for whichever server is asked next: long jobs, files to be imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.store.database import Database, Row, Writing

State = Literal["running", "done", "failed"]
_KEPT_S = 7 * 86_400
_PART = 1024 * 1024
# Parts of a file that nobody describes: its server died while it was handed in.
_TORN_AFTER_S = 3_600
_ADD_PART = "INSERT INTO upload_parts (key, number, content, at) VALUES (?, ?, ?, ?)"
_TIDY = "DELETE FROM upload_parts WHERE at < ? AND key NOT IN (SELECT key FROM uploads)"


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it stands; `error` and `result` are JSON, "" for none."""

    id: int
    kind: str
    shop: str
    who: str
    state: State
    step: str
    done: int
    total: int
    error: str
    result: str
    seen: bool
    beat_at: float


class JobRows:
    """Jobs by number. The server that does one tells that it still lives by `beat`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(self, kind: str, shop: str, who: str, now: float) -> int:
        """Notes a new job; returns its number. What ended a week ago goes."""

        def job(db: Writing) -> int:
            db.execute("DELETE FROM jobs WHERE beat_at < ?", [now - _KEPT_S])
            return db.insert("jobs", {"kind": kind, "shop": shop, "who": who, "beat_at": now})

        return self._db.write(job)

    def note(self, number: int, step: str, done: int, total: int, now: float) -> None:
        """Queues how far it is."""
        fields = {"step": step, "done": done, "total": total, "beat_at": now}
        self._db.submit(lambda db: db.update("jobs", number, fields))

    def beat(self, number: int, now: float) -> None:
        """Queues that its server lives."""
        self._db.submit(lambda db: db.update("jobs", number, {"beat_at": now}))

    def end(self, number: int, now: float, *, result: str = "", error: str = "") -> None:
        """Notes what came of it."""
        state = "failed" if error else "done"
        fields = {"state": state, "result": result, "error": error, "beat_at": now}
        self._db.write(lambda db: db.update("jobs", number, fields))

    def look(self, number: int) -> None:
        """Notes that somebody has seen the outcome."""
        self._db.write(lambda db: db.update("jobs", number, {"seen": 1}))

    def find(self, number: int) -> JobRow | None:
        """A job by its number."""
        row = self._db.row("SELECT * FROM jobs WHERE id = ?", [number])
        return None if row is None else _job(row)

    def all(self, shop: str, state: State) -> list[JobRow]:
        """The shop's jobs in a state, oldest first."""
        sql = "SELECT * FROM jobs WHERE shop = ? AND state = ? ORDER BY id"
        return [_job(row) for row in self._db.rows(sql, [shop, state])]


def _job(row: Row) -> JobRow:
    return JobRow(
        row["id"],
        row["kind"],
        row["shop"],
        row["who"],
        row["state"],
        row["step"],
        row["done"],
        row["total"],
        row["error"],
        row["result"],
        bool(row["seen"]),
        row["beat_at"],
    )


class UploadRows:
    """Files in parts, each beside what is told of it; the telling comes last."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def put(self, key: str, told: bytes, content: bytes, now: float) -> None:
        """Keeps a file; a part at a time, so that others write in between."""
        for number, start in enumerate(range(0, len(content), _PART)):
            values = [key, number, content[start : start + _PART], now]
            self._db.write(lambda db, values=values: db.execute(_ADD_PART, values))  # type: ignore[misc]
        row = {"key": key, "told": told, "at": now}
        self._db.write(lambda db: db.insert_many("uploads", [row]))

    def told(self) -> dict[str, bytes]:
        """What is told of each file, by key."""
        rows = self._db.rows("SELECT key, told FROM uploads")
        return {row["key"]: bytes(row["told"]) for row in rows}

    def content(self, key: str) -> bytes | None:
        """A file's bytes, None when it is gone."""
        sql = "SELECT content FROM upload_parts WHERE key = ? ORDER BY number"
        return b"".join(bytes(row["content"]) for row in self._db.rows(sql, [key])) or None

    def drop(self, key: str) -> None:
        """Takes a file away."""

        def job(db: Writing) -> None:
            db.execute("DELETE FROM uploads WHERE key = ?", [key])
            db.execute("DELETE FROM upload_parts WHERE key = ?", [key])

        self._db.write(job)

    def tidy(self, now: float) -> None:
        """Takes away parts that nobody tells of and nobody is handing in any more."""
        self._db.write(lambda db: db.execute(_TIDY, [now - _TORN_AFTER_S]))
