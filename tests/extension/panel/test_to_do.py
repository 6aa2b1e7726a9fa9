"""Promises in the panel: listed at the foot, rung for, kept, mended, dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from tests.extension.panel.stage import SHIP, PanelStage


def after(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def promise(number: int, words: str, rings: float, due: float, **fields: Any) -> dict[str, Any]:
    """A promise that rings and is due so many minutes from now."""
    return {
        "promise_id": number,
        "kind": "reply",
        "words": words,
        "rings_at": after(rings),
        "due_at": after(due),
        "conversation_id": "c1",
        "shopper": "小**瓜",
        "platform": "",
    } | fields


def answer(stage: PanelStage, *promises: dict[str, Any]) -> None:
    stage.answer("work", {"promises": list(promises), "now": after(0)})


def test_nothing_is_shown_where_nothing_is_promised(stage: PanelStage) -> None:
    answer(stage)
    stage.mount(docked=True)
    expect(stage.panel.locator(".to-do")).to_be_hidden()


def test_what_is_sent_brings_the_line_and_the_list(stage: PanelStage) -> None:
    answer(stage)
    stage.mount(docked=True)
    stage.show(SHIP)
    answer(stage, promise(1, "24小时内给您回复", 600, 1440))
    stage.page.evaluate(
        "stage.sent({conversation_id: 'c1', text: '24小时内给您回复', message_id: 'a1'})"
    )
    line = stage.panel.get_by_role("button", name="待办 1")
    expect(line).to_be_visible()
    expect(stage.panel.locator(".promises")).to_be_hidden()
    line.click()
    expect(stage.panel.locator(".promises li")).to_contain_text("24小时内给您回复")


def test_it_rings_before_it_is_late_and_once(stage: PanelStage) -> None:
    answer(stage, promise(1, "马上到期的承诺", 0.01, 30), promise(2, "还早", 60, 90))
    stage.mount(docked=True)
    expect(stage.panel.locator(".said")).to_contain_text("快到期了")
    expect(stage.panel.locator(".said")).to_contain_text("马上到期的承诺")
    expect(stage.panel.locator(".to-do")).to_have_attribute("data-stage", "soon")


def test_late_ones_are_told_red(stage: PanelStage) -> None:
    answer(stage, promise(1, "昨天的", -90, -60))
    stage.mount(docked=True)
    expect(stage.panel.locator(".to-do")).to_have_attribute("data-stage", "late")
    expect(stage.panel.get_by_role("button", name="1 条已超时")).to_be_visible()


def test_by_hand(stage: PanelStage) -> None:
    answer(stage, promise(7, "给您回复", 600, 1440))
    stage.mount(docked=True)
    stage.panel.get_by_role("button", name="待办 1").click()
    mend = stage.panel.get_by_role("button", name="改期: 给您回复")
    mend.first.click()
    stage.panel.get_by_label("改到").fill("2020-01-01T10:00")
    mend.nth(1).click()
    expect(stage.panel.locator(".said")).to_have_text("请填以后的时间")
    stage.panel.get_by_label("改到").fill("2099-01-01T10:00")
    mend.nth(1).click()
    stage.panel.get_by_role("button", name="不算承诺: 给您回复").click()
    answer(stage)
    stage.panel.get_by_role("button", name="已兑现: 给您回复").click()
    expect(stage.panel.locator(".to-do")).to_be_hidden()
    deeds = [one["action"] for one in stage.asked("work") if one["action"] != "list"]
    assert deeds == ["mend", "drop", "keep"]
    (mended,) = (one for one in stage.asked("work") if one["action"] == "mend")
    assert mended["promise_id"] == 7
    assert mended["due_at"].endswith("Z")


def request(words: str = "") -> dict[str, Any]:
    return {
        "number": 1,
        "order_id": "1001",
        "kind": "wrong.missing",
        "station": "talked",
        "due_at": after(600),
        "words": words,
    }


def test_a_conversation_becomes_a_request_by_one_key(stage: PanelStage) -> None:
    answer(stage)
    stage.mount(docked=True)
    stage.show(SHIP, text="少发了一个")
    make = stage.panel.get_by_role("button", name="建售后单")
    expect(make).to_be_visible()
    stage.answer("work", {"promises": [], "now": after(0), "requests": [request("亲，请拍一下")]})
    make.focus()
    stage.page.keyboard.press("a")
    rows = stage.panel.locator(".requests li")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("售后单 · 已沟通")
    expect(rows).to_contain_text("亲，请拍一下")
    (asked,) = (one for one in stage.asked("work") if one["action"] == "open")
    assert asked["conversation_id"] == "c1"


def opened(stage: PanelStage) -> int:
    """How often a request was asked for."""
    return sum(one["action"] == "open" for one in stage.asked("work"))


def test_the_key_works_while_an_agent_types(stage: PanelStage) -> None:
    answer(stage)
    stage.mount(docked=True)
    stage.show(SHIP, text="少发了一个")
    expect(stage.panel.get_by_role("button", name="建售后单")).to_be_visible()
    stage.answer("work", {"promises": [], "now": after(0), "requests": [request()]})
    stage.box.focus()
    stage.page.keyboard.press("Alt+a")
    expect(stage.panel.locator(".requests li")).to_have_count(1)
    assert opened(stage) == 1
    expect(stage.box).to_be_focused()
    expect(stage.box).to_have_value("")


def test_a_page_that_uses_the_key_keeps_it(stage: PanelStage) -> None:
    answer(stage)
    stage.mount(docked=True)
    stage.show(SHIP, text="少发了一个")
    expect(stage.panel.get_by_role("button", name="建售后单")).to_be_visible()
    stage.page.evaluate("""() => document.addEventListener("keydown", (event) => {
        if (event.altKey && event.code === "KeyA") { event.preventDefault(); window.own = true; }
    })""")
    stage.box.focus()
    stage.page.keyboard.press("Alt+a")
    stage.page.wait_for_function("window.own === true")
    stage.page.keyboard.press("Alt+s")
    expect(stage.panel.get_by_role("searchbox")).to_be_focused()
    assert opened(stage) == 0


def test_a_kind_without_a_procedure_says_so(stage: PanelStage) -> None:
    stage.answer("work", {"promises": [], "now": after(0), "requests": [request()]})
    stage.mount(docked=True)
    stage.show(SHIP)
    expect(stage.panel.locator(".requests li")).to_contain_text("这类问题还没有处理步骤")


def follow_up(words: str = "护手霜用着还顺手吗？") -> dict[str, Any]:
    return {
        "order_id": "1001",
        "kind": "care",
        "product": "护手霜",
        "received_at": after(-4 * 1440),
        "words": words,
    }


def test_a_follow_up_is_filled_in_and_told_when_it_was_sent(stage: PanelStage) -> None:
    stage.answer("work", {"promises": [], "now": after(0), "follow_ups": [follow_up()]})
    stage.mount(docked=True)
    stage.show(SHIP)
    rows = stage.panel.locator(".follow-ups li")
    expect(rows).to_contain_text("回访 · 签收关怀 · 护手霜")
    rows.get_by_role("button", name="填入: 护手霜").click()
    expect(stage.box).to_have_value("护手霜用着还顺手吗？")
    answer(stage)
    rows.get_by_role("button", name="已发送: 护手霜").click()
    expect(stage.panel.locator(".follow-ups")).to_be_hidden()
    (wrote,) = (one for one in stage.asked("work") if one["action"] == "wrote")
    assert (wrote["order_id"], wrote["kind"], wrote["conversation_id"]) == ("1001", "care", "c1")


def test_words_with_a_hole_are_not_filled_in(stage: PanelStage) -> None:
    due = follow_up("{昵称}，东西还好吗？")
    stage.answer("work", {"promises": [], "now": after(0), "follow_ups": [due]})
    stage.mount(docked=True)
    stage.show(SHIP)
    stage.panel.get_by_role("button", name="填入: 护手霜").click()
    expect(stage.panel.locator(".said")).to_contain_text("还空着：昵称")


def test_no_words_of_the_shop_leave_nothing_to_fill_in(stage: PanelStage) -> None:
    stage.answer("work", {"promises": [], "now": after(0), "follow_ups": [follow_up("")]})
    stage.mount(docked=True)
    stage.show(SHIP)
    rows = stage.panel.locator(".follow-ups li")
    expect(rows).to_contain_text("还没有合适的回访话术")
    expect(rows.get_by_role("button")).to_have_count(1)
