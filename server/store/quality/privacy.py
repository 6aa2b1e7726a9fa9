"""Retention, and one shopper's records: exported, or deleted so that nothing can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.base.errors import UsageError
from server.metrics.clock import day_bounds, local
from server.store.curation.forget import forget_words_of
from server.store.database import Database, Row, Writing
from server.store.names import shorten_names
from server.store.quality import shopper_rows
from server.store.quality.audit import Audit, extend
from server.store.quality.marks import mark, set_mark
from server.store.quality.rollup import forget_words
from server.store.work import shopper_rows as work_rows
from server.text.masking import mask

_BATCH = 500
_NAMES = ("shopper_id", "conversation_id", "shopper_name")


@dataclass(frozen=True, slots=True)
class Deleted:
    """What went."""

    conversations: int
    messages: int


@dataclass(frozen=True, slots=True)
class Gone:
    """What is not in the database any more, for those who hold some of it in memory.

    `conversations` are (shop, platform, conversation id), `learned` the messages of acceptances.
    """

    shop: str
    conversations: frozenset[tuple[str, str, str]]
    learned: frozenset[str]


class SeveralShoppersError(UsageError):
    """A name that more than one shopper has."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            f"{count} shoppers are called {name!r}; expected one; name the shopper's id or a "
            "conversation's, as they stand in the search"
        )
        self.name = name
        self.count = count


class Privacy:
    """Deletes for real: rows, search words, learned history, and the pages they stood on."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit
        self._told: list[Callable[[Gone], None]] = []

    def shorten_names(self, shop: str) -> int:
        """Keeps of names what the shop wants, also of those kept before; how many changed."""
        return self._db.write(lambda db: shorten_names(db, shop))

    def on_gone(self, told: Callable[[Gone], None]) -> None:
        """Calls `told` after every deletion."""
        self._told.append(told)

    def shops(self) -> list[str]:
        """Every shop of which something is kept, also one that left the library."""
        tables = ("conversations", "events", "warnings", "acceptances")
        rows = self._db.rows(" UNION ".join(f"SELECT shop FROM {table}" for table in tables))
        return sorted(row["shop"] for row in rows)

    def expire(self, shop: str, days: int, zone: ZoneInfo, now: datetime | None = None) -> Deleted:
        """Deletes a shop's messages from before the last `days` whole local days."""
        today = local(now or datetime.now(UTC), zone)[0]
        floor = (datetime.fromisoformat(today) - timedelta(days=days)).date().isoformat()
        cut = day_bounds(floor, zone)[0]
        sql = (
            "SELECT m.id, c.platform, c.conversation_id FROM messages m "
            "CROSS JOIN conversations c ON c.id = m.conversation "
            "WHERE m.sent_at < ? AND c.shop = ?"
        )
        rows = self._db.rows(sql, [cut, shop])
        learned = self._learned_from([row["id"] for row in rows])
        gone = self._delete_messages([row["id"] for row in rows])

        def rest(db: Writing) -> int:
            _drop_undecided(db, "shop = ? AND at < ?", [shop, cut])
            db.execute("DELETE FROM warnings WHERE shop = ? AND created_at < ?", [shop, cut])
            db.execute("DELETE FROM events WHERE shop = ? AND at < ?", [shop, cut])
            shopper_rows.expire(db, shop, cut)
            work_rows.expire(db, shop, cut)
            old = "FROM acceptances WHERE shop = ? AND at < ? AND source = 'panel'"
            learned.update(r[0] for r in db.execute(f"SELECT message {old}", [shop, cut]))
            db.execute(f"DELETE {old}", [shop, cut])
            # What QA asked for holds the words that it was asked for by.
            db.execute(
                "UPDATE script_tasks SET shopper_text = '', sent_text = '' "
                "WHERE shop = ? AND at < ?",
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
        if gone or empty or learned:
            self.scrub()
            talks = frozenset((shop, row["platform"], row["conversation_id"]) for row in rows)
            self._tell(Gone(shop, talks, frozenset(learned)))
        return Deleted(empty, gone)

    def _tell(self, gone: Gone) -> None:
        for told in self._told:
            told(gone)

    def _learned_from(self, messages: list[int]) -> set[str]:
        """The messages of acceptances that came from what was suggested for these."""
        found: set[str] = set()
        for batch in _batches(messages):
            inner = f"SELECT suggestion_id FROM suggestions WHERE message IN ({_marks(batch)})"
            sql = (
                "SELECT DISTINCT message FROM acceptances WHERE suggestion_id != '' "
                f"AND suggestion_id IN ({inner})"
            )
            found |= {row["message"] for row in self._db.rows(sql, batch)}
        return found

    def _delete_messages(self, messages: list[int]) -> int:
        for batch in _batches(messages):
            self._db.write(lambda db, batch=batch: _drop_messages(db, batch))  # type: ignore[misc]
        return len(messages)

    def shopper_rows(
        self, shop: str, platform: str, shopper: str
    ) -> dict[str, list[dict[str, Any]]]:
        """Everything kept about one shopper, by table."""
        shopper = self._db.ids.kept_id(shopper)
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
            "promises",
        ):
            found[table] = [dict(r) for r in self._in(table, "conversation", keys)]
        ids = [row["suggestion_id"] for row in found["suggestions"]]
        found["acceptances"] = [dict(r) for r in self._in("acceptances", "suggestion_id", ids)]
        # A click on a suggestion may come without the conversation that it was made for.
        known = {row["id"] for row in found["events"]}
        loose = (dict(r) for r in self._in("events", "suggestion_id", ids))
        found["events"] += [row for row in loose if row["id"] not in known]
        talks = found["conversations"]
        persons = {shopper, *(row["shopper_id"] for row in talks)} - {""}
        found |= shopper_rows.rows_of(self._db, shop, platform, persons)
        found |= work_rows.rows_of(self._db, found["orders"], shop, platform, persons)
        talked = [dict(r) for r in self._in("requests", "conversation", keys)]
        work_rows.add_talks(found, talked, self._db)
        named = {row["conversation_id"] for row in talks}
        found["ratings"] = self._of_shop("ratings", shop, platform, "key", named)
        return found

    def _of_shop(
        self, table: str, shop: str, platform: str, column: str, values: Iterable[str]
    ) -> list[dict[str, Any]]:
        rows = self._in(table, column, sorted(values))
        return [dict(r) for r in rows if r["shop"] == shop and platform in ("", r["platform"])]

    def delete_shopper(self, shop: str, platform: str, shopper: str, who: str) -> Deleted:
        """Removes all of it. Verdicts stay without texts; day counts stay, they name nobody."""
        self._db.flush()
        found = self.shopper_rows(shop, platform, shopper)
        talks = found["conversations"]
        keys = [row["id"] for row in talks]
        messages = [row["id"] for row in found["messages"]]
        suggestions = [row["suggestion_id"] for row in found["suggestions"]]
        items = [row["id"] for row in found["review_items"]]
        names = {row[column] for row in talks for column in _NAMES} | {shopper, mask(shopper)}
        self._delete_messages(messages)

        def job(db: Writing) -> None:
            # What came in since is the shopper's as well.
            for batch in _batches(keys):
                late = f"SELECT id FROM messages WHERE conversation IN ({_marks(batch)})"
                _drop_messages(db, [row[0] for row in db.execute(late, batch)])
            for table in ("warnings", "events", "suggestions", "score_cards", "waits", "promises"):
                _delete_in(db, table, "conversation", keys)
            _delete_in(db, "events", "id", [r["id"] for r in found["events"]])
            _delete_in(db, "acceptances", "suggestion_id", suggestions)
            _delete_in(db, "rule_examples", "item", items)
            _delete_in(db, "script_tasks", "item", items)
            for item in items:
                _drop_undecided(db, "id = ?", [item])
            shopper_rows.delete_rows(db, found)
            work_rows.delete_rows(db, found)
            _delete_in(db, "orders", "id", [r["id"] for r in found["orders"]])
            _delete_in(db, "ratings", "id", [r["id"] for r in found["ratings"]])
            _delete_in(db, "conversations", "id", keys)
            _forget_searches(db, shop, names)
            said = [r["text"] for table in ("messages", "events") for r in found[table]]
            forget_words_of(db, shop, said, messages, [r["id"] for r in found["events"]])
            gone = {"shop": shop, "conversations": keys, "messages": len(messages)}
            extend(db, "shopper_deleted", who, "shopper", gone)

        self._audit.commit(job)
        self.scrub()
        learned = frozenset(row["message"] for row in found["acceptances"])
        spoken = frozenset((shop, row["platform"], row["conversation_id"]) for row in talks)
        self._tell(Gone(shop, spoken, learned))
        return Deleted(len(keys), len(messages))

    def scrub(self) -> None:
        """Lets nothing of what was deleted be read again from the database's files."""
        self._db.scrub()

    def _conversations(self, shop: str, platform: str, shopper: str) -> list[int]:
        """The conversations of a shopper by id, else by a name that nobody else has."""
        sql = (
            "SELECT id, platform, shopper_id FROM conversations "
            "WHERE shop = ? AND ? IN ('', platform) AND ? != '' AND "
        )
        values = [shop, platform, shopper, shopper]
        found = self._db.rows(sql + "(shopper_id = ? OR conversation_id = ?)", [*values, shopper])
        if not found:
            found = self._db.rows(sql + "shopper_name = ?", values)
            persons = {(row["platform"], row["shopper_id"] or row["id"]) for row in found}
            if len(persons) > 1:
                raise SeveralShoppersError(shopper, len(persons))
        keys = {row["id"] for row in found}
        for row in found:
            if row["shopper_id"]:
                same = sql + "shopper_id = ?"
                others = self._db.rows(same, [shop, row["platform"], "-", row["shopper_id"]])
                keys |= {other["id"] for other in others}
        return sorted(keys)

    def _in(self, table: str, column: str, keys: list[Any]) -> Iterator[Row]:
        for batch in _batches(keys):
            sql = f"SELECT * FROM {table} WHERE {column} IN ({_marks(batch)})"
            yield from self._db.rows(sql, batch)


def _batches(keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]


def _marks(keys: list[Any]) -> str:
    return ",".join("?" * len(keys))


def _drop_messages(db: Writing, messages: list[int]) -> None:
    if not messages:
        return
    marks = _marks(messages)
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
        ("promises", "message"),
        ("messages", "id"),
    ):  # fmt: skip
        db.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", messages)


def _delete_in(db: Writing, table: str, column: str, keys: list[Any]) -> None:
    db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(key,) for key in keys])


def _drop_undecided(db: Writing, where: str, values: list[Any]) -> None:
    """Takes items out of the queue that nobody can judge any more; verdicts stay."""
    db.execute(
        f"DELETE FROM review_items WHERE {where} AND state NOT IN ('done', 'lead') AND NOT EXISTS "
        "(SELECT 1 FROM verdicts v WHERE v.item = review_items.id)",
        values,
    )


def _forget_searches(db: Writing, shop: str, names: set[str]) -> None:
    """Takes a shopper's ids and name out of the log of searches; who searched, and when, stays.

    Lines of the log are never changed, so such a line is put anew without what was searched for.
    """
    rows = db.execute(
        "SELECT id, at, who, role, action, shop, conversation, details FROM access_log "
        "WHERE shop IN (?, '') AND details != ''",
        [shop],
    ).fetchall()
    told = [name for name in names if len(name) > 1]
    for row in rows:
        if any(name in row[7] for name in told):
            db.execute("DELETE FROM access_log WHERE id = ?", [row[0]])
            db.execute(
                "INSERT INTO access_log (id, at, who, role, action, shop, conversation, details) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, '')",
                list(row[:7]),
            )
