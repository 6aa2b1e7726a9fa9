"""What a workbook holds, counted in one pass before anything of it is kept.

A spreadsheet library reads texts, styles and names into memory first; this pass stops at the
guard's limits instead, and finds what such a library does not tell while it streams: merged cells,
hidden rows, formulas whose result was never saved.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from server.exchange.limits import Guard

_CHUNK = 1 << 16
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Parts of a workbook that are read besides its sheets and texts; none of a shop's is near this.
_OTHER_ELEMENTS = 300_000
_NOT_READ = re.compile(r"/(?:drawings|media|charts|comments|threadedComments|printerSettings)/")
_MOST_NOTED = 5_000
# What zipfile raises of a damaged container: each way of packing has errors of its own, and
# NotImplementedError is one that it does not know.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)
Attributes = Mapping[str, str]
Begin = Callable[[str, Attributes], None]


@dataclass
class ScannedSheet:
    """One sheet: merged ranges as (first row, first column, last row, last column), from 1.

    `last_row` and `last_column` are the last with a value, within the guard's columns; `beyond`
    names a cell with a value outside of them.
    """

    name: str
    hidden: bool
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    open_formulas: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 0
    beyond: str = ""


def scan(content: bytes, guard: Guard) -> list[ScannedSheet]:
    """The workbook's sheets in order. Raises FileError when it is too much or no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                raise guard.problem("locked")
            guard.unpacked(sum(member.file_size for member in members), len(members))
            return _scan(archive, guard)
    except _BROKEN as error:
        raise guard.problem("broken_zip", what=str(error)[:80]) from error
    # LookupError: a part that is not there, or in an encoding that nobody knows.
    except (expat.ExpatError, LookupError) as error:
        raise guard.problem("broken_xlsx", what=str(error)[:80]) from error


def _scan(archive: zipfile.ZipFile, guard: Guard) -> list[ScannedSheet]:
    targets = _targets(archive, guard)
    listed = _listed(archive, guard)
    guard.sheets(len(listed))
    sheets: list[ScannedSheet] = []
    paths: set[str] = set()
    for name, state, key in listed:
        path = targets.get(key, "")
        sheet = ScannedSheet(name, hidden=state not in ("", "visible"))
        if path:
            paths.add(path)
            _parse(archive, path, guard, _Sheet(sheet, guard))
        sheets.append(sheet)
    for member in archive.namelist():
        if member in paths or not member.endswith((".xml", ".rels")) or _NOT_READ.search(member):
            continue
        strings = member.lower().endswith("sharedstrings.xml")
        _parse(archive, member, guard, _Strings(guard) if strings else _Other(guard))
    return sheets


def _targets(archive: zipfile.ZipFile, guard: Guard) -> dict[str, str]:
    """Relation id to the member that it names."""
    found: dict[str, str] = {}

    def begin(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            found[attributes.get("Id", "")] = posixpath.normpath(path)

    _parse(archive, "xl/_rels/workbook.xml.rels", guard, _Other(guard, begin))
    return found


def _listed(archive: zipfile.ZipFile, guard: Guard) -> list[tuple[str, str, str]]:
    """Name, state and relation id of every sheet."""
    found: list[tuple[str, str, str]] = []

    def begin(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            key = next((v for k, v in attributes.items() if _local(k) == "id"), "")
            found.append((attributes.get("name", ""), attributes.get("state", ""), key))

    _parse(archive, "xl/workbook.xml", guard, _Other(guard, begin))
    return found


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Other:
    """Any part: counts its elements."""

    def __init__(self, guard: Guard, begin: Begin | None = None) -> None:
        self._guard = guard
        self._begin = begin
        self._count = 0

    def begin(self, name: str, attributes: Attributes) -> None:
        self._count += 1
        if self._count > _OTHER_ELEMENTS:
            raise self._guard.problem("too_many_cells", most=_OTHER_ELEMENTS)
        if self._begin is not None:
            self._begin(name, attributes)

    def end(self, name: str) -> None:
        """Nothing ends here."""

    def text(self, text: str) -> None:
        """Nothing is read here."""


class _Strings(_Other):
    """The texts that cells share."""

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._count += 1
            self._guard.strings(self._count)


class _Sheet(_Other):
    """One sheet's cells."""

    def __init__(self, sheet: ScannedSheet, guard: Guard) -> None:
        super().__init__(guard)
        self._sheet = sheet
        # Some programs leave places out: then a cell stands right of the one before.
        self._row = self._column = 0
        self._inside = False
        self._formula = self._value = False

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            found = _PLACE.fullmatch(attributes.get("r", ""))
            self._column = _column(found[1]) if found else self._column + 1
            self._inside, self._formula, self._value = True, False, False
        elif name in ("v", "is"):
            self._guard.cells(1)
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "mergeCell" and len(self._sheet.merges) < self._guard.limits.rows:
            self._merge(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        self._value = self._value or (self._inside and not text.isspace())

    def end(self, name: str) -> None:
        if name == "f":
            self._value = False  # what was read is the formula, not its result
        if name != "c":
            return
        if self._value or self._formula:
            self._note(self._row, self._column)
        self._inside = False

    def _note(self, row: int, column: int) -> None:
        sheet = self._sheet
        if column > self._guard.limits.columns:
            sheet.beyond = sheet.beyond or f"{_letters(column)}{row}"
            return
        sheet.last_row, sheet.last_column = max(sheet.last_row, row), max(sheet.last_column, column)
        if not self._value and len(sheet.open_formulas) < _MOST_NOTED:
            sheet.open_formulas.add((row, column))

    def _begin_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() else self._row + 1
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self._sheet.hidden_rows.add(self._row)
        self._count += 1
        if self._count % 4096 == 0:
            self._guard.tick()

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        start, end = _PLACE.fullmatch(first), _PLACE.fullmatch(last)
        if start and end:
            span = (int(start[2]), _column(start[1]), int(end[2]), _column(end[1]))
            self._sheet.merges.append(span)


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _parse(archive: zipfile.ZipFile, member: str, guard: Guard, found: _Other) -> None:
    """Runs one part through `found`; a document type, which entities need, is refused."""
    parser = expat.ParserCreate()
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        guard.depth(depth)
        found.begin(_local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        found.end(_local(name))

    def doctype(*_: object) -> None:
        raise guard.problem("broken_xlsx", what=f"{member} declares entities")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.buffer_text = True
    if isinstance(found, _Sheet):
        parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = doctype
    with archive.open(member) as stream:
        while part := stream.read(_CHUNK):
            parser.Parse(part, False)
            guard.tick()
    parser.Parse(b"", True)
