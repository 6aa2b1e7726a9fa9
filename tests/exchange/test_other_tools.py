"""Layouts of other desks and of people's own sheets, none of which uses this program's heads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from server.exchange import Choices, FileError
from server.exchange.columns import guess_mapping
from tests.exchange.files import plan_file, told, workbook

# Category, title, questions, reply, other wordings.
Read = tuple[str, str, tuple[str, ...], str, tuple[str, ...]]


def sheet(*rows: list[Any], merges: tuple[str, ...] = ()) -> Callable[[], bytes]:
    return lambda: workbook(rows, merges=merges)


def text(content: str) -> Callable[[], bytes]:
    return content.encode


def data(value: object) -> Callable[[], bytes]:
    return json.dumps(value, ensure_ascii=False).encode


ASKED: Read = ("物流", "", ("几点发",), "今天发", ())
TITLED: Read = ("物流", "发货", (), "今天发", ())
NAMED: Read = ("", "发货", (), "今天发", ())
BARE: Read = ("物流", "", (), "今天发", ())

LAYOUTS: dict[str, tuple[str, Callable[[], bytes], list[Read]]] = {
    "zendesk macros of the interface": (
        "a.json",
        data({"macros": [{"id": 360, "title": "物流::发货", "active": True, "actions": [
            {"field": "status", "value": "solved"},
            {"field": "comment_value", "value": ["channel:all", "今天发"]}]}], "count": 1}),
        [TITLED],
    ),
    "zendesk macros as a table": (
        "a.csv",
        text("Title,Active,Position,Comment/description,Usage (7d)\n物流::发货,true,1,今天发,3\n"),
        [TITLED],
    ),
    "freshdesk canned responses": (
        "a.json",
        data([{"id": 1, "title": "发货", "content": "今天发",
               "content_html": "<div>今天发</div>", "attachments": []}]),
        [NAMED],
    ),
    "intercom macros": (
        "a.csv",
        text("Macro name,Body,Visibility,Created by\n发货,<p>今天发</p>,Everyone,小晴\n"),
        [NAMED],
    ),
    "help scout": ("a.csv", text("Saved reply name,Reply,Mailbox\n发货,今天发,主店\n"), [NAMED]),
    "front": ("a.csv", text("Template name,Subject,Body,Folder\n发货,,今天发,物流\n"), [TITLED]),
    "livechat": (
        "a.json",
        data([{"id": 1, "text": "今天发", "tags": ["fh"], "group_ids": [0]}]),
        [("", "", (), "今天发", ())],
    ),
    "gorgias with html beside": (
        "a.csv",
        text("id,name,language,tags,body_text,body_html\n1,发货,zh,x,今天发,<b>今天发</b>\n"),
        [NAMED],
    ),
    "hubspot snippets": (
        "a.csv",
        text("Internal name,Snippet text,Shortcut,Folder\n发货,今天发,fh,物流\n"),
        [TITLED],
    ),
    "help centre articles": (
        "a.csv",
        text("Article title,Article body,Category,Status\n发货,<p>今天发</p>,物流,Published\n"),
        [TITLED],
    ),
    "salesforce quick texts": (
        "a.csv",
        text("Name,Quick Text Message,Category,Channel,IsActive\n发货,今天发,物流,Chat;Email,1\n"),
        [TITLED],
    ),
    "chatwoot of the interface": (
        "a.json",
        data({"data": [{"attributes": {"shortCode": "fh", "content": "今天发"}}]}),
        [("", "", (), "今天发", ())],
    ),
    "kuaimai": (
        "a.xlsx",
        sheet(["快捷语分组", "快捷语标题", "快捷语内容", "快捷键", "适用店铺", "创建人"],
              ["物流", "发货", "今天发", "fh", "全部店铺", "小晴"]),
        [TITLED],
    ),
    "xiaoduo with numbered questions": (
        "a.xlsx",
        sheet(["问题ID", "问题分类", "标准问题", "相似问法1", "相似问法2", "相似问法3", "答案"],
              ["1001", "物流", "发货", "几点发", "多久发", None, "今天发"]),
        [("物流", "发货", ("几点发", "多久发"), "今天发", ())],
    ),
    "numbered replies are wordings": (
        "a.xlsx",
        sheet(["行业场景", "买家问题", "回复1", "回复2", "回复3"],
              ["物流", "几点发", "今天发", "今天就发", "16点前付款今天发"]),
        [("物流", "", ("几点发",), "今天发", ("今天就发", "16点前付款今天发"))],
    ),
    "leyan": (
        "a.xlsx",
        sheet(["知识分类", "标准问", "扩展问", "回复内容", "是否启用"],
              ["物流", "发货", "几点发|多久发", "今天发", "是"]),
        [("物流", "发货", ("几点发", "多久发"), "今天发", ())],
    ),
    "kefubao with three levels": (
        "a.xlsx",
        sheet(["一级分类", "二级分类", "三级分类", "标题", "内容"],
              ["售后", "退货", "运费", "谁出", "运费险出"]),
        [("售后/退货/运费", "谁出", (), "运费险出", ())],
    ),
    "pinduoduo": (
        "a.xlsx",
        sheet(["分组名称", "快捷回复标题", "快捷回复内容"], ["物流", "发货", "今天发"]),
        [TITLED],
    ),
    "feige": (
        "a.xlsx",
        sheet(["话术分组", "话术类型", "快捷编码", "快捷短语"], ["物流", "团队", "fh", "今天发"]),
        [BARE],
    ),
    "dongdong": ("a.csv", lambda: "组名,快捷短语,快捷码\n物流,今天发,fh\n".encode("gbk"), [BARE]),
    "udesk with a path": (
        "a.xlsx",
        sheet(["分类路径", "问题标题", "相似问法", "答案内容"],
              ["售后>退货", "能退吗", "可以退不;退货行吗", "可退"]),
        [("售后/退货", "能退吗", ("可以退不", "退货行吗"), "可退", ())],
    ),
    "sobot names its sign": (
        "a.xlsx",
        sheet(["*词条问题", "*词条答案", "*词条分类", "相似问题(多个用#隔开)", "匹配模式"],
              ["几点发", "今天发", "物流", "多久发#啥时发", "智能匹配"]),
        [("物流", "", ("几点发", "多久发", "啥时发"), "今天发", ())],
    ),
    "lines of 问 and 答": (
        "a.xlsx",
        sheet(["问：几点发"], ["答：今天发"], ["问：能退吗"], ["问：可以退不"], ["答：可退"]),
        [("", "", ("几点发",), "今天发", ()), ("", "", ("能退吗", "可以退不"), "可退", ())],
    ),
    "问 and 答 in a column of their own": (
        "a.xlsx",
        sheet(["问", "几点发"], ["答", "今天发"], ["问", "能退吗"], ["答", "可退"]),
        [("", "", ("几点发",), "今天发", ()), ("", "", ("能退吗",), "可退", ())],
    ),
    "Q1 and A1 below a title": (
        "a.xlsx",
        sheet(["某店常见问答"], ["Q1：几点发"], ["A1：今天发"], ["Q2：能退吗"], ["A2：可退"]),
        [("", "", ("几点发",), "今天发", ()), ("", "", ("能退吗",), "可退", ())],
    ),
    "headings across the table": (
        "a.xlsx",
        sheet(["买家问", "客服答"], ["一、物流", None], ["几点发", "今天发"], ["二、售后", None],
              ["能退吗", "可退"], merges=("A2:B2", "A4:B4")),
        [ASKED, ("售后", "", ("能退吗",), "可退", ())],
    ),
    "headings in brackets": (
        "a.xlsx",
        sheet(["序号", "问题", "回复"], ["【物流】", None, None], [1, "几点发", "今天发"]),
        [ASKED],
    ),
    "heads in two languages": (
        "a.xlsx",
        sheet(["分类 Category", "问题/Question", "回复（Reply）"], ["物流", "几点发", "今天发"]),
        [ASKED],
    ),
    "numbered heads": (
        "a.xlsx",
        sheet(["1.分类", "2、问题", "③话术"], ["物流", "几点发", "今天发"]),
        [ASKED],
    ),
    "who asks and who answers": (
        "a.xlsx",
        sheet(["场景", "客户问", "客服怎么回"], ["物流", "几点发", "今天发"]),
        [ASKED],
    ),
    "heads in people's words": (
        "a.xlsx",
        sheet(["某店客服话术大全", None, None, None],
              ["咨询类型", "客户可能问的问题", "标准话术（可直接复制）", "更新人"],
              ["物流", "1.几点发\n2.多久发", "今天发", "小晴"], merges=("A1:D1",)),
        [("物流", "", ("几点发", "多久发"), "今天发", ())],
    ),
    "a template and notes": (
        "a.xlsx",
        sheet(["序号", "使用场景", "常见咨询", "回复模板", "备注"],
              [1, "物流", "几点发", "今天发", "大促改"]),
        [ASKED],
    ),
    "spare replies": (
        "a.csv",
        text("分类,问题,建议回复,备用回复\n物流,几点发,今天发,今天就发\n"),
        [("物流", "", ("几点发",), "今天发", ("今天就发",))],
    ),
    "tabs": ("a.tsv", text("分组\t快捷短语\n物流\t今天发\n"), [BARE]),
    "a json value a line": (
        "a.jsonl",
        text('{"q": "几点发", "a": "今天发"}\n\n{"q": "能退吗", "a": "可退"}\n'),
        [("", "", ("几点发",), "今天发", ()), ("", "", ("能退吗",), "可退", ())],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read_as_a_person_would(name: str) -> None:
    file, build, expected = LAYOUTS[name]
    plan = plan_file(build(), file)
    scripts = [change.script for change in plan.changes if change.script]
    assert [(s.category, s.title, s.questions, s.reply, s.variants) for s in scripts] == expected
    assert len(plan.changes) == len(expected)


ASKED_BACK: dict[str, tuple[str, bytes, str]] = {
    "two replies for one platform": (
        "a.csv",
        "问题,拼多多话术,拼多多回复\n甲,乙,丙\n".encode(),
        "two_replies",
    ),
    "a text column of feishu": ("a.csv", "文本,单选,话术\n甲,物流,乙\n".encode(), "two_replies"),
    "a title that sounds like a head": (
        "a.xlsx",
        workbook([["某店快捷回复"], ["甲", "乙"], ["几点发", "今天发"]]),
        "no_reply_column",
    ),
    "libreoffice": ("a.ods", b"PK\x03\x04mimetype", "other_inside"),
    "markdown": ("a.md", "|问题|话术|\n".encode(), "ending"),
    "a line that is no json": ("a.jsonl", b'{"q": "x"}\n{"q"', "broken_json"),
}


@pytest.mark.parametrize("name", ASKED_BACK)
def test_what_is_not_clear_is_asked_or_told(name: str) -> None:
    file, content, code = ASKED_BACK[name]
    with pytest.raises(FileError) as caught:
        plan_file(content, file)
    assert caught.value.code == code


def test_pairs_stay_pairs_when_the_page_says_that_there_are_no_heads() -> None:
    content = workbook([["问：几点发"], ["答：今天发"]])
    chosen = Choices(heads={0: 0}, mappings={0: ("questions", "reply")})
    assert told(plan_file(content, "a.xlsx", choices=chosen)) == [(2, "new", "", "今天发")]


def test_what_a_file_says_is_not_in_use_is_left_out() -> None:
    rows = "分类,话术,状态\n物流,今天发,启用\n物流,发圆通,停用\n物流,发邮政,已下线\n"
    found = told(plan_file(rows.encode(), "a.csv"))
    assert [(kind, reply) for _, kind, _, reply in found] == [
        ("new", "今天发"),
        ("refused", "switched_off"),
        ("refused", "switched_off"),
    ]


def test_a_period_in_one_cell_is_two_dates() -> None:
    rows = [["回复", "有效期"], ["一", "2026.11.1-2026.11.12"], ["二", "长期有效"],
            ["三", "2026年12月1日前"], ["四", "双十二期间"]]  # fmt: skip
    plan = plan_file(workbook(rows), "a.xlsx")
    found = [(str(c.script.valid_from), str(c.script.valid_until))
             for c in plan.changes if c.script]  # fmt: skip
    assert found == [("2026-11-01", "2026-11-12"), ("None", "None"), ("None", "2026-12-01")]
    assert plan.changes[3].notes[0].code == "bad_date"


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (("回复人", "回复时间", "回复内容"), ("", "", "reply")),
        (("商品名称", "商品分类", "话术"), ("products", "", "reply")),
        (("User name", "Agent name", "Message text"), ("", "", "reply")),
        (("body_text", "body_html"), ("reply", "")),
        (("标题", "话术标题", "话术"), ("title", "", "reply")),
        (("关键词", "标签", "快捷短语"), ("tags", "tags", "reply")),
        (("内容类型", "文本内容"), ("", "reply")),
    ],
    ids=lambda value: "、".join(value),
)
def test_heads_that_only_sound_alike_mean_nothing(
    header: tuple[str, ...], mapping: tuple[str, ...]
) -> None:
    assert guess_mapping(header) == mapping


def test_rows_that_sound_like_heads_stay_scripts() -> None:
    rows = "问法,回复\n问一,答复\n买家怎么问,客服怎么答\n"
    found = told(plan_file(rows.encode(), "a.csv"))
    assert [reply for *_, reply in found] == ["答复", "客服怎么答"]


def test_a_question_without_a_reply_is_no_heading() -> None:
    rows = [["问题", "话术"], ["几点发", None], ["备注：大促另行通知", None], ["能退吗", "可退"]]
    found = told(plan_file(workbook(rows), "a.xlsx"))
    assert [kind for _, kind, *_ in found] == ["refused", "refused", "new"]
