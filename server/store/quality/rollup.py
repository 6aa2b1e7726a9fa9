"""Keeps waits, day counts, search words and the queue up to date with the traffic.

Marks remember how far each table was read; what is new makes its local days dirty, and only dirty
days are summed again. Nothing here runs while a suggestion is being answered.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from server.base.times import utc_text
from server.metrics.clock import local_day
from server.metrics.reply_rate import formulas
from server.store.database import Database, Writing
from server.store.quality.days import TABLES, sum_day
from server.store.quality.items import queue_events, queue_warnings
from server.store.quality.marks import mark, set_mark
from server.store.quality.waiting import measure
from server.store.quality.words import split

_CHUNK = 20_000
_VERSION = "2"

# Without DISTINCT, for which SQLite would walk through all waits in the order of conversations.
OVERDUE = "SELECT conversation FROM waits WHERE pending_until < ?"
_MESSAGE_DAYS = """
    INSERT INTO message_days (day, first, last) VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE SET
    first = CASE WHEN excluded.first < message_days.first
                 THEN excluded.first ELSE message_days.first END,
    last = CASE WHEN excluded.last > message_days.last
                THEN excluded.last ELSE message_days.last END
"""
_DIRTY = "INSERT INTO dirty_days (shop, day) VALUES (?, ?) ON CONFLICT DO NOTHING"
# What is read in the order of its numbers, and which column they are.
_NUMBERED = {"messages": "id", "events": "id", "warnings": "id", "suggestions": "rowid"}
Until = Mapping[str, int]

ZoneOf = Callable[[str], ZoneInfo]


class Rollup:
    """Brings the derived tables up to date; safe to call from any thread."""

    def __init__(self, database: Database, zone_of: ZoneOf) -> None:
        self._db = database
        self._zone_of = zone_of
        self._lock = threading.Lock()

    def refresh(self, now: datetime | None = None) -> None:
        """Works off everything that is new; returns when the figures are those of `now`."""
        at = now or datetime.now(UTC)
        with self._lock:
            self._restart_when_rules_changed()
            until = self._db.horizon(_NUMBERED)
            while self._db.write(lambda db: self._read_chunk(db, at, until)):
                continue
            for row in self._db.rows("SELECT shop, day FROM dirty_days ORDER BY shop, day"):
                self._db.write(partial(self._sum, shop=row["shop"], day=row["day"]))

    def backlog(self) -> int:
        """How many messages are not in the figures yet."""
        row = self._db.row(
            "SELECT (SELECT coalesce(max(id), 0) FROM messages) - coalesce((SELECT "
            "CAST(value AS BIGINT) FROM figure_marks WHERE name = 'messages'), 0) AS n"
        )
        return int(row["n"]) if row else 0

    def _read_chunk(self, db: Writing, now: datetime, until: Until) -> bool:
        new = _new_messages(db, until)
        _index_words(db, new)
        touched = {row[1] for row in new} | _overdue(db, now)
        dirty = measure(db, touched, self._zone_of, now)
        dirty |= _days_of_events(db, self._zone_of, until)
        dirty |= _days_of_warnings(db, self._zone_of, until)
        dirty |= _days_of_suggestions(db, self._zone_of, until)
        dirty |= {(row[3], local_day(row[4], self._zone_of(row[3]))) for row in new}
        rows = [pair for pair in dirty if pair[1] >= mark(db, f"kept_from:{pair[0]}", "")]
        db.executemany(_DIRTY, rows)
        if new:
            set_mark(db, "messages", new[-1][0])
        return len(new) == _CHUNK or _more(db, until)

    def _sum(self, db: Writing, shop: str, day: str) -> None:
        sum_day(db, shop, day, self._zone_of(shop))
        db.execute("DELETE FROM dirty_days WHERE shop = ? AND day = ?", [shop, day])

    def _restart_when_rules_changed(self) -> None:
        """Another time zone or formula makes every kept wait count anew."""
        shops = [r["shop"] for r in self._db.rows("SELECT DISTINCT shop FROM conversations")]
        zones = "|".join(f"{shop}={self._zone_of(shop).key}" for shop in sorted(shops))
        text = f"{_VERSION}|{formulas()}"
        rules = hashlib.sha256(text.encode()).hexdigest()

        def job(db: Writing) -> None:
            before = dict(
                part.split("=", 1) for part in mark(db, "zones", "").split("|") if "=" in part
            )
            moved = [
                s for s in shops if before.get(s, self._zone_of(s).key) != self._zone_of(s).key
            ]
            if mark(db, "rules", rules) != rules or moved:
                _restart(db)
            set_mark(db, "rules", rules)
            set_mark(db, "zones", zones)

        self._db.write(job)


def _new_messages(db: Writing, until: Until) -> list[tuple[int, int, str, str, str]]:
    """Id, conversation, text, shop and sending time of messages not read yet."""
    sql = """
        SELECT m.id, m.conversation, m.text, c.shop, m.sent_at FROM messages m
        JOIN conversations c ON c.id = m.conversation
        WHERE m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ?
    """
    span = [int(mark(db, "messages", "0")), until["messages"], _CHUNK]
    return db.execute(sql, span).fetchall()


def _index_words(db: Writing, new: list[tuple[int, int, str, str, str]]) -> None:
    first_new = int(mark(db, "messages", "0"))
    changed = db.execute(
        "SELECT c.message, c.old, m.text FROM changed_messages c "
        "JOIN messages m ON m.id = c.message"
    ).fetchall()
    for message, old, text in changed:
        if message <= first_new:
            forget_words(db, [(message, old)])
            db.add_words([(message, split(text))])
    if changed:
        db.execute("DELETE FROM changed_messages")
    rows = [(row[0], split(row[2])) for row in new if row[0] > int(mark(db, "words", "0"))]
    db.add_words(rows)
    days = [(row[4][:10], row[0], row[0]) for row in new]
    db.executemany(_MESSAGE_DAYS, days)
    if rows:
        set_mark(db, "words", rows[-1][0])


def forget_words(db: Writing, messages: Iterable[tuple[int, str]]) -> None:
    """Takes (id, text as it was indexed) out of the search words."""
    db.forget_words([(message, split(text)) for message, text in messages])


def _overdue(db: Writing, now: datetime) -> set[int]:
    """Conversations with a message that could still be answered in time when last looked at."""
    return {row[0] for row in db.execute(OVERDUE, [utc_text(now)])}


def _days_of_events(db: Writing, zone_of: ZoneOf, until: Until) -> set[tuple[str, str]]:
    sql = "SELECT id, shop, at, event FROM events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
    rows = db.execute(sql, [int(mark(db, "events", "0")), until["events"], _CHUNK]).fetchall()
    days = {(shop, local_day(at, zone_of(shop))) for _, shop, at, _ in rows}
    if rows:
        queue_events(db, rows[0][0], rows[-1][0])
        days |= _days_of_heeded(db, rows[0][0], rows[-1][0], zone_of)
        set_mark(db, "events", rows[-1][0])
    return days


def _days_of_heeded(db: Writing, first: int, last: int, zone_of: ZoneOf) -> set[tuple[str, str]]:
    """A reply decides whether the warnings before it were heeded, over midnight too."""
    sql = """
        SELECT DISTINCT w.shop, w.created_at FROM events e JOIN warnings w
        ON w.conversation = e.conversation AND w.direction = 'draft'
        AND w.created_at <= e.recorded_at WHERE e.event = 'sent' AND e.id BETWEEN ? AND ?
    """
    return {(shop, local_day(at, zone_of(shop))) for shop, at in db.execute(sql, [first, last])}


def _days_of_warnings(db: Writing, zone_of: ZoneOf, until: Until) -> set[tuple[str, str]]:
    sql = "SELECT id, shop, created_at FROM warnings WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"
    rows = db.execute(sql, [int(mark(db, "warnings", "0")), until["warnings"], _CHUNK]).fetchall()
    if rows:
        queue_warnings(db, rows[0][0], rows[-1][0])
        set_mark(db, "warnings", rows[-1][0])
    return {(shop, local_day(at, zone_of(shop))) for _, shop, at in rows}


def _days_of_suggestions(db: Writing, zone_of: ZoneOf, until: Until) -> set[tuple[str, str]]:
    sql = """
        SELECT s.rowid, c.shop, s.created_at FROM suggestions s
        JOIN conversations c ON c.id = s.conversation
        WHERE s.rowid > ? AND s.rowid <= ? ORDER BY s.rowid LIMIT ?
    """
    rows = db.execute(
        sql, [int(mark(db, "suggestions", "0")), until["suggestions"], _CHUNK * 5]
    ).fetchall()
    if rows:
        set_mark(db, "suggestions", rows[-1][0])
    return {(shop, local_day(at, zone_of(shop))) for _, shop, at in rows}


def _more(db: Writing, until: Until) -> bool:
    """Whether another table than messages has more to read."""
    for table in ("events", "warnings", "suggestions"):
        column = _NUMBERED[table]
        sql = f"SELECT 1 FROM {table} WHERE {column} > ? AND {column} <= ? LIMIT 1"
        if db.execute(sql, [int(mark(db, table, "0")), until[table]]).fetchone():
            return True
    return False


def _restart(db: Writing) -> None:
    """Forgets what was derived from messages that are still there; older days stay as they are."""
    db.execute("DELETE FROM waits")
    for table in TABLES:
        db.execute(
            f"DELETE FROM {table} WHERE day >= coalesce((SELECT value FROM figure_marks "
            f"WHERE name = 'kept_from:' || {table}.shop), '')"
        )
    for name in ("messages", "events", "warnings", "suggestions"):
        set_mark(db, name, 0)
