"""What enters the queue: warnings on sent replies, risks in shoppers' texts, agents' flags."""

from __future__ import annotations

from server.metrics.sampling import chosen
from server.store.contract import Dialect, Writing

# Higher comes first in the queue.
_WEIGHT = "CASE severity WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END"

# An incoming hint of low severity (a shopper who asks for a chat account, say) is no finding.
_WARNINGS = f"""
    INSERT INTO review_items
        (source, key, shop, platform, agent, conversation, message, warning, rule, rule_version,
         category, severity, weight, at)
    SELECT CASE direction WHEN 'sent' THEN 'rule' ELSE 'risk' END, 'warning:' || id, shop, platform,
           agent, conversation, message, id, rule, rule_version, category, severity, {_WEIGHT},
           created_at
    FROM warnings WHERE id BETWEEN ? AND ?
    AND (direction = 'sent' OR (direction = 'incoming' AND severity IN ('high', 'medium')
                                AND category != 'probe'))
    ON CONFLICT DO NOTHING
"""


def _events(dialect: Dialect) -> str:
    named = dialect.json_text("e.details", "message_id")
    rule = dialect.json_text("e.details", "rule")
    return f"""
    INSERT INTO review_items
        (source, key, shop, platform, agent, conversation, message, event, rule, weight, at)
    SELECT CASE event WHEN 'flagged' THEN 'agent' ELSE 'alarm' END, 'event:' || e.id, e.shop,
           e.platform, e.agent, e.conversation,
           (SELECT m.id FROM messages m WHERE m.conversation = e.conversation
            AND m.message_id = {named}), e.id,
           coalesce({rule}, ''), 2, e.at
    FROM events e WHERE e.id BETWEEN ? AND ? AND e.event IN ('flagged', 'false_alarm')
    AND e.conversation IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def queue_warnings(db: Writing, first: int, last: int) -> None:
    """Queues the warnings of a span of ids."""
    db.execute(_WARNINGS, [first, last])
    _draw_blind(db, "warning", first, last)


def queue_events(db: Writing, first: int, last: int) -> None:
    """Queues agents' flags and their false-alarm answers of a span of ids."""
    db.execute(_events(db.dialect), [first, last])
    _draw_blind(db, "event", first, last)


def _draw_blind(db: Writing, column: str, first: int, last: int) -> None:
    """Picks the shop's share of findings that two reviewers judge without seeing each other."""
    shares = db.execute("SELECT shop, value FROM qa_settings WHERE name = 'blind_percent'")
    for shop, percent in shares.fetchall():
        sql = f"SELECT id FROM review_items WHERE {column} BETWEEN ? AND ? AND shop = ?"
        ids = [row[0] for row in db.execute(sql, [first, last, shop])]
        blind = [(key,) for key in ids if chosen("blind", key, float(percent))]
        db.executemany("UPDATE review_items SET blind = 1 WHERE id = ?", blind)
