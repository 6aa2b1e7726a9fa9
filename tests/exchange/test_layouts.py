"""Layouts that people have, each with its right outcome: heads, sheets, encodings, tools."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from server.exchange import Choices, FileError, export_bytes, import_file, offer, read_grids
from server.library import Script, Shop, load_library
from tests.exchange.files import plan_file, told, with_part, workbook

HEADS = ["分组", "快捷编码", "快捷短语"]
ROW = ["物流", "wl1", "今天发"]
ONE = [("物流", "今天发")]

LAYOUTS: dict[str, tuple[str, Callable[[], bytes], list[tuple[str, str]]]] = {
    "title row": ("a.xlsx", lambda: workbook([["某店 快捷短语（11月版）"], HEADS, ROW]), ONE),
    "title row merged": (
        "a.xlsx",
        lambda: workbook([["快捷短语", None, None], HEADS, ROW], merges=["A1:C1"]),
        ONE,
    ),
    "notes row": (
        "a.xlsx",
        lambda: workbook([["填写说明：1.分组必填；2.回复不超过500字"], [], HEADS, ROW]),
        ONE,
    ),
    "two rows of heads": (
        "a.xlsx",
        lambda: workbook([HEADS, ["group", "code", "content"], ROW]),
        ONE,
    ),
    "parent heads over heads": (
        "a.xlsx",
        lambda: workbook(
            [["分组", "话术", None], [None, "快捷编码", "快捷短语"], ROW],
            merges=["A1:A2", "B1:C1"],
        ),
        ONE,
    ),
    "heads again on every page": (
        "a.xlsx",
        lambda: workbook([HEADS, ROW, HEADS, ["售后", "sh1", "可退"]]),
        [*ONE, ("售后", "可退")],
    ),
    "a row of hints": ("a.xlsx", lambda: workbook([HEADS, ["必填", "选填", "必填"], ROW]), ONE),
    "hints in heads": (
        "a.csv",
        lambda: '"分组\n(必填)","快捷短语\n(不超过500字)"\n物流,今天发\n'.encode("gb18030"),
        ONE,
    ),
    "stars and brackets in heads": (
        "a.csv",
        lambda: "*分组,【必填】快捷短语\n物流,今天发\n".encode(),
        ONE,
    ),
    "traditional heads": (
        "a.csv",
        lambda: "編號,分類,標題,問法,回覆\n,物流,發貨,什麼時候發貨,今天發\n".encode(),
        [("物流", "今天發")],
    ),
    "blanks nobody sees": (
        "a.csv",
        lambda: "\u200b分组\xa0,快捷短语\u3000\n物流,今天发\n".encode("utf-8-sig"),
        ONE,
    ),
    "sep line": (
        "a.csv",
        lambda: "sep=;\r\n分组;快捷短语\r\n物流;今天发\r\n".encode("gb18030"),
        ONE,
    ),
    "title row in a csv": (
        "a.csv",
        lambda: "某店快捷短语；11月版\n分组,快捷短语\n物流,今天发\n".encode(),
        ONE,
    ),
    "full-width commas": ("a.csv", lambda: "分组，快捷短语\n物流，今天发\n".encode(), ONE),
    "bars": ("a.csv", lambda: "分组|快捷短语\n物流|今天发\n".encode(), ONE),
    "big5": (
        "a.csv",
        lambda: "分組,快捷短語\n物流,親，今天發貨\n".encode("big5"),
        [("物流", "親，今天發貨")],
    ),
    "utf-16 without a mark": (
        "a.csv",
        lambda: "分组,快捷短语\n物流,今天发\n".encode("utf-16-le"),
        ONE,
    ),
    "utf-16 the other way": (
        "a.csv",
        lambda: "分组,快捷短语\n物流,今天发\n".encode("utf-16-be"),
        ONE,
    ),
    "utf-16 with tabs": (
        "a.csv",
        lambda: "分组\t快捷短语\n物流\t今天发,明天到\n".encode("utf-16"),
        [("物流", "今天发,明天到")],
    ),
    "gb18030 with emoji": (
        "a.csv",
        lambda: "分组,快捷短语\n问候,亲😊在的\n".encode("gb18030"),
        [("问候", "亲😊在的")],
    ),
    "ascii heads, gbk below": (
        "a.csv",
        lambda: "title,content\n发货,今天发\n".encode("gbk"),
        [("", "今天发")],
    ),
    "quotes in quotes": (
        "a.csv",
        lambda: '分组,快捷短语\n物流,"亲，这是"新款"哦"\n售后,可退\n'.encode(),
        [("物流", '亲，这是"新款"哦'), ("售后", "可退")],
    ),
    "empty rows": ("a.csv", lambda: "分组,快捷短语\n\n,,\n物流,今天发\n,\n".encode(), ONE),
    "two tables side by side": (
        "a.csv",
        lambda: "分组,短语,分组,短语\n物流,今天发,售后,可退\n".encode(),
        [*ONE, ("售后", "可退")],
    ),
    "merged categories": (
        "a.xlsx",
        lambda: workbook(
            [HEADS, ROW, [None, "wl2", "默认中通"], ["售后", "sh1", "可退"], [None, "sh2", "可换"]],
            merges=["A2:A3", "A4:A5"],
        ),
        [*ONE, ("物流", "默认中通"), ("售后", "可退"), ("售后", "可换")],
    ),
    "notes on the first sheet": (
        "a.xlsx",
        lambda: workbook(
            {"说明": [["请在第二张表填写"]], "话术": [["分组", "快捷短语"], ["物流", "今天发"]]}
        ),
        ONE,
    ),
    "a sheet a product": (
        "a.xlsx",
        lambda: workbook(
            {
                name: [["问题", "话术"], [f"{name}怎么吃", f"{name}每天两勺"]]
                for name in ("胚芽", "布丁")
            }
        ),
        [("胚芽", "胚芽每天两勺"), ("布丁", "布丁每天两勺")],
    ),
    "two levels of groups": (
        "a.csv",
        lambda: "一级分组,二级分组,快捷短语\n售后,退货,可退\n".encode(),
        [("售后/退货", "可退")],
    ),
    "qianniu": (
        "a.xlsx",
        lambda: workbook(
            [
                ["登记日期", *HEADS, "是否加入团队"],
                [datetime(2026, 8, 23), "物流", "wl1", "今天发", "否"],
            ]
        ),
        ONE,
    ),
    "zendesk": (
        "a.csv",
        lambda: (
            'Title,Content,Category\n退货,"<p>亲，您好！</p><p>请点<br>退货&nbsp;退款</p>",物流\n'.encode()
        ),
        [("物流", "亲，您好！\n请点\n退货 退款")],
    ),
    "freshdesk": (
        "a.csv",
        lambda: "Title,Folder,Content\n发货,物流,<div>今天发</div>\n".encode(),
        ONE,
    ),
    "gorgias": (
        "a.csv",
        lambda: "Name,Tags,Response text\n发货,x,今天发\n".encode(),
        [("", "今天发")],
    ),
    "chatwoot": (
        "a.csv",
        lambda: 'short_code,content\nhi,"Hi {{contact.name}}, 您好"\n'.encode(),
        [("", "Hi {昵称}, 您好")],
    ),
    "rocket.chat": (
        "a.csv",
        lambda: "shortcut,text,scope,tags\nhi,您好,public,greet\n".encode(),
        [("", "您好")],
    ),
    "short path": ("a.csv", lambda: "Short Path,Message\nhi,您好呀\n".encode(), [("", "您好呀")]),
    "espanso": (
        "a.yml",
        lambda: 'matches:\n  - trigger: ":fh"\n    replace: 今天发\n'.encode(),
        [("", "今天发")],
    ),
    "pairs": ("a.json", lambda: '[["发货", "今天发"]]'.encode(), [("", "今天发")]),
    "a table of texts": (
        "a.json",
        lambda: '{"发货": "今天发", "退货": "可退"}'.encode(),
        [("", "今天发"), ("", "可退")],
    ),
    "question and q": (
        "a.json",
        lambda: '[{"question": "几点发", "answer": "今天发"}, {"q": "x", "a": "可退"}]'.encode(),
        [("", "今天发"), ("", "可退")],
    ),
    "payload inside": (
        "a.json",
        lambda: '{"payload": [{"short_code": "hi", "content": "您好"}]}'.encode(),
        [("", "您好")],
    ),
    "replies that are numbers": (
        "a.csv",
        lambda: "分组,快捷短语\n1,13\n2,400\n".encode(),
        [("1", "13"), ("2", "400")],
    ),
    "a very long reply": (
        "a.csv",
        lambda: ("分组,快捷短语\n物流," + "发" * 32_768 + "\n").encode(),
        [("物流", "发" * 32_768)],
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read_as_a_person_would(name: str) -> None:
    file, build, expected = LAYOUTS[name]
    plan = plan_file(build(), file)
    assert [(c.script.category, c.script.reply) for c in plan.changes if c.script] == expected
    assert plan.count("new") == len(expected) == len(plan.changes)


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "old excel": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_excel"),
    "old excel renamed": ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_excel"),
    "web page as xls": ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "html"),
    "web page as xlsx": ("a.xlsx", b"<html><table></table></html>", "html"),
    "web page as csv": ("a.csv", b"<!DOCTYPE html><html></html>", "html"),
    "wps": ("a.et", b"\xd0\xcf\x11\xe0", "wps"),
    "text": ("a.txt", "在的\n好的\n".encode(), "text_file"),
    "csv as xlsx": ("a.xlsx", "回复\n好\n".encode(), "text_inside"),
    "pdf": ("a.csv", b"%PDF-1.7 ...", "other_inside"),
    "word": ("a.docx", b"PK\x03\x04 word/", "other_inside"),
    "quote never closed": (
        "a.csv",
        '分组,快捷短语\n物流,"亲，今天发\n售后,可退\n'.encode(),
        "open_quote",
    ),
    "quote that swallows a row": (
        "a.csv",
        '分组,快捷短语\n物流,"亲，今天发\n售后,"可退"\n问候,在的\n'.encode(),
        "open_quote",
    ),
    "latin": ("a.csv", "r\xe9ponse,\xe9t\xe9\n\xe0,\xe8\n".encode("latin-1") * 9, "encoding"),
    "two replies": ("a.csv", "产品,问题,回答,话术\n甲,乙,丙,丁\n".encode(), "two_replies"),
    "no reply": ("a.csv", "甲,乙\n1,2\n".encode(), "no_reply_column"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_file_is_answered_in_one_sentence(name: str) -> None:
    file, content, code = REFUSED[name]
    with pytest.raises(FileError) as caught:
        plan_file(content, file)
    assert caught.value.code == code
    assert "; " in str(caught.value) and "{" not in str(caught.value)


def test_workbook_named_csv_is_told_apart_from_other_zips() -> None:
    with pytest.raises(FileError, match=r"rename it to end in \.xlsx"):
        read_grids(workbook([["回复"], ["好"]]), "a.csv")


def test_the_row_of_an_open_quote_is_named() -> None:
    text = '分组,快捷短语\n\n售后,可退\n物流,"亲，今天发\n问候,在的\n'
    with pytest.raises(FileError, match="row 4"):
        read_grids(text.encode(), "a.csv")


def test_formula_errors_are_refused_by_row() -> None:
    rows = [["问题", "回复"], ["多少钱", "#N/A"], ["几天到", "#REF!"],
            ["有货吗", "=VLOOKUP(A2,B:C,2,0)"], ["在吗", "在的"]]  # fmt: skip
    found = told(plan_file(workbook(rows), "a.xlsx"))
    assert [(row, reply) for row, kind, _, reply in found if kind == "refused"] == [
        (2, "formula_error"),
        (3, "formula_error"),
        (4, "formula_error"),
    ]
    assert found[-1] == (5, "new", "", "在的")


def test_long_ids_stay_text_and_dates_are_dates() -> None:
    rows = [
        ["编号", "回复", "生效时间", "失效时间"],
        [123456789012345678, "好1", None, None],
        ["1.23457E+17", "好2", None, None],
        ["007", "好3", datetime(2026, 11, 1, 20, 0), 46356],
        ["202611210000000001", "好4", "2026.11.5", "2026年12月1日"],
        [7, "好5", "2026-11-05 00:00:00", "2026/11/30 23:59:59"],
        [12.5, "好6", None, "11月30日"],
        ["8", "好7", None, "12/1/2026"],
    ]
    plan = plan_file(workbook(rows), "a.xlsx")
    assert [note.code for c in plan.changes[:2] for note in c.notes] == ["digits_lost"] * 2
    dates = [(c.script.id, str(c.script.valid_from), str(c.script.valid_until))
             for c in plan.changes if c.script]  # fmt: skip
    assert dates == [
        ("007", "2026-11-01 20:00", "2026-11-30"),
        ("202611210000000001", "2026-11-05", "2026-12-01"),
        ("7", "2026-11-05", "2026-11-30 23:59"),
    ]
    assert [c.notes[0].code for c in plan.changes[5:]] == ["bad_date", "bad_date"]


BROKEN = {
    "bad bytes": "物流,今天发\n".encode() + b"\xff\xfe" + "售后,可退\n".encode(),
    "cut": "物流,今天发货\n".encode() + "售后,可以退".encode()[:-1],
    "half an emoji": "物流,今天发\n问候,亲在的".encode() + "😊".encode()[:2] + b"\n",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("head", ["分组,快捷短语\n", "category,content\n"])
def test_bytes_that_cannot_be_read_cost_their_row_only(name: str, head: str) -> None:
    found = told(plan_file(head.encode() + BROKEN[name], "a.csv"))
    assert found[0][:3] == (2, "new", "物流")
    assert found[1] == (3, "refused", "", "unreadable")


def test_a_comma_without_quotes_tears_no_reply() -> None:
    found = told(plan_file("分组,快捷短语\n物流,亲,今天发\n售后,可退\n".encode(), "a.csv"))
    assert found == [(2, "refused", "", "too_wide"), (3, "new", "售后", "可退")]
    one = "快捷短语\n亲，今天发,明天到；谢谢\n在的|好的\n"
    assert [reply for *_, reply in told(plan_file(one.encode(), "a.csv"))] == [
        "亲，今天发,明天到；谢谢",
        "在的|好的",
    ]


def test_half_an_emoji_in_json_is_no_crash() -> None:
    found = told(plan_file(b'[{"reply": "\\u4eb2\\ud83d"}, {"reply": "\\u597d"}]', "a.json"))
    assert found == [(1, "refused", "", "unreadable"), (2, "new", "", "好")]


def test_hidden_rows_are_told_and_taken_only_when_asked() -> None:
    rows = [["分组", "快捷短语"], ["物流", "今天发"], ["作废", "旧：发圆通"]]
    content = workbook(rows, hidden_rows=[3])
    plan = plan_file(content, "a.xlsx")
    assert ([c.row for c in plan.changes], plan.hidden) == ([2], 1)
    plan = plan_file(content, "a.xlsx", choices=Choices(hidden_rows=True))
    assert ([c.row for c in plan.changes], plan.hidden) == ([2, 3], 0)


def test_hidden_sheets_are_offered_but_not_taken() -> None:
    table = [["分组", "快捷短语"], ["物流", "今天发"]]
    content = workbook({"旧": [*table, ["作废", "圆通"]], "新": table}, hidden_sheets=["旧"])
    offered = offer(read_grids(content, "a.xlsx"), Choices())
    assert [(o.grid.name, o.sheet.hidden, o.used) for o in offered] == [
        ("旧", True, False),
        ("新", False, True),
    ]
    chosen = plan_file(content, "a.xlsx", choices=Choices(sheets=frozenset({0})))
    assert [c.row for c in chosen.changes] == [2, 3]


def test_sheet_names_become_products_when_asked() -> None:
    table = [["问题", "话术"], ["怎么吃", "每天两勺"]]
    other = [["问题", "话术"], ["怎么存", "放凉冷藏"]]
    plan = plan_file(
        workbook({"胚芽": table, "布丁": other}), "a.xlsx", choices=Choices(sheet_as="products")
    )
    assert [c.script.products for c in plan.changes if c.script] == [("胚芽",), ("布丁",)]


def test_heads_that_nobody_knows_are_asked_for() -> None:
    content = workbook([["某表"], ["甲", "乙"], ["几点发", "今天发"]])
    (offered,) = offer(read_grids(content, "a.xlsx"), Choices())
    assert (offered.sheet.head, offered.sheet.sure) == (2, False)
    chosen = Choices(heads={0: 2}, mappings={0: ("questions", "reply")})
    assert told(plan_file(content, "a.xlsx", choices=chosen)) == [(3, "new", "", "今天发")]
    none = Choices(heads={0: 0}, mappings={0: ("questions", "reply")})
    assert [c.row for c in plan_file(content, "a.xlsx", choices=none).changes] == [1, 2, 3]
    with pytest.raises(FileError, match="no row 9"):
        plan_file(content, "a.xlsx", choices=Choices(heads={0: 9}))


def test_the_reply_is_chosen_by_the_name_of_its_column() -> None:
    content = "产品,问题,回答,话术\n面膜,过敏怎么办,人工复核,亲，先停用\n".encode()
    plan = plan_file(content, "a.csv", choices=Choices(columns={"reply": "话术"}))
    assert [(c.script.reply, c.script.products) for c in plan.changes if c.script] == [
        ("亲，先停用", ("面膜",))
    ]
    assert plan.unmapped == ("回答",)
    with pytest.raises(FileError, match="no column '正文'"):
        plan_file(content, "a.csv", choices=Choices(columns={"reply": "正文"}))


def test_an_empty_column_is_no_second_reply() -> None:
    found = told(plan_file("回复,话术\n好的,\n在的,\n".encode(), "a.csv"))
    assert [reply for *_, reply in found] == ["好的", "在的"]


def test_platforms_by_name_or_refused() -> None:
    text = "标题,平台,回复\na,拼多多/抖店,好1\nb,淘宝、天猫,好2\nc,全部,好3\nd,某平台,好4\n"
    plan = plan_file(text.encode(), "a.csv")
    assert [c.script.platforms for c in plan.changes if c.script] == [
        ("pinduoduo", "douyin"),
        ("taobao", "tmall"),
        (),
    ]
    assert [note.code for note in plan.changes[3].notes] == ["bad_platform"]


def test_stages_by_their_start() -> None:
    text = "阶段,标题,回复\n售前咨询,a,好1\n售中,b,好2\n中间,c,好3\n"
    plan = plan_file(text.encode(), "a.csv")
    assert [c.script.stage for c in plan.changes if c.script] == ["售前", "售中"]
    assert plan.changes[2].notes[0].code == "bad_stage"


def test_questions_and_messages_in_one_cell() -> None:
    text = (
        '标题,回复,问法\n多段,"第一句话|第二句话","几点发|啥时发；什么时候发"\n'
        '多问,"尺码 S|M|L","1.几点发货？\n2、什么时间发？\n③ 发了吗"\n'
    )
    first, second = [c.script for c in plan_file(text.encode(), "a.csv").changes]
    assert first and second
    assert first.questions == ("几点发", "啥时发", "什么时候发")
    assert (first.reply, first.parts) == ("第一句话\n第二句话", ("第一句话", "第二句话"))
    assert second.questions == ("几点发货？", "什么时间发？", "发了吗")
    assert (second.reply, second.parts) == ("尺码 S|M|L", ())


def test_shortcuts_are_kept_as_tags_and_doubles_told() -> None:
    plan = plan_file("快捷编码,快捷短语\n1,在的\n1,亲在呢\n2,好的\n".encode(), "a.csv")
    assert [c.script.tags for c in plan.changes if c.script] == [("1",), ("1",), ("2",)]
    assert [(n.code, n.row) for n in plan.changes[1].notes] == [("shortcut_twice", 2)]


def test_our_csv_saved_again_by_excel_changes_nothing() -> None:
    scripts = (Script("00123", "=好呀", title="1e5"), Script("a.b", "-5 元|券", questions=("x",)))
    shop = Shop("s", scripts=scripts)
    text = export_bytes(scripts, ".csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t").writerows(rows)
    for content in (text.encode("gb18030"), stream.getvalue().encode("utf-16")):
        assert {c.kind for c in plan_file(content, "a.csv", shop).changes} == {"same"}


def test_a_far_cell_is_quick_or_named() -> None:
    content = workbook([["分组", "快捷短语"], ["物流", "今天发"]])
    sheet = "xl/worksheets/sheet1.xml"
    text = zipfile.ZipFile(io.BytesIO(content)).read(sheet).decode()
    blank = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>'
    far = with_part(content, sheet, text.replace("</sheetData>", blank + "</sheetData>"))
    assert [c.row for c in plan_file(far, "a.xlsx").changes] == [2]
    named = with_part(
        far, sheet, text.replace("</sheetData>", blank.replace("> <", ">x<") + "</sheetData>")
    )
    with pytest.raises(FileError, match="XFD1048576"):
        plan_file(named, "a.xlsx")


def test_workbooks_of_other_programs() -> None:
    """Cells without places, elements with a prefix: what generators other than Excel write."""
    content = workbook([["分组", "快捷短语"], ["物流", "今天发"], ["售后", "可退"]])
    sheet = "xl/worksheets/sheet1.xml"
    text = zipfile.ZipFile(io.BytesIO(content)).read(sheet).decode()
    bare = re.sub(r' r="[A-Z]*\d+"', "", text)
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace("xmlns=", "xmlns:x=")
    for other in (bare, prefixed):
        plan = plan_file(with_part(content, sheet, other), "a.xlsx")
        assert [(c.row, c.script.reply) for c in plan.changes if c.script] == [
            (2, "今天发"),
            (3, "可退"),
        ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "lib" / "s").mkdir(parents=True)
    (tmp_path / "lib" / "s" / "shop.yaml").write_text("name: s\n", encoding="utf-8")
    return tmp_path / "lib"


AGAIN = {
    "same title": "分类,标题,回复\n物流,常用,今天发\n物流,常用,默认中通\n物流,常用,西藏补15元\n",
    "same reply": "问题,回复\n几点发,今天发\n啥时发,今天发\n几点发货,今天发\n",
    "no title": "分组,快捷编码,快捷短语\n物流,1,今天发\n物流,2,明天发\n售后,1,今天发\n",
    "variables": "分组,快捷短语\n物流,{买家昵称} 您好，<b>今天</b>发<br>谢谢\n",
    "parts": "标题,回复\n多段,第一句话|第二句话\n",
    "conflict": "标题,问法,回复\na,几点发,今天发\nb,几点发,明天发\n",
}


@pytest.mark.parametrize("name", AGAIN)
def test_importing_twice_changes_nothing_and_loses_nothing(
    name: str, root: Path, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(AGAIN[name], encoding="utf-8")
    first = import_file(path, "s", root)
    held = {file: file.read_bytes() for file in (root / "s").glob("*.yaml")}
    scripts = load_library(root).shops["s"].scripts
    replies = {c.script.reply for c in first.plan.changes if c.script}
    assert {s.reply for s in scripts} == replies
    asked = {q for c in first.plan.changes if c.script for q in c.script.questions}
    assert {q for s in scripts for q in s.questions} == asked
    second = import_file(path, "s", root)
    assert {c.kind for c in second.plan.changes} == {"same"}
    assert {file: file.read_bytes() for file in (root / "s").glob("*.yaml")} == held


def test_one_changed_row_of_three_with_one_title(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(AGAIN["same title"], encoding="utf-8")
    import_file(path, "s", root)
    path.write_text(AGAIN["same title"].replace("默认中通", "默认圆通"), encoding="utf-8")
    kinds = [c.kind for c in import_file(path, "s", root).plan.changes]
    assert kinds == ["same", "changed", "same"]
    both = AGAIN["same title"].replace("今天发", "后天发").replace("西藏", "新疆")
    path.write_text(both, encoding="utf-8")
    plan = import_file(path, "s", root).plan
    assert [c.kind for c in plan.changes] == ["refused"] * 3
    assert {n.code for c in plan.changes for n in c.notes} == {"title_unsure"}
