"""Small files as people have them, written when a test asks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from server.exchange import Choices, Plan, offer, plan_import, read_grids
from server.library import Shop

Rows = Sequence[Sequence[Any]]


def workbook(
    sheets: Mapping[str, Rows] | Rows,
    *,
    merges: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_sheets: Sequence[str] = (),
) -> bytes:
    """An xlsx of these sheets; merges and hidden rows are those of the first."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet": sheets}
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in named.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
        if name in hidden_sheets:
            page.sheet_state = "hidden"
    first = book.worksheets[0]
    for span in merges:
        first.merge_cells(span)
    for number in hidden_rows:
        first.row_dimensions[number].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(content: bytes, member: str, text: str) -> bytes:
    """The workbook with one part written anew."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in made.namelist():
            archive.writestr(name, text if name == member else made.read(name))
        if member not in made.namelist():
            archive.writestr(member, text)
    return out.getvalue()


def plan_file(
    content: bytes,
    name: str,
    shop: Shop | None = None,
    choices: Choices | None = None,
) -> Plan:
    """The plan of a file, as the command line makes it."""
    choices = choices or Choices()
    offered = offer(read_grids(content, name), choices, name)
    return plan_import(
        [one.part for one in offered if one.used],
        shop or Shop("s", platforms=("taobao",)),
        sheet_as=choices.sheet_as,
        hidden_rows=choices.hidden_rows,
    )


def told(plan: Plan) -> list[tuple[int, str, str, str]]:
    """Row, kind, category and reply of every row; of a refused one what stands against it."""
    return [
        (
            change.row,
            change.kind,
            change.script.category if change.script else "",
            change.script.reply if change.script else change.notes[-1].code,
        )
        for change in plan.changes
    ]
