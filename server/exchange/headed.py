"""Rows of a platform's export by field: known heads in any order, wrong rows named one by one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from server.base.errors import EntryError
from server.exchange.columns import form
from server.exchange.dates import moment_of
from server.exchange.grids import Grid, is_error
from server.exchange.limits import RECORDS
from server.exchange.tables import Sheet, read_grids, sheet_of

Heads = Mapping[str, tuple[str, ...]]
"""Heads by field; of several the first with a value counts."""
_CUT = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{2}")
_UNIT = re.compile(r"\s*[(（](?:元|件|笔|次|个)[)）]\s*$")
_QUOTED = re.compile(r'="(.*)"')
_MOST_FEN = 1_000_000_000
Chosen = Mapping[str, str]
"""Head to field, as somebody chose; "" for a column that is not used."""
NOTHING_CHOSEN: Chosen = {}


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out, and why; `code` and what was `found` for other languages."""

    row: int
    reason: str
    code: str = ""
    found: str = ""


class RowError(Exception):
    """Why one row cannot be taken; `code` and what was `found` for other languages."""

    def __init__(self, reason: str, code: str = "", found: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.found = found[:40]

    def of_row(self, number: int) -> Refused:
        """The refusal of this row."""
        return Refused(number, str(self), self.code, self.found)


class HeadTable:
    """Knows which head is which field; what is `chosen` comes before what names say."""

    def __init__(self, heads: Heads, chosen: Chosen = NOTHING_CHOSEN) -> None:
        self._heads = heads
        self._chosen = chosen
        self._known = {form(head): field for field, names in heads.items() for head in names}
        self._rank = {form(h): place for names in heads.values() for place, h in enumerate(names)}

    def field_of(self, head: str) -> str:
        """The field of a head, with or without its unit; empty for one that is not known."""
        if head in self._chosen:
            return self._chosen[head]
        return self._known.get(form(head)) or self._known.get(form(_UNIT.sub("", head)), "")

    def _place(self, head: str) -> int:
        bare = self._rank.get(form(_UNIT.sub("", head)), 0)
        return self._rank.get(form(head), bare)

    def with_columns(self, chosen: Chosen) -> HeadTable:
        """The table with what somebody chose."""
        return HeadTable(self._heads, chosen)

    def sheets(self, content: bytes, name: str, needed: frozenset[str]) -> list[Sheet]:
        """The sheets that have a needed field. Raises UsageError for a file that is broken."""
        return self.sheets_of(read_grids(content, name, RECORDS), needed)

    def sheets_of(self, grids: Sequence[Grid], needed: frozenset[str]) -> list[Sheet]:
        """Those of a file's sheets that have a needed field."""
        known = self.field_of
        sheets = [s for g in grids if g.rows and (s := sheet_of(g, known=known)) is not None]
        return [s for s in sheets if not s.hidden and needed & set(map(self.field_of, s.header))]

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, dict[str, str]]]:
        """Number, and field to text, of every row that holds any."""
        fields = [self.field_of(head) for head in sheet.header]
        ranks = [self._place(head) for head in sheet.header]
        columns = sorted((n for n, field in enumerate(fields) if field), key=lambda n: ranks[n])
        for row in sheet.rows:
            found: dict[str, str] = {}
            for n in columns:
                cell = row.cells[n]
                text = _clean(cell if isinstance(cell, str) else " ".join(cell))
                if text:
                    found.setdefault(fields[n], text)
            if found:
                yield row.number, found


def _clean(text: str) -> str:
    """A cell without what exports put around numbers so that they stay texts."""
    text = text.strip().strip("\t'`").strip()
    quoted = _QUOTED.fullmatch(text)
    return quoted[1].strip() if quoted else text


def refuse_empty(name: str, *rows: Collection[object]) -> None:
    """Raises EntryError for a file with heads and nothing below them."""
    if not any(rows):
        raise EntryError(
            f"{name} has heads but no rows below them; expected one at least; export it again",
            "no_rows", "file", name=name,
        )  # fmt: skip


def refuse_errors(row: Mapping[str, str]) -> None:
    """Raises RowError for a row that shows a formula's error."""
    for value in row.values():
        if is_error(value):
            raise RowError(f"formula error {value}; export the file again", "formula", value)


def is_cut(text: str) -> bool:
    """Whether a spreadsheet made a long number short, as 1.23E+17."""
    return _CUT.fullmatch(text) is not None


def fen_of(text: str) -> int:
    """Yuan as fen. Raises RowError."""
    try:
        yuan = Decimal(re.sub(r"[,，¥￥元\s]", "", text))
        fen = int(yuan * 100)
    except (InvalidOperation, ValueError, OverflowError) as error:
        reason = f"amount {text[:40]!r}; expected yuan, as 59.90"
        raise RowError(reason, "amount", text) from error
    if not 0 <= fen < _MOST_FEN:
        reason = f"amount {text[:40]!r}; expected 0 to 10 million yuan"
        raise RowError(reason, "amount_range", text)
    return fen


def day_of(text: str, heads: str) -> str:
    """A time's day, as 2026-11-21. Raises RowError naming the heads."""
    if not text:
        raise RowError(f"no time ({heads}); every row needs one", "no_time")
    moment = moment_of(text)
    if moment is None:
        reason = f"time {text[:40]!r} ({heads}); expected 2026-11-21 10:05:00"
        raise RowError(reason, "time", text)
    return moment.first.date().isoformat()


def count_of(text: str, what: str) -> int:
    """A whole number, 0 for nothing. Raises RowError."""
    if not text:
        return 0
    if not re.fullmatch(r"\d{1,6}(?:\.0+)?", text):
        raise RowError(f"{what} {text[:40]!r}; expected a whole number", "quantity", text)
    return int(text.partition(".")[0])
