"""What an import would do, row by row, before anything is written. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from server.exchange.by_platform import split_by_platform
from server.exchange.ids import Ids
from server.exchange.matching import Known, Settled, is_within, reply_shape
from server.exchange.problems import FileError
from server.exchange.rows import REFUSALS, Note, RowReader
from server.exchange.tables import Part
from server.exchange.variables import Foreign, Translator
from server.library import Script, Shop
from server.lint.rules import apart
from server.lint.rules import same as shape

Kind = Literal["new", "changed", "same", "merged", "refused"]
Deed = Literal["take", "skip", "questions", "variant"]
DEEDS: tuple[Deed, ...] = ("take", "skip", "questions", "variant")
SHEET_AS = ("category", "products", "")
# So many other answers to one question are named; a thousand would say no more.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One row: what it would do. `number` counts the plan's rows, `row` is the file's.

    `before` is the script that stands there now. A `merged` row adds its questions to the script
    that its note names.
    """

    number: int
    row: int
    kind: Kind
    script: Script | None
    before: Script | None = None
    notes: tuple[Note, ...] = ()
    sheet: str = ""
    words: str = ""

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Ids of scripts that answer one of this row's questions another way."""
        return tuple(note.detail for note in self.notes if note.code == "conflict")

    @property
    def into(self) -> str:
        """The script that this row can be merged into, "" for none."""
        notes = (n.detail for n in self.notes if n.code in ("merged", "conflict"))
        return next(notes, "")


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows of one import into one shop."""

    shop: str
    changes: tuple[Change, ...]
    parts: tuple[Part, ...]
    variables: tuple[Foreign, ...] = ()
    hidden: int = 0
    counts: Mapping[Kind, int] = field(default_factory=Counter)

    def count(self, kind: Kind) -> int:
        """How many rows are of this kind."""
        return self.counts.get(kind, 0)

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Heads of columns that mean nothing here."""
        heads = [
            head
            for part in self.parts
            for head, name in zip(part.sheet.header, part.mapping, strict=True)
            if head and not name
        ]
        return tuple(dict.fromkeys(heads))

    @property
    def writes(self) -> tuple[Change, ...]:
        """The rows that change something."""
        return tuple(c for c in self.changes if c.kind in ("new", "changed", "merged"))


def plan_import(
    parts: Sequence[Part],
    shop: Shop,
    retired: frozenset[str] = frozenset(),
    *,
    sheet_as: str = "category",
    hidden_rows: bool = False,
) -> Plan:
    """The plan for these sheets. `retired` ids were used before and are not given out again.

    A row with a known id changes that script, in the columns that are there; a row without an id
    is known by its category, title and reply; anything else is new. Raises FileError when no
    column holds the reply, or two could; of columns for a platform each, each becomes a script.
    """
    split = [split_by_platform(part, shop.platforms) for part in parts]
    for part in split:
        check_mapping(part)
    names = {*shop.facts, *shop.variables.values()}
    translator = Translator(shop.variables, names)
    read: list[_Read] = []
    left_out = 0
    for part in split:
        extra = _extra(part, sheet_as, len(parts))
        reader = RowReader(
            part.sheet.header,
            part.mapping,
            shop.by_id,
            translator,
            shop.platforms,
            extra,
            delimited=part.sheet.delimited,
        )
        hidden = frozenset() if hidden_rows else frozenset(part.sheet.hidden_rows)
        for row in part.sheet.rows:
            if row.number in hidden:
                left_out += 1
                continue
            fields, notes, shortcut = reader.read(row.cells)
            read.append(_Read(part.sheet.name, row.number, fields, notes, shortcut))
    changes = _conflicted(_Planner(shop, retired).changes(read), shop)
    counts = Counter(change.kind for change in changes)
    return Plan(shop.id, changes, tuple(parts), translator.met, left_out, counts)


def check_mapping(part: Part) -> None:
    """Raises FileError unless exactly one column is the reply."""
    heads = [h for h, name in zip(part.sheet.header, part.mapping, strict=True) if name == "reply"]
    if not heads:
        found = "、".join(head for head in part.sheet.header if head) or "none"
        raise FileError("no_reply_column", heads=found)
    if len(heads) > 1:
        raise FileError("two_replies", heads="、".join(heads), first=heads[-1])


def _extra(part: Part, sheet_as: str, parts: int) -> dict[str, Any]:
    """What a sheet's name says of its scripts: with one sheet a product, the product."""
    name = part.sheet.name
    if parts < 2 or not name or sheet_as not in SHEET_AS or sheet_as in part.mapping:
        return {}
    if sheet_as == "products":
        return {"products": (name,)}
    return {sheet_as: name} if sheet_as else {}


@dataclass(frozen=True, slots=True)
class _Read:
    sheet: str
    row: int
    fields: dict[str, Any]
    notes: list[Note]
    shortcut: str

    @property
    def refused(self) -> bool:
        return any(note.code in REFUSALS for note in self.notes)


class _Planner:
    def __init__(self, shop: Shop, retired: frozenset[str]) -> None:
        self._shop = shop
        self._ids = Ids(set(shop.by_id) | retired)
        self._rows: dict[str, Note] = {}
        self._shortcuts: dict[str, Note] = {}
        self._shape = cache(shape)
        self._known = Known(shop.scripts)

    def changes(self, read: Sequence[_Read]) -> list[Change]:
        """A change for every row, in order."""
        nameless = [(n, r.fields) for n, r in enumerate(read) if not r.refused]
        settled = self._known.settled([pair for pair in nameless if not pair[1].get("id")])
        for row in read:
            self._ids.take(str(row.fields.get("id", "")))
        return [self._change(number, row, settled) for number, row in enumerate(read)]

    def _change(self, number: int, row: _Read, settled: Settled) -> Change:
        notes = [*row.notes, *self._told_twice(row)]
        words = str(row.fields.get("reply", ""))[:200]
        kept = Change(number, row.row, "refused", None, None, tuple(notes), row.sheet, words)
        if row.refused:
            return kept
        fields = dict(row.fields)
        script_id = str(fields.pop("id", ""))
        if number in settled.unsure:
            note = Note("title_unsure", "、".join(settled.unsure[number]))
            return replace(kept, notes=(*notes, note))
        known = self._shop.by_id.get(script_id) if script_id else settled.known.get(number)
        if not script_id and known is None:
            earlier = self._known.answering(fields)
            if earlier is not None:
                return self._again(kept, earlier, fields)
        script_id = script_id or (known.id if known else self._new_id(fields))
        if script_id in self._rows:
            note = replace(self._rows[script_id], code="id_twice")
            return replace(kept, notes=(*notes, note))
        script = replace(known, **fields) if known else self._made(script_id, fields)
        self._rows[script_id] = Note("", script_id, row.row, row.sheet, script.title)
        if known is None:
            self._known.add(script)
            return replace(kept, kind="new", script=script)
        kind: Kind = "same" if script == known else "changed"
        return replace(kept, kind=kind, script=script, before=known)

    def _again(self, kept: Change, earlier: Script, fields: Mapping[str, Any]) -> Change:
        """A row whose reply is there already: what its questions add is merged."""
        place = self._rows.get(earlier.id, Note("", earlier.id, title=earlier.title))
        if is_within(fields, earlier, self._shape):
            return replace(kept, kind="same", notes=(*kept.notes, replace(place, code="duplicate")))
        script = self._made(self._new_id(fields), dict(fields))
        note = replace(place, code="merged")
        self._known.grow(earlier.id, script)
        return replace(kept, kind="merged", script=script, notes=(*kept.notes, note))

    def _made(self, script_id: str, fields: dict[str, Any]) -> Script:
        return Script(script_id, shop=self._shop.id, **fields)

    def _new_id(self, fields: Mapping[str, Any]) -> str:
        asked = next(iter(fields.get("questions", ())), "")
        words = str(fields.get("title") or asked or fields.get("reply", ""))
        return self._ids.new(str(fields.get("category", "")), words)

    def _told_twice(self, row: _Read) -> list[Note]:
        if not row.shortcut:
            return []
        title = str(row.fields.get("title", ""))
        here = Note("shortcut_twice", row.shortcut, row.row, row.sheet, title)
        before = self._shortcuts.setdefault(row.shortcut, here)
        # One row may be several scripts, a platform each.
        again = (before.row, before.sheet) == (here.row, here.sheet)
        return [] if again else [before]


def _conflicted(changes: Sequence[Change], shop: Shop) -> tuple[Change, ...]:
    """Rows whose question another script, of the shop or of the file, answers another way."""
    told = [(c.script, c) for c in changes if c.script is not None and c.kind != "merged"]
    own = {script.id: change for script, change in told}
    after = dict(shop.by_id) | {script.id: script for script, _ in told}
    known, said = cache(shape), cache(reply_shape)
    owners: dict[str, list[Script]] = {}
    for owner in after.values():
        for question in {known(q) for q in owner.questions}:
            owners.setdefault(question, []).append(owner)
    found = []
    for change in changes:
        script = change.script
        if script is not None and change.kind in ("new", "changed"):
            rivals: dict[str, Script] = {}
            for question in dict.fromkeys(known(q) for q in script.questions):
                for other in owners.get(question, ()):
                    otherwise = other.id != script.id and said(other.reply) != said(script.reply)
                    if otherwise and not apart(script, other):
                        rivals[other.id] = other
                    if len(rivals) >= _NAMED:
                        break
            notes = [_rival(other, own.get(other.id)) for other in rivals.values()]
            change = replace(change, notes=(*change.notes, *notes))
        found.append(change)
    return tuple(found)


def _rival(other: Script, change: Change | None) -> Note:
    row, sheet = (change.row, change.sheet) if change else (0, "")
    return Note("conflict", other.id, row, sheet, other.title)


def settle(
    changes: Sequence[Change], shop: Shop, deeds: Mapping[int, Deed], otherwise: Deed = "take"
) -> dict[str, Script]:
    """The scripts to write when these deeds are done; `otherwise` for conflicts without one.

    `take` writes the row as a script of its own; `questions` adds its questions to the other
    script, `variant` its reply as another wording too. A merge into a row that was left out
    becomes a script of its own: nothing is lost.
    """
    done: dict[str, Script] = {}
    merges: list[tuple[Script, str, Deed]] = []
    for change in changes:
        script = change.script
        if script is None or change.kind not in ("new", "changed", "merged"):
            continue
        usual: Deed = "questions" if change.kind == "merged" else "take"
        deed = deeds.get(change.number, otherwise if change.conflicts else usual)
        if deed == "take" or (deed != "skip" and not change.into):
            done[script.id] = script
        elif deed != "skip":
            merges.append((script, change.into, deed))
    for script, into, deed in merges:
        target = done.get(into) or shop.by_id.get(into)
        if target is None:
            done[script.id] = script
        else:
            done[into] = _merged(target, script, deed)
    return done


def _merged(target: Script, script: Script, deed: Deed) -> Script:
    asked = {shape(q) for q in target.questions}
    titles = (script.title,) if script.title and not script.questions else ()
    more = [q for q in (*script.questions, *titles) if shape(q) not in asked]
    merged = replace(target, questions=(*target.questions, *dict.fromkeys(more)))
    said = {reply_shape(wording) for wording in (target.reply, *target.variants)}
    if deed == "variant" and reply_shape(script.reply) not in said:
        merged = replace(merged, variants=(*merged.variants, script.reply))
    return merged
