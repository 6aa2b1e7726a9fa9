"""The monthly report as one HTML file and as xlsx; conversations as rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from server.base.times import moment
from server.exchange.cells import guard
from server.metrics.definitions import definitions
from server.quality.figures_board import Board, Row, Standing
from server.store.database import Database
from server.store.quality.span import conversations_between
from server.store.quality.stores import Quality

Say = Callable[[str], str]

CONVERSATION_COLUMNS = (
    "shop", "platform", "conversation_id", "shopper_name", "agent", "first_at", "last_at",
    "shopper_messages", "agent_messages", "sessions", "first_wait_s", "longest_wait_s", "late",
    "adopted", "warnings", "verdicts", "score",
)  # fmt: skip
_NUMBERS = frozenset(CONVERSATION_COLUMNS[7:15]) | {"score"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the figures' tables: key of its head, and how a row fills it."""

    key: str
    kind: str
    value: Callable[[Row], Any]


COLUMNS = (
    Column("sessions", "count", lambda row: row.sessions),
    Column("shopper_messages", "count", lambda row: row.shopper_messages),
    Column("first_median", "seconds", lambda row: row.first.median_s),
    Column("first_p90", "seconds", lambda row: row.first.p90_s),
    Column("median", "seconds", lambda row: row.all.median_s),
    Column("p90", "seconds", lambda row: row.all.p90_s),
    Column("within_15", "share", lambda row: row.all.within[15]),
    Column("within_20", "share", lambda row: row.all.within[20]),
    Column("within_180", "share", lambda row: row.all.within[180]),
    Column("rate", "share", lambda row: row.rate.rate),
    Column("satisfaction", "share", lambda row: row.satisfaction),
    Column("coverage", "share", lambda row: row.adoption.coverage),
    Column("adoption", "share", lambda row: row.adoption.adopted_share),
    Column("edited", "share", lambda row: row.adoption.edited_share),
    Column("text_share", "share", lambda row: row.adoption.text_share),
    Column("heeded", "share", lambda row: row.adoption.heeded_share),
)
STANDING_COLUMNS = (
    ("shop", "text"), ("platform", "text"), ("formula", "text"), ("n", "count"),
    ("missed", "count"), ("rate", "share"), ("target", "share"), ("left", "count"),
    ("forecast", "share"), ("risk", "yuan"),
)  # fmt: skip


def conversation_rows(
    database: Database, quality: Quality, shop: str, first: str, last: str
) -> Iterator[list[Any]]:
    """A row a conversation with a message in the span; times in the shop's time zone."""
    for row in conversations_between(database, shop, first, last):
        zone = quality.zone_of(row["shop"])
        values = dict(row)
        for name in ("first_at", "last_at"):
            values[name] = moment(values[name]).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        yield [values[name] for name in CONVERSATION_COLUMNS]


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Any]], kinds: Sequence[bool]) -> bytes:
    """CSV in UTF-8 with a mark for Excel; `kinds` says which columns hold numbers.

    A text that a spreadsheet would take for a number or a formula gets a leading apostrophe, so
    that ids keep their digits and nothing is computed.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(
            [
                cell if number else guard("" if cell is None else str(cell))
                for cell, number in zip(row, kinds, strict=True)
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]], Sequence[str]]],
) -> bytes:
    """A workbook of (name, heads, rows, kinds); kinds: text, count, seconds, share, yuan."""
    import xlsxwriter  # only a download needs it

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        formats = {
            "text": book.add_format({"num_format": "@"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "seconds": book.add_format({"num_format": "0"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "yuan": book.add_format({"num_format": "#,##0.00"}),
        }
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for name, heads, rows, kinds in sheets:
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, heads, head)
            for place, kind in enumerate(kinds):
                sheet.set_column(place, place, 22 if kind == "text" else 12, formats[kind])
            for number, row in enumerate(rows, start=1):
                for place, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
                    _write(sheet, number, place, cell, kind, formats[kind])
            sheet.autofilter(0, 0, max(1, sheet.dim_rowmax or 1), len(heads) - 1)
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any, kind: str, shape: Any) -> None:
    if cell is None or cell == "":
        sheet.write_blank(row, column, None, shape)
    elif kind == "text":
        sheet.write_string(row, column, str(cell), shape)
    else:
        sheet.write_number(row, column, float(cell), shape)


def conversations_xlsx(rows: Iterable[Sequence[Any]], say: Say) -> bytes:
    """The conversations as a workbook."""
    heads = [say(f"col_{name}") for name in CONVERSATION_COLUMNS]
    kinds = ["count" if name in _NUMBERS else "text" for name in CONVERSATION_COLUMNS]
    return xlsx_bytes([(say("sheet_conversations"), heads, rows, kinds)])


def conversations_csv(rows: Iterable[Sequence[Any]], say: Say) -> bytes:
    """The conversations as CSV."""
    heads = [say(f"col_{name}") for name in CONVERSATION_COLUMNS]
    return csv_bytes(heads, rows, [name in _NUMBERS for name in CONVERSATION_COLUMNS])


def month_xlsx(made: Board, say: Say, name_of: Callable[[str], str], language: str) -> bytes:
    """The month as a workbook: by day, agent and platform, standings, definitions."""
    heads = [say("name"), *(say(f"head_{column.key}") for column in COLUMNS)]
    kinds = ["text", *(column.kind for column in COLUMNS)]

    def table(rows: Sequence[Row], name: Callable[[str], str]) -> list[list[Any]]:
        return [[name(row.name), *(column.value(row) for column in COLUMNS)] for row in rows]

    plain: Callable[[str], str] = str
    standing_heads = [say(f"standing_{key}") for key, _ in STANDING_COLUMNS]
    standing_rows = [row for s in made.standings for row in _standing_rows(s, name_of)]
    standing_kinds = [kind for _, kind in STANDING_COLUMNS]
    result_heads = [
        say("name"),
        *(say(f"result_{k}") for k in ("asked", "close", "payer", "result")),
    ]
    result_rows = [
        [row.name, r.asked, r.close_rate, r.per_payer, r.result]
        for row in made.agents
        if (r := row.result) is not None
    ]
    words = [[d.name, d.meaning] for d in definitions(language)]
    return xlsx_bytes(
        [
            (say("by_day"), heads, table(made.days, plain), kinds),
            (say("by_agent"), heads, table(made.agents, plain), kinds),
            (say("by_platform"), heads, table(made.platforms, name_of), kinds),
            (say("standings"), standing_heads, standing_rows, standing_kinds),
            (say("results"), result_heads, result_rows, ["text", "count", "share", "yuan", "yuan"]),
            (say("definitions"), [say("name"), say("meaning")], words, ["text", "text"]),
        ]
    )


def _standing_rows(s: Standing, name_of: Callable[[str], str]) -> Iterator[list[Any]]:
    """A row for the platform's reply rate and one for each further formula."""
    place = [s.shop, name_of(s.platform)]
    target = s.formula.target_percent / 100 if s.formula.target_percent else None
    expected, risk = s.forecast.rate if s.forecast else None, s.risk.yuan if s.risk else None
    rate = s.rate
    yield [*place, s.formula.name, rate.n, rate.missed, rate.rate, target, s.left, expected, risk]
    for formula, rate in s.others:
        yield [*place, formula.name, rate.n, rate.missed, rate.rate, None, None, None, None]


def json_block(value: Any) -> str:
    """JSON that may stand in a script element: no `<` that could end it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
