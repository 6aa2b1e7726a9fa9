"""Csv as people have it: any delimiter, `sep=` lines, quotes inside quotes, cells of many lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from server.exchange.cells import unguard
from server.exchange.grids import Grid, numbered
from server.exchange.limits import Guard

_SEP = re.compile(r"\s*\"?sep=(.)\"?\s*[\r\n]+", re.IGNORECASE)
_DELIMITERS = ",\t;|，"
# A quoted cell that swallowed the start of the next row's quoted cell.
_SWALLOWED = re.compile(r"\n[^\n]*[,\t;|，]\"")


def read_csv(text: str, encoding: str, guard: Guard) -> Grid:
    """The one sheet of a csv. Raises FileError naming the row with a quote that never closes."""
    text = text.removeprefix("\ufeff")
    given = _SEP.match(text)
    skipped = 0
    if given:
        text, skipped = text[given.end() :], 1
    delimiter = given.group(1) if given else _delimiter(text)
    rows = ([unguard(cell) for cell in row] for row in _rows(text, delimiter, skipped, guard))
    lead: list[list[str]] = [[]] * skipped
    return Grid("", numbered(_joined(lead, rows), guard), encoding)


def _joined(lead: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from lead
    yield from rows


def _delimiter(text: str) -> str:
    """What splits the first lines; a sign that stands in all of them goes before a frequent one."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:8]
    if not lines:
        return ","
    return max(
        _DELIMITERS,
        key=lambda sign: (min(lines[0].count(sign), 1), _steady(lines, sign), lines[0].count(sign)),
    )


def _steady(lines: list[str], sign: str) -> float:
    return sum(sign in line for line in lines) / len(lines)


def _rows(text: str, delimiter: str, skipped: int, guard: Guard) -> Iterator[list[str]]:
    csv.field_size_limit(guard.limits.size)
    try:
        strict = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return _lenient(text, delimiter, skipped, guard)
    return iter(strict)


def _lenient(text: str, delimiter: str, skipped: int, guard: Guard) -> Iterator[list[str]]:
    """Rows in which a quote closes a cell only where the cell ends: "say "hi" now" is one cell."""
    sign = re.escape(delimiter)
    cell = re.compile(
        rf"[ \t]*\"(?P<quoted>(?:[^\"]|\"\"|\"(?!\"|[ \t]*(?:{sign}|[\r\n]|\Z)))*+)\"[ \t]*"
        rf"(?P<end>{sign}|\r\n?|\n|\Z)"
        rf"|(?P<bare>[^{sign}\r\n]*+)(?P<stop>{sign}|\r\n?|\n|\Z)"
        if delimiter != "\t"
        else r"\"(?P<quoted>(?:[^\"]|\"\"|\"(?!\"|\t|[\r\n]|\Z))*+)\"(?P<end>\t|\r\n?|\n|\Z)"
        r"|(?P<bare>[^\t\r\n]*+)(?P<stop>\t|\r\n?|\n|\Z)"
    )
    row: list[str] = []
    place, number = 0, 1 + skipped
    while place < len(text) or row:
        found = cell.match(text, place)
        assert found is not None  # the bare alternative matches anything, the empty text too
        quoted, bare = found["quoted"], found["bare"]
        opened = bare is not None and bare.lstrip().startswith('"')
        if opened or (quoted is not None and _SWALLOWED.search(quoted)):
            raise guard.problem("open_quote", row=number)
        row.append(quoted.replace('""', '"') if quoted is not None else bare)
        place = found.end()
        if (found["end"] if quoted is not None else found["stop"]) != delimiter:
            yield row
            guard.tick()
            row, number = [], number + 1
            if place >= len(text):
                return
