"""What an import would do, row by row, before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from server.base.errors import UsageError
from server.exchange.cells import split_list
from server.exchange.columns import SHORTCUT
from server.exchange.ids import new_id
from server.exchange.tables import Cell, Sheet
from server.library import STAGES, Script, Shop, parse_moment
from server.library.fields import LIST_FIELDS, MOMENT_FIELDS, VALID_ID
from server.lint.rules import same

Kind = Literal["new", "changed", "same", "refused"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a row: a code (see NOTES) and what it is about."""

    code: str
    detail: str = ""

    def __str__(self) -> str:
        return NOTES[self.code].format(self.detail)


NOTES = {
    "no_reply": "reply is missing or empty",
    "bad_id": "id {!r} is not usable: ascii letters, digits, '-', '_' and '.'",
    "id_twice": "id {!r} stands in an earlier row too",
    "bad_stage": "stage is {!r}; expected 售前, 售中 or 售后",
    "bad_date": "{} is no date; write 2026-11-30",
    "duplicate": "the same reply is already there: {}",
    "conflict": "a question has another answer in {}",
}
REFUSALS = frozenset({"no_reply", "bad_id", "id_twice", "bad_stage", "bad_date"})


@dataclass(frozen=True, slots=True)
class Change:
    """One row: what it would do. `before` is the script that stands there now."""

    row: int
    kind: Kind
    script: Script | None
    before: Script | None = None
    notes: tuple[Note, ...] = ()

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Ids of scripts that answer one of this row's questions another way."""
        return tuple(note.detail for note in self.notes if note.code == "conflict")


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of one import into one shop."""

    shop: str
    changes: tuple[Change, ...]
    mapping: tuple[str, ...]
    unmapped: tuple[str, ...]

    def count(self, kind: Kind) -> int:
        """How many rows are of this kind."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def writes(self) -> tuple[Change, ...]:
        """The rows that change something."""
        return tuple(change for change in self.changes if change.kind in ("new", "changed"))


def plan_import(
    sheet: Sheet, mapping: Sequence[str], shop: Shop, retired: frozenset[str] = frozenset()
) -> Plan:
    """The plan for these rows. `retired` ids were used before and are not given out again.

    A row with a known id changes that script, in the columns that are there; a row without an id
    changes the script of the same category and title, else it is new. Raises UsageError when no
    column holds the reply.
    """
    columns = {field: n for n, field in enumerate(mapping) if field}
    if "reply" not in columns:
        heads = "、".join(head for head in sheet.header if head) or "none"
        raise UsageError(
            f"no column for the reply; found columns: {heads}; expected one named 回复 or reply; "
            "rename it"
        )
    unmapped = [head for head, field in zip(sheet.header, mapping, strict=True) if not field]
    planner = _Planner(columns, shop, retired)
    changes = [
        planner.change(sheet.first + number, row) for number, row in enumerate(sheet.rows) if row
    ]
    return Plan(shop.id, tuple(_with_conflicts(changes, shop)), tuple(mapping), tuple(unmapped))


class _Planner:
    def __init__(self, columns: Mapping[str, int], shop: Shop, retired: frozenset[str]) -> None:
        self._columns = columns
        self._shop = shop
        self._taken = set(shop.by_id) | retired
        self._rows: set[str] = set()
        self._titles = {(s.category, s.title): s for s in shop.scripts if s.title}
        self._replies: dict[str, str] = {}
        for script in shop.scripts:
            self._replies.setdefault(same(script.reply), script.id)

    def change(self, row: int, cells: Sequence[Cell]) -> Change:
        fields, notes = self._fields(cells)
        if notes:
            return Change(row, "refused", None, None, notes)
        script_id = str(fields.pop("id", ""))
        known = self._known(script_id, fields)
        reply = str(fields.get("reply", ""))
        if not script_id and known is None:
            duplicate = self._replies.get(same(reply))
            if duplicate is not None:
                return Change(row, "same", None, None, (Note("duplicate", duplicate),))
            words = str(fields.get("title") or next(iter(fields.get("questions", ())), "") or reply)
            script_id = new_id(str(fields.get("category", "")), words, self._taken)
        script_id = script_id or (known.id if known else "")
        if script_id in self._rows:
            return Change(row, "refused", None, None, (Note("id_twice", script_id),))
        self._rows.add(script_id)
        self._taken.add(script_id)
        self._replies.setdefault(same(reply), script_id)
        if known is None:
            return Change(row, "new", Script(script_id, shop=self._shop.id, **fields))
        changed = replace(known, **fields)
        return Change(row, "same" if changed == known else "changed", changed, known)

    def _known(self, script_id: str, fields: Mapping[str, Any]) -> Script | None:
        if script_id:
            return self._shop.by_id.get(script_id)
        title = fields.get("title")
        return self._titles.get((str(fields.get("category", "")), str(title))) if title else None

    def _fields(self, cells: Sequence[Cell]) -> tuple[dict[str, Any], tuple[Note, ...]]:
        fields: dict[str, Any] = {}
        notes = []
        for name, column in self._columns.items():
            cell = cells[column]
            if name == SHORTCUT:
                continue
            if name in LIST_FIELDS:
                fields[name] = cell if isinstance(cell, tuple) else split_list(cell, name)
                continue
            text = cell if isinstance(cell, str) else "\n".join(cell)
            if name in MOMENT_FIELDS:
                fields[name] = parse_moment(_date(text)) if text else None
                if text and fields[name] is None:
                    notes.append(Note("bad_date", text[:40]))
            else:
                fields[name] = text
        if SHORTCUT in self._columns:
            code = cells[self._columns[SHORTCUT]]
            tags = fields.get("tags", ())
            if isinstance(code, str) and code and code not in tags:
                fields["tags"] = (*tags, code)
        return fields, (*notes, *_refusals(fields))


def _refusals(fields: Mapping[str, Any]) -> list[Note]:
    notes = []
    if not fields.get("reply"):
        notes.append(Note("no_reply"))
    script_id = fields.get("id")
    if script_id and not VALID_ID.fullmatch(script_id):
        notes.append(Note("bad_id", script_id[:40]))
    if fields.get("stage", "") not in STAGES:
        notes.append(Note("bad_stage", fields["stage"][:40]))
    return notes


def _date(text: str) -> str:
    """2026/11/5 and 2026年11月5日 as library files write them."""
    for sign in "/.年月":
        text = text.replace(sign, "-")
    head, _, clock = text.replace("日", " ").strip().partition(" ")
    parts = head.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        head = f"{int(parts[0]):04}-{int(parts[1]):02}-{int(parts[2]):02}"
    return f"{head} {clock.strip()}".strip()


def _with_conflicts(changes: Sequence[Change], shop: Shop) -> list[Change]:
    """Rows whose question another script, of the shop or of the file, answers another way."""
    after = dict(shop.by_id) | {c.script.id: c.script for c in changes if c.script is not None}
    owners: dict[str, list[Script]] = {}
    for script in after.values():
        for question in {same(q) for q in script.questions}:
            owners.setdefault(question, []).append(script)
    found = []
    for change in changes:
        row = change.script
        if row is None or change.kind == "same":
            found.append(change)
            continue
        rivals = [
            other.id
            for question in dict.fromkeys(same(q) for q in row.questions)
            for other in owners.get(question, ())
            if other.id != row.id and same(other.reply) != same(row.reply)
        ]
        notes = tuple(Note("conflict", rival) for rival in dict.fromkeys(rivals))
        found.append(replace(change, notes=change.notes + notes))
    return found
