"""The rows that a turn and an event leave, for the writer's jobs of `traffic.py`.

Nothing here waits for an answer that it does not need: what is given back is asked for by the
caller, once for several statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.base.remembered import remembers
from server.store.contract import Found, Writing
from server.store.names import kept_name, without_name
from server.store.rows import (
    Acceptance,
    ConversationRow,
    MessageRow,
    SuggestionRow,
    WarningRow,
)
from server.text.masking import mask

_CONVERSATION = (
    "(SELECT id FROM conversations WHERE shop = ? AND platform = ? AND conversation_id = ?)"
)
ADD_EVENT = f"""
    INSERT INTO events (event, shop, platform, agent, conversation_id, suggestion_id, script_id,
                        text, outcome, details, at, recorded_at, request_id, dedupe_key,
                        conversation)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {_CONVERSATION})
    ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608 - a constant
_KNOWN = "SELECT 1 FROM warnings WHERE message = ? AND direction = ? AND rule = ? AND matched = ?"
# The same replies are offered all day; what a shopper wrote is masked once and not remembered.
_masked_reply = remembers(200_000)(mask)


def key_of(row: ConversationRow) -> tuple[str, str, str]:
    """What tells a conversation from others: shop, platform, the page's own id."""
    return (row.shop, row.platform, row.conversation_id)


def number_of(found: Found) -> int:
    """The row id that a statement gave."""
    return int(found.fetchone()[0])


def touch(
    db: Writing, row: ConversationRow, now: str, way: str, *, answered: bool = False
) -> Found:
    """Gives the conversation's row id; it becomes the agent's who answered, never who named it."""
    sql = """
        INSERT INTO conversations (shop, platform, conversation_id, shopper_id, shopper_name,
                                   agent, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (shop, platform, conversation_id) DO UPDATE SET
            last_at = excluded.last_at,
            agent = CASE WHEN ? = 1 OR conversations.agent = ''
                         THEN coalesce(nullif(excluded.agent, ''), conversations.agent)
                         ELSE conversations.agent END,
            shopper_id = coalesce(nullif(excluded.shopper_id, ''), conversations.shopper_id),
            shopper_name = coalesce(nullif(excluded.shopper_name, ''),
                                    conversations.shopper_name)
        RETURNING id
    """
    names = [row.shopper_id, kept_name(mask(row.shopper_name), way), row.agent]
    return db.execute(sql, [*key_of(row), *names, now, now, int(answered)])


def add_message(db: Writing, row: ConversationRow, message: MessageRow, now: str) -> Found:
    """Gives the message's row id; its conversation was touched before."""
    sql = f"""
        INSERT INTO messages (conversation, message_id, sender, agent, text, sent_at, received_at)
        VALUES ({_CONVERSATION}, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (conversation, message_id) DO UPDATE SET text = excluded.text
        RETURNING id
    """  # noqa: S608 - a constant
    said = [message.message_id, message.sender, row.agent, message.text, message.sent_at or now]
    return db.execute(sql, [*key_of(row), *said, now])


def suggestion_fields(
    row: SuggestionRow, conversation: int, message: int, now: str
) -> dict[str, object]:
    """A row of `suggestions`, its texts masked."""
    return {
        "suggestion_id": row.suggestion_id,
        "conversation": conversation,
        "message": message,
        "script_id": row.script_id,
        "script_version": row.script_version,
        "rank": row.rank,
        "score": row.score,
        "confidence": row.confidence,
        "shown": int(row.shown),
        "why": _masked_reply(row.why),
        "text": _masked_reply(row.text),
        "library_version": row.library_version,
        "created_at": now,
    }


def safe_message(message: MessageRow) -> MessageRow:
    """The message as it is kept."""
    return replace(message, text=mask(message.text))


def safe_warning(row: WarningRow) -> WarningRow:
    """The warning as it is kept; `start` is -1 where the span is not in the masked text."""
    text, matched = mask(row.text), mask(row.matched)
    # Masking moves offsets: the span is found again, nearest to where it stood.
    start = text.find(matched, max(0, len(mask(row.text[: row.start])) - 2))
    start = start if start >= 0 else text.find(matched)
    return replace(row, text=text, matched=matched, start=start)


def unnamed(row: SuggestionRow, name: str, way: str) -> SuggestionRow:
    """The suggestion, calling the shopper as the shop keeps names."""
    return replace(row, text=without_name(row.text, name, way))


def add_warnings(
    db: Writing,
    conversation: ConversationRow,
    conversation_pk: int,
    message: int | None,
    warnings: Sequence[WarningRow],
    now: str,
) -> None:
    """Writes what is new; a message that is asked about again has its warnings already."""
    seen: set[tuple[str, str, str]] = set()
    fresh = []
    for row in warnings:
        key = (row.direction, row.rule, row.matched)
        if message is None or key not in seen:
            fresh.append((row, None if message is None else db.execute(_KNOWN, [message, *key])))
            seen.add(key)
    # Asked for together, looked at together: one way to the database and back.
    new = [row for row, known in fresh if known is None or known.fetchone() is None]
    db.insert_many(
        "warnings", [_warning(conversation, row, conversation_pk, message, now) for row in new]
    )


def _warning(
    conversation: ConversationRow,
    row: WarningRow,
    conversation_pk: int,
    message: int | None,
    now: str,
) -> dict[str, object]:
    start = max(0, row.start)
    return {
        "shop": conversation.shop,
        "platform": conversation.platform,
        "agent": conversation.agent,
        "conversation": conversation_pk,
        "message": message,
        "direction": row.direction,
        "category": row.category,
        "severity": row.severity,
        "rule": row.rule,
        "rule_version": row.rule_version,
        "clause": row.clause,
        "start": start,
        "end": start + (len(row.matched) if row.start >= 0 else 0),
        "matched": row.matched,
        "text": row.text,
        "disguised": int(row.disguised),
        "created_at": now,
    }


def add_acceptances(db: Writing, shop: str, acceptances: Sequence[Acceptance], at: str) -> None:
    """Writes what agents made of suggestions."""
    # What an agent did last with a suggestion counts: inserted, then edited, is one edit.
    earlier = [(shop, a.suggestion_id) for a in acceptances if a.suggestion_id]
    db.executemany("DELETE FROM acceptances WHERE shop = ? AND suggestion_id = ?", earlier)
    rows = (
        {
            "shop": shop,
            "message": a.message,
            "script_id": a.script_id,
            "kind": a.kind,
            "source": a.source,
            "suggestion_id": a.suggestion_id,
            "at": at,
        }
        for a in acceptances
    )
    db.insert_many("acceptances", rows)
