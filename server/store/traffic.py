"""Conversations as they happen. Everything a shopper or agent wrote is masked in here, once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace

from server.base.conversation import Turn
from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.store.names import way_of, without_name
from server.store.rows import (
    Acceptance,
    ConversationRow,
    EventRow,
    MessageRow,
    Offered,
    SaidRow,
    SuggestionRow,
    WarningRow,
)
from server.store.turn_rows import (
    ADD_EVENT,
    add_acceptances,
    add_message,
    add_warnings,
    key_of,
    number_of,
    safe_message,
    safe_warning,
    suggestion_fields,
    touch,
    unnamed,
)
from server.store.work.said import note_said
from server.text.masking import mask

_TURNS = """
    SELECT m.sender, m.text FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE c.shop = ? AND c.platform = ? AND c.conversation_id = ?
    ORDER BY m.id DESC LIMIT ?
"""
_SAID = """
    SELECT DISTINCT e.script_id FROM events e JOIN conversations c ON c.id = e.conversation
    WHERE c.shop = ? AND c.platform = ? AND c.conversation_id = ?
    AND e.event IN ('inserted', 'copied', 'sent') AND e.script_id != ''
"""
_OFFERED = """
    SELECT s.suggestion_id, s.script_id, s.text, m.text AS message, c.conversation_id
    FROM suggestions s JOIN messages m ON m.id = s.message
    JOIN conversations c ON c.id = s.conversation WHERE s.suggestion_id = ? AND c.shop = ?
"""
_KEYED, _KEYED_MARK = "k1:", "events_keyed"
_BARE = re.compile(r"[0-9a-f]{64}")
_PER_JOB = 5_000


class Traffic:
    """Writes turns and events, reads back what later turns need."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def record_turn(
        self,
        conversation: ConversationRow,
        message: MessageRow,
        suggestions: Sequence[SuggestionRow] = (),
        warnings: Sequence[WarningRow] = (),
    ) -> Future[None]:
        """Queues one message with what was suggested and warned; the same message is kept once."""
        now = utc_now()
        # Masked here, not on the one thread that writes.
        safe, found = safe_message(message), [safe_warning(row) for row in warnings]

        def job(db: Writing) -> None:
            way = way_of(db, conversation.shop)
            touched = touch(db, conversation, now, way)
            added = add_message(db, conversation, safe, now)
            conversation_pk, message_pk = number_of(touched), number_of(added)
            if suggestions:
                name = conversation.shopper_name
                named = [unnamed(row, name, way) for row in suggestions]
                rows = [suggestion_fields(row, conversation_pk, message_pk, now) for row in named]
                db.insert_many("suggestions", rows, ignore=True)
            add_warnings(db, conversation, conversation_pk, message_pk, found, now)
            _tell(db, conversation)

        return self._db.submit(job)

    def record_event(
        self,
        conversation: ConversationRow,
        event: EventRow,
        message: MessageRow | None = None,
        warnings: Sequence[WarningRow] = (),
        acceptances: Sequence[Acceptance] = (),
        said: SaidRow | None = None,
    ) -> bool:
        """Writes an event and all it brings; returns after the commit. False for a repetition.

        An event outside of any conversation (a page's health, say) leaves none behind.
        """
        now = utc_now()
        at = event.at or now
        key = _KEYED + self._db.ids.digest(_bare_key(conversation, event, now))
        keep = self._db.ids.kept_id
        suggestion_id, request_id = keep(event.suggestion_id), keep(event.request_id)
        details = _masked_json(event.details)
        name = conversation.shopper_name
        found = [safe_warning(row) for row in warnings]
        learnt = [replace(row, message=mask(row.message)) for row in acceptances]

        def job(db: Writing) -> bool:
            # What is asked for before an answer is looked at goes to the database in one piece.
            known = db.execute("SELECT 1 FROM events WHERE dedupe_key = ?", [key])
            way = way_of(db, conversation.shop)
            if known.fetchone():
                return False
            text = mask(without_name(event.text, name, way))
            inside = conversation.conversation_id or message is not None
            answered = message is not None and message.sender == "agent"
            touched = added = None
            if inside:
                touched = touch(db, conversation, now, way, answered=answered)
            if message is not None:
                safe = safe_message(replace(message, text=without_name(message.text, name, way)))
                added = add_message(db, conversation, safe, now)
            values = [
                event.event,
                conversation.shop,
                conversation.platform,
                conversation.agent,
                conversation.conversation_id,
                suggestion_id,
                event.script_id,
                text,
                event.outcome,
                details,
                at,
                now,
                request_id,
                key,
                *(key_of(conversation) if inside else (None, None, None)),
            ]
            # It may come to two servers at a time, when one of them dies in between.
            if db.execute(ADD_EVENT, values).fetchone() is None:
                return False
            conversation_pk = None if touched is None else number_of(touched)
            message_pk = None if added is None else number_of(added)
            if conversation_pk is not None:
                add_warnings(db, conversation, conversation_pk, message_pk, found, now)
            if said is not None and conversation_pk is not None and message_pk is not None:
                note_said(db, conversation, conversation_pk, message_pk, said, at)
            if learnt:
                add_acceptances(db, conversation.shop, learnt, at)
                offered = [a.suggestion_id for a in learnt if a.suggestion_id]
                db.notify("accepted", shop=conversation.shop, suggestions=offered)
            if inside:
                _tell(db, conversation)
            return True

        return self._db.write(job)

    def record_draft_warnings(
        self, conversation: ConversationRow, warnings: Sequence[WarningRow]
    ) -> Future[None]:
        """Queues the warnings that a draft showed; each rule once for the same matched text."""
        now = utc_now()
        found = [safe_warning(row) for row in warnings]

        def job(db: Writing) -> None:
            way = way_of(db, conversation.shop)
            conversation_pk = number_of(touch(db, conversation, now, way))
            add_warnings(db, conversation, conversation_pk, None, found, now)

        return self._db.submit(job)

    def add_acceptances(self, shop: str, acceptances: Iterable[Acceptance], at: str = "") -> int:
        """Writes learned history; returns how many."""
        rows = [replace(row, message=mask(row.message)) for row in acceptances]

        def job(db: Writing) -> None:
            add_acceptances(db, shop, rows, at or utc_now())
            db.notify("history", shop=shop)

        self._db.write(job)
        return len(rows)

    def forget_acceptances(self, shop: str, source: str | None = None) -> int:
        """Removes learned history of a shop (of one source); returns how many rows went."""

        def job(db: Writing) -> int:
            sql, parameters = "DELETE FROM acceptances WHERE shop = ?", [shop]
            if source is not None:
                sql, parameters = sql + " AND source = ?", [shop, source]
            db.notify("history", shop=shop)
            return int(db.execute(sql, parameters).rowcount)

        return self._db.write(job)

    def acceptances(self, shop: str) -> list[Acceptance]:
        """All learned history of a shop, oldest first."""
        sql = "SELECT * FROM acceptances WHERE shop = ? ORDER BY id"
        return [_acceptance(row) for row in self._db.rows(sql, [shop])]

    def accepted(self, shop: str, suggestion_ids: Sequence[str]) -> list[Acceptance]:
        """What was made of these suggestions."""
        sql = "SELECT * FROM acceptances WHERE shop = ? AND suggestion_id = ? ORDER BY id"
        found = (r for name in suggestion_ids for r in self._db.rows(sql, [shop, name]))
        return [_acceptance(row) for row in found]

    def kept_id(self, text: str) -> str:
        """An id of the chat page as it is kept."""
        return self._db.ids.kept_id(text)

    def key_events(self) -> int:
        """Keys what an earlier version hashed without a key, once; returns how many events."""
        sql = "SELECT 1 FROM figure_marks WHERE name = ?"
        if self._db.row(sql, [_KEYED_MARK]) is not None:
            return 0
        last = done = 0
        while rows := self._db.rows(
            "SELECT id, dedupe_key FROM events WHERE id > ? ORDER BY id LIMIT ?", [last, _PER_JOB]
        ):
            digest, bare = self._db.ids.digest, [r for r in rows if _BARE.fullmatch(r[1])]
            made = [(_KEYED + digest(row[1]), row[0]) for row in bare]
            sql = "UPDATE events SET dedupe_key = ? WHERE id = ?"
            self._db.write(lambda db, made=made, sql=sql: db.executemany(sql, made))  # type: ignore[misc]
            last, done = rows[-1][0], done + len(made)
        mark = "INSERT INTO figure_marks (name, value) VALUES (?, '1') ON CONFLICT DO NOTHING"
        self._db.write(lambda db: db.execute(mark, [_KEYED_MARK]))
        return done

    def turns(self, conversation: ConversationRow, last: int) -> tuple[Turn, ...]:
        """The last turns of a conversation as stored (masked), oldest first."""
        key = [conversation.shop, conversation.platform, conversation.conversation_id, last]
        rows = self._db.rows(_TURNS, key)
        return tuple(Turn(row["sender"], row["text"]) for row in reversed(rows))

    def said(self, conversation: ConversationRow) -> frozenset[str]:
        """Ids of the scripts that already went to this shopper."""
        key = [conversation.shop, conversation.platform, conversation.conversation_id]
        return frozenset(row["script_id"] for row in self._db.rows(_SAID, key))

    def offered(self, shop: str, suggestion_id: str) -> Offered | None:
        """What was offered under this id in this shop."""
        row = self._db.row(_OFFERED, [suggestion_id, shop])
        return Offered(**dict(row)) if row else None

    def script_use(self, shop: str) -> list[Row]:
        """`script_id`, `uses`, `last_at` of every script that was used, most used first."""
        return self._db.rows(
            "SELECT script_id, count(*) AS uses, max(at) AS last_at FROM events "
            "WHERE shop = ? AND script_id != '' AND event IN ('inserted', 'copied') "
            "GROUP BY script_id ORDER BY uses DESC, script_id",
            [shop],
        )


def _acceptance(row: Row) -> Acceptance:
    return Acceptance(
        row["message"], row["script_id"], row["kind"], row["source"], row["suggestion_id"]
    )


def _tell(db: Writing, row: ConversationRow) -> None:
    """Other servers' memory of the conversation is old now."""
    db.notify("conversation", key=[row.shop, row.platform, row.conversation_id])


def _masked_json(details: object) -> str:
    def masked(value: object) -> object:
        if isinstance(value, str):
            return mask(value)
        if isinstance(value, dict):
            return {mask(str(key)): masked(item) for key, item in value.items()}
        if isinstance(value, list):
            return [masked(item) for item in value]
        return value

    return json.dumps(masked(details), ensure_ascii=False, sort_keys=True)


def _bare_key(conversation: ConversationRow, event: EventRow, now: str) -> str:
    """The same event sent again after a lost answer has the same key; it is kept keyed.

    Only an event that carries its own time can be told from a second one of the same kind, so one
    without `at` is never taken for a repetition.
    """
    parts = [
        conversation.shop,
        conversation.platform,
        conversation.agent,
        conversation.conversation_id,
        event.event,
        event.request_id,
        event.suggestion_id,
        event.script_id,
        event.text,
        event.at or f"{now}/{id(event)}",
    ]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
