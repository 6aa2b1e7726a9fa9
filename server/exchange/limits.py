"""One guard for every importer: bytes, rows, columns, cells, strings, depth and time.

A small file can stand for gigabytes: a zip unpacks, an entity grows, a row names a new column each.
Everything that reads a file asks the same guard before it keeps anything.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from server.exchange.problems import FileError

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a file may hold; `cell` in characters."""

    size: int = 20 * _MB
    unpacked: int = 200 * _MB
    sheets: int = 60
    rows: int = 20_000
    columns: int = 200
    cells: int = 1_000_000
    strings: int = 500_000
    cell: int = 100_000
    depth: int = 60
    seconds: float = 30


# 5,000 scripts with twelve questions each are 4 MB of csv; the rest is room.
SCRIPTS = Limits()
# A month of ratings or orders.
RECORDS = Limits(
    size=64 * _MB,
    unpacked=300 * _MB,
    rows=200_000,
    columns=80,
    cells=4_000_000,
    strings=2_000_000,
    seconds=60,
)


class Guard:
    """Counts what one file holds, and raises FileError as soon as it is too much."""

    def __init__(self, name: str, limits: Limits = SCRIPTS) -> None:
        self.name = name
        self.limits = limits
        self._until = time.monotonic() + limits.seconds
        self._rows = self._cells = 0

    def size(self, size: int) -> None:
        """Checks the file's bytes, before any is read."""
        if size > self.limits.size:
            most = self.limits.size // _MB
            raise self.problem("too_large", size=f"{size / _MB:.0f}", most=most)

    def unpacked(self, size: int, members: int) -> None:
        """Checks what a zip says that it unpacks to."""
        if size > self.limits.unpacked or members > 2_000:
            most = self.limits.unpacked // _MB
            raise self.problem("unpacks", size=f"{size / _MB:.0f}", most=most)

    def row(self, number: int, cells: Sequence[str]) -> None:
        """Counts a row that is kept."""
        self._rows += 1
        if self._rows > self.limits.rows:
            raise self.problem("too_many_rows", most=self.limits.rows)
        self.cells(len(cells))
        if any(len(cell) > self.limits.cell for cell in cells):
            raise self.problem("long_cell", row=number, most=self.limits.cell)

    def cells(self, number: int) -> None:
        """Counts values that are kept."""
        self._cells += number
        if self._cells > self.limits.cells:
            raise self.problem("too_many_cells", most=self.limits.cells)
        self.tick()

    def columns(self, number: int) -> None:
        """Checks how many columns one table has."""
        if number > self.limits.columns:
            raise self.problem("too_many_columns", found=number, most=self.limits.columns)

    def sheets(self, number: int) -> None:
        """Checks how many sheets a workbook has."""
        if number > self.limits.sheets:
            raise self.problem("too_many_sheets", found=number, most=self.limits.sheets)

    def strings(self, number: int) -> None:
        """Checks how many texts a workbook keeps aside for its cells."""
        if number > self.limits.strings:
            raise self.problem("too_many_cells", most=self.limits.strings)

    def depth(self, depth: int) -> None:
        """Checks how deep values nest."""
        if depth > self.limits.depth:
            raise self.problem("too_deep", most=self.limits.depth)

    def tick(self) -> None:
        """Checks the time."""
        if time.monotonic() > self._until:
            raise self.problem("too_slow", seconds=f"{self.limits.seconds:.0f}")

    def problem(self, code: str, **values: object) -> FileError:
        """What is wrong with this file, to be raised."""
        return FileError(code, name=self.name, **values)
