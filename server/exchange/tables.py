"""Files to rows of texts. Anything broken or too large is answered in one sentence.

Sizes are checked before anything is unpacked: an xlsx is a zip, and a small one can hold gigabytes.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from server.base.errors import LibraryError, UsageError
from server.base.yaml_files import Plain, parse_yaml, to_plain
from server.exchange.cells import unguard
from server.library.fields import SCRIPT_FIELDS

FORMATS = (".xlsx", ".csv", ".yaml", ".yml", ".json")
# 5,000 scripts with twelve questions each are 4 MB of csv; the rest is room.
MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 32_767  # what a cell holds in Excel

Cell = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and rows of equal length; `first` is the file's row number of the first row."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first: int
    encoding: str = "utf-8"


def read_sheet(content: bytes, name: str) -> Sheet:
    """The rows of a file, by the ending of its name. Raises UsageError, phrased for people."""
    ending = Path(name).suffix.lower()
    if ending not in FORMATS:
        raise UsageError(
            f"{name}: ending is {ending or 'missing'}; expected one of: {', '.join(FORMATS)}; "
            "save it in one of these formats"
        )
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1024 / 1024:.0f} MB"
        raise UsageError(f"{name} has {size}; expected at most 20 MB; split it into several files")
    if not content.strip():
        raise UsageError(f"{name} is empty; expected a row of heads and rows of scripts")
    if ending == ".xlsx":
        return _xlsx(content, name)
    text, encoding = _decoded(content, name)
    if ending == ".csv":
        return _csv(text, name, encoding)
    plain = _json(text, name) if ending == ".json" else _yaml(text, name)
    return _scripts(plain, name, encoding)


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    """Text and encoding: a byte order mark decides, then UTF-8, then GB18030 (Excel and WPS)."""
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
             (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
    named = [encoding for mark, encoding in marks if content.startswith(mark)]
    for encoding in named or ["utf-8", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue  # the next one may fit
        if "\x00" in text:
            break
        return text, encoding
    raise UsageError(
        f"{name} is no text in UTF-8, UTF-16 or GB18030; expected one of these; "
        "save it again as “CSV UTF-8”"
    )


def _csv(text: str, name: str, encoding: str) -> Sheet:
    first_line = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first_line.count)
    csv.field_size_limit(MAX_BYTES)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise UsageError(
            f"{name} is no readable csv ({error}); expected quoted cells; save it again"
        ) from error
    return _sheet(([unguard(cell) for cell in row] for row in rows), name, encoding)


def _xlsx(content: bytes, name: str) -> Sheet:
    _check_zip(content, name)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        pages = [page for page in book.worksheets if page.sheet_state == "visible"]
        page = (pages or book.worksheets)[0]
        page.reset_dimensions()
        rows = page.iter_rows(values_only=True, max_col=MAX_COLUMNS)
        return _sheet(([_text(cell) for cell in row] for row in rows), name, "xlsx")
    except UsageError:
        raise
    # openpyxl answers damaged files with anything from KeyError to zlib.error.
    except Exception as error:
        what = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        raise UsageError(
            f"{name} is no readable xlsx ({what}); expected an Excel workbook; "
            "open it in Excel or WPS and save it again"
        ) from error


def _check_zip(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise UsageError(
            f"{name} is no xlsx file ({error}); expected an Excel workbook; "
            "an old .xls must be saved as .xlsx first"
        ) from error
    if any(member.flag_bits & 1 for member in members):
        raise UsageError(f"{name} is locked with a password; save it without one")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED or len(members) > 2_000:
        raise UsageError(
            f"{name} unpacks to {unpacked / 1024 / 1024:.0f} MB; expected at most "
            f"{MAX_UNPACKED // 1024 // 1024} MB; copy the scripts into a fresh workbook"
        )


def _text(value: Any) -> str:
    """A cell as text: whole numbers without `.0`, dates as library files write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        bare = value.hour == value.minute == 0
        return value.strftime("%Y-%m-%d" if bare else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    # Excel writes control characters as _x000D_ and the like.
    return str(value).replace("_x000D_", "")


def _sheet(rows: Iterable[Sequence[str]], name: str, encoding: str) -> Sheet:
    header: tuple[str, ...] = ()
    first = 0
    found: list[tuple[Cell, ...]] = []
    blank = 0
    for number, row in enumerate(rows, start=1):
        cells = [cell.replace("\r\n", "\n").replace("\r", "\n").strip() for cell in row]
        if not any(cells):
            blank += 1
            if blank > MAX_ROWS:
                break
            if header:
                found.append(())
            continue
        blank = 0
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UsageError(
                f"{name} row {number}: a cell has more than {MAX_CELL} characters; "
                "expected a script's texts; split the cell, or mend the quotes before it"
            )
        if not header:
            header, first = _trimmed(cells), number + 1
            continue
        if len(found) >= MAX_ROWS:
            raise UsageError(
                f"{name} has more than {MAX_ROWS} rows; expected at most {MAX_ROWS}; split it"
            )
        found.append(tuple((cells + [""] * len(header))[: len(header)]))
    if not header:
        raise UsageError(f"{name} is empty; expected a row of heads and rows of scripts")
    while found and not found[-1]:
        found.pop()
    return Sheet(header, tuple(found), first, encoding)


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    last = max(number for number, cell in enumerate(cells) if cell)
    return tuple(cells[: min(last + 1, MAX_COLUMNS)])


def _yaml(text: str, name: str) -> Plain:
    try:
        return to_plain(parse_yaml(text, name))
    except LibraryError as error:
        raise UsageError(str(error)) from error
    except RecursionError as error:
        raise UsageError(f"{name} nests too deep; expected a list of scripts") from error


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{name} is no JSON ({error}); expected a list of scripts, or one under `scripts`"
        ) from error


def _scripts(plain: Any, name: str, encoding: str) -> Sheet:
    """A list of scripts, or one under `scripts`, as a sheet whose columns are the fields found."""
    listed = plain.get("scripts") if isinstance(plain, dict) else plain
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise UsageError(
            f"{name} holds no list of scripts; expected one, bare or under `scripts`; "
            "see docs/library.md"
        )
    if len(listed) > MAX_ROWS:
        raise UsageError(f"{name} has more than {MAX_ROWS} scripts; split it")
    names = {str(key) for item in listed for key in item}
    header = [field for field in SCRIPT_FIELDS if field in names]
    header += sorted(names - set(header))
    rows = tuple(tuple(_cell(item.get(key)) for key in header) for item in listed)
    return Sheet(tuple(header), rows, 1, encoding)


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return tuple(_text(item).strip() for item in value if _text(item).strip())
    return _text(value).strip()
