"""Excel workbooks to grids: every sheet, merged cells filled, dates as dates, ids as texts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from server.exchange.grids import NO_RESULT, Grid, numbered
from server.exchange.limits import Guard
from server.exchange.problems import FileError
from server.exchange.xlsx_scan import ScannedSheet, scan

# A double keeps fifteen digits; what a spreadsheet holds beyond is made up.
_EXACT = 10**15


def read_xlsx(content: bytes, guard: Guard) -> list[Grid]:
    """Every sheet that holds anything, in order. Raises FileError."""
    sheets = scan(content, guard)
    import openpyxl

    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        pages = {page.title: page for page in book.worksheets}
        found = [_grid(pages[sheet.name], sheet, guard) for sheet in sheets if sheet.name in pages]
    except FileError:
        raise
    # openpyxl answers damaged files with anything from KeyError to zlib.error.
    except Exception as error:
        what = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        raise guard.problem("broken_xlsx", what=what) from error
    if not pages:
        raise guard.problem("broken_xlsx", what="no sheets")
    return [grid for grid in found if grid.rows]


def _grid(page: Any, sheet: ScannedSheet, guard: Guard) -> Grid:
    if sheet.beyond:
        raise guard.problem("far_cell", cell=sheet.beyond, most=guard.limits.columns)
    page.reset_dimensions()
    rows = page.iter_rows(
        values_only=True, max_col=sheet.last_column or 1, max_row=sheet.last_row or 1
    )
    return Grid(
        sheet.name,
        numbered(_filled(rows, sheet), guard),
        "xlsx",
        sheet.hidden,
        frozenset(sheet.hidden_rows),
    )


def _filled(rows: Iterator[tuple[Any, ...]], sheet: ScannedSheet) -> Iterator[list[str]]:
    """Rows of texts; a merged cell's text stands in each of its rows, in its first column."""
    opening: dict[int, list[tuple[int, int]]] = {}
    for first, column, last, _ in sheet.merges:
        if last > first:
            opening.setdefault(first, []).append((column - 1, last))
    held: dict[int, tuple[str, int]] = {}
    for number, values in enumerate(rows, start=1):
        blank = values.count(None) == len(values)
        if blank and not held and number not in opening:
            yield []
            continue
        cells = [text_of(value) for value in values]
        for column in [c for c, (_, last) in held.items() if last < number]:
            del held[column]
        for column, (text, _) in held.items():
            cells += [""] * (column + 1 - len(cells))
            cells[column] = cells[column] or text
        for column, last in opening.get(number, ()):
            if column < len(cells):
                held[column] = (cells[column], last)
        if sheet.open_formulas:
            _mark(cells, number, sheet.open_formulas)
        yield cells


def _mark(cells: list[str], number: int, formulas: set[tuple[int, int]]) -> None:
    for column, cell in enumerate(cells, start=1):
        if not cell and (number, column) in formulas:
            cells[column - 1] = NO_RESULT


def text_of(value: Any) -> str:
    """A value as text: whole numbers without `.0`, dates as library files write them."""
    if value is None:
        return ""
    if isinstance(value, str):
        from openpyxl.utils.escape import unescape

        return str(unescape(value)) if "_x" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        bare = value.hour == value.minute == 0
        return value.strftime("%Y-%m-%d" if bare else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


def _number(value: float) -> str:
    if abs(value) >= _EXACT:
        return f"{value:.14E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)
