"""The queue: what waits for a verdict, what was decided. Every decision is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.base.errors import EntryError
from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.verdicts import (
    STANDING,
    add_verdict,
    check_choice,
    check_correction,
    own_verdict,
    settle,
    step,
    withdraw,
)

ITEM = """
    SELECT i.*, c.conversation_id, c.shopper_name, coalesce(w.text, m.text, e.text, '') AS text,
           w.matched, w.start, w."end", w.clause, w.direction, e.details AS event_details
    FROM review_items i LEFT JOIN conversations c ON c.id = i.conversation
    LEFT JOIN messages m ON m.id = i.message LEFT JOIN warnings w ON w.id = i.warning
    LEFT JOIN events e ON e.id = i.event
"""


_ALIKE = f"""
    SELECT q.id FROM ({ITEM} WHERE i.shop = ? AND i.source = ? AND i.rule = ?
                      AND i.state = 'open' AND i.blind = 0 AND i.id != ?) q
    WHERE q.text = ? ORDER BY q.id LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What to show. Empty fields do not limit; `view` is a named set of states."""

    shop: str = ""
    view: str = "open"
    source: str = ""
    severity: str = ""
    rule: str = ""
    agent: str = ""
    platform: str = ""
    assigned: str = ""
    sample: int = 0
    since: str = ""
    until: str = ""

    def where(self, reviewer: str, *, without: str = "") -> tuple[str, list[Any]]:
        """The SQL condition and its values; `without` leaves one field's limit out."""
        parts, values = _view(self.view, reviewer)
        for name in (
            "shop", "source", "severity", "rule", "agent", "platform", "assigned", "sample",
        ):  # fmt: skip
            value = getattr(self, name)
            if value and name != without:
                parts.append(f"i.{name} = ?")
                values.append(value)
        if self.since:
            parts.append("i.at >= ?")
            values.append(self.since)
        if self.until:
            parts.append("i.at < ?")
            values.append(self.until)
        return " AND ".join(parts), values


def _view(view: str, reviewer: str) -> tuple[list[str], list[Any]]:
    if view == "done":
        return ["i.state = 'done'"], []
    if view == "lead":
        return ["i.state IN ('lead', 'disputed')"], []
    # A blind item that the reviewer judged already waits for somebody else.
    fresh = (
        "(i.state = 'open' OR (i.state = 'second' AND NOT EXISTS "
        f"(SELECT 1 FROM verdicts v WHERE v.item = i.id AND v.reviewer = ? AND {STANDING})))"
    )
    return ["i.state IN ('open', 'second')", fresh], [reviewer]


class Reviews:
    """Reads the queue and writes verdicts."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def queue(
        self, wanted: QueueFilter, reviewer: str, limit: int = 50, offset: int = 0
    ) -> list[Row]:
        """Items with their texts: the gravest first, then the newest; decided ones newest first."""
        where, values = wanted.where(reviewer)
        order = "i.decided_at DESC" if wanted.view == "done" else "i.weight DESC, i.at DESC"
        keys = f"SELECT i.id FROM review_items i WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        sql = f"{ITEM} WHERE i.id IN ({keys}) ORDER BY {order}"
        return self._db.rows(sql, [*values, limit, offset])

    def counts(self, wanted: QueueFilter, reviewer: str, column: str) -> list[tuple[str, int]]:
        """How many items each value of a column has, most first, the column's own limit ignored."""
        if column not in ("source", "severity", "rule", "agent", "platform", "shop", "assigned"):
            raise EntryError(f"cannot count by {column!r}", "choice", found=column)
        where, values = wanted.where(reviewer, without=column)
        sql = (
            f"SELECT i.{column} AS name, count(*) AS n FROM review_items i WHERE {where} "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return [(row["name"], row["n"]) for row in self._db.rows(sql, values) if row["name"]]

    def total(self, wanted: QueueFilter, reviewer: str) -> int:
        """How many items the filter lets through."""
        where, values = wanted.where(reviewer)
        row = self._db.row(f"SELECT count(*) AS n FROM review_items i WHERE {where}", values)
        return int(row["n"]) if row else 0

    def item(self, item: int) -> Row | None:
        """One item with its text."""
        return self._db.row(f"{ITEM} WHERE i.id = ?", [item])

    def next_item(self, wanted: QueueFilter, reviewer: str, after: int = 0) -> int | None:
        """The first item of the queue other than `after`."""
        rows = self.queue(wanted, reviewer, limit=2)
        return next((row["id"] for row in rows if row["id"] != after), None)

    def of_conversation(self, conversation: int) -> list[Row]:
        """The items of a conversation."""
        return self._db.rows(f"{ITEM} WHERE i.conversation = ? ORDER BY i.id", [conversation])

    def verdicts(self, item: int) -> list[Row]:
        """All verdicts of an item in order; `withdrawn` says why one does not hold, else NULL."""
        sql = """
            SELECT v.*, t.reason AS withdrawn, t.who AS withdrawn_by, t.at AS withdrawn_at
            FROM verdicts v LEFT JOIN withdrawn_verdicts t ON t.id = v.id
            WHERE v.item = ? ORDER BY v.id
        """
        return self._db.rows(sql, [item])

    def alike(self, item: int) -> list[int]:
        """Open items that say the same: same shop, source and rule, the same words."""
        row = self.item(item)
        if row is None or row["blind"] or row["state"] != "open" or not row["text"]:
            return []
        values = [row["shop"], row["source"], row["rule"], item, row["text"]]
        return [found["id"] for found in self._db.rows(_ALIKE, values)]

    def judge(
        self,
        item: int,
        reviewer: str,
        role: str,
        verdict: str,
        reason: str = "",
        note: str = "",
        *,
        also: Sequence[int] = (),
    ) -> str:
        """Writes a verdict; returns the item's new state. Raises UsageError when it may not be.

        `also` are items that get the same verdict in the same commit (see `alike`).
        """
        at = utc_now()

        def one(db: Writing, number: int) -> str:
            row = db.execute(
                "SELECT state, blind, source FROM review_items WHERE id = ?", [number]
            ).fetchone()
            if row is None:
                raise EntryError(
                    f"there is no item {number}; it may have been deleted", "no_item", found=number
                )
            check_choice(verdict, row[2])
            blind, own = bool(row[1]), None
            if row[0] == "done":
                own = own_verdict(db, number, reviewer) if not blind else None
                check_correction(db, number, reason)
            before = db.execute(
                "SELECT v.reviewer, v.verdict FROM verdicts v "
                f"WHERE v.item = ? AND v.round = 'first' AND {STANDING}",
                [number],
            ).fetchone()
            if own is None:
                round_, state = step(row[0], blind, before, reviewer, role, verdict)
            else:
                round_, state = own.round, "lead" if verdict == "lead" else "done"
                withdraw(db, own.id, reason, reviewer, at)
            add_verdict(db, number, round_, verdict, reason, note, reviewer, blind=blind, at=at)
            settle(db, number, state, verdict)
            return state

        def job(db: Writing) -> str:
            state = one(db, item)
            for number in also:
                row = db.execute("SELECT state FROM review_items WHERE id = ?", [number]).fetchone()
                if row is not None and row[0] == "open":  # else somebody was quicker
                    one(db, number)
            return state

        return self._audit.commit(job)

    def assign(self, wanted: QueueFilter, to: Sequence[str], who: str) -> int:
        """Deals the open items of a filter out to reviewers in turn; `('',)` takes them back.

        Returns how many were dealt out. Raises EntryError without anybody to give them to.
        """
        if not to:
            raise EntryError("no reviewer was chosen", "no_reviewer", "reviewer")
        where, values = wanted.where(who)
        sql = f"SELECT i.id FROM review_items i WHERE {where} ORDER BY i.weight DESC, i.at DESC"

        def job(db: Writing) -> int:
            ids = [row[0] for row in db.execute(sql, values).fetchall()]
            dealt = [(to[place % len(to)], key) for place, key in enumerate(ids)]
            db.executemany("UPDATE review_items SET assigned = ? WHERE id = ?", dealt)
            extend(
                db, "assignment", who, wanted.shop or "all shops",
                {"to": list(to), "n": len(ids), "shop": wanted.shop},
            )  # fmt: skip
            return len(ids)

        return self._audit.commit(job)

    def reviewer_pairs(self, shop: str) -> list[Row]:
        """Both reviewers' names and verdicts of every blind item."""
        sql = """
            SELECT a.reviewer AS one, b.reviewer AS two, a.verdict AS first, b.verdict AS second
            FROM verdicts a JOIN verdicts b ON b.item = a.item
            JOIN review_items i ON i.id = a.item
            WHERE a.round = 'first' AND b.round = 'second' AND ? IN ('', i.shop)
            AND NOT EXISTS (SELECT 1 FROM withdrawn_verdicts t WHERE t.id IN (a.id, b.id))
        """
        return self._db.rows(sql, [shop])

    def rule_verdicts(self, shop: str) -> list[Row]:
        """`rule`, `month`, `verdict`, `n` over all decided findings of rules."""
        sql = """
            SELECT rule, substr(decided_at, 1, 7) AS month, verdict, count(*) AS n
            FROM review_items WHERE state = 'done' AND rule != '' AND ? IN ('', shop)
            AND source IN ('rule', 'risk', 'alarm', 'sample') GROUP BY 1, 2, 3 ORDER BY 1, 2
        """
        return self._db.rows(sql, [shop])
