"""Options page, service worker and socket, in a real Chromium against a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.accounts.extension_id import EXTENSION_ID
from server.base.config import shipped
from server.web.demo import DEMO_ACCOUNTS
from tests.conftest import Running
from tests.e2e.extension import Chrome, chrome
from tests.e2e.test_pages import unfold

# A machine that does other work besides must not fail what is right.
expect.set_options(timeout=20_000)

LOCAL = ("http://127.0.0.1/*", "http://localhost/*")
_TRIES = 600  # twentieths of a second


@pytest.fixture
def demo(start: Callable[..., Running]) -> Running:
    """The demo's server on the sample shops, with the encoder that a reader can follow."""
    running = start(shipped("scripts_library"), demo=True)
    for name, role in DEMO_ACCOUNTS:
        running.parts.auth.issue(name, role, "", "demo")
    return running


@pytest.fixture
def browser_with_it(tmp_path: Path) -> Iterator[Chrome]:
    with chrome(tmp_path / "chrome", LOCAL, ["--lang=zh-CN"]) as made:
        yield made


def options(made: Chrome) -> Page:
    """The options page, which the installation opens by itself."""
    for _ in range(_TRIES):
        for page in made.context.pages:
            # A new page has another address until it has loaded, so its event alone tells nothing.
            if "options.html" in page.url:
                expect(page.locator(".sites li").first).to_be_visible()
                return page
        made.worker.evaluate("new Promise((done) => setTimeout(done, 50))")
    raise AssertionError(f"no options page among {[page.url for page in made.context.pages]}")


def chinese(made: Chrome) -> None:
    made.worker.evaluate("chrome.storage.local.set({prefs: {locale: 'zh_CN'}})")


def bare_demo(made: Chrome, running: Running) -> Page:
    """The demo page without its own panel: what is on it comes from the extension."""
    page = made.context.new_page()
    page.goto(f"{running.url}/demo?bare=1&quiet=1&shop=home-living")
    return page


def stored(running: Running) -> list[tuple[str, str]]:
    """Events about replies, in the order in which they were written."""
    rows = running.parts.database.rows(
        "select event, script_id from events where event != 'adapter_health' order by id"
    )
    return [(row["event"], row["script_id"]) for row in rows]


def test_pairing_by_code_then_a_site_then_a_reply(browser_with_it: Chrome, demo: Running) -> None:
    chinese(browser_with_it)
    page = options(browser_with_it)
    page.reload()
    page.get_by_label("服务器地址").fill(demo.url)
    page.get_by_label("配对码").fill("WRONG-CODE")
    page.get_by_role("button", name="配对", exact=True).click()
    expect(page.get_by_text("配对码不对")).to_be_visible()
    page.get_by_label("配对码").fill(demo.parts.auth.open_code().shown.lower())
    page.get_by_label("这台电脑叫什么").fill("前台一号")
    page.get_by_role("button", name="配对", exact=True).click()
    expect(page.get_by_text("已配对：前台一号")).to_be_visible()
    page.get_by_label("店铺").select_option("home-living")
    page.get_by_text("本机上的页面").click()
    page.locator("li[data-site=demo]").get_by_role("checkbox", name="启用").check()
    expect(page.locator("li[data-site=demo]").get_by_role("checkbox", name="启用")).to_be_checked()

    desk = bare_demo(browser_with_it, demo)
    panel = desk.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    desk.get_by_role("textbox", name="以买家身份说点什么").fill("什么时候发货")
    desk.get_by_role("button", name="发送").first.press("Enter")
    expect(panel.locator(".card .reply").first).to_be_attached()
    unfold(desk)
    panel.get_by_role("button", name="填入").first.click()
    box = desk.get_by_role("textbox", name="回复框")
    expect(box).not_to_have_value("")
    desk.wait_for_function("() => document.querySelectorAll('#thread .mine').length === 0")
    box.press("Enter")
    expect(desk.locator("#thread .mine")).to_have_count(1)
    expect(panel.locator(".clock").first).to_be_hidden()
    _wait_stored(desk, demo, ["inserted", "sent"])


def _wait_stored(page: Page, running: Running, events: list[str]) -> None:
    """Waits until these are on disk, in this order."""
    for _ in range(200):
        if [event for event, _ in stored(running)] == events:
            return
        page.wait_for_timeout(25)
    assert [event for event, _ in stored(running)] == events


def test_shoppers_whose_conversation_is_not_open_have_a_clock(
    browser_with_it: Chrome, demo: Running
) -> None:
    chinese(browser_with_it)
    browser_with_it.switch_on(demo.url, demo.token("小王", shop="home-living"), "demo")
    page = bare_demo(browser_with_it, demo)
    panel = page.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    for _ in range(6):
        page.get_by_role("button", name="来一条").press("Enter")
    names = page.locator("#chats .who").all_inner_texts()
    expect(panel.locator(".shopper")).to_have_text(names[0])
    waiting = panel.locator(".waiting .chip")
    expect(waiting).to_have_text(names[1:])
    # Its lines are read: left any sooner, it would be one that nobody looked at.
    expect(panel.locator(".clock").first).to_be_visible()
    page.locator("#chats button").nth(1).press("Enter")
    expect(panel.locator(".shopper")).to_have_text(names[1])
    box = page.get_by_role("textbox", name="回复框")
    box.fill("您好，在的")
    box.press("Enter")
    expect(panel.locator(".clock").first).to_be_hidden()
    expect(waiting).to_have_text([names[0], *names[2:]])


def test_wrong_addresses_are_told_apart(browser_with_it: Chrome, demo: Running) -> None:
    chinese(browser_with_it)
    page = options(browser_with_it)
    page.reload()
    page.get_by_label("配对码").fill("ABCD-EFGH")
    for typed, words in (("http://", "地址不对"), ("127.0.0.1:9", "没有回应")):
        page.get_by_label("服务器地址").fill(typed)
        page.get_by_role("button", name="配对", exact=True).click()
        expect(page.get_by_text(words)).to_be_visible()


def test_the_token_is_out_of_a_pages_reach(browser_with_it: Chrome, demo: Running) -> None:
    token = demo.token("小王", shop="home-living")
    browser_with_it.switch_on(demo.url, token, "demo")
    page = bare_demo(browser_with_it, demo)
    expect(page.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    seen = browser_with_it.worker.evaluate(
        """async (url) => {
          const [tab] = await chrome.tabs.query({url: `${url}/*`});
          const read = () =>
            chrome.storage.local.get().then(JSON.stringify, (error) => error.message);
          const target = {tabId: tab.id};
          const [{result}] = await chrome.scripting.executeScript({target, func: read});
          return result;
        }""",
        "http://127.0.0.1",
    )
    assert token not in seen
    assert "not allowed" in seen


def test_a_burst_over_a_dying_worker_loses_nothing(browser_with_it: Chrome, demo: Running) -> None:
    browser_with_it.switch_on(demo.url, demo.token("小王", shop="home-living"), "demo")
    page = bare_demo(browser_with_it, demo)
    panel = page.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    box = page.get_by_role("textbox", name="回复框")
    for turn in range(6):
        page.get_by_role("textbox", name="以买家身份说点什么").fill(f"第{turn}问，什么时候发货")
        page.get_by_role("button", name="发送").first.press("Enter")
        if turn in (1, 3):
            browser_with_it.kill_worker()
        expect(panel.locator(".incoming blockquote")).to_have_text(f"第{turn}问，什么时候发货")
        expect(panel.locator(".card").first).to_be_attached()
        box.fill(f"回复{turn}")
        box.press("Enter")
        if turn in (2, 4):
            browser_with_it.kill_worker()
    _wait_stored(page, demo, ["sent"] * 6)
    texts = demo.parts.database.rows(
        "select text from messages where sender = 'shopper' order by id"
    )
    assert [row["text"][:3] for row in texts] == [f"第{turn}问" for turn in range(6)]


def test_events_wait_for_a_server_that_is_away(browser_with_it: Chrome, demo: Running) -> None:
    chinese(browser_with_it)
    browser_with_it.switch_on(demo.url, demo.token("小王", shop="home-living"), "demo")
    page = bare_demo(browser_with_it, demo)
    panel = page.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    page.get_by_role("textbox", name="以买家身份说点什么").fill("什么时候发货")
    page.get_by_role("button", name="发送").first.press("Enter")
    expect(panel.locator(".card").first).to_be_attached()
    # Nobody listens at the new address: the line is away, and the agent goes on working.
    browser_with_it.worker.evaluate(
        """async () => {
          const {server} = await chrome.storage.local.get('server');
          await chrome.storage.local.set({server: {...server, address: 'http://127.0.0.1:9'}});
        }"""
    )
    expect(panel.locator(".standing")).to_contain_text("连不上帮答服务器")
    box = page.get_by_role("textbox", name="回复框")
    box.fill("您好")
    box.press("Enter")
    expect(page.locator("#thread .mine")).to_have_count(1)
    assert stored(demo) == []
    browser_with_it.worker.evaluate(
        """async (address) => {
          const {server} = await chrome.storage.local.get('server');
          await chrome.storage.local.set({server: {...server, address}});
        }""",
        demo.url,
    )
    _wait_stored(page, demo, ["sent"])


def test_a_platform_behind_a_notice_needs_somebody_to_accept_it(
    browser_with_it: Chrome, demo: Running
) -> None:
    chinese(browser_with_it)
    browser_with_it.switch_on(demo.url, demo.token("小王", shop="home-living"))
    page = options(browser_with_it)
    page.reload()
    kuaishou = page.locator("li[data-site=kuaishou]")
    kuaishou.get_by_role("checkbox", name="启用").click()
    notice = page.get_by_role("dialog")
    expect(notice).to_contain_text("未经平台授权不得使用插件、外挂等形式接入客服工具")
    notice.get_by_role("button", name="取消").click()
    expect(kuaishou.get_by_role("checkbox", name="启用")).not_to_be_checked()
    kept = browser_with_it.worker.evaluate("chrome.storage.local.get('sites')")
    assert "kuaishou" not in kept["sites"]
    assert page.url == f"chrome-extension://{EXTENSION_ID}/options.html"
