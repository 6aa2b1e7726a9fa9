"""Ratings and orders from the platforms' exports, read as scripts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.exchange.columns import form
from server.exchange.dates import moment_of
from server.exchange.grids import is_error
from server.exchange.limits import RECORDS
from server.exchange.problems import FileError
from server.exchange.tables import read_grids, sheet_of
from server.store.quality.imports import HEADS, LINE


def read_records(content: bytes, name: str) -> list[dict[str, Any]]:
    """Rows by head, with their row number under LINE; heads are found wherever they stand.

    Of several sheets the first counts that has known heads. Raises FileError.
    """
    grids = [grid for grid in read_grids(content, name, RECORDS) if grid.rows]
    sheets = [s for grid in grids if (s := sheet_of(grid, known=_field_of)) is not None]
    sheet = next((s for s in sheets if s.sure and not s.hidden), sheets[0])
    fields = [_field_of(head) for head in sheet.header]
    rows = []
    for row in sheet.rows:
        cells = [cell if isinstance(cell, str) else "\n".join(cell) for cell in row.cells]
        for head, cell in zip(sheet.header, cells, strict=True):
            if is_error(cell):
                raise FileError("formula_error", name=name, row=row.number, head=head)
        rows.append(_named(sheet.header, fields, cells) | {LINE: row.number})
    return rows


def _field_of(head: str) -> str:
    return _KNOWN.get(form(head), "")


_KNOWN: Mapping[str, str] = {form(head): field for field, heads in HEADS.items() for head in heads}


def _named(header: Sequence[str], fields: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """One row under the heads that the import knows, its day written as 2026-11-30."""
    found: dict[str, Any] = {}
    for head, field, cell in zip(header, fields, cells, strict=True):
        known = next((h for h in HEADS.get(field, ()) if form(h) == form(head)), head)
        moment = moment_of(cell) if field == "day" else None
        found.setdefault(known, moment.text if moment else cell)
    return found
