"""What differs between two versions, readable; and three versions made one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from server.library import SCRIPT_FIELDS
from server.library.fields import LIST_FIELDS
from server.text.differ import Piece, text_pieces


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that differs: for texts one line of pieces, for lists a line an item."""

    name: str
    lines: tuple[tuple[Piece, ...], ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldDiff]:
    """The fields that differ, in canonical order."""
    found = []
    for name in SCRIPT_FIELDS:
        old, new = before.get(name), after.get(name)
        if (old or None) == (new or None):
            continue
        if name in LIST_FIELDS:
            found.append(FieldDiff(name, _list_lines(list(old or ()), list(new or ()))))
        else:
            found.append(FieldDiff(name, (text_pieces(str(old or ""), str(new or "")),)))
    return found


def _list_lines(old: list[str], new: list[str]) -> tuple[tuple[Piece, ...], ...]:
    lines: list[tuple[Piece, ...]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            lines += [text_pieces(x, y) for x, y in zip(old[a:b], new[c:d], strict=True)]
        elif tag != "equal":
            lines += [(Piece("removed", text),) for text in old[a:b]]
            lines += [(Piece("added", text),) for text in new[c:d]]
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Merged:
    """Fields of both sides together; `clashes` are those that both changed, mine kept."""

    fields: Mapping[str, Any]
    clashes: tuple[str, ...]


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Both sides' changes since `base`. Lists take both sides' additions and removals."""
    fields: dict[str, Any] = {}
    clashes = []
    for name in SCRIPT_FIELDS:
        old, one, two = (side.get(name) or None for side in (base, mine, theirs))
        if one == two or two == old:
            value = one
        elif one == old:
            value = two
        elif name in LIST_FIELDS:
            value = _merged_list(list(old or ()), list(one or ()), list(two or ()))
        else:
            value = one
            clashes.append(name)
        if value:
            fields[name] = value
    return Merged(fields, tuple(clashes))


def _merged_list(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    removed = {text for text in base if text not in mine}
    kept = [text for text in theirs if text not in removed]
    return kept + [text for text in mine if text not in base and text not in kept]
