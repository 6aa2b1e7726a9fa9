"""Conflicts and duplicates named and merged; other tools' variables mapped once a shop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.exchange import Deed, settle
from server.exchange.problems import SENTENCES
from server.exchange.rows import NOTES
from server.exchange.variables import Translator
from server.library import Script, Shop, load_library
from server.library.save import edit_shop
from server.web.texts import LANGUAGES, catalogue
from tests.exchange.files import plan_file

HELD = Script("ship", "今天发", title="发货时间", questions=("几点发",))
SHOP = Shop("s", scripts=(HELD,))


def test_a_conflict_names_rows_and_titles() -> None:
    text = "标题,问法,回复\n甲,几点发,明天发\n乙,几点发,后天发\n"
    plan = plan_file(text.encode(), "a.csv", SHOP)
    notes = [[(n.detail, n.row, n.title) for n in c.notes] for c in plan.changes]
    assert notes == [
        [("ship", 0, "发货时间"), ("yi", 3, "乙")],
        [("ship", 0, "发货时间"), ("jia", 2, "甲")],
    ]
    assert "row 3 “乙” (yi)" in str(plan.changes[0].notes[1])


@pytest.mark.parametrize(
    ("deed", "ids", "questions", "variants"),
    [
        ("take", {"jia"}, (), ()),
        ("skip", set(), (), ()),
        ("questions", {"ship"}, ("几点发", "啥时走"), ()),
        ("variant", {"ship"}, ("几点发", "啥时走"), ("明天发",)),
    ],
)
def test_a_conflict_can_be_merged(
    deed: Deed, ids: set[str], questions: tuple[str, ...], variants: tuple[str, ...]
) -> None:
    plan = plan_file("标题,问法,回复\n甲,几点发|啥时走,明天发\n".encode(), "a.csv", SHOP)
    done = settle(plan.writes, SHOP, {0: deed})
    assert set(done) == ids
    if "ship" in done:
        assert (done["ship"].questions, done["ship"].variants) == (questions, variants)
        assert done["ship"].reply == "今天发"


def test_a_merged_wording_is_known_the_next_time() -> None:
    text = "标题,问法,回复\n甲,几点发|啥时走,明天发\n".encode()
    done = settle(plan_file(text, "a.csv", SHOP).writes, SHOP, {0: "variant"})
    again = plan_file(text, "a.csv", Shop("s", scripts=tuple(done.values())))
    assert [c.kind for c in again.changes] == ["same"]


def test_the_same_reply_brings_its_questions() -> None:
    plan = plan_file("问法,回复\n啥时走,今天发\n几点发,今天发\n".encode(), "a.csv", SHOP)
    assert [c.kind for c in plan.changes] == ["merged", "same"]
    assert settle(plan.writes, SHOP, {})["ship"].questions == ("几点发", "啥时走")
    assert settle(plan.writes, SHOP, {0: "skip"}) == {}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("今天发！", "今天发", True),
        ("亲，今天发。", "亲,今天发", True),
        ("【提醒】今天发", "「提醒」今天发", True),
        ("看 https://example.com/1", "看 https://example.com/2", False),
        ("https://example.com/a?x=1", "https://example.com/a?x=2", False),
        ("满9.9减1", "满99减1", False),
        ("😊", "👍", False),
        ("在的😊", "在的", False),
        ("[微笑]", "[玫瑰]", False),
    ],
)
def test_replies_that_say_the_same(one: str, other: str, equal: bool) -> None:
    content = json.dumps([{"reply": one}, {"reply": other}]).encode()
    plan = plan_file(content, "a.json")
    assert (plan.changes[1].kind == "same") is equal


def test_a_merge_into_a_row_that_was_left_out_stands_alone() -> None:
    plan = plan_file("问法,回复\n问一,答复\n问二,答复\n".encode(), "a.csv")
    assert [c.kind for c in plan.changes] == ["new", "merged"]
    (alone,) = settle(plan.writes, Shop("s"), {0: "skip"}).values()
    assert (alone.questions, alone.reply) == (("问二",), "答复")


def test_the_same_reply_for_others_is_a_script_of_its_own() -> None:
    held = Shop("s", scripts=(Script("a", "今天发", products=("面膜",)),))
    plan = plan_file("适用商品,问法,回复\n精华,几点发,今天发\n".encode(), "a.csv", held)
    assert [c.kind for c in plan.changes] == ["new"]


@pytest.mark.parametrize(
    ("written", "own"),
    [
        ("{买家昵称} 您好", "{昵称} 您好"),
        ("单号 [订单号]", "单号 {订单号}"),
        ("#昵称# 在的", "{昵称} 在的"),
        ("{{ticket.requester.first_name}}，好", "{昵称}，好"),
        ("{{ contact.name }}", "{昵称}"),
        ("${buyer_nick} 好", "{昵称} 好"),
        ("【物流单号】", "{快递单号}"),
        ("%first_name% 好", "{昵称} 好"),
        ("{截止} 前", "{截止} 前"),
        ("[微笑] #爱心# 【新品】", "[微笑] #爱心# 【新品】"),
        ("打 9 折 {没见过}", "打 9 折 {没见过}"),
        ("50% off 100%", "50% off 100%"),
    ],
)
def test_usual_variables_of_other_tools(written: str, own: str) -> None:
    assert Translator({}, {"截止"}).translate(written) == own


def test_what_a_shop_maps_is_used_and_counted() -> None:
    translator = Translator({"{没见过}": "截止", "{{x.y}}": "-"}, {"截止"})
    assert translator.translate("{没见过} {{x.y}} {没见过} {谁}") == "{截止} {{x.y}} {截止} {谁}"
    assert [(m.token, m.own, m.count) for m in translator.met] == [
        ("{没见过}", "截止", 2),
        ("{{x.y}}", "-", 1),
        ("{谁}", "", 1),
    ]


def test_the_map_is_kept_in_the_shop(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    text = edit_shop("name: 店\n", {"variables": {"{没见过}": "昵称", "[x]": "-"}}, {})
    (folder / "shop.yaml").write_text(text, encoding="utf-8")
    (folder / "a.yaml").write_text("scripts:\n  - id: a\n    reply: 好\n", encoding="utf-8")
    shop = load_library(tmp_path).shops["s"]
    assert dict(shop.variables) == {"{没见过}": "昵称", "[x]": "-"}
    plan = plan_file("回复\n{没见过} 您好\n".encode(), "a.csv", shop)
    assert [c.script.reply for c in plan.changes if c.script] == ["{昵称} 您好"]


def test_every_sentence_and_note_has_a_text_in_both_languages() -> None:
    codes = {f"exchange.file_{code}" for code in SENTENCES}
    codes |= {f"exchange.note_{code}" for code in NOTES}
    for language in LANGUAGES:
        held = {
            key
            for key in catalogue(language)
            if key.startswith(("exchange.file_", "exchange.note_"))
        }
        assert held == codes, language
