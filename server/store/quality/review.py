"""The queue: what waits for a verdict, what was decided. Every decision is audited."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from server.base.errors import EntryError
from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
from server.text.masking import mask

VERDICTS: Final = ("confirmed", "false_alarm", "minor", "lead")
DECIDED: Final = ("confirmed", "false_alarm", "minor")
SOURCES: Final = ("rule", "agent", "risk", "alarm", "sample", "qa")
LEADS: Final = ("lead", "admin")
NOTE_LENGTH = 500

ITEM = """
    SELECT i.*, c.conversation_id, c.shopper_name, coalesce(w.text, m.text, e.text, '') AS text,
           w.matched, w.start, w."end", w.clause, w.direction, e.details AS event_details
    FROM review_items i LEFT JOIN conversations c ON c.id = i.conversation
    LEFT JOIN messages m ON m.id = i.message LEFT JOIN warnings w ON w.id = i.warning
    LEFT JOIN events e ON e.id = i.event
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
    sample: int = 0
    since: str = ""
    until: str = ""

    def where(self, reviewer: str, *, without: str = "") -> tuple[str, list[Any]]:
        """The SQL condition and its values; `without` leaves one field's limit out."""
        parts, values = _view(self.view, reviewer)
        for name in ("shop", "source", "severity", "rule", "agent", "platform", "sample"):
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
        "(SELECT 1 FROM verdicts v WHERE v.item = i.id AND v.reviewer = ?)))"
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
        if column not in ("source", "severity", "rule", "agent", "platform", "shop"):
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
        """All verdicts of an item in order."""
        return self._db.rows("SELECT * FROM verdicts WHERE item = ? ORDER BY id", [item])

    def judge(
        self, item: int, reviewer: str, role: str, verdict: str, reason: str = "", note: str = ""
    ) -> str:
        """Writes a verdict; returns the item's new state. Raises UsageError when it may not be."""
        if verdict not in VERDICTS:
            raise EntryError(
                f"verdict is {verdict!r}; expected one of: {', '.join(VERDICTS)}",
                "choice", "verdict", found=verdict,
            )  # fmt: skip

        def job(db: Writing) -> str:
            row = db.execute(
                "SELECT state, blind FROM review_items WHERE id = ?", [item]
            ).fetchone()
            if row is None:
                raise EntryError(
                    f"there is no item {item}; it may have been deleted", "no_item", found=item
                )
            before = db.execute(
                "SELECT reviewer, verdict FROM verdicts WHERE item = ? AND round = 'first'", [item]
            ).fetchone()
            round_, state = _step(row[0], bool(row[1]), before, reviewer, role, verdict)
            add_verdict(db, item, round_, verdict, reason, note, reviewer, blind=bool(row[1]))
            _settle(db, item, state, verdict)
            return state

        return self._audit.commit(job)

    def reviewer_pairs(self, shop: str) -> list[Row]:
        """Both reviewers' names and verdicts of every blind item."""
        sql = """
            SELECT a.reviewer AS one, b.reviewer AS two, a.verdict AS first, b.verdict AS second
            FROM verdicts a JOIN verdicts b ON b.item = a.item
            JOIN review_items i ON i.id = a.item
            WHERE a.round = 'first' AND b.round = 'second' AND ? IN ('', i.shop)
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


def _step(
    state: str,
    blind: bool,
    before: tuple[str, str] | None,
    reviewer: str,
    role: str,
    verdict: str,
) -> tuple[str, str]:
    """Which round a verdict is and the state it leads to. Raises UsageError."""
    if state == "open":
        if blind:
            return "first", "second"
        return "first", "lead" if verdict == "lead" else "done"
    if state == "second":
        if before is not None and before[0] == reviewer:
            raise EntryError(
                "you judged this one already; the second look is somebody else's", "judged_already"
            )
        agree = before is not None and before[1] == verdict
        if verdict == "lead" and agree:
            return "second", "lead"
        return "second", "done" if agree else "disputed"
    if role not in LEADS:
        raise EntryError(
            "this one was decided or is for a lead; go on with the next one", "decided_already"
        )
    if verdict == "lead":
        raise EntryError(
            "a lead decides here; choose confirmed, minor or false alarm", "lead_decides"
        )
    return "lead", "done"


def add_verdict(
    db: Writing,
    item: int,
    round_: str,
    verdict: str,
    reason: str,
    note: str,
    reviewer: str,
    *,
    blind: bool,
) -> None:
    """Writes a verdict and its audit entry inside a writer job."""
    fields = {
        "item": item,
        "round": round_,
        "verdict": verdict,
        "reason": mask(reason[:NOTE_LENGTH]),
        "reviewer": reviewer,
        "at": utc_now(),
    }
    shown = mask(note.strip()[:NOTE_LENGTH])
    row = fields | {"note": shown, "blind": int(blind)}
    key = db.insert("verdicts", row)
    extend(db, "verdict", reviewer, f"item {item}", fields | {"id": key, "note": digest(shown)})


def _settle(db: Writing, item: int, state: str, verdict: str) -> None:
    done = state == "done"
    db.execute(
        "UPDATE review_items SET state = ?, verdict = ?, decided_at = ? WHERE id = ?",
        [state, verdict if done else "", utc_now() if done else "", item],
    )


def digest(text: str) -> str:
    """A short hash of a text that the chain vouches for without holding it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
