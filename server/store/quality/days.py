"""What one local day of a shop sums up to."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

from server.metrics.adoption import COUNTS
from server.metrics.clock import day_bounds
from server.metrics.reply_rate import Formula, formulas_of
from server.metrics.spread import UNANSWERED
from server.metrics.wording_diff import kept_chars
from server.store.contract import Writing

_COLUMNS = ", ".join(("shop", "day", "platform", "agent", *COUNTS))
_PLATFORMS = "SELECT DISTINCT platform FROM waits WHERE shop = ? AND day = ?"
_Key = tuple[str, str, str]
_LATE_S = 180
TABLES = ("day_waits", "hour_counts", "unit_days", "person_days", "day_counts")

# CROSS JOIN keeps SQLite from starting at the shop: it would read all of its conversations a day.
_MESSAGES = """
    SELECT c.platform, m.agent, m.sender || '_messages', count(*)
    FROM messages m CROSS JOIN conversations c ON c.id = m.conversation
    WHERE m.sent_at >= ? AND m.sent_at < ? AND c.shop = ? GROUP BY 1, 2, 3
"""
_OFFERED = """
    SELECT c.platform, m.agent, count(DISTINCT s.message),
           count(DISTINCT CASE WHEN s.shown = 1 THEN s.message END)
    FROM suggestions s CROSS JOIN messages m ON m.id = s.message
    CROSS JOIN conversations c ON c.id = s.conversation
    WHERE s.created_at >= ? AND s.created_at < ? AND c.shop = ? GROUP BY 1, 2
"""
_INSERTED = """
    SELECT e.platform, e.agent, count(DISTINCT s.message) FROM events e
    JOIN suggestions s ON s.suggestion_id = e.suggestion_id
    WHERE e.at >= ? AND e.at < ? AND e.shop = ? AND e.event IN ('inserted', 'copied')
    GROUP BY 1, 2
"""
_EVENTS = """
    SELECT platform, agent, event, outcome, count(*), sum(length(text)) FROM events
    WHERE at >= ? AND at < ? AND shop = ? AND event IN ('sent', 'dismissed', 'not_relevant')
    GROUP BY 1, 2, 3, 4
"""
_EDITED = """
    SELECT e.platform, e.agent, s.text, e.text FROM events e
    JOIN suggestions s ON s.suggestion_id = e.suggestion_id
    WHERE e.at >= ? AND e.at < ? AND e.shop = ? AND e.event = 'sent' AND e.outcome = 'edited'
"""
_WARNINGS = """
    SELECT platform, agent, CASE direction WHEN 'incoming' THEN 'risks' ELSE 'sent_warnings' END,
           count(*) FROM warnings
    WHERE created_at >= ? AND created_at < ? AND shop = ? AND direction IN ('incoming', 'sent')
    GROUP BY 1, 2, 3
"""
# A draft's warning is heeded when the next reply in that conversation went out without the rule
# being broken; both are written in one commit, so they carry the same time.
_DRAFTS = """
    WITH drafts AS (
        SELECT w.platform, w.agent, w.rule, w.conversation, (
            SELECT min(e.recorded_at) FROM events e WHERE e.conversation = w.conversation
            AND e.event = 'sent' AND e.recorded_at >= w.created_at) AS sent_at
        FROM warnings w
        WHERE w.created_at >= ? AND w.created_at < ? AND w.shop = ? AND w.direction = 'draft')
    SELECT platform, agent, count(*), count(sent_at), count(CASE WHEN EXISTS (
        SELECT 1 FROM warnings x WHERE x.conversation = drafts.conversation AND x.rule = drafts.rule
        AND x.direction = 'sent' AND x.created_at = drafts.sent_at) THEN 1 END)
    FROM drafts GROUP BY 1, 2
"""


def sum_day(db: Writing, shop: str, day: str, zone: ZoneInfo) -> None:
    """Writes every count of the day anew."""
    for table in TABLES:
        sql = f"DELETE FROM {table} WHERE shop = ? AND day = ?"
        db.execute(sql, [shop, day])
    _sum_waits(db, shop, day)
    start, end = day_bounds(day, zone)
    counts = _counts(db, [start, end, shop])
    for platform, agent, n in db.execute(
        "SELECT platform, agent, count(*) FROM waits WHERE shop = ? AND day = ? AND first = 1 "
        "GROUP BY 1, 2",
        [shop, day],
    ):
        counts[platform, agent, "sessions"] += n
    cells = sorted({key[:2] for key, n in counts.items() if n})
    rows = [(shop, day, *cell, *(counts[*cell, name] for name in COUNTS)) for cell in cells]
    marks = ",".join("?" * (4 + len(COUNTS)))
    db.executemany(f"INSERT INTO day_counts ({_COLUMNS}) VALUES ({marks})", rows)


def _sum_waits(db: Writing, shop: str, day: str) -> None:
    db.execute(
        "INSERT INTO day_waits (shop, day, platform, agent, first, waits) "
        f"SELECT shop, day, platform, agent, first, {db.dialect.json_table('wait_s', 'n')} "
        "FROM (SELECT shop, day, platform, agent, first, "
        f"coalesce(wait_s, {UNANSWERED}) AS wait_s, count(*) AS n FROM waits "
        "WHERE shop = ? AND day = ? AND pending_until IS NULL GROUP BY 1, 2, 3, 4, 5, 6) AS n "
        "GROUP BY 1, 2, 3, 4, 5",
        [shop, day],
    )
    db.execute(
        "INSERT INTO hour_counts (shop, day, platform, agent, hour, n, late) "
        "SELECT shop, day, platform, agent, minute / 60, count(*), "
        f"count(*) FILTER (WHERE wait_s IS NULL OR wait_s > {_LATE_S}) "
        "FROM waits WHERE shop = ? AND day = ? AND pending_until IS NULL GROUP BY 1, 2, 3, 4, 5",
        [shop, day],
    )
    db.execute(
        "INSERT INTO person_days (shop, day, platform, agent, persons) "
        f"SELECT shop, day, platform, agent, {db.dialect.json_list('person', distinct=True)} "
        "FROM waits WHERE shop = ? AND day = ? GROUP BY 1, 2, 3, 4",
        [shop, day],
    )
    platforms = db.execute(_PLATFORMS, [shop, day]).fetchall()
    for platform, formula in ((p, f) for (p,) in platforms for f in formulas_of(p)):
        _sum_units(db, shop, day, platform, formula)


def _sum_units(db: Writing, shop: str, day: str, platform: str, formula: Formula) -> None:
    """Who counts by a formula; what can still be answered in time is not late."""
    unit = {"shopper": "person", "session": "session", "message": "message"}[formula.unit]
    db.execute(
        "INSERT INTO unit_days (shop, day, platform, agent, formula, answered, missed) "
        "SELECT shop, day, platform, agent, formula, "
        f"{db.dialect.json_list('unit', 'late = 0')}, {db.dialect.json_list('unit', 'late = 1')} "
        f"FROM (SELECT shop, day, platform, agent, ? AS formula, {unit} AS unit, "
        "max(CASE WHEN wait_s > ? OR (wait_s IS NULL AND pending_until IS NULL) "
        "THEN 1 ELSE 0 END) AS late "
        "FROM waits WHERE shop = ? AND day = ? AND platform = ? AND minute >= ? AND minute < ? "
        "AND first >= ? "
        f"GROUP BY shop, day, platform, agent, {unit}) AS units GROUP BY 1, 2, 3, 4, 5",
        [
            formula.id, formula.within_s, shop, day, platform,
            formula.from_hour * 60, formula.until_hour * 60, int(formula.first_only),
        ],
    )  # fmt: skip


def _counts(db: Writing, span: list[str]) -> Counter[_Key]:
    counts: Counter[_Key] = Counter()
    for platform, agent, name, n in db.execute(_MESSAGES, span):
        counts[platform, agent, name] += n
    for platform, agent, name, n in db.execute(_WARNINGS, span):
        counts[platform, agent, name] += n
    for platform, agent, offered, shown in db.execute(_OFFERED, span):
        counts[platform, agent, "offered"] += offered
        counts[platform, agent, "shown"] += shown
    for platform, agent, n in db.execute(_INSERTED, span):
        counts[platform, agent, "inserted"] += n
    for platform, agent, event, outcome, n, chars in db.execute(_EVENTS, span):
        counts[platform, agent, event] += n
        if event == "sent":
            counts[platform, agent, f"sent_{outcome or 'other'}"] += n
            counts[platform, agent, "chars_sent"] += chars
            counts[platform, agent, "chars_script"] += chars if outcome == "as_is" else 0
    for platform, agent, approved, sent in db.execute(_EDITED, span):
        counts[platform, agent, "chars_script"] += kept_chars(approved, sent)
    for platform, agent, warned, decided, unheeded in db.execute(_DRAFTS, span):
        counts[platform, agent, "warned"] += warned
        counts[platform, agent, "heeded"] += decided - unheeded
        counts[platform, agent, "unheeded"] += unheeded
    return counts
