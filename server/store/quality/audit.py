"""Appending to the audit chain, and who looked at what."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from server.base.times import utc_now
from server.store.database import HEAD_FILE, Database, Row, Writing
from server.store.quality.chain import GENESIS, details_text, link
from server.text.masking import mask

log = logging.getLogger("bangda.audit")
T = TypeVar("T")
_APPEND = (
    "INSERT INTO audit_log (id, at, kind, who, what, details, previous, hash) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


class Audit:
    """The append-only trail of verdicts, rules and library changes."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._head = database.folder / HEAD_FILE
        self._noting = threading.Lock()

    def append(self, kind: str, who: str, what: str, details: Mapping[str, Any]) -> None:
        """Writes one entry. `details` hold ids and settings, never a shopper's text."""
        self.commit(lambda db: extend(db, kind, who, what, details))

    def commit(self, job: Callable[[Writing], T]) -> T:
        """Runs a job that calls `extend` itself, so that deed and entry are one commit."""

        def with_head(db: Writing) -> tuple[T, str]:
            result = job(db)
            row = db.execute("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()
            return result, f"{row[0]} {row[1]}" if row else ""

        result, head = self._db.write(with_head)
        if head:
            self._note(head)
        return result

    def _note(self, head: str) -> None:
        """Keeps the furthest head: two threads may come here in either order."""
        with self._noting:
            known = self._head.read_text(encoding="ascii") if self._head.exists() else "0"
            if int(head.partition(" ")[0]) > int(known.partition(" ")[0] or 0):
                fresh = self._head.with_suffix(".new")
                try:
                    fresh.touch(mode=0o600)
                    fresh.write_text(head, encoding="ascii")
                    fresh.replace(self._head)
                except OSError as error:
                    # The deed is committed: it is not to be done again for want of this file.
                    log.warning("%s is noted with the next entry: %s", self._head, error)

    def entries(self, last: int = 200, kind: str = "", shop: str = "") -> list[Row]:
        """The newest entries first; `shop` leaves out what does not name that shop."""
        named = self._db.dialect.json_text("details", "shop")
        sql = (
            "SELECT * FROM audit_log WHERE ? IN ('', kind) "
            f"AND ? IN ('', {named}) ORDER BY id DESC LIMIT ?"
        )
        return self._db.rows(sql, [kind, shop, last])


def extend(db: Writing, kind: str, who: str, what: str, details: Mapping[str, Any]) -> None:
    """Adds an entry inside a writer job."""
    db.in_turn("audit")
    row = db.execute("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()
    number, previous = (row[0] + 1, row[1]) if row else (1, GENESIS)
    at, text = utc_now(), details_text(details)
    made = link(previous, number, at, kind, who, what, text)
    values = [number, at, kind, who, what, text, previous, made]
    db.execute(_APPEND, values)


class AccessLog:
    """Every look at a conversation, every search and every export."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def note(
        self,
        who: str,
        role: str,
        action: str,
        shop: str,
        conversation: int | None,
        details: str = "",
    ) -> None:
        """Writes one line and returns when it is on disk: nobody reads without leaving it."""
        row = [utc_now(), who, role, action, shop, conversation, mask(details)]
        sql = (
            "INSERT INTO access_log (at, who, role, action, shop, conversation, details) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        self._db.write(lambda db: db.execute(sql, row))

    def of_conversation(self, conversation: int) -> list[Row]:
        """Who looked at this conversation, newest first."""
        sql = "SELECT * FROM access_log WHERE conversation = ? ORDER BY id DESC LIMIT 50"
        return self._db.rows(sql, [conversation])

    def newest(self, shops: str, last: int = 200) -> list[Row]:
        """The newest lines; `shops` limits them to one shop, '' shows all."""
        sql = "SELECT * FROM access_log WHERE ? IN ('', shop) ORDER BY id DESC LIMIT ?"
        return self._db.rows(sql, [shops, last])
