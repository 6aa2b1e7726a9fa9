"""The panel in a real Chromium: what an agent reads, clicks and types, and what goes out for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.extension.panel.stage import COURIER, SHIP, PanelStage, button, suggestion, warning


def copied(stage: PanelStage) -> str:
    text: str = stage.page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_message_is_asked_once_with_platform_and_shopper(panel: PanelStage) -> None:
    [asked] = panel.asked("message")
    assert asked["text"] == "什么时候发货"
    assert asked["platform"] == "快手"
    assert asked["shopper"] == {"id": "c1", "name": "买家c1"}


def test_a_click_fills_the_box_and_reports_it(panel: PanelStage) -> None:
    button(panel, "填入")
    expect(panel.box).to_have_value("今天16:00前付款的当天发出。")
    [event] = panel.asked("event")
    assert (event["event"], event["suggestion_id"], event["script_id"]) == (
        "inserted",
        "s1",
        "script.1",
    )


def test_a_press_and_release_on_a_growing_list_hits_the_button(panel: PanelStage) -> None:
    panel.cards.nth(0).locator(".reply").click()
    expect(panel.cards.nth(0).get_by_role("button", name="收藏")).to_be_visible()
    button(panel, "填入", 2)
    expect(panel.box).to_have_value("默认发中通。")


def test_copy_puts_the_words_on_the_clipboard(panel: PanelStage) -> None:
    button(panel, "复制")
    expect(panel.panel.get_by_text("已复制")).to_be_visible()
    assert copied(panel) == "今天16:00前付款的当天发出。"
    assert panel.events() == ["copied"]


def test_a_hole_is_asked_for_and_never_goes_out(panel: PanelStage) -> None:
    button(panel, "填入", 1)
    first = panel.cards.nth(1).get_by_role("textbox", name="填写订单号")
    expect(first).to_be_focused()
    expect(panel.box).to_have_value("")
    first.fill("E123")
    panel.page.keyboard.press("Enter")
    second = panel.cards.nth(1).get_by_role("textbox", name="填写昵称")
    expect(second).to_be_focused()
    second.fill("小瓜")
    panel.page.keyboard.press("Enter")
    expect(panel.box).to_have_value("您的订单E123在打包，小瓜放心。")


def test_a_typed_value_is_kept_for_the_next_message_of_the_shopper(panel: PanelStage) -> None:
    panel.cards.nth(1).get_by_role("textbox", name="填写订单号").fill("E123")
    panel.message("还没发吗", number=2)
    expect(panel.cards.nth(1).get_by_role("textbox", name="填写订单号")).to_have_value("E123")
    panel.message("在吗", conversation="c2")
    panel.page.evaluate("stage.panel.showConversation({conversation_id: 'c2'})")
    expect(panel.cards.nth(1).get_by_role("textbox", name="填写订单号")).to_have_value("")


def test_a_high_warning_asks_once_more(panel: PanelStage) -> None:
    panel.answer("draft", {"warnings": [warning(SHIP["text"], "当天发出", message="承诺了时间")]})
    button(panel, "填入")
    expect(panel.page.get_by_role("alert")).to_contain_text("承诺了时间（快手 2.3）")
    expect(panel.box).to_have_value("")
    button(panel, "仍然使用")
    expect(panel.box).to_have_value(SHIP["text"])


def test_without_a_server_a_reply_still_goes_in(panel: PanelStage) -> None:
    panel.state(status="away")
    expect(panel.panel.get_by_text("连不上帮答服务器")).to_be_visible()
    button(panel, "填入")
    expect(panel.box).to_have_value(SHIP["text"])


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("newer_message", "买家又发了新消息"),
        ("other_conversation", "已经换到别的会话"),
        ("no_box", "没找到可以填的回复框"),
        ("composing", "输入法还没打完字"),
    ],
)
def test_a_refusal_offers_copying(panel: PanelStage, reason: str, words: str) -> None:
    panel.page.evaluate("(reason) => stage.refuse(reason)", reason)
    button(panel, "填入")
    alert = panel.page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    expect(panel.box).to_have_value("")
    alert.get_by_role("button", name="复制").click()
    expect(panel.panel.get_by_text("已复制")).to_be_visible()
    assert panel.events() == ["copied"]


def test_read_only_copies_only(panel: PanelStage) -> None:
    panel.page.evaluate("stage.panel.setHealth({state: 'read_only', cause: 'box'})")
    expect(panel.panel.get_by_text("认不准回复框")).to_be_visible()
    expect(panel.page.get_by_role("button", name="填入")).to_have_count(0)
    panel.page.keyboard.press("Alt+1")
    expect(panel.panel.get_by_text("已复制")).to_be_visible()
    expect(panel.box).to_have_value("")


def test_long_replies_go_part_by_part(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(suggestion(1, "全文", parts=["先拍照。", "再登记。"]))
    button(stage, "填入")
    expect(stage.box).to_have_value("先拍照。")
    expect(stage.panel.get_by_text("这一段已填入")).to_be_visible()
    stage.box.fill("")
    button(stage, "填入")
    expect(stage.box).to_have_value("再登记。")


def test_a_wording_that_was_said_gives_way_to_the_next(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(suggestion(1, "今天发。", variants=["下午四点前付款今天发。"]))
    stage.page.evaluate("stage.sent({conversation_id: 'c1', text: '今天发。'})")
    stage.message("到底哪天", number=2)
    card = stage.cards.nth(0)
    expect(card.locator(".reply")).to_have_text("下午四点前付款今天发。")
    card.locator(".reply").click()
    card.get_by_role("button", name="换个说法").click()
    expect(card.locator(".reply")).to_have_text("今天发。")
    expect(card.get_by_text("跟这位买家说过")).to_be_visible()


def test_a_step_goes_in_by_one_click_and_is_ticked(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(suggestion(1, "先核实", steps=["请拍面单。", "登记售后单。"]))
    stage.cards.nth(0).locator(".reply").click()
    stage.page.get_by_role("button", name="用第 1 步的话").click()
    expect(stage.box).to_have_value("请拍面单。")
    expect(stage.page.get_by_role("checkbox", name="请拍面单。")).to_be_checked()


def test_what_follows_often_is_looked_up_by_its_id(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.answer("search", {"suggestions": [suggestion(7, "别的"), suggestion(8, "三天内到账。")]})
    stage.show(
        suggestion(1, "可以退", follow_ups=[{"script_id": "script.8", "title": "退款多久到"}])
    )
    stage.cards.nth(0).locator(".reply").click()
    button(stage, "退款多久到")
    expect(stage.page.locator("bangda-panel .found .reply")).to_have_text(["三天内到账。"])
    assert stage.asked("search")[0]["script_ids"] == ["script.8"]


def test_what_was_really_sent_is_reported_with_the_suggestion(panel: PanelStage) -> None:
    button(panel, "填入")
    expect(panel.box).not_to_have_value("")
    panel.page.evaluate("stage.sent({conversation_id: 'c1', text: '今天就发哦'})")
    sent = panel.asked("event")[-1]
    assert (sent["event"], sent["suggestion_id"], sent["text"]) == ("sent", "s1", "今天就发哦")


def test_an_answer_that_comes_late_is_not_shown(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.answer("message", None)
    stage.message("第一句")
    stage.show(COURIER, text="第二句")
    expect(stage.cards.locator(".reply")).to_have_text(["默认发中通。"])


def test_another_conversation_keeps_its_answer_until_it_is_shown(panel: PanelStage) -> None:
    panel.answer("message", {"suggestions": [COURIER], "shown": 1, "warnings": [], "took_ms": 1})
    panel.message("发什么快递", conversation="c2")
    expect(panel.cards).to_have_count(3)
    panel.page.evaluate("stage.panel.showConversation({conversation_id: 'c2'})")
    expect(panel.cards.locator(".reply")).to_have_text(["默认发中通。"])
    assert len(panel.asked("message")) == 2


def test_doubtful_replies_stand_folded(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(SHIP, COURIER, shown=0)
    expect(stage.panel.get_by_text("没有把握大的话术")).to_be_visible()
    expect(stage.cards.nth(0)).to_be_hidden()
    button(stage, "看看相近的 2 条")
    expect(stage.cards.nth(0)).to_be_visible()


def test_floating_remembers_how_it_stands(stage: PanelStage) -> None:
    stage.mount()
    host = stage.page.locator("bangda-panel")
    expect(host).to_have_attribute("data-mode", "strip")
    button(stage, "展开")
    expect(host).to_have_attribute("data-mode", "full")
    stage.page.keyboard.press("Alt+w")
    expect(host).to_have_attribute("data-mode", "pill")
    button(stage, "打开")
    expect(host).to_have_attribute("data-mode", "strip")
    before = host.bounding_box()
    stage.page.get_by_role("button", name="移动面板").focus()
    stage.page.keyboard.press("ArrowLeft")
    after = host.bounding_box()
    assert before and after and before["x"] - after["x"] == 16


def test_nothing_is_left_behind(panel: PanelStage) -> None:
    panel.page.evaluate("stage.panel.destroy()")
    expect(panel.page.locator("bangda-panel")).to_have_count(0)
    panel.page.keyboard.press("Alt+1")
    expect(panel.box).to_have_value("")


def test_what_a_step_lacks_is_filled_in_in_its_row(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(suggestion(1, "看看照片", steps=["先发张照片", "给您退{金额}元"]))
    stage.cards.first.focus()
    use = stage.page.get_by_role("button", name="用第 2 步的话")
    use.click()
    field = stage.page.get_by_label("填写金额")
    expect(field).to_be_focused()
    field.fill("5")
    field.press("Enter")
    expect(stage.box).to_have_value("给您退5元")
    expect(stage.panel.get_by_role("checkbox", name="给您退{金额}元")).to_be_checked()


def test_who_the_shopper_is_stays_while_the_next_message_is_asked_for(panel: PanelStage) -> None:
    card = panel.panel.locator(".shopper-card")
    expect(card).to_be_visible()
    panel.answer("message", None)
    panel.message("发什么快递", number=2)
    expect(panel.panel.locator(".replies")).to_have_attribute("aria-busy", "true")
    expect(card).to_be_visible()
