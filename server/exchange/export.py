"""A shop's scripts as a file that opens in Excel with ids as text and formulas as words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from server.base.errors import UsageError
from server.exchange.cells import guard, join_list
from server.exchange.columns import FIELD_COLUMNS
from server.exchange.problems import FileError
from server.exchange.tables import FORMATS
from server.library import SCRIPT_FIELDS, Script, load_library
from server.library.fields import LIST_FIELDS
from server.library.save import dump_scripts, script_fields

_WIDTHS = {"reply": 60, "questions": 40, "tests": 40, "variants": 40, "parts": 40, "steps": 40}
_MAX_CELL = 32_767


def export_file(path: Path, shop_id: str, root: Path) -> int:
    """Writes a shop's scripts to `path`, by its ending; returns how many. Raises UsageError."""
    scripts = load_library(root, shop_id).shop(shop_id).scripts
    content = export_bytes(scripts, path.suffix.lower())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}); expected a writable folder"
        ) from error
    return len(scripts)


def export_bytes(scripts: Sequence[Script], ending: str) -> bytes:
    """The file's bytes for an ending such as `.xlsx`. Raises UsageError for an unknown one."""
    if ending == ".xlsx":
        return _xlsx(scripts)
    if ending == ".csv":
        return _csv(scripts)
    if ending in (".yaml", ".yml"):
        return dump_scripts(scripts).encode()
    if ending == ".json":
        fields = [script_fields(script) for script in scripts]
        return (json.dumps({"scripts": fields}, ensure_ascii=False, indent=2) + "\n").encode()
    raise UsageError(
        f"ending is {ending or 'missing'}; expected one of: {', '.join(FORMATS)}; rename the file"
    )


def _rows(scripts: Sequence[Script]) -> list[list[str]]:
    rows = [[FIELD_COLUMNS[name][0] for name in SCRIPT_FIELDS]]
    for script in scripts:
        fields = script_fields(script)
        rows.append(
            [
                join_list(tuple(fields.get(name, ())), name)
                if name in LIST_FIELDS
                else str(fields.get(name, ""))
                for name in SCRIPT_FIELDS
            ]
        )
    return rows


def _csv(scripts: Sequence[Script]) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads Chinese csv as GBK."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for row in _rows(scripts):
        writer.writerow([guard(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(scripts: Sequence[Script]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    book = xlsxwriter.Workbook(stream, options)
    page = book.add_worksheet("话术")
    head = book.add_format({"bold": True, "bg_color": "#E6F1F4", "bottom": 1})
    # Format @ keeps a cell text when someone edits it: ids stay ids, dates stay as written.
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for column, name in enumerate(SCRIPT_FIELDS):
        page.set_column(column, column, _WIDTHS.get(name, 16), text)
    for number, row in enumerate(_rows(scripts)):
        for column, cell in enumerate(row):
            if len(cell) > _MAX_CELL:
                script_id = scripts[number - 1].id
                raise FileError("too_long", id=script_id, size=len(cell), most=_MAX_CELL)
            page.write_string(number, column, cell, head if number == 0 else text)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(1, len(scripts)), len(SCRIPT_FIELDS) - 1)
    book.close()
    return stream.getvalue()
