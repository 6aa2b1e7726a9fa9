"""Nothing moves under a pointer, old replies stay until new ones stand, and what came while the
server was away is asked by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.extension.panel.stage import COURIER, SHIP, PanelStage, button, suggestion, warning

NEW = suggestion(8, "三天内到账。", title="退款多久到")


def _answer(stage: PanelStage, *suggestions: dict[str, object]) -> None:
    body = {"suggestions": list(suggestions), "shown": len(suggestions), "warnings": []}
    stage.answer("message", body | {"took_ms": 1})


def test_old_replies_stay_named_until_the_new_ones_stand(panel: PanelStage) -> None:
    panel.answer("message", None)
    panel.message("退款多久到", number=2)
    expect(panel.panel.get_by_text("上一句的推荐")).to_be_visible()
    expect(panel.cards).to_have_count(3)
    _answer(panel, NEW)
    panel.message("退款多久到呀", number=3)
    expect(panel.cards.locator(".reply")).to_have_text([NEW["text"]])
    expect(panel.panel.get_by_text("上一句的推荐")).to_be_hidden()


@pytest.mark.parametrize("by", ["click", "key"])
def test_an_old_reply_is_refused_in_words(panel: PanelStage, by: str) -> None:
    panel.answer("message", None)
    panel.message("退款多久到", number=2)
    expect(panel.panel.get_by_text("上一句的推荐")).to_be_visible()
    panel.page.evaluate("stage.refuse('newer_message')")
    if by == "click":
        button(panel, "填入")
    else:
        panel.page.keyboard.press("Alt+1")
    expect(panel.page.get_by_role("alert")).to_contain_text("买家又发了新消息")
    expect(panel.box).to_have_value("")


def test_a_key_before_any_reply_says_that_they_are_on_their_way(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.answer("message", None)
    stage.message("在吗")
    stage.page.keyboard.press("Alt+1")
    expect(stage.panel.get_by_text("推荐还在路上")).to_be_visible()


def test_nothing_moves_under_a_pointer_that_is_about_to_click(panel: PanelStage) -> None:
    target = panel.cards.nth(2).get_by_role("button", name="填入")
    place = target.bounding_box()
    assert place
    x, y = place["x"] + 8, place["y"] + 8
    panel.page.mouse.move(x, y)
    text = "😀能加微信吗，加一个呗"
    _answer(panel, NEW)
    found = warning(text, "加微信", message="别答应" * 10)
    panel.answer("message", {"suggestions": [NEW], "shown": 1, "warnings": [found], "took_ms": 1})
    panel.message(text, number=2)
    panel.state(status="away")
    panel.page.evaluate(
        "stage.panel.setWaiting([{conversation_id: 'x', name: '风行', since_ms: Date.now()}])"
    )
    # Still on the way to the button: what stood there stands there.
    panel.page.mouse.move(x + 1, y)
    assert target.bounding_box() == place
    panel.page.mouse.down()
    assert target.bounding_box() == place
    panel.page.mouse.up()
    expect(panel.box).to_have_value(COURIER["text"])
    # It rests: now the new ones come.
    expect(panel.cards.locator(".reply")).to_have_text([NEW["text"]])
    expect(panel.panel.get_by_text("风行")).to_be_visible()


def test_a_click_on_what_came_just_now_is_not_served_and_is_told_so(panel: PanelStage) -> None:
    place = panel.cards.nth(0).get_by_role("button", name="填入").bounding_box()
    assert place
    panel.page.clock.install()
    panel.page.mouse.move(place["x"] + 8, place["y"] + 8)
    # An hour later, and no moment more: the pointer rests, what comes is new.
    panel.page.clock.pause_at(datetime.now() + timedelta(hours=1))
    _answer(panel, NEW, COURIER, SHIP)
    panel.message("退款多久到", number=2)
    expect(panel.cards.nth(0).locator(".reply")).to_have_text(NEW["text"])
    panel.page.mouse.down()
    panel.page.mouse.up()
    expect(panel.panel.get_by_text("推荐刚换成新的")).to_be_visible()
    expect(panel.box).to_have_value("")
    panel.page.clock.run_for(1000)
    panel.page.mouse.down()
    panel.page.mouse.up()
    expect(panel.box).to_have_value(NEW["text"])


def test_what_came_while_the_server_was_away_is_asked_by_itself(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.state(status="away")
    stage.page.evaluate("stage.answers.message = stage.away()")
    stage.message("什么时候发货")
    stage.message("在吗", conversation="c2")
    expect(stage.panel.get_by_text("恢复后会自动补上")).to_be_visible()
    _answer(stage, SHIP)
    stage.state(status="ready")
    expect(stage.cards.locator(".reply")).to_have_text([SHIP["text"]])
    assert [one["text"] for one in stage.asked("message")[-2:]] == ["什么时候发货", "在吗"]


def test_favourites_and_recent_work_without_the_server(panel: PanelStage) -> None:
    panel.answer("search", {"suggestions": [SHIP]})
    panel.cards.nth(0).locator(".reply").click()
    panel.cards.nth(0).get_by_role("button", name="收藏").click()
    expect(panel.cards.nth(0).get_by_role("button", name="已收藏")).to_be_visible()
    panel.page.wait_for_function("stage.asked.some((one) => one.type === 'search')")
    panel.state(status="away")
    panel.page.evaluate("stage.answers.search = stage.away()")
    panel.page.locator("bangda-panel .tabs").get_by_role("button", name="收藏").click()
    found = panel.page.locator("bangda-panel .found .card")
    expect(found).to_have_count(1)
    found.get_by_role("button", name="填入").click()
    expect(panel.box).to_have_value(SHIP["text"])


def test_a_draft_without_a_server_says_that_nobody_checks_it(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.state(status="away")
    stage.page.evaluate("stage.answers.draft = stage.away()")
    stage.box.fill("加我微信")
    expect(stage.panel.get_by_text("没有人检查回复框里的话")).to_be_visible()
    stage.answer("draft", {"warnings": [warning("加我微信", "加我微信")]})
    stage.state(status="ready")
    expect(stage.panel.get_by_text("回复框里这样说有风险")).to_be_visible()


def test_a_draft_is_judged_as_finished_when_the_typing_rests(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.box.focus()
    stage.page.keyboard.insert_text("您好，关于颜色")
    stage.page.wait_for_function(
        "stage.asked.filter((one) => one.type === 'draft').some((one) => one.final)"
    )
    assert [one["final"] for one in stage.asked("draft")] == [False, True]


def test_a_reply_that_was_put_in_is_judged_at_once_as_a_whole(panel: PanelStage) -> None:
    button(panel, "填入")
    expect(panel.box).to_have_value(SHIP["text"])
    panel.page.wait_for_function("stage.asked.filter((one) => one.type === 'draft').length > 1")
    assert {one["final"] for one in panel.asked("draft")} == {True}


def test_a_rewrite_shows_what_changes_and_can_be_taken_back(stage: PanelStage) -> None:
    stage.mount(docked=True)
    text = "您好，这款全网最低价，今天16点前付款今天发"
    found = warning(text, "全网最低", rewrite="价格以下单页面显示为准。")
    stage.answer("draft", {"warnings": [found]})
    stage.box.fill(text)
    draft = stage.page.locator("bangda-panel .draft")
    expect(draft.locator("del")).to_have_text("这款全网最低价")
    expect(draft.locator("ins")).to_have_text("价格以下单页面显示为准")
    stage.answer("draft", {"warnings": []})
    button(stage, "换成稳妥说法")
    new = "您好，价格以下单页面显示为准，今天16点前付款今天发"
    expect(stage.box).to_have_value(new)
    button(stage, "撤销")
    expect(stage.box).to_have_value(text)


def test_enter_takes_the_first_that_was_found(panel: PanelStage) -> None:
    panel.answer("search", {"suggestions": [COURIER, SHIP]})
    box = panel.page.get_by_role("searchbox", name="找话术")
    box.fill("kd")
    box.press("Enter")
    expect(panel.box).to_have_value(COURIER["text"])
    # What was found gives its place back.
    expect(panel.cards.nth(0)).to_be_visible()
    expect(box).to_have_value("")


def test_results_stand_where_the_eyes_are(stage: PanelStage) -> None:
    stage.page.set_viewport_size({"width": 1366, "height": 650})
    stage.mount(mode="full")
    long = [suggestion(n, "您好，" * 60, title="标题") for n in range(1, 4)]
    stage.show(*long)
    stage.answer("search", {"suggestions": [SHIP]})
    stage.page.keyboard.press("Alt+s")
    box = stage.page.get_by_role("searchbox", name="找话术")
    expect(box).to_be_focused()
    box.fill("fahuo")
    first = stage.page.locator("bangda-panel .found .card").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(stage.cards.nth(0)).to_be_hidden()
    box.press("Escape")
    expect(stage.cards.nth(0)).to_be_visible()


def test_the_newest_line_of_a_long_message_is_shown(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(SHIP, text="\n".join([*["前面说了很多" * 12] * 6, "那到底能不能退"]))
    newest = stage.page.locator("bangda-panel .incoming .newest")
    expect(newest).to_have_text("那到底能不能退")
    expect(newest).to_be_in_viewport(ratio=1)


def test_another_language_and_theme_leave_clocks_and_replies_alone(panel: PanelStage) -> None:
    panel.page.evaluate(
        """() => {
          const since_ms = Date.now() - 400_000;
          stage.panel.showMessage({conversation_id: 'c9', message_id: 'm', text: '在', since_ms});
          stage.panel.showConversation({conversation_id: 'c1'});
          const keys = {pick: 'Alt'};
          stage.panel.setLooks({locale: 'en', prefs: {theme: 'dark', locale: 'en', keys}});
        }"""
    )
    expect(panel.panel.get_by_role("button", name="Insert").first).to_be_visible()
    expect(panel.page.locator("bangda-panel")).to_have_attribute("data-theme", "dark")
    expect(panel.page.locator("bangda-panel .waiting .clock")).to_contain_text("6:4")
    expect(panel.cards).to_have_count(3)
    # Reasons and warnings are the server's words.
    assert [one["language"] for one in panel.asked("message")] == ["zh", "zh", "en"]
    button(panel, "Insert")
    expect(panel.box).to_have_value(SHIP["text"])


def test_clocks_outlive_a_reload(stage: PanelStage) -> None:
    stage.page.evaluate(
        """() => {
          const kept = new Map();
          const memory = {
            get: async (key) => structuredClone(kept.get(key)),
            set: async (key, value) => kept.set(key, structuredClone(value)),
          };
          stage.memory = memory;
          stage.mount({docked: true, memory});
          const at = (ago) => Date.now() - ago;
          stage.panel.showMessage(
            {conversation_id: 'c1', message_id: 'm1', text: '在吗', since_ms: at(401_000)});
          stage.panel.showMessage(
            {conversation_id: 'c2', message_id: 'm2', text: '在吗', since_ms: at(100_000),
             shopper: {name: '风行'}});
        }"""
    )
    clock = stage.page.locator("bangda-panel .head .clock")
    expect(clock).to_contain_text("6:4")
    stage.page.evaluate(
        """async () => {
          while (!(await stage.memory.get('clocks:stage'))?.length) await new Promise(requestAnimationFrame);
          stage.mount({docked: true, memory: stage.memory});
          stage.panel.showMessage({conversation_id: 'c1', message_id: 'm1', text: '在吗'});
        }"""
    )
    expect(clock).to_contain_text("6:4")
    waiting = stage.page.locator("bangda-panel .waiting li")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("风行1:4")
    stage.page.evaluate("stage.panel.setWaiting([], ['c2'])")
    expect(waiting).to_be_hidden()
