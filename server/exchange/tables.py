"""Files to tables. Anything broken or too large is answered in one sentence.

`read_grids` is the one reader of every importer; `tables_of` finds the heads of what it read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.exchange.columns import FIELD_COLUMNS, field_of, likely_field
from server.exchange.delimited import read_csv
from server.exchange.dialogues import as_pairs, sections
from server.exchange.encodings import decoded
from server.exchange.grids import Cell, Grid, Row
from server.exchange.heads import FieldOf, head_row, is_head_again
from server.exchange.limits import SCRIPTS, Guard, Limits
from server.exchange.listings import read_json, read_json_lines, read_yaml_list
from server.exchange.workbooks import read_xlsx

FORMATS = (".xlsx", ".csv", ".yaml", ".yml", ".json")
# Read as well, though nobody is asked for them.
_TABBED, _JSON_LINES = (".tsv", ".tab"), (".jsonl", ".ndjson")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")
_OTHERS = ((b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"Rar!", "RAR"),
           (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"), (b"{\\rtf", "RTF"))  # fmt: skip
_HTML = re.compile(rb"\s*(?:<!doctype\s+html|<html|<table|<meta|<\?xml[^>]*>\s*<(?:html|Workbook))",
                   re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with its heads: all rows are as long as `header`.

    `head` is the number of the row with the heads (0 where a file has none), `sure` whether any
    were recognised, `again` the numbers of rows that repeat them and are no scripts.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    head: int = 0
    sure: bool = True
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    again: tuple[int, ...] = ()
    encoding: str = "utf-8"

    @property
    def delimited(self) -> bool:
        """Whether the sheet is a csv's: its rows can be torn at signs that are none."""
        return self.encoding != "xlsx" and self.head > 0


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet that is imported, and a field for each of its columns."""

    sheet: Sheet
    mapping: tuple[str, ...]


def read_grids(content: bytes, name: str, limits: Limits = SCRIPTS) -> list[Grid]:
    """The sheets of a file by the ending of its name. Raises FileError, phrased for people."""
    guard = Guard(name, limits)
    ending = Path(name).suffix.lower()
    guard.size(len(content))
    if not content.strip():
        raise guard.problem("empty")
    _recognise(content, ending, guard)
    if ending in _WORKBOOKS:
        grids = read_xlsx(content, guard)
    else:
        text, encoding = decoded(content, guard)
        if ending == ".csv" or ending in _TABBED:
            grids = [read_csv(text, encoding, guard)]
        elif ending in _JSON_LINES:
            grids = [read_json_lines(text, encoding, guard)]
        elif ending == ".json":
            grids = [read_json(text, encoding, guard)]
        else:
            grids = [read_yaml_list(text, encoding, guard)]
    if not any(grid.rows for grid in grids):
        raise guard.problem("empty")
    return grids


def _recognise(content: bytes, ending: str, guard: Guard) -> None:
    """Raises FileError for a file that is not what its name says, or that nothing here reads."""
    start = content[:512]
    if ending == ".et":
        raise guard.problem("wps")
    if _HTML.match(start) and ending != ".json":
        raise guard.problem("html")
    if start.startswith(_OLE) or ending == ".xls":
        raise guard.problem("old_excel")
    if start.startswith(_ZIP) and ending not in _WORKBOOKS:
        inside = b"xl/" in content or b"[Content_Types].xml" in start
        raise guard.problem("xlsx_inside") if inside else guard.problem("other_inside", what="zip")
    for mark, what in _OTHERS:
        if start.startswith(mark):
            raise guard.problem("other_inside", what=what)
    if ending == ".txt":
        raise guard.problem("text_file")
    if ending not in (*FORMATS, *_WORKBOOKS, *_TABBED, *_JSON_LINES):
        raise guard.problem("ending", ending=ending or "missing", formats=", ".join(FORMATS))
    if ending in _WORKBOOKS and not start.startswith(b"PK"):
        raise guard.problem("text_inside")


def sheet_of(grid: Grid, head: int | None = None, known: FieldOf = likely_field) -> Sheet | None:
    """The sheet below its heads; `head` is the row that somebody chose, 0 for none.

    None without a row there.

    Two tables side by side, under the same heads twice, are read one below the other.
    """
    if known is likely_field and not head:
        grid = as_pairs(grid)
    numbers = [row.number for row in grid.rows]
    if head == 0 and numbers and numbers[0]:
        return _headless(grid)
    if not numbers or (head is not None and head not in numbers):
        return None
    listed = numbers[0] == 0  # a list of tables names its fields itself
    if listed:
        place, sure = 0, True
    else:
        place, sure = head_row(grid, known) if head is None else (numbers.index(head), True)
    header = tuple(c if isinstance(c, str) else " ".join(c) for c in grid.rows[place].cells)
    below = grid.rows[place + 1 :]
    width = max([len(header), *(len(row.cells) for row in below)])
    header += ("",) * (width - len(header))
    rows = [Row(row.number, _padded(row.cells, width)) for row in below]
    # What is taken for heads again is left out: listed heads alone are sure enough for that.
    listed_only = field_of if known is likely_field else known
    again = tuple(
        row.number for row in rows if not listed and is_head_again(row.cells, header, listed_only)
    )
    rows = [row for row in rows if row.number not in again]
    header, rows = _unfolded(header, rows)
    if known is likely_field and not listed:
        header, rows = _shelved(header, rows)
    shown = tuple(sorted(grid.hidden_rows & {row.number for row in rows}))
    number = grid.rows[place].number
    return Sheet(
        grid.name, header, tuple(rows), number, sure, grid.hidden, shown, again, grid.encoding
    )


def _shelved(header: tuple[str, ...], rows: list[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """With the headings between the rows as a column, where no column says the category."""
    named = {likely_field(head) for head in header}
    if "reply" not in named or "category" in named:
        return header, rows
    # Behind the last head: what stands further on was torn off a cell of a csv.
    width = 1 + max((n for n, head in enumerate(header) if head), default=-1)
    found, seen = sections(rows, width)
    if not seen:
        return header, rows
    return (*header[:width], FIELD_COLUMNS["category"][0], *header[width:]), found


def _headless(grid: Grid) -> Sheet:
    """A sheet whose first row is a script already."""
    width = max(len(row.cells) for row in grid.rows)
    rows = tuple(Row(row.number, _padded(row.cells, width)) for row in grid.rows)
    shown = tuple(sorted(grid.hidden_rows & {row.number for row in rows}))
    header = tuple(f"({number})" for number in range(1, width + 1))
    return Sheet(grid.name, header, rows, 0, True, grid.hidden, shown, (), grid.encoding)


def _padded(cells: Sequence[Cell], width: int) -> tuple[Cell, ...]:
    return (*cells, *([""] * (width - len(cells))))


def _unfolded(header: tuple[str, ...], rows: list[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """Heads that stand several times in the same order are several tables side by side."""
    names = [name for name in header if name]
    for period in range(2, len(names) // 2 + 1):
        if len(names) % period == 0 and names == names[:period] * (len(names) // period):
            break
    else:
        return header, rows
    columns = [number for number, name in enumerate(header) if name]
    blocks = [columns[n : n + period] for n in range(0, len(columns), period)]
    found = []
    for row in rows:
        for block in blocks:
            cells = tuple(row.cells[column] for column in block)
            if any(cells):
                found.append(Row(row.number, cells))
    return tuple(names[:period]), found
