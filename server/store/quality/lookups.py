"""One conversation with everything about it, and search over all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.store.database import Database, Row
from server.store.names import FIRST, kept_name
from server.store.quality.words import parts_of
from server.text.masking import mask

_MOST_TURNS = 400
_SEARCHED = """
    SELECT c.id, c.shop, c.platform, c.agent, c.shopper_name, c.conversation_id, c.last_at
"""


@dataclass(frozen=True)
class Sent:
    """A sent reply's origin: the approved wording as it was offered, and what became of it."""

    script_id: str
    version: str
    approved: str
    outcome: str


@dataclass(frozen=True)
class Talk:
    """A conversation's rows; warnings, suggestions and origins by message id."""

    conversation: Row
    messages: tuple[Row, ...]
    suggestions: Mapping[int, list[Row]]
    warnings: Mapping[int, list[Row]]
    drafts: tuple[Row, ...]
    events: tuple[Row, ...]
    origins: Mapping[int, Sent]
    earlier: bool

    def only(self, places: Sequence[int]) -> Talk:
        """The same with these of its lines alone, and what belongs to them."""
        return replace(self, messages=tuple(self.messages[place] for place in places))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to search for; empty fields do not limit. Times are UTC, `until` not included."""

    text: str = ""
    shop: str = ""
    platform: str = ""
    agent: str = ""
    shopper: str = ""
    rule: str = ""
    since: str = ""
    until: str = ""


class Lookups:
    """Reads conversations."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def talk(self, conversation: int, before: int = 0) -> Talk | None:
        """A conversation's newest turns (those before a message id, for longer ones)."""
        row = self._db.row("SELECT * FROM conversations WHERE id = ?", [conversation])
        if row is None:
            return None
        sql = """
            SELECT * FROM messages WHERE conversation = ? AND (? = 0 OR id < ?)
            ORDER BY sent_at DESC, id DESC LIMIT ?
        """
        newest = self._db.rows(sql, [conversation, before, before, _MOST_TURNS + 1])
        messages = tuple(reversed(newest[:_MOST_TURNS]))
        events = tuple(self._of("events", conversation, "at, id"))
        warnings = self._of("warnings", conversation, "created_at, id")
        suggestions = self._of("suggestions", conversation, "rank, rowid")
        return Talk(
            conversation=row,
            messages=messages,
            suggestions=_by(suggestions, "message"),
            warnings=_by([w for w in warnings if w["message"] is not None], "message"),
            drafts=tuple(w for w in warnings if w["direction"] == "draft"),
            events=events,
            origins=_origins(messages, events, suggestions),
            earlier=len(newest) > _MOST_TURNS,
        )

    def _of(self, table: str, conversation: int, order: str) -> list[Row]:
        sql = f"SELECT * FROM {table} WHERE conversation = ? ORDER BY {order}"
        return self._db.rows(sql, [conversation])

    def conversation_of_message(self, message: int) -> Row | None:
        """The conversation that a message belongs to."""
        inner = "SELECT conversation FROM messages WHERE id = ?"
        sql = f"SELECT * FROM conversations WHERE id = ({inner})"
        return self._db.row(sql, [message])

    def search(self, wanted: Wanted, limit: int = 50, before: int = 0) -> list[Row]:
        """Hits newest first: messages for a text, else conversations.

        Rows hold the conversation, and `message`, `text`, `sender`, `sent_at`, `position` (hand it
        back as `before` for the next page).
        """
        query = parts_of(wanted.text)
        if wanted.text.strip() and not query:
            return []
        return (
            self._by_text(query, wanted, limit, before)
            if query
            else self._by_conversation(wanted, limit, before)
        )

    def _by_text(self, query: list[str], wanted: Wanted, limit: int, before: int) -> list[Row]:
        where, values = _limits(wanted, "m.sent_at", "m.sent_at", self._db.ids.kept_id)
        first, last = self._numbers(wanted)
        match, phrases = self._db.dialect.words_match(query)
        sql = f"""
            {_SEARCHED}, m.id AS message, m.text, m.sender, m.sent_at, m.id AS position
            FROM message_words f CROSS JOIN messages m ON m.id = f.rowid
            CROSS JOIN conversations c ON c.id = m.conversation
            WHERE {match} AND f.rowid BETWEEN ? AND ? {where}
            ORDER BY f.rowid DESC LIMIT ?
        """
        last = min(last, before - 1) if before else last
        return self._db.rows(sql, [phrases, first, last, *values, limit])

    def _numbers(self, wanted: Wanted) -> tuple[int, int]:
        """Between which ids the messages of the wanted days lie; those of other days may too."""
        row = self._db.row(
            "SELECT coalesce(min(first), 1) AS first, coalesce(max(last), 0) AS last "
            "FROM message_days WHERE day >= ? AND (? = '' OR day <= ?)",
            [wanted.since[:10], wanted.until, wanted.until[:10]],
        )
        return (row["first"], row["last"]) if row else (1, 0)

    def _by_conversation(self, wanted: Wanted, limit: int, before: int) -> list[Row]:
        where, values = _limits(wanted, "c.last_at", "c.first_at", self._db.ids.kept_id)
        sql = f"""
            {_SEARCHED}, 0 AS message, '' AS text, '' AS sender, c.last_at AS sent_at,
            c.id AS position FROM conversations c
            WHERE (? = 0 OR (c.last_at, c.id) < (SELECT last_at, id FROM conversations
                                                 WHERE id = ?)) {where}
            ORDER BY c.last_at DESC, c.id DESC LIMIT ?
        """
        found = self._db.rows(sql, [before, before, *values, limit])
        return [self._with_opening(row) for row in found]

    def _with_opening(self, row: Row) -> Any:
        opening = self._db.row(
            "SELECT text, sender FROM messages WHERE conversation = ? ORDER BY id DESC LIMIT 1",
            [row["id"]],
        )
        shown = dict(opening) if opening else {}
        return dict(row) | shown

    def newest(self, shop: str, limit: int) -> list[Row]:
        """The newest conversations of a shop that an agent took part in."""
        sql = (
            "SELECT * FROM conversations WHERE shop = ? AND agent != '' AND conversation_id != '' "
            "ORDER BY last_at DESC LIMIT ?"
        )
        return self._db.rows(sql, [shop, limit])

    def names(self, shop: str) -> dict[str, list[str]]:
        """Agents and platforms that occur, for filters."""
        found: dict[str, list[str]] = {}
        for column in ("agent", "platform"):
            sql = (
                f"SELECT DISTINCT {column} FROM day_counts WHERE ? IN ('', shop) "
                f"AND {column} != '' ORDER BY 1"
            )
            found[column] = [row[0] for row in self._db.rows(sql, [shop])]
        rules = self._db.rows(
            "SELECT DISTINCT rule FROM review_items WHERE ? IN ('', shop) AND rule != '' "
            "ORDER BY 1",
            [shop],
        )
        return found | {"rule": [row[0] for row in rules]}


def _limits(
    wanted: Wanted, since: str, until: str, keep: Callable[[str], str]
) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for name in ("shop", "platform", "agent"):
        if getattr(wanted, name):
            parts.append(f"c.{name} = ?")
            values.append(getattr(wanted, name))
    if wanted.shopper:
        parts.append(
            "(c.shopper_id = ? OR c.conversation_id = ? "
            "OR c.shopper_name <> replace(c.shopper_name, ?, '') OR c.shopper_name = ?)"
        )
        short = kept_name(mask(wanted.shopper), FIRST)
        values += [keep(wanted.shopper), keep(wanted.shopper), wanted.shopper, short]
    if wanted.rule:
        parts.append("c.id IN (SELECT conversation FROM warnings WHERE rule = ?)")
        values.append(wanted.rule)
    if wanted.since:
        parts.append(f"{since} >= ?")
        values.append(wanted.since)
    if wanted.until:
        parts.append(f"{until} < ?")
        values.append(wanted.until)
    return "".join(f" AND {part}" for part in parts), values


def _by(rows: list[Row], column: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def _origins(
    messages: tuple[Row, ...],
    events: tuple[Row, ...],
    suggestions: list[Row],
) -> dict[int, Sent]:
    """A `sent` event and its message are written together: same time, same text."""
    offered = {row["suggestion_id"]: row for row in suggestions}
    sent = {(e["at"], e["text"]): e for e in events if e["event"] == "sent"}
    found: dict[int, Sent] = {}
    for message in messages:
        event = sent.get((message["sent_at"], message["text"]))
        if message["sender"] != "agent" or event is None:
            continue
        source = offered.get(event["suggestion_id"])
        found[message["id"]] = Sent(
            script_id=event["script_id"],
            version=source["script_version"] if source else "",
            approved=source["text"] if source else "",
            outcome=event["outcome"],
        )
    return found
