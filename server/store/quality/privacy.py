"""Retention, and one shopper's records: exported, or deleted so that nothing can be read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlite_utils

from server.metrics.clock import day_bounds, local
from server.store.curation.forget import forget_words_of
from server.store.database import Database
from server.store.quality.audit import Audit, extend
from server.store.quality.marks import mark, set_mark
from server.store.quality.rollup import forget_words

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Deleted:
    """What went."""

    conversations: int
    messages: int


class Privacy:
    """Deletes for real: rows, search words, learned history, and the pages they stood on."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def expire(self, shop: str, days: int, zone: ZoneInfo, now: datetime | None = None) -> Deleted:
        """Deletes a shop's messages from before the last `days` whole local days."""
        today = local(now or datetime.now(UTC), zone)[0]
        floor = (datetime.fromisoformat(today) - timedelta(days=days)).date().isoformat()
        cut = day_bounds(floor, zone)[0]
        sql = (
            "SELECT m.id FROM messages m CROSS JOIN conversations c ON c.id = m.conversation "
            "WHERE m.sent_at < ? AND c.shop = ?"
        )
        messages = [row["id"] for row in self._db.rows(sql, [cut, shop])]
        gone = self._delete_messages(messages)

        def rest(db: sqlite_utils.Database) -> int:
            db.execute("DELETE FROM warnings WHERE shop = ? AND created_at < ?", [shop, cut])
            db.execute("DELETE FROM events WHERE shop = ? AND at < ?", [shop, cut])
            db.execute(
                "DELETE FROM acceptances WHERE shop = ? AND at < ? AND source = 'panel'",
                [shop, cut],
            )
            empty = db.execute(
                "DELETE FROM conversations WHERE shop = ? AND last_at < ? AND NOT EXISTS "
                "(SELECT 1 FROM messages m WHERE m.conversation = conversations.id) AND NOT EXISTS "
                "(SELECT 1 FROM events e WHERE e.conversation = conversations.id) AND NOT EXISTS "
                "(SELECT 1 FROM warnings w WHERE w.conversation = conversations.id)",
                [shop, cut],
            ).rowcount
            kept = f"kept_from:{shop}"
            set_mark(db, kept, max(floor, mark(db, kept, "")))
            if gone or empty:
                what = {"shop": shop, "before": floor, "messages": gone, "conversations": empty}
                extend(db, "retention", "(server)", shop, what)
            return int(empty)

        empty = self._audit.commit(rest)
        if gone or empty:
            self.scrub()
        return Deleted(empty, gone)

    def _delete_messages(self, messages: list[int]) -> int:
        for start in range(0, len(messages), _BATCH):
            batch = messages[start : start + _BATCH]
            self._db.write(lambda db, batch=batch: _drop_messages(db, batch))  # type: ignore[misc]
        return len(messages)

    def shopper_rows(
        self, shop: str, platform: str, shopper: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Everything kept about one shopper, by table."""
        keys = self._conversations(shop, platform, shopper)
        found: dict[str, list[dict[str, Any]]] = {
            "conversations": [dict(r) for r in self._in("conversations", "id", keys)]
        }
        for table in (
            "messages",
            "suggestions",
            "events",
            "warnings",
            "review_items",
            "score_cards",
        ):
            found[table] = [dict(r) for r in self._in(table, "conversation", keys)]
        ids = [row["suggestion_id"] for row in found["suggestions"]]
        found["acceptances"] = [dict(r) for r in self._in("acceptances", "suggestion_id", ids)]
        sql = "SELECT * FROM orders WHERE shop = ? AND ? IN ('', platform) AND shopper = ?"
        found["orders"] = [dict(r) for r in self._db.rows(sql, [shop, platform, shopper])]
        return found

    def delete_shopper(self, shop: str, platform: str, shopper: str, who: str) -> Deleted:
        """Removes all of it. Verdicts stay without texts; day counts stay, they name nobody."""
        found = self.shopper_rows(shop, platform, shopper)
        keys = [row["id"] for row in found["conversations"]]
        messages = [row["id"] for row in found["messages"]]
        suggestions = [row["suggestion_id"] for row in found["suggestions"]]
        self._delete_messages(messages)

        def job(db: sqlite_utils.Database) -> None:
            for table in ("warnings", "events", "suggestions", "score_cards", "waits"):
                _delete_in(db, table, "conversation", keys)
            _delete_in(db, "acceptances", "suggestion_id", suggestions)
            _delete_in(db, "rule_examples", "item", [r["id"] for r in found["review_items"]])
            _delete_in(db, "script_tasks", "item", [r["id"] for r in found["review_items"]])
            _delete_in(db, "orders", "id", [r["id"] for r in found["orders"]])
            _delete_in(db, "conversations", "id", keys)
            said = [r["text"] for table in ("messages", "events") for r in found[table]]
            forget_words_of(db, shop, said, messages, [r["id"] for r in found["events"]])
            gone = {"shop": shop, "conversations": keys, "messages": len(messages)}
            extend(db, "shopper_deleted", who, "shopper", gone)

        self._audit.commit(job)
        self.scrub()
        return Deleted(len(keys), len(messages))

    def scrub(self) -> None:
        """Empties the log of what was deleted; the file's own pages are overwritten as rows go.

        `secure_delete` does the latter: rewriting the file (VACUUM) kept the writer waiting.
        """
        self._db.write(
            lambda db: db.execute("INSERT INTO message_words(message_words) VALUES ('optimize')")
        )
        with closing(sqlite3.connect(self._db.path, timeout=60)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _conversations(self, shop: str, platform: str, shopper: str) -> list[int]:
        sql = (
            "SELECT id FROM conversations WHERE shop = ? AND ? IN ('', platform) AND ? != '' "
            "AND (shopper_id = ? OR conversation_id = ? OR shopper_name = ?)"
        )
        rows = self._db.rows(sql, [shop, platform, shopper, shopper, shopper, shopper])
        return [row["id"] for row in rows]

    def _in(self, table: str, column: str, keys: list[Any]) -> Iterator[sqlite3.Row]:
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            yield from self._db.rows(f"SELECT * FROM {table} WHERE {column} IN ({marks})", batch)


def _drop_messages(db: sqlite_utils.Database, messages: list[int]) -> None:
    marks = ",".join("?" * len(messages))
    read = int(mark(db, "words", "0"))
    rows = db.execute(
        f"SELECT m.id, coalesce(c.old, m.text) FROM messages m LEFT JOIN changed_messages c "
        f"ON c.message = m.id WHERE m.id IN ({marks})",
        messages,
    ).fetchall()
    forget_words(db, [(key, text) for key, text in rows if key <= read])
    db.execute(f"DELETE FROM warnings WHERE message IN ({marks})", messages)
    db.execute(
        "DELETE FROM acceptances WHERE suggestion_id != '' AND suggestion_id IN "
        f"(SELECT suggestion_id FROM suggestions WHERE message IN ({marks}))",
        messages,
    )
    for table, column in (
        ("suggestions", "message"), ("changed_messages", "message"), ("waits", "message"),
        ("messages", "id"),
    ):  # fmt: skip
        db.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", messages)


def _delete_in(db: sqlite_utils.Database, table: str, column: str, keys: list[Any]) -> None:
    db.conn.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(key,) for key in keys])
