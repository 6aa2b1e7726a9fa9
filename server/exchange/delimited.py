"""Csv as people have it: any delimiter, `sep=` lines, quotes inside quotes, cells of many lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from server.exchange.cells import unguard
from server.exchange.columns import field_of
from server.exchange.grids import Grid, numbered
from server.exchange.limits import Guard

_SEP = re.compile(r"\s*\"?sep=(.)\"?\s*[\r\n]+", re.IGNORECASE)
_DELIMITERS = ",\t;|，"
_NONE = "\x1f"
_LEAST_ROWS, _LEAST_SIGNS = 2, 2
_QUOTED = re.compile(r'"[^"]*"')
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
    """The sign that parts a row into known heads; without such a row, the first line's own.

    Below a title of one cell it is the sign that parts every line alike.
    A first line without any is the one head of a file whose lines are whole cells: a comma in a
    reply parts nothing there.
    """
    start = _QUOTED.sub(lambda cell: cell[0].replace("\n", " "), text[:20_000])
    lines = [line for line in start.splitlines() if line.strip()][:10]
    known = {sign: max((_heads(line, sign) for line in lines), default=0) for sign in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda sign: known[sign])
    if known[best] > 1 or not lines:
        return best if lines else ","
    usual = [sign for sign in _DELIMITERS if sign in lines[0] and sign != "，"]
    if usual:
        return max(usual, key=lines[0].count)
    return next((sign for sign in _DELIMITERS if _parts_alike(lines, sign)), _NONE)


def _parts_alike(lines: list[str], sign: str) -> bool:
    """Whether titles without the sign stand above two rows or more of one width."""
    counts = [_QUOTED.sub("", line).count(sign) for line in lines]
    table = counts[next((n for n, count in enumerate(counts) if count), len(counts)) :]
    return len(table) >= _LEAST_ROWS and table[0] >= _LEAST_SIGNS and len({*table}) == 1


def _heads(line: str, sign: str) -> int:
    fields = {field_of(cell.strip(' "')) for cell in line.split(sign) if len(cell) < 80}
    return len(fields - {""})


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
