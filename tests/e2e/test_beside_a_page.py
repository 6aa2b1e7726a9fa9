"""The panel in the browser's side panel, the search at the caret, looks that change, a second shop: the
whole extension on the demo's page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.accounts.extension_id import EXTENSION_ID
from server.base.config import shipped
from server.base.variables import fill
from server.desk.replies import context_of
from server.library.reader import load_library
from tests.conftest import Running
from tests.e2e.extension import Chrome, chrome

# A machine that does other work besides must not fail what is right.
expect.set_options(timeout=20_000)


@pytest.fixture
def demo(start: Callable[..., Running]) -> Running:
    running = start(shipped("scripts_library"), demo=True)
    running.parts.auth.issue("小晴", "agent", "", "demo")
    return running


@pytest.fixture
def on(tmp_path: Path, demo: Running) -> Iterator[Chrome]:
    hosts = ["http://127.0.0.1/*", "http://localhost/*"]
    with chrome(tmp_path / "chrome", hosts, ["--lang=zh-CN"]) as made:
        made.switch_on(
            demo.url, demo.token("小王", shop=""), "demo", prefs={"locale": "zh_CN", "dock": "side"}
        )
        yield made


def opened(made: Chrome, running: Running) -> Page:
    page = made.context.new_page()
    page.goto(f"{running.url}/demo?bare=1&quiet=1&shop=home-living")
    expect(page.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    return page


def ask(page: Page, text: str) -> None:
    # By Enter: the panel floats clear of the seller's side, not of the shopper's phone beside it.
    said = page.get_by_role("textbox", name="以买家身份说点什么")
    said.fill(text)
    said.press("Enter")


def side_panel(made: Chrome, page: Page) -> Page:
    """The side panel's page for the tab; that Chromium shows it beside the page is Chromium's."""
    tab = made.worker.evaluate(
        "url => chrome.tabs.query({url: `${url}/*`}).then((tabs) => tabs.at(-1).id)",
        "http://127.0.0.1",
    )
    side = made.context.new_page()
    side.goto(f"chrome-extension://{EXTENSION_ID}/side.html?tab={tab}")
    return side


def rows(running: Running, sql: str) -> list[Any]:
    return [tuple(row) for row in running.parts.database.rows(sql)]


def test_the_side_panel_takes_over_fills_and_gives_back(on: Chrome, demo: Running) -> None:
    page = opened(on, demo)
    ask(page, "什么时候发货")
    expect(page.locator("bangda-panel .card").first).to_be_attached()
    side = side_panel(on, page)
    reply = side.locator("bangda-panel .replies .card .reply").first
    expect(reply).to_be_attached()
    expect(page.locator("bangda-panel")).to_have_count(0)
    # What was answered is shown, not asked again.
    assert rows(demo, "SELECT count(*) FROM messages") == [(1,)]
    more = side.get_by_role("button", name="看看相近")
    if more.is_visible():
        more.press("Enter")
    words = reply.inner_text()
    side.get_by_role("button", name="填入").first.click()
    box = page.get_by_role("textbox", name="回复框")
    expect(box).to_have_value(words)
    page.bring_to_front()
    box.press("Enter")
    expect(side.locator(".head .clock")).to_be_hidden()
    ask(page, "发什么快递")
    expect(side.locator("bangda-panel .incoming blockquote")).to_have_text("发什么快递")
    side.close()
    panel = page.locator("bangda-panel")
    expect(panel.locator(".incoming .newest")).to_have_text("发什么快递")
    expect(panel.locator(".card").first).to_be_attached()


def test_a_click_really_opens_the_browsers_side_panel(on: Chrome, demo: Running) -> None:
    """Nobody's page for it is opened by hand here: Chromium shows it, for a click alone."""
    page = opened(on, demo)
    shown = "chrome.runtime.getContexts({contextTypes: ['SIDE_PANEL']})"
    opens = "chrome.sidePanel.open({windowId: -2}).then(() => '', (error) => error.message)"
    assert "user gesture" in on.worker.evaluate(opens)
    assert on.worker.evaluate(shown) == []
    ask(page, "什么时候发货")
    panel = page.locator("bangda-panel")
    expect(panel.locator(".card").first).to_be_attached()
    panel.get_by_role("button", name="侧边栏").click()
    expect(panel).to_have_count(0)
    [side] = on.worker.evaluate(shown)
    assert side["documentUrl"] == f"chrome-extension://{EXTENSION_ID}/side.html"
    # What was asked over the page is not asked again, and the next message goes on beside it.
    ask(page, "发什么快递")
    said = "SELECT count(*) FROM messages WHERE sender = 'shopper'"
    for _ in range(100):
        if rows(demo, said) == [(2,)]:
            break
        page.wait_for_timeout(50)
    assert rows(demo, said) == [(2,)]
    expect(panel).to_have_count(0)


def test_a_slash_opens_the_search_at_the_caret(on: Chrome, demo: Running) -> None:
    page = opened(on, demo)
    ask(page, "在吗")
    box = page.get_by_role("textbox", name="回复框")
    box.fill("和")
    box.press("/")
    expect(box).to_have_value("和/")
    box.fill("")
    box.press("/")
    field = page.get_by_role("dialog", name="找话术").get_by_role("searchbox")
    expect(field).to_be_focused()
    expect(box).to_have_value("")
    field.type("kuaidi")
    field.press("Enter")
    expect(page.get_by_role("dialog", name="找话术")).to_have_count(0)
    # The account is for all shops and the browser was given none: the first by name answers.
    expect(box).to_have_value(_reply("beauty-care", "发什么快递"))
    box.fill("")
    # Faster than anything can be drawn: not a letter and no Enter reaches the page.
    box.focus()
    page.keyboard.type("/kuaidi\n")
    expect(box).to_have_value(_reply("beauty-care", "发什么快递"))
    expect(page.get_by_role("dialog", name="找话术")).to_have_count(0)
    box.fill("")
    box.press("/")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()


def _reply(shop: str, title: str) -> Any:
    found = load_library(shipped("scripts_library")).shop(shop)
    script = next(one for one in found.scripts if one.title == title)
    return fill(script.reply, context_of(found, {}, "", "小王").values).text


def test_a_page_that_uses_the_slash_keeps_it(on: Chrome, demo: Running) -> None:
    page = opened(on, demo)
    ask(page, "在吗")
    page.evaluate(
        """document.querySelector('#box').addEventListener('keydown', (event) => {
          if (event.key === '/') { event.preventDefault(); event.target.value = 'own'; }
        })"""
    )
    box = page.get_by_role("textbox", name="回复框")
    box.press("/")
    expect(box).to_have_value("own")
    expect(page.get_by_role("dialog", name="找话术")).to_have_count(0)


def test_another_language_comes_without_a_reload(on: Chrome, demo: Running) -> None:
    page = opened(on, demo)
    page.evaluate("window.same = true")
    on.worker.evaluate("chrome.storage.local.set({prefs: {locale: 'en', theme: 'dark'}})")
    panel = page.locator("bangda-panel")
    expect(panel.get_by_role("searchbox", name="Find")).to_be_attached()
    expect(panel).to_have_attribute("data-theme", "dark")
    assert page.evaluate("window.same") is True


def test_a_second_shop_stays_itself_over_a_stopped_worker(on: Chrome, demo: Running) -> None:
    on.worker.evaluate(
        """async () => {
          const {sites, server} = await chrome.storage.local.get(['sites', 'server']);
          sites.demo.shop = 'home-living';
          await chrome.storage.local.set({sites, server: {...server, shop: 'beauty-care'}});
        }"""
    )
    page = opened(on, demo)
    ask(page, "什么时候发货")
    expect(page.locator("bangda-panel .card").first).to_be_attached()
    for text in ("发什么快递", "可以开发票吗"):
        on.kill_worker()
        ask(page, text)
        expect(page.locator("bangda-panel .incoming .newest")).to_have_text(text)
        box = page.get_by_role("textbox", name="回复框")
        box.fill(f"答：{text}")
        box.press("Enter")
    page.wait_for_timeout(300)
    for _ in range(100):
        if rows(demo, "SELECT count(*) FROM events WHERE event = 'sent'") == [(2,)]:
            break
        page.wait_for_timeout(50)
    assert rows(demo, "SELECT DISTINCT shop FROM conversations") == [("home-living",)]
    assert rows(demo, "SELECT DISTINCT shop FROM events WHERE event = 'sent'") == [("home-living",)]


def test_a_shopper_in_the_list_is_shown_and_not_opened(on: Chrome, demo: Running) -> None:
    page = opened(on, demo)
    for _ in range(5):
        page.get_by_role("button", name="来一条").press("Enter")
    panel = page.locator("bangda-panel")
    first = page.locator("#thread-name").inner_text()
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    expect(panel.locator(".waiting li").first).to_be_attached()
    page.keyboard.press("Alt+n")
    expect(page.locator("bangda-pointer")).to_be_visible()
    expect(page.locator("#thread-name")).to_have_text(first)
    # The wall knows them too.
    for _ in range(100):
        if demo.parts.desk.waiting_room.waiting("beauty-care"):
            break
        page.wait_for_timeout(50)
    assert demo.parts.desk.waiting_room.waiting("beauty-care")
