"""The shopper's card in the panel: one line at a glance, the rest on a click, notes by agents."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.extension.panel.stage import SHIP, PanelStage

NOTE = {
    "note_id": 3,
    "text": "喜欢素色，上次说过要送礼盒",
    "author": "小晴",
    "at": "2026-11-20T08:00:00.000Z",
    "own": True,
}
CARD: dict[str, Any] = {
    "known": "id",
    "standing": "returning",
    "level": "金卡",
    "level_by_hand": False,
    "groups": ["大单客"],
    "orders": 3,
    "settled": 2,
    "spend_fen": 128_850,
    "last_order": {
        "order_id": "261120-123456789012345",
        "status": "已发货，待签收",
        "product": "加绒连帽卫衣",
        "variant": "黑 M",
        "day": "2026-11-20",
        "fen": 8990,
    },
    "requests": [{"kind": "returning", "text": "卫衣有破洞", "due_at": ""}],
    "promises": [{"kind": "reply", "text": "查到就告诉您", "due_at": "2026-11-21T08:00:00.000Z"}],
    "notes": [NOTE],
    "last_asked": "卫衣会掉色吗",
    "last_asked_at": "2026-11-18T08:00:00.000Z",
}
NOBODY = CARD | {
    "known": "",
    "standing": "",
    "level": "",
    "groups": [],
    "orders": 0,
    "settled": 0,
    "spend_fen": 0,
    "last_order": None,
    "requests": [],
    "promises": [],
    "notes": [],
    "last_asked": "",
}


def shown(stage: PanelStage, card: dict[str, Any], **options: Any) -> Locator:
    stage.mount(docked=True, **options)
    stage.answer("shopper", card)
    stage.show(SHIP)
    expect(stage.cards).to_have_count(1)
    return stage.panel.locator(".shopper-card")


def test_one_line_says_who_it_is(stage: PanelStage) -> None:
    card = shown(stage, CARD)
    expect(card.locator("summary")).to_contain_text("老客")
    for words in ("金卡", "大单客", "3 单 · ¥1,288.50", "未了结 2 件", "备注 1 条"):
        expect(card.locator("summary")).to_contain_text(words)
    expect(card.get_by_text("上一单")).to_be_hidden()
    asked = stage.asked("shopper")
    assert [(one["conversation_id"], one["shopper"]["id"]) for one in asked] == [("c1", "c1")]


def test_the_rest_comes_on_a_click(stage: PanelStage) -> None:
    card = shown(stage, CARD)
    card.locator("summary").click()
    expect(card.locator("dl")).to_contain_text("已发货，待签收 · ¥89.90 · 加绒连帽卫衣 黑 M")
    expect(card.locator("dl")).to_contain_text("寄回途中 · 卫衣有破洞")
    expect(card.locator("dl")).to_contain_text("查到就告诉您")
    expect(card.locator("dl")).to_contain_text("卫衣会掉色吗")
    expect(card.locator(".notes")).to_contain_text("喜欢素色")
    expect(card.locator(".notes")).to_contain_text("小晴")


def test_in_english(stage: PanelStage) -> None:
    card = shown(stage, CARD, locale="en")
    for words in ("Returning", "3 orders · ¥1,288.50", "2 open", "1 note"):
        expect(card.locator("summary")).to_contain_text(words)


def test_who_is_not_known_is_said_so(stage: PanelStage) -> None:
    card = shown(stage, NOBODY)
    expect(card.locator("summary")).to_have_text("本店没有这位买家的记录")
    card.locator("summary").click()
    expect(card).to_contain_text("打码的昵称不用来认人")
    expect(card.get_by_placeholder("记一条备注")).to_have_count(0)


def test_a_page_that_names_nobody_has_no_card(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.answer("message", {"suggestions": [SHIP], "shown": 1, "warnings": [], "took_ms": 1})
    stage.message("在吗", shopper={"name": "小**花"})
    expect(stage.cards).to_have_count(1)
    expect(stage.panel.locator(".shopper-card")).to_be_hidden()
    assert stage.asked("shopper") == []


def test_a_note_is_added_and_removed(stage: PanelStage) -> None:
    card = shown(stage, CARD | {"notes": []})
    card.locator("summary").click()
    stage.answer("shopper", CARD)
    field = card.get_by_placeholder("记一条备注")
    field.fill("喜欢素色")
    field.press("Enter")
    expect(card.locator(".notes li")).to_have_count(1)
    stage.answer("shopper", CARD | {"notes": []})
    card.get_by_role("button", name="删除备注").click()
    expect(card.locator(".notes li")).to_have_count(0)
    notes = [one for one in stage.asked("shopper") if "action" in one]
    assert [(one["action"], one.get("text"), one.get("note_id")) for one in notes] == [
        ("note", "喜欢素色", None),
        ("remove_note", None, 3),
    ]


def test_what_is_being_typed_stays_when_the_next_message_comes(stage: PanelStage) -> None:
    card = shown(stage, CARD)
    card.locator("summary").click()
    card.get_by_placeholder("记一条备注").fill("正在写")
    stage.answer("shopper", CARD | {"orders": 4})
    stage.message("还有货吗", number=2)
    expect(card.locator("summary")).to_contain_text("4 单")
    expect(card.get_by_placeholder("记一条备注")).to_have_value("正在写")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_a_server_that_is_away_is_said_so(stage: PanelStage, locale: str) -> None:
    stage.mount(docked=True, locale=locale)
    stage.page.evaluate("() => { stage.answers.shopper = stage.away() }")
    stage.show(SHIP)
    words = "买家资料读不到" if locale == "zh_CN" else "The server is away"
    expect(stage.panel.locator(".shopper-card summary")).to_contain_text(words)
