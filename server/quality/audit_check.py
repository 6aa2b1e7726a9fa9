"""What `bangda audit verify` checks: the chain, its head, and the rows that it speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from server.store.database import HEAD_FILE, Database
from server.store.quality.chain import GENESIS, link

# Which fields of a row its audit entry repeats; verify compares them.
_MIRRORED = {
    "verdict": ("verdicts", ("item", "round", "verdict", "reason", "reviewer", "at")),
    "verdict_withdrawn": ("withdrawn_verdicts", ("reason", "who", "at")),
    "appeal": ("appeals", ("item", "verdict", "agent", "at")),
    "appeal_decision": ("appeals", ("decision", "decided_by", "decided_at")),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit log."""

    id: int
    at: str
    kind: str
    who: str
    what: str
    details: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many entries were read, the last hash, and every problem in order (empty: intact)."""

    entries: int
    head: str
    problems: tuple[str, ...]


def broken_links(entries: Iterable[Entry]) -> list[str]:
    """What is wrong with a chain, entry by entry."""
    problems: list[str] = []
    previous, number = GENESIS, 0
    for entry in entries:
        if entry.id != number + 1:
            problems.append(f"entry {number + 1} is missing: the next one is {entry.id}")
        if entry.previous != previous:
            problems.append(f"entry {entry.id} does not follow the entry before it")
        made = link(
            entry.previous, entry.id, entry.at, entry.kind, entry.who, entry.what, entry.details
        )
        if made != entry.hash:
            problems.append(f"entry {entry.id} ({entry.kind} by {entry.who}) was changed")
        previous, number = entry.hash, entry.id
    return problems


def verify_audit(database: Database) -> AuditReport:
    """Checks chain, head file, and the verdicts and appeals that the chain speaks of."""
    entries = [Entry(**dict(row)) for row in database.rows("SELECT * FROM audit_log ORDER BY id")]
    problems = broken_links(entries)
    head = database.folder / HEAD_FILE
    # A server that shares its database may not have written to the trail itself yet.
    if head.exists() or not database.is_shared:
        problems += _head_problems(entries, head)
    for kind, (table, fields) in _MIRRORED.items():
        problems += _row_problems(database, entries, kind, table, fields)
    return AuditReport(len(entries), entries[-1].hash if entries else GENESIS, tuple(problems))


def _head_problems(entries: list[Entry], path: Path) -> list[str]:
    if not path.exists():
        return [f"{path.name} is missing; expected it beside the database"] if entries else []
    number, _, head = path.read_text(encoding="ascii").strip().partition(" ")
    if not number.isdecimal() or int(number) > len(entries):
        return [
            f"{path.name} knows {number} entries, the log holds {len(entries)}: some were cut off"
        ]
    if int(number) and entries[int(number) - 1].hash != head:
        return [f"{path.name} does not fit entry {number}"]
    return []


def _row_problems(
    database: Database, entries: list[Entry], kind: str, table: str, fields: tuple[str, ...]
) -> list[str]:
    rows = {
        row["id"]: dict(row)
        for row in database.rows(f"SELECT id, {', '.join(fields)} FROM {table}")  # noqa: S608
    }
    problems: list[str] = []
    told: set[int] = set()
    for entry in entries:
        if entry.kind != kind:
            continue
        details = json.loads(entry.details)
        told.add(details["id"])
        row = rows.get(details["id"])
        if row is None:
            problems.append(f"{table} row {details['id']} is gone (entry {entry.id})")
            continue
        wrong = [name for name in fields if row[name] != details.get(name)]
        if wrong:
            names = ", ".join(wrong)
            problems.append(f"{table} row {row['id']} was changed: {names} (entry {entry.id})")
    if kind != "appeal_decision":
        problems += [f"{table} row {key} has no audit entry" for key in sorted(set(rows) - told)]
    return problems
