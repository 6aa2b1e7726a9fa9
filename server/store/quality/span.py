"""Conversations of a span of days, a row each, as they are exported."""

from __future__ import annotations

from server.store.contract import Dialect
from server.store.database import Database, Row


def _sql(dialect: Dialect) -> str:
    verdicts = dialect.joined_texts("i.verdict", " ")
    return f"""
    SELECT c.id, c.shop, c.platform, c.conversation_id, c.shopper_name, c.agent, c.first_at,
           c.last_at,
           (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.sender = 'shopper')
               AS shopper_messages,
           (SELECT count(*) FROM messages m WHERE m.conversation = c.id AND m.sender = 'agent')
               AS agent_messages,
           w.sessions, w.first_wait_s, w.longest_wait_s, w.late,
           (SELECT count(*) FROM events e WHERE e.conversation = c.id AND e.event = 'sent'
            AND e.outcome IN ('as_is', 'edited')) AS adopted,
           (SELECT count(*) FROM warnings x WHERE x.conversation = c.id
            AND x.direction = 'sent') AS warnings,
           (SELECT {verdicts} FROM review_items i WHERE i.conversation = c.id
            AND i.verdict != '') AS verdicts,
           (SELECT round(avg(s.total), 1) FROM score_cards s WHERE s.conversation = c.id) AS score
    FROM conversations c JOIN (
        SELECT conversation, sum(first) AS sessions, min(CASE WHEN first = 1 THEN wait_s END)
               AS first_wait_s, max(wait_s) AS longest_wait_s, sum(late) AS late
        FROM waits WHERE day BETWEEN ? AND ? AND ? IN ('', shop) GROUP BY conversation) w
    ON w.conversation = c.id ORDER BY c.first_at, c.id
"""


def conversations_between(database: Database, shop: str, first: str, last: str) -> list[Row]:
    """Conversations with a message in the days `first` to `last`, in order; shop "" is all."""
    return database.rows(_sql(database.dialect), [first, last, shop])
