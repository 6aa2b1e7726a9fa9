"""The panel in a real Chromium: keys, warnings, search, feedback, clocks and states."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.extension.panel.stage import (
    COURIER,
    ORDER,
    SHIP,
    PanelStage,
    button,
    suggestion,
    warning,
)

RISKY = "亲，加我微信 wx_shop，发您图。今天发货"


@pytest.mark.parametrize(("key", "text"), [("Alt+1", SHIP["text"]), ("Alt+3", COURIER["text"])])
def test_a_number_fills_from_the_reply_box(panel: PanelStage, key: str, text: str) -> None:
    panel.box.focus()
    panel.page.keyboard.press(key)
    expect(panel.box).to_have_value(text)
    expect(panel.box).to_be_focused()


def test_a_reply_that_is_not_on_screen_is_not_used(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.show(SHIP, COURIER, shown=0)
    expect(stage.panel.get_by_text("没有把握大的话术")).to_be_visible()
    stage.page.keyboard.press("Alt+2")
    expect(stage.cards.nth(1)).to_be_visible()
    expect(stage.box).to_have_value("")
    stage.page.keyboard.press("Alt+2")
    expect(stage.box).to_have_value(COURIER["text"])


def test_the_whole_panel_by_keyboard(panel: PanelStage) -> None:
    panel.box.focus()
    panel.page.keyboard.press("Alt+q")
    expect(panel.cards.nth(0)).to_be_focused()
    panel.page.keyboard.press("ArrowDown")
    panel.page.keyboard.press("ArrowDown")
    expect(panel.cards.nth(2)).to_be_focused()
    panel.page.keyboard.press("Escape")
    expect(panel.box).to_be_focused()
    panel.page.keyboard.press("Alt+q")
    panel.page.keyboard.press("3")
    expect(panel.box).to_have_value(COURIER["text"])
    panel.page.keyboard.press("Alt+s")
    expect(panel.page.get_by_role("searchbox", name="找话术")).to_be_focused()


def test_enter_on_a_card_fills_and_c_copies(panel: PanelStage) -> None:
    panel.page.keyboard.press("Alt+q")
    panel.page.keyboard.press("c")
    expect(panel.panel.get_by_text("已复制")).to_be_visible()
    panel.page.keyboard.press("Enter")
    expect(panel.box).to_have_value(SHIP["text"])


@pytest.mark.parametrize("pressed", ["Alt+f", "Control+Alt+x", "ArrowDown", "Enter", "1"])
def test_the_pages_own_keys_are_left_alone(panel: PanelStage, pressed: str) -> None:
    panel.page.evaluate(
        "window.heard = []; addEventListener('keydown', (e) => heard.push(e.defaultPrevented))"
    )
    panel.box.focus()
    panel.page.keyboard.press(pressed)
    heard = panel.page.evaluate("heard")
    assert heard
    assert not any(heard)
    assert panel.events() == []


def test_keys_and_clicks_of_a_script_are_not_heard(panel: PanelStage) -> None:
    panel.page.evaluate(
        """() => {
          const press = {code: 'Digit1', altKey: true, bubbles: true};
          document.dispatchEvent(new KeyboardEvent('keydown', press));
          for (const node of stage.host.shadowRoot.querySelectorAll('button')) node.click();
        }"""
    )
    assert panel.events() == []
    expect(panel.box).to_have_value("")


def test_a_key_press_of_a_composition_is_not_a_choice(panel: PanelStage) -> None:
    panel.box.focus()
    cdp = panel.page.context.new_cdp_session(panel.page)
    cdp.send("Input.imeSetComposition", {"text": "shi", "selectionStart": 3, "selectionEnd": 3})
    for kind in ("rawKeyDown", "keyUp"):
        cdp.send(
            "Input.dispatchKeyEvent",
            {
                "type": kind,
                "code": "Digit1",
                "key": "Process",
                "windowsVirtualKeyCode": 229,
                "modifiers": 1,
            },
        )
    assert panel.events() == []


def test_incoming_warnings_mark_the_words(stage: PanelStage) -> None:
    stage.mount(docked=True)
    text = "😀能加微信吗"
    stage.show(COURIER, text=text, warnings=[warning(text, "加微信", message="别答应")])
    expect(stage.page.locator("bangda-panel mark.high")).to_have_text("加微信")
    expect(stage.panel.get_by_text("别答应")).to_be_visible()
    expect(stage.panel.get_by_text("快手 2.3")).to_be_visible()


def test_a_draft_is_checked_and_rewritten_by_one_click(stage: PanelStage) -> None:
    stage.mount(docked=True)
    found = warning(RISKY, "加我微信 wx_shop", rewrite="在这里就能发图。")
    stage.answer("draft", {"warnings": [found]})
    stage.box.focus()
    stage.page.keyboard.insert_text(RISKY)
    expect(stage.panel.get_by_text("回复框里这样说有风险")).to_be_visible()
    stage.answer("draft", {"warnings": []})
    button(stage, "换成稳妥说法")
    expect(stage.box).to_have_value("亲，在这里就能发图，发您图。今天发货")
    expect(stage.panel.get_by_text("回复框里这样说有风险")).to_be_hidden()
    stage.box.focus()
    stage.page.keyboard.press("Control+z")
    expect(stage.box).to_have_value(RISKY)


def test_every_rewrite_can_be_taken_back_in_turn(stage: PanelStage) -> None:
    stage.mount(docked=True)
    drafts = [RISKY, "亲，在这里就能发图，发您图。今天发货", "亲，在这里就能发图，发您图。尽快发货"]
    stage.answer(
        "draft", {"warnings": [warning(RISKY, "加我微信 wx_shop", rewrite="在这里就能发图。")]}
    )
    stage.box.focus()
    stage.page.keyboard.insert_text(RISKY)
    expect(stage.panel.get_by_text("回复框里这样说有风险")).to_be_visible()
    again = warning(drafts[1], "今天发货", rewrite="尽快发货")
    stage.answer("draft", {"warnings": [again]})
    button(stage, "换成稳妥说法")
    expect(stage.box).to_have_value(drafts[1])
    expect(stage.panel.locator(".draft .warnings")).to_contain_text("今天发货")
    stage.answer("draft", {"warnings": []})
    button(stage, "换成稳妥说法")
    expect(stage.box).to_have_value(drafts[2])
    undo = stage.panel.locator(".undo")
    for made, text in (("尽快", drafts[1]), ("在这里就能发图", RISKY)):
        expect(undo.locator("ins")).to_have_text(made)
        undo.get_by_role("button", name="撤销").click()
        expect(stage.box).to_have_value(text)
    expect(undo).to_have_count(0)


def test_a_false_alarm_is_told_and_goes(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.answer("draft", {"warnings": [warning(RISKY, "加我微信")]})
    stage.box.fill(RISKY)
    button(stage, "误报")
    expect(stage.page.locator("bangda-panel .draft")).to_be_hidden()
    [event] = stage.asked("event")
    assert (event["event"], event["rule"], event["text"]) == (
        "false_alarm",
        "contact.wechat",
        RISKY,
    )


def test_an_emptied_box_takes_its_warnings_away(stage: PanelStage) -> None:
    stage.mount(docked=True)
    stage.answer("draft", {"warnings": [warning(RISKY, "加我微信")]})
    stage.box.fill(RISKY)
    expect(stage.page.locator("bangda-panel .draft")).to_be_visible()
    stage.box.fill("")
    expect(stage.page.locator("bangda-panel .draft")).to_be_hidden()


def test_search_by_words_and_what_to_do_with_nothing(panel: PanelStage) -> None:
    panel.answer("search", {"suggestions": [suggestion(7, "订单里申请发票。")]})
    box = panel.page.get_by_role("searchbox", name="找话术")
    box.fill("fp")
    found = panel.page.locator("bangda-panel .found .card")
    expect(found).to_have_count(1)
    box.press("ArrowDown")
    panel.page.keyboard.press("Enter")
    expect(panel.box).to_have_value("订单里申请发票。")
    panel.answer("search", {"suggestions": []})
    box.fill("xx")
    expect(panel.panel.get_by_text("没有找到，换个词试试。")).to_be_visible()


def test_categories_favourites_and_recent(panel: PanelStage) -> None:
    panel.answer("search", {"suggestions": [SHIP, COURIER]})
    button(panel, "最近")
    expect(panel.panel.get_by_text("还没用过话术")).to_be_visible()
    button(panel, "回到推荐")
    panel.cards.nth(2).locator(".reply").click()
    panel.cards.nth(2).get_by_role("button", name="收藏").click()
    expect(panel.cards.nth(2).get_by_role("button", name="已收藏")).to_be_visible()
    panel.page.locator("bangda-panel .tabs").get_by_role("button", name="收藏").click()
    expect(panel.page.locator("bangda-panel .found .reply")).to_have_text([COURIER["text"]])
    button(panel, "分类")
    panel.page.get_by_role("button", name="发票", exact=True).click()
    assert panel.asked("search")[-1]["category"] == "发票"


def test_feedback_reaches_the_lead(panel: PanelStage) -> None:
    card = panel.cards.nth(0)
    card.locator(".reply").click()
    card.get_by_role("button", name="反馈").click()
    card.get_by_role("button", name="内容有错").click()
    card.get_by_role("textbox", name="哪里不对").fill("时间过期了")
    panel.page.keyboard.press("Enter")
    flagged = panel.asked("event")[-1]
    assert (flagged["event"], flagged["suggestion_id"], flagged["text"]) == (
        "flagged",
        "s1",
        "时间过期了",
    )
    card.get_by_role("button", name="反馈").click()
    card.get_by_role("button", name="不相关").click()
    assert panel.events() == ["flagged", "not_relevant"]
    expect(panel.cards).to_have_count(2)


def test_a_missing_script_is_asked_for(panel: PanelStage) -> None:
    button(panel, "都不合适")
    field = panel.page.get_by_role("textbox", name="买家在问什么")
    expect(field).to_have_value("什么时候发货")
    field.fill("能不能定时发货")
    button(panel, "请主管补", 0)
    event = panel.asked("event")[-1]
    assert (event["event"], event["text"]) == ("missing_script", "能不能定时发货")


def test_clocks_of_the_others_longest_first(panel: PanelStage) -> None:
    panel.page.evaluate(
        """() => stage.panel.setWaiting([
          {conversation_id: 'a', name: '小瓜', since_ms: Date.now() - 30_400},
          {conversation_id: 'b', name: '风行', since_ms: Date.now() - 200_400},
        ])"""
    )
    rows = panel.page.locator("bangda-panel .waiting li")
    expect(rows).to_have_text(["风行3:20", "小瓜0:30"])
    expect(rows.nth(0).locator(".clock")).to_have_attribute("data-stage", "over")
    expect(rows.nth(1).locator(".clock")).to_have_attribute("data-stage", "late")


STATES = [
    ({"status": "away"}, "bangda serve"),
    ({"status": "revoked"}, "请重新配对"),
    ({"status": "unpaired"}, "还没有配对"),
    ({"status": "version"}, "版本对不上"),
    ({"status": "reload"}, "刷新页面"),
    ({"status": "ready", "welcome": {"library": {"scripts": 0}}}, "话术库还是空的"),
]


@pytest.mark.parametrize(("change", "words"), STATES, ids=lambda value: str(value)[:30])
def test_each_state_says_what_to_do(
    stage: PanelStage, change: dict[str, object], words: str
) -> None:
    stage.mount()
    stage.state(**change)
    expect(stage.page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_a_message_without_an_answer_can_be_asked_again(stage: PanelStage) -> None:
    stage.mount()
    stage.page.evaluate("stage.answers.message = stage.away()")
    stage.message("在吗")
    stage.answer("message", {"suggestions": [COURIER], "shown": 1, "warnings": [], "took_ms": 1})
    button(stage, "再试一次")
    expect(stage.cards).to_have_count(1)


@pytest.fixture
def narrow(browser: Browser, address: str) -> Iterator[PanelStage]:
    """A window of 360 px at twice the zoom of a text of the usual size."""
    context = browser.new_context(viewport={"width": 360, "height": 420}, device_scale_factor=2)
    yield PanelStage(context.new_page(), address)
    context.close()


@pytest.mark.parametrize("mode", ["strip", "full"])
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_nothing_is_cut_off_in_a_narrow_window(narrow: PanelStage, mode: str, locale: str) -> None:
    narrow.mount(mode=mode, locale=locale)
    long = suggestion(1, "您好，" * 80, title="标题" * 40, why="常见问法" * 20)
    text = "能加微信吗" * 30
    narrow.show(long, ORDER, text=text, warnings=[warning(text, "加微信", message="别答应" * 20)])
    expect(narrow.cards.nth(0)).to_be_visible()
    wide = narrow.page.evaluate(
        """() => [...stage.host.shadowRoot
          .querySelectorAll('.panel, .scroll, .card, .warnings li')]
          .filter((node) => node.scrollWidth > node.clientWidth + 1)
          .map((node) => node.className)"""
    )
    assert wide == []
    place = narrow.page.locator("bangda-panel").bounding_box()
    assert place
    assert place["x"] >= 0 and place["y"] >= 0
    assert place["x"] + place["width"] <= 360


def test_every_control_has_a_name(panel: PanelStage) -> None:
    nameless = panel.page.evaluate(
        """() => [...stage.host.shadowRoot
          .querySelectorAll('button, input, [role=img]')].filter((node) => !(
            node.getAttribute('aria-label') || node.textContent.trim() || node.closest('label')
            || node.placeholder)).map((node) => node.outerHTML)"""
    )
    assert nameless == []


def test_a_safe_answer_to_a_doubtful_message_goes_in_by_one_click(stage: PanelStage) -> None:
    stage.mount(docked=True)
    text = "能加微信吗"
    found = warning(text, "加微信", severity="low", rewrite="在这里沟通就好。")
    stage.show(text=text, warnings=[found])
    stage.page.locator("bangda-panel .incoming").get_by_role("button", name="填入").click()
    expect(stage.box).to_have_value("在这里沟通就好。")
    [event] = stage.asked("event")
    assert event["event"] == "inserted"
    assert "script_id" not in event
