"""Writing a verdict, and naming one that holds no more: the rows are append-only and audited."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from server.base.errors import EntryError
from server.base.times import utc_now
from server.store.contract import Writing
from server.store.quality.audit import extend
from server.text.masking import mask

VERDICTS: Final = ("confirmed", "false_alarm", "minor", "lead")
DECIDED: Final = ("confirmed", "false_alarm", "minor")
RISK_VERDICTS: Final = ("handled", "passed_on", "nothing", "false_alarm", "lead")
"""What is asked of a shopper's words: what was done about them, not whose fault they are."""
RIGHT: Final = ("confirmed", "minor", "handled", "passed_on", "nothing")
"""Verdicts that say of a rule that it saw what there is."""
SOURCES: Final = ("rule", "agent", "risk", "alarm", "sample", "qa")
LEADS: Final = ("lead", "admin")
NOTE_LENGTH = 500
TAKE_BACK: Final = timedelta(seconds=15)
"""A page offers it for ten seconds; the rest is the way of the click."""

STANDING = "NOT EXISTS (SELECT 1 FROM withdrawn_verdicts t WHERE t.id = v.id)"
"""Of `verdicts v`: those that were neither taken back nor corrected."""


def choices_of(source: str) -> tuple[str, ...]:
    """The verdicts that an item of this source can get."""
    return RISK_VERDICTS if source == "risk" else VERDICTS


def step(
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
    at: str = "",
) -> int:
    """Writes a verdict and its audit entry inside a writer job; the verdict's id."""
    fields = {
        "item": item,
        "round": round_,
        "verdict": verdict,
        "reason": mask(reason[:NOTE_LENGTH]),
        "reviewer": reviewer,
        "at": at or utc_now(),
    }
    shown = mask(note.strip()[:NOTE_LENGTH])
    row = fields | {"note": shown, "blind": int(blind)}
    key = db.insert("verdicts", row)
    extend(db, "verdict", reviewer, f"item {item}", fields | {"id": key, "note": digest(shown)})
    return key


def check_choice(verdict: str, source: str) -> None:
    """Raises EntryError for a verdict that an item of this source cannot get."""
    choices = choices_of(source)
    if verdict not in choices:
        raise EntryError(
            f"verdict is {verdict!r}; expected one of: {', '.join(choices)}",
            "choice", "verdict", found=verdict,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Own:
    """The verdict that holds, where it is the reviewer's own."""

    id: int
    round: str
    at: str


def own_verdict(db: Writing, item: int, reviewer: str) -> Own | None:
    """The verdict that holds for an item, if it is this reviewer's."""
    row = db.execute(
        f"SELECT v.id, v.round, v.at, v.reviewer FROM verdicts v WHERE v.item = ? AND {STANDING} "
        "ORDER BY v.id DESC LIMIT 1",
        [item],
    ).fetchone()
    return Own(row[0], row[1], row[2]) if row is not None and row[3] == reviewer else None


def withdraw(db: Writing, verdict: int, reason: str, who: str, at: str) -> None:
    """Names a verdict that holds no more; the verdict itself stays, and both are in the trail."""
    shown = mask(reason.strip()[:NOTE_LENGTH])
    fields = {"id": verdict, "reason": shown, "who": who, "at": at}
    db.insert("withdrawn_verdicts", fields)
    extend(db, "verdict_withdrawn", who, f"verdict {verdict}", fields)


def check_correction(db: Writing, item: int, reason: str) -> None:
    """Raises EntryError for a second verdict without a reason, or beside an appeal."""
    if not reason.strip():
        raise EntryError(
            "a decided item gets another verdict with a reason only; say why",
            "correction_reason", "reason",
        )  # fmt: skip
    if db.execute("SELECT 1 FROM appeals WHERE item = ?", [item]).fetchone():
        raise EntryError("there is an appeal against this one; decide it there", "appealed_there")


def check_free(db: Writing, item: int) -> None:
    """Raises EntryError when something was made of an item's verdict."""
    for table in ("rule_examples", "script_tasks", "appeals"):
        if db.execute(f"SELECT 1 FROM {table} WHERE item = ?", [item]).fetchone():
            raise EntryError(
                "something was made of this verdict already; correct it with a reason",
                "verdict_used",
            )


def state_of(db: Writing, item: int) -> tuple[str, str]:
    """Where an item stands by the verdicts that are left, and which of them holds."""
    rows = db.execute(
        f"SELECT v.round, v.verdict FROM verdicts v WHERE v.item = ? AND {STANDING} ORDER BY v.id",
        [item],
    ).fetchall()
    if not rows:
        return "open", ""
    given, last = dict(rows), rows[-1][1]
    if "lead" in given or "appeal" in given:
        return "done", last
    if "second" in given:
        agree = given["first"] == given["second"]
        return ("lead" if last == "lead" else "done") if agree else "disputed", last
    blind = db.execute("SELECT blind FROM review_items WHERE id = ?", [item]).fetchone()[0]
    return "second" if blind else "lead" if last == "lead" else "done", last


def settle(db: Writing, item: int, state: str, verdict: str) -> None:
    """Puts an item into a state, with the verdict that holds where it is done."""
    done = state == "done"
    db.execute(
        "UPDATE review_items SET state = ?, verdict = ?, decided_at = ? WHERE id = ?",
        [state, verdict if done else "", utc_now() if done else "", item],
    )


def digest(text: str) -> str:
    """A short hash of a text that the chain vouches for without holding it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
