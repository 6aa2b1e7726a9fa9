"""Columns of replies for a platform each: every row becomes a script for each reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.exchange import import_file
from server.exchange.by_platform import platform_in
from server.library import load_library
from tests.exchange.files import plan_file

FILE = (
    "标题,问法,回复,回复（拼多多）,抖店话术\n"
    "几点发,几点发货,今天发,本日发,本日发\n"
    "能退吗,怎么退,可退,,\n"
    "包邮吗,包邮吗,,满9元包邮,\n"
    "没写,没写,,,\n"
)  # fmt: skip


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("回复（拼多多）", "pinduoduo"),
        ("抖店话术", "douyin"),
        ("话术-京东", "jd"),
        ("1688 快捷短语", "1688"),
        ("回复内容(抖音平台)", "douyin"),
        ("回复", ""),
        ("回复2", ""),
        ("淘宝链接", ""),
        ("拼多多", ""),
    ],
)
def test_the_platform_of_a_head(head: str, code: str) -> None:
    assert platform_in(head) == code


def test_a_row_becomes_a_script_for_each_reply() -> None:
    plan = plan_file(FILE.encode(), "a.csv")
    made = [
        (change.row, change.script.reply, change.script.platforms)
        for change in plan.changes
        if change.script
    ]
    assert made == [
        (2, "今天发", ("taobao",)),
        (2, "本日发", ("pinduoduo", "douyin")),
        (3, "可退", ()),
        (4, "满9元包邮", ("pinduoduo",)),
    ]
    assert [(c.row, c.kind) for c in plan.changes if not c.script] == [(5, "refused")]
    # Their question is one, their platforms are not: they get in nobody's way.
    assert not any(change.conflicts for change in plan.changes)


def test_an_id_stays_with_the_first_and_marks_the_others() -> None:
    text = "编号,淘宝回复,京东回复\nfahuo,今天发,当日达\n"
    plan = plan_file(text.encode(), "a.csv")
    assert [c.script.id for c in plan.changes if c.script] == ["fahuo", "fahuo-jd"]


def test_one_shortcut_for_all_platforms_is_no_trouble() -> None:
    text = "快捷编码,淘宝回复,京东回复\nfh,今天发,当日达\n"
    plan = plan_file(text.encode(), "a.csv")
    assert [list(c.notes) for c in plan.changes] == [[], []]
    assert [c.script.tags for c in plan.changes if c.script] == [("fh",), ("fh",)]


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "library" / "shop"
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text("platforms: [taobao, pinduoduo, douyin]\n", "utf-8")
    (folder / "a.yaml").write_text("scripts: []\n", "utf-8")
    file = tmp_path / "a.csv"
    file.write_text(FILE, "utf-8")
    assert import_file(file, "shop", tmp_path / "library").written == 4
    before = load_library(tmp_path / "library").shop("shop").scripts
    again = import_file(file, "shop", tmp_path / "library")
    assert again.written == 0
    assert load_library(tmp_path / "library").shop("shop").scripts == before
