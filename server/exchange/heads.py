"""Where a sheet's heads stand: below a title, below notes, in two rows, again further down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from server.exchange.columns import field_of, form, likely_field
from server.exchange.grids import Cell, Grid, Row

# Heads stand among the first rows, or nowhere.
_LOOKED_AT = 30
_LONGEST_HEAD = 80
FieldOf = Callable[[str], str]


def head_row(grid: Grid, known: FieldOf = likely_field, needed: str = "reply") -> tuple[int, bool]:
    """The place of the heads in `grid.rows`, and whether heads were recognised there.

    The row with the most known heads counts, the first of equals; one that names `needed` goes
    before all others.
    """
    best, place, wide_before = (False, 0), -1, False
    for number, row in enumerate(grid.rows[:_LOOKED_AT]):
        fields = _fields(row, known)
        if known is likely_field and wide_before and not _fields(row, field_of):
            # Below other cells side by side, words that only sound like heads are a script's.
            fields = set()
        wide_before |= _filled(row) > 1
        score = (needed in fields, len(fields))
        if fields and score > best:
            best, place = score, number
    if place >= 0:
        return place, True
    wide = [n for n, row in enumerate(grid.rows[:_LOOKED_AT]) if _filled(row) > 1]
    return (wide[0] if wide else 0), False


def _fields(row: Row, known: FieldOf) -> set[str]:
    if known is likely_field and _filled(row) < 2:
        # One cell alone is a title more often than a head; a listed head is one.
        known = field_of
    heads = [cell for cell in row.cells if isinstance(cell, str) and len(cell) <= _LONGEST_HEAD]
    return {field for field in map(known, heads) if field}


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell)


def is_head_again(
    cells: Sequence[Cell], header: Sequence[str], known: FieldOf = likely_field
) -> bool:
    """Whether a row repeats the heads: word for word, in another language, or as hints."""
    filled = [(cell, head) for cell, head in zip(cells, header, strict=False) if cell]
    if not filled or (len(filled) == 1 and len(header) > 1):
        return False
    return all(isinstance(cell, str) and _names(cell, head, known) for cell, head in filled)


def _names(cell: str, head: str, known: FieldOf) -> bool:
    if form(cell) == form(head):
        return True
    field = known(cell) if len(cell) <= _LONGEST_HEAD else ""
    if field and field == known(head):
        return True
    return form(cell) in _HINT_ROW


_HINT_ROW = frozenset(map(form, ("必填", "选填", "可选", "非必填", "required", "optional")))
