"""What verdicts lead to: examples for rules, gaps and fixes of scripts, misses found by QA."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from server.base.errors import EntryError
from server.base.times import utc_now
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.verdicts import add_verdict

EXAMPLE_KINDS: Final[dict[str, Literal["violating", "near_miss"]]] = {
    "false_alarm": "near_miss", "confirmed": "violating", "minor": "violating",
    "handled": "violating", "passed_on": "violating",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A text (masked) that a shop's QA judged, for a rule."""

    shop: str
    rule: str
    kind: Literal["violating", "near_miss"]
    text: str


class Findings:
    """Turns judged items into work for rule and script keepers."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def report_miss(
        self, message: int, rule: str, category: str, reviewer: str, note: str = ""
    ) -> int:
        """A violation that no warning named, confirmed by the one who found it; the item's id."""

        def job(db: Writing) -> int:
            row = db.execute(
                "SELECT c.shop, c.platform, coalesce(nullif(m.agent, ''), c.agent), "
                "c.id, m.sent_at "
                "FROM messages m JOIN conversations c ON c.id = m.conversation "
                "WHERE m.id = ? AND m.sender = 'agent'",
                [message],
            ).fetchone()
            if row is None:
                raise EntryError(
                    f"there is no reply {message}; only replies can be reported", "no_reply_there"
                )
            key = f"qa:{message}:{rule}"
            if db.execute("SELECT 1 FROM review_items WHERE key = ?", [key]).fetchone():
                raise EntryError(
                    "this reply was reported for that rule already", "reported_already"
                )
            item = {
                "source": "qa", "key": key, "shop": row[0], "platform": row[1], "agent": row[2],
                "conversation": row[3], "message": message, "rule": rule, "category": category,
                "severity": "high", "weight": 3, "state": "done", "verdict": "confirmed",
                "at": row[4], "decided_at": utc_now(),
            }  # fmt: skip
            number = db.insert("review_items", item)
            add_verdict(db, number, "first", "confirmed", "missed", note, reviewer, blind=False)
            return number

        return self._audit.commit(job)

    def example_of(self, item: int) -> Example:
        """What the item says about its rule.

        A false alarm is a near miss, a confirmed violation a violating example. Raises UsageError
        for an item without a rule, a text or a decision.
        """
        row = self._row(item)
        kind = EXAMPLE_KINDS.get(row["verdict"])
        if not row["rule"] or not row["text"] or kind is None:
            raise EntryError(
                "only a decided finding of a rule can become its example", "no_example"
            )
        return Example(row["shop"], row["rule"], kind, row["text"])

    def add_example(self, item: int, who: str, file: str = "") -> None:
        """Records that the item became an example of its rule, and in which file it stands."""
        example = self.example_of(item)
        shown = {"shop": example.shop, "rule": example.rule, "kind": example.kind, "item": item}
        fields = shown | {"text": example.text, "by": who, "at": utc_now()}

        def job(db: Writing) -> None:
            db.insert_many("rule_examples", [fields], ignore=True)
            extend(db, "rule_example", who, example.rule, shown | {"file": file})

        self._audit.commit(job)

    def add_task(self, item: int, kind: str, who: str) -> None:
        """A gap (no script answers this) or a fix (the script is wrong) for the leads' lists."""
        row = self._row(item)
        sent = self._db.row(
            "SELECT script_id, text FROM events WHERE conversation = ? AND event = 'sent' "
            "AND (CAST(? AS BIGINT) IS NULL OR at <= (SELECT sent_at FROM messages WHERE id = ?)) "
            "ORDER BY at DESC LIMIT 1",
            [row["conversation"], row["message"], row["message"]],
        )
        asked = self._db.row(
            "SELECT text FROM messages WHERE conversation = ? AND sender = 'shopper' "
            "AND (CAST(? AS BIGINT) IS NULL OR id < ?) ORDER BY id DESC LIMIT 1",
            [row["conversation"], row["message"], row["message"]],
        )
        if kind not in ("gap", "fix"):
            raise EntryError(f"kind is {kind!r}; expected gap or fix", "choice", "kind", found=kind)
        fields = {
            "shop": row["shop"], "kind": kind, "item": item, "by": who, "at": utc_now(),
            "script_id": sent["script_id"] if sent else "",
            "sent_text": sent["text"] if sent else "",
            "shopper_text": asked["text"] if asked else "",
        }  # fmt: skip

        def job(db: Writing) -> None:
            db.insert_many("script_tasks", [fields], ignore=True)
            shown = {name: fields[name] for name in ("shop", "kind", "item", "script_id")}
            extend(db, "script_task", who, kind, shown)

        self._audit.commit(job)

    def made_of(self, item: int) -> set[str]:
        """What an item was turned into: `example`, `gap`, `fix`."""
        sql = (
            "SELECT 'example' AS made FROM rule_examples WHERE item = ? "
            "UNION SELECT kind FROM script_tasks WHERE item = ?"
        )
        return {row["made"] for row in self._db.rows(sql, [item, item])}

    def examples(self, shop: str, rule: str = "") -> list[Row]:
        """Examples by rule, newest first."""
        sql = (
            "SELECT * FROM rule_examples WHERE ? IN ('', shop) AND ? IN ('', rule) "
            "ORDER BY rule, id DESC"
        )
        return self._db.rows(sql, [shop, rule])

    def examples_of(self, items: Sequence[int]) -> list[tuple[str, str]]:
        """Rule and text of the examples that these items became."""
        sql = "SELECT rule, text FROM rule_examples WHERE item = ?"
        return [(r["rule"], r["text"]) for item in items for r in self._db.rows(sql, [item])]

    def examples_jsonl(self, shop: str) -> str:
        """All examples as JSON Lines: rule, label, text, shop."""
        return "".join(
            json.dumps(
                {"rule": r["rule"], "label": r["kind"], "text": r["text"], "shop": r["shop"]},
                ensure_ascii=False,
            )
            + "\n"
            for r in self.examples(shop)
        )

    def tasks(self, shop: str, *, is_open: bool = True) -> list[Row]:
        """Gaps and fixes that QA asked for, newest first."""
        sql = (
            "SELECT * FROM script_tasks WHERE ? IN ('', shop) "
            "AND CASE WHEN done_at = '' THEN 1 ELSE 0 END = ? ORDER BY id DESC LIMIT 500"
        )
        return self._db.rows(sql, [shop, int(is_open)])

    def task(self, task: int) -> Row | None:
        """One gap or fix."""
        return self._db.row("SELECT * FROM script_tasks WHERE id = ?", [task])

    def finish_task(self, task: int, who: str) -> None:
        """Marks a gap or fix as done."""

        def job(db: Writing) -> None:
            db.update("script_tasks", task, {"done_at": utc_now()})
            extend(db, "script_task", who, "done", {"id": task})

        self._audit.commit(job)

    def _row(self, item: int) -> Row:
        row = self._db.row(
            "SELECT i.*, coalesce(w.text, m.text, e.text, '') AS text FROM review_items i "
            "LEFT JOIN messages m ON m.id = i.message LEFT JOIN warnings w ON w.id = i.warning "
            "LEFT JOIN events e ON e.id = i.event WHERE i.id = ?",
            [item],
        )
        if row is None:
            raise EntryError(
                f"there is no item {item}; it may have been deleted", "no_item", found=item
            )
        return row
