"""Tables as consoles and service desks lay them out: one script each, read whole."""

from __future__ import annotations

import pytest

from tests.exchange.files import plan_file, workbook

Read = tuple[str, str, tuple[str, ...], str, tuple[str, ...]]

# Heads and one row, then what is read: category, title, questions, reply, tags.
TABLES: dict[str, tuple[list[str], list[str], Read]] = {
    "qianniu": (
        ["快捷短语编码", "快捷短语", "快捷短语分组", "快捷短语子账号"],
        ["fh1", "亲，今天发", "物流", "旗舰店:小晴"],
        ("物流", "", (), "亲，今天发", ("fh1",)),
    ),
    "qianniu's robot": (
        ["问题分类", "买家问法", "回答内容", "图片", "生效时间段", "关联商品ID"],
        ["物流", "几点发货", "今天发", "", "全年", ""],
        ("物流", "", ("几点发货",), "今天发", ()),
    ),
    "kuaimai": (
        ["序号", "快捷回复分组", "快捷回复标题", "快捷回复内容", "排序", "创建人", "创建时间"],
        ["1", "物流", "发货", "今天发", "1", "小晴", "2026-11-01"],
        ("物流", "发货", (), "今天发", ()),
    ),
    "duoke": (
        ["话术目录", "话术名称", "话术正文", "附件", "排序值"],
        ["物流", "发货", "今天发", "", "1"],
        ("物流", "发货", (), "今天发", ()),
    ),
    "qiyu's questions": (
        [
            "一级分类",
            "二级分类",
            "三级分类",
            "标准问题",
            "相似问题",
            "答案类型",
            "富文本答案",
            "渠道",
        ],
        ["物流", "快递", "", "几点发货", "什么时候发|多久发", "富文本", "<p>今天发</p>", "全部"],
        ("物流/快递", "几点发货", ("什么时候发", "多久发"), "今天发", ()),
    ),
    "qiyu's replies": (
        ["快捷回复类别", "快捷回复标题", "快捷回复正文", "是否公用"],
        ["物流", "发货", "今天发", "是"],
        ("物流", "发货", (), "今天发", ()),
    ),
    "zhichi's entries": (
        ["词条ID", "词条分类", "标准问句", "相似问句", "词条答案", "词条状态", "有效期"],
        ["100", "物流", "几点发货", "什么时候发\n多久发", "今天发", "启用", "永久有效"],
        ("物流", "几点发货", ("什么时候发", "多久发"), "今天发", ()),
    ),
    "zhichi's replies": (
        ["快捷回复组", "快捷回复语", "快捷键"],
        ["物流", "今天发", "/fh"],
        ("物流", "", (), "今天发", ("/fh",)),
    ),
    "meiqia": (
        ["分组", "标题", "内容", "快捷键", "可见范围", "权重"],
        ["物流", "发货", "今天发", "fh", "团队", "10"],
        ("物流", "发货", (), "今天发", ("fh",)),
    ),
    "intercom": (
        ["id", "name", "text", "summary", "shortcut", "created_at", "visible_to"],
        ["1", "Ship", "<p>Today {{first_name}}</p>", "Today", "ship", "2026-01-01", "everyone"],
        ("", "Ship", (), "Today {昵称}", ("ship",)),
    ),
    "gorgias": (
        ["Macro name", "Response text", "Tags", "Language", "Usage count"],
        ["Ship", "Hi {{ticket.customer.firstname}}, today", "ship", "en", "12"],
        ("", "Ship", (), "Hi {昵称}, today", ("ship",)),
    ),
    "hubspot": (
        ["Snippet Name", "Snippet Body", "Shortcut", "Owner", "Created Date", "Last Modified"],
        ["Ship", "Ships today", "ship", "Kim", "2026-01-01", "2026-01-02"],
        ("", "Ship", (), "Ships today", ("ship",)),
    ),
    "front": (
        ["Template name", "Subject", "Body", "Folder", "Shared with"],
        ["Ship", "Re: ship", "Ships today", "Shipping", "Team"],
        ("Shipping", "Ship", (), "Ships today", ()),
    ),
    "livechat": (
        ["Tags", "Canned response", "Group", "Author"],
        ["#ship;#today", "Ships today", "General", "Kim"],
        ("General", "", (), "Ships today", ("#ship", "#today")),
    ),
    "crisp": (
        ["shortcut", "message", "category"],
        ["!ship", "Ships today", "Shipping"],
        ("Shipping", "", (), "Ships today", ("!ship",)),
    ),
    "a template with hints": (
        [
            "*分组名称(必填)",
            "*话术标题(必填，20字内)",
            "*话术内容(必填，500字内)",
            "话术类型（文字/图文）",
        ],
        ["物流", "发货", "今天发", "文字"],
        ("物流", "发货", (), "今天发", ()),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_whole(name: str) -> None:
    heads, row, expected = TABLES[name]
    (change,) = plan_file(workbook([heads, row]), "a.xlsx").changes
    assert change.script is not None
    s = change.script
    assert (s.category, s.title, s.questions, s.reply, s.tags) == expected


def test_an_entry_that_its_console_switched_off_is_left_out() -> None:
    rows = [["标准问句", "词条答案", "词条状态"], ["几点发货", "今天发", "停用"]]
    (change,) = plan_file(workbook(rows), "a.xlsx").changes
    assert (change.kind, [note.code for note in change.notes]) == ("refused", ["switched_off"])
