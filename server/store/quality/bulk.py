"""Writes many conversations at once, with their own times: sample traffic and benchmarks.

Live traffic goes through `Traffic`, which stamps its own clock; this one keeps the times given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from server.store.database import Database, Writing
from server.store.rows import ConversationRow, Outcome, SuggestionRow, WarningRow
from server.text.masking import mask

_PER_COMMIT = 400
_masked = lru_cache(maxsize=65_536)(mask)


@dataclass(slots=True)
class PastMessage:
    """One message with what belongs to it. `source` is the suggestion that a reply came from."""

    sender: str
    text: str
    at: str
    suggestions: Sequence[SuggestionRow] = ()
    warnings: Sequence[WarningRow] = ()
    drafts: Sequence[tuple[str, WarningRow]] = ()
    events: Sequence[tuple[str, str, dict[str, Any]]] = ()
    outcome: Outcome = ""
    source: SuggestionRow | None = None


@dataclass(slots=True)
class PastTalk:
    """One conversation, messages in order."""

    conversation: ConversationRow
    messages: list[PastMessage] = field(default_factory=list)


@dataclass(slots=True)
class _Rows:
    conversations: list[tuple[Any, ...]] = field(default_factory=list)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    suggestions: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    warnings: list[tuple[Any, ...]] = field(default_factory=list)


class Bulk:
    """Writes past conversations."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, talks: Iterable[PastTalk]) -> int:
        """Writes conversations that are not there yet; returns how many messages."""
        written = 0
        batch: list[PastTalk] = []
        for talk in talks:
            batch.append(talk)
            if len(batch) == _PER_COMMIT:
                written += self._write(batch)
                batch = []
        return written + (self._write(batch) if batch else 0)

    def _write(self, talks: list[PastTalk]) -> int:
        def job(db: Writing) -> int:
            messages = sum(len(talk.messages) for talk in talks)
            keys = {
                "conversations": db.reserve("conversations", len(talks)),
                "messages": db.reserve("messages", messages),
            }
            rows = _Rows()
            for talk in talks:
                conversation, message = keys["conversations"], keys["messages"]
                keys["conversations"] += 1
                keys["messages"] += len(talk.messages)
                _collect(rows, talk, conversation, message)
            _insert(db, rows)
            return len(rows.messages)

        return self._db.write(job)


def _collect(rows: _Rows, talk: PastTalk, conversation: int, first: int) -> None:
    owner = talk.conversation
    rows.conversations.append((
        conversation, owner.shop, owner.platform, owner.conversation_id, owner.shopper_id,
        _masked(owner.shopper_name), owner.agent, talk.messages[0].at, talk.messages[-1].at,
    ))  # fmt: skip
    for number, message in enumerate(talk.messages, start=first):
        text = _masked(message.text)
        rows.messages.append((
            number, conversation, f"m{number}", message.sender, owner.agent, text, message.at,
            message.at,
        ))  # fmt: skip
        rows.suggestions.extend(
            _suggestion(s, conversation, number, message) for s in message.suggestions
        )
        rows.warnings.extend(
            _warning(w, owner, conversation, number, message.at) for w in message.warnings
        )
        rows.warnings.extend(_warning(w, owner, conversation, None, at) for at, w in message.drafts)
        for at, event, fields in message.events:
            rows.events.append(_event(event, owner, conversation, at, fields))
        if message.sender == "agent":
            fields = {"text": text, "outcome": message.outcome}
            if message.source is not None:
                fields |= {
                    "suggestion_id": message.source.suggestion_id,
                    "script_id": message.source.script_id,
                }
            rows.events.append(_event("sent", owner, conversation, message.at, fields))


def _suggestion(
    row: SuggestionRow, conversation: int, message: int, at: PastMessage
) -> tuple[Any, ...]:
    return (
        row.suggestion_id, conversation, message, row.script_id, row.script_version, row.rank,
        row.score, row.confidence, int(row.shown), row.why, _masked(row.text),
        row.library_version, at.at,
    )  # fmt: skip


def _warning(
    row: WarningRow, owner: ConversationRow, conversation: int, message: int | None, at: str
) -> tuple[Any, ...]:
    return (
        owner.shop, owner.platform, owner.agent, conversation, message, row.direction, row.category,
        row.severity, row.rule, row.rule_version, row.clause, row.start, row.end,
        _masked(row.matched), _masked(row.text), int(row.disguised), at,
    )  # fmt: skip


def _event(
    event: str, owner: ConversationRow, conversation: int, at: str, fields: dict[str, Any]
) -> tuple[Any, ...]:
    key = f"past/{conversation}/{event}/{at}/{fields.get('suggestion_id', '')}"
    return (
        event, owner.shop, owner.platform, owner.agent, conversation, owner.conversation_id,
        fields.get("suggestion_id", ""), fields.get("script_id", ""), fields.get("text", ""),
        fields.get("outcome", ""), fields.get("details", "{}"), at, at, key, key,
    )  # fmt: skip


def _insert(db: Writing, rows: _Rows) -> None:
    def many(head: str, found: list[tuple[Any, ...]]) -> None:
        if found:
            marks = ", ".join("?" * len(found[0]))
            db.executemany(f"INSERT INTO {head} VALUES ({marks}) ON CONFLICT DO NOTHING", found)

    many(
        "conversations (id, shop, platform, conversation_id, shopper_id, shopper_name, agent, "
        "first_at, last_at)",
        rows.conversations,
    )
    many(
        "messages (id, conversation, message_id, sender, agent, text, sent_at, received_at)",
        rows.messages,
    )
    many(
        "suggestions (suggestion_id, conversation, message, script_id, script_version, rank, "
        "score, confidence, shown, why, text, library_version, created_at)",
        rows.suggestions,
    )
    many(
        "events (event, shop, platform, agent, conversation, conversation_id, suggestion_id, "
        "script_id, text, outcome, details, at, recorded_at, request_id, dedupe_key)",
        rows.events,
    )
    many(
        "warnings (shop, platform, agent, conversation, message, direction, category, severity, "
        'rule, rule_version, clause, start, "end", matched, text, disguised, created_at)',
        rows.warnings,
    )
