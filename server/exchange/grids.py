"""A sheet as it stands in a file: numbered rows of texts, nothing understood yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.exchange.limits import Guard

Cell = str | tuple[str, ...]
# How the spreadsheets show a formula without a result.
_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|GETTING_DATA)",
    re.IGNORECASE,
)
NO_RESULT = "#VALUE! (no result)"
_LINE_ENDS = re.compile(r"\r\n?")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
# Blanks that editors leave at the ends of cells: no-break, zero-width, ideographic, a byte mark.
_BLANKS = " \t\n\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"


@dataclass(frozen=True, slots=True)
class Row:
    """One row by its number in the file (1 is the first)."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. `hidden` sheets and rows are what the spreadsheet does not show."""

    name: str
    rows: tuple[Row, ...]
    encoding: str
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


def clean(text: str) -> str:
    """A cell's text with plain line ends, blanks off its ends, and nothing that no file takes."""
    plain = _LINE_ENDS.sub("\n", text).strip(_BLANKS)
    return plain if plain.isascii() else _SURROGATES.sub("\ufffd", plain)


def is_error(cell: Cell) -> bool:
    """Whether a cell shows a formula's error."""
    return isinstance(cell, str) and (cell == NO_RESULT or _ERROR.fullmatch(cell) is not None)


def numbered(rows: Iterable[Sequence[str]], guard: Guard) -> tuple[Row, ...]:
    """The rows that hold anything, by their number in the file."""
    found: list[Row] = []
    for number, row in enumerate(rows, start=1):
        cells = [clean(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            if number % 4096 == 0:
                guard.tick()
            continue
        guard.row(number, cells)
        guard.columns(len(cells))
        found.append(Row(number, tuple(cells)))
    return tuple(found)
