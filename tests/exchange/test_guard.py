"""Small files that stand for gigabytes, and rows that each cost more than the last."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from server.exchange import FileError, export_bytes, read_grids
from server.exchange.cells import guard, unguard
from server.exchange.html_text import text_of
from server.exchange.limits import Guard, Limits
from server.exchange.records import read_records
from server.library import Script
from server.store.quality.imports import LINE
from tests.exchange.files import plan_file, with_part, workbook

SMALL = Limits(rows=50, columns=8, cells=200, strings=100, seconds=20)
STRINGS = "xl/sharedStrings.xml"


def many_strings(number: int) -> bytes:
    made = workbook([["回复"], ["好"]])
    text = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return with_part(made, STRINGS, f"{text}{'<si><t>x</t></si>' * number}</sst>")


def keys(number: int) -> bytes:
    return json.dumps([{f"k{n}": "x"} for n in range(number)]).encode()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (workbook([["回复"]] + [["好"]] * 60), "a.xlsx", "too_many_rows"),
        (workbook([["回复"]] + [["好"] * 8] * 40), "a.xlsx", "too_many_cells"),
        (workbook([["回复"] + ["x"] * 9]), "a.xlsx", "far_cell"),
        (many_strings(101), "a.xlsx", "too_many_cells"),
        (b"a,b,c,d,e,f,g,h,i\n", "a.csv", "too_many_columns"),
        (b"a\n" * 60, "a.csv", "too_many_rows"),
        (keys(9), "a.json", "too_many_columns"),
        (b'[{"reply": ' + b"[" * 70 + b"]" * 70 + b"}]", "a.json", "too_deep"),
        (json.dumps([{"reply": ["x"] * 300}]).encode(), "a.json", "too_many_cells"),
        (b"- [" + b"x," * 300 + b"]\n", "a.yaml", "broken_yaml"),
    ],
    ids=["rows", "cells", "columns", "strings", "csv columns", "csv rows", "keys", "depth", "list",
         "yaml"],
)  # fmt: skip
def test_more_than_the_limits_is_answered(content: bytes, name: str, code: str) -> None:
    with pytest.raises(FileError) as caught:
        read_grids(content, name, SMALL)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (many_strings(600_000), "a.xlsx"),
        (keys(100_000), "a.json"),
        (b"a: [" + b"x," * 1_100_000 + b"]", "a.yaml"),
        (b"," * 2_000_000, "a.csv"),
    ],
    ids=["strings", "json keys", "yaml", "csv"],
)
def test_what_is_refused_takes_little_memory(content: bytes, name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(FileError):
            read_grids(content, name)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200 * 1024 * 1024


def test_time_is_a_limit() -> None:
    late = Guard("a.csv", Limits(seconds=-1))
    with pytest.raises(FileError, match="took more than"):
        late.tick()


@pytest.mark.parametrize("column", ["标题", "问法"])
def test_rows_of_one_title_or_question_do_not_slow_each_other(column: str) -> None:
    """Twice the rows, not four times the work: counted, since a clock is no judge."""
    import sys

    def calls(rows: int) -> int:
        text = f"{column},回复\n" + "".join(f"同一个,答复{n}\n" for n in range(rows))
        counted = 0

        def count(frame: object, event: str, arg: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            plan = plan_file(text.encode(), "a.csv")
        finally:
            sys.setprofile(None)
        assert len(plan.changes) == rows
        return counted

    assert calls(800) < 2.6 * calls(400)


@pytest.mark.parametrize(
    "text", ["＝1+1", "＋1", "－1", "＠SUM(1)", "\n=1", " =1", "\u200b=1", "\r\n+1", "=1", "'=1"]
)
def test_no_spreadsheet_runs_a_cell(text: str) -> None:
    assert guard(text).startswith("'")
    assert unguard(guard(text)) == text
    assert guard(text).encode() in export_bytes([Script("a", text)], ".csv").replace(b'""', b'"')


def test_a_text_too_long_for_a_cell_is_not_cut() -> None:
    with pytest.raises(FileError, match="script a has 40000 characters"):
        export_bytes([Script("a", "长" * 40_000)], ".xlsx")


def test_records_are_read_below_a_title_and_on_a_later_sheet() -> None:
    rows = [
        ["11月订单"],
        ["订单号", "买家ID", "实付金额", "日期"],
        ["2026110001", "a", 59.9, 46356],
    ]
    found = read_records(workbook({"说明": [["导出说明"]], "订单": rows}), "a.xlsx")
    assert found == [
        {"订单号": "2026110001", "买家ID": "a", "实付金额": "59.9", "日期": "2026-11-30", LINE: 3}
    ]


def test_records_with_a_formula_error_are_refused() -> None:
    content = workbook([["订单号", "金额", "日期"], ["1", "#N/A", "2026-11-30"]])
    with pytest.raises(FileError, match="line 2: the column 金额"):
        read_records(content, "a.xlsx")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>一</li><li>二</li></ul>", "· 一\n· 二"),
        ('见 <a href="https://example.com/a">说明</a>。', "见 说明 https://example.com/a 。"),
        ("<style>p{}</style><p>好</p>", "好"),
        ("<p>一\n行</p>", "一 行"),
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
    ],
)
def test_html_becomes_what_its_reader_saw(html: str, text: str) -> None:
    assert text_of(html) == text


def test_a_heart_is_no_html() -> None:
    plan = plan_file("回复\n爱你 <3 a<b 且 b>c\n".encode(), "a.csv")
    assert [c.script.reply for c in plan.changes if c.script] == ["爱你 <3 a<b 且 b>c"]
