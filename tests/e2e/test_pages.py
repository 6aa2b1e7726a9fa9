"""The stand-alone panel page and the demo, in a real Chromium against a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from server.web.demo import DEMO_ACCOUNTS
from tests.conftest import Running
from tests.extension.conftest import chromium
from tests.support import write_shop

# A machine that does other work besides must not fail what is right.
expect.set_options(timeout=20_000)

SCRIPTS = [
    {"id": "ship.courier", "title": "发什么快递", "reply": "默认发中通快递。"},
    {"id": "ship.when", "title": "什么时候发货", "reply": "今天四点前付款今天发货。"},
    {"id": "product.cotton", "title": "是纯棉的吗", "reply": "四件套是纯棉的。"},
]


@pytest.fixture
def demo(start: Callable[..., Running], tmp_path: Path) -> Running:
    """The demo's server on a few scripts, with the encoder that a reader can follow."""
    library = tmp_path / "library"
    write_shop(library, "home-living", SCRIPTS)
    running = start(library, demo=True)
    for name, role in DEMO_ACCOUNTS:
        running.parts.auth.issue(name, role, "", "demo")
    return running


@pytest.fixture
def context(demo: Running) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-proxy-server"]
        )
        made = browser.new_context(viewport={"width": 1400, "height": 860}, locale="zh-CN")
        made.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo.url)
        yield made
        browser.close()


def opened(context: BrowserContext, url: str, lamp: bool = True) -> Page:
    """The page, once its panel is connected; anything that it logs as an error fails the test."""
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(url)
    if lamp:
        expect(page.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    return page


def unfold(page: Page) -> None:
    """Brings doubtful replies on screen: how sure the model is, is other tests' subject."""
    more = page.get_by_role("button", name="看看相近")
    if more.is_visible():
        more.press("Enter")


def test_a_newcomer_sees_the_job_without_a_step(context: BrowserContext, demo: Running) -> None:
    page = opened(context, f"{demo.url}/demo")
    expect(page.locator("#chats li").first).to_be_visible()
    expect(page.locator("#phone-thread .mine").first).to_be_visible()
    expect(page.locator("bangda-panel .card").first).to_be_attached()
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="开始来消息")).to_be_visible()


def test_a_reply_goes_from_the_panel_to_the_phone(context: BrowserContext, demo: Running) -> None:
    page = opened(context, f"{demo.url}/demo?quiet=1")
    page.get_by_role("textbox", name="以买家身份说点什么").fill("默认发什么快递，催发货")
    page.get_by_role("button", name="发送").first.click()
    expect(page.locator("bangda-panel .replies .card").first).to_be_attached()
    unfold(page)
    page.locator("bangda-panel .replies .card", has_text="中通").get_by_role(
        "button", name="填入"
    ).click()
    box = page.get_by_role("textbox", name="回复框")
    expect(box).not_to_have_value("")
    text = box.input_value()
    box.press("Enter")
    expect(page.locator("#phone-thread .line:not(.mine) .bubble")).to_have_text(text)
    expect(box).to_have_value("")


def test_several_shoppers_wait_longest_first(context: BrowserContext, demo: Running) -> None:
    page = opened(context, f"{demo.url}/demo?quiet=1")
    for _ in range(5):
        page.get_by_role("button", name="来一条").click()
    rows = page.locator("#chats li")
    expect(rows.first).to_contain_text("小**瓜")
    expect(page.locator("bangda-panel .waiting li")).not_to_have_count(0)
    page.locator("bangda-panel .waiting").get_by_role("button").first.click()
    expect(page.locator("#thread-name")).not_to_have_text("小**瓜")


def test_pasted_read_and_copied_by_keyboard(context: BrowserContext, demo: Running) -> None:
    page = opened(context, f"{demo.url}/demo?quiet=1")
    page.goto(f"{demo.url}/panel?shop=home-living")
    expect(page.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    page.evaluate("navigator.clipboard.writeText('四件套是纯棉的吗')")
    page.keyboard.press("Control+v")
    panel = page.locator("bangda-panel")
    expect(panel.locator(".incoming blockquote")).to_have_text("四件套是纯棉的吗")
    expect(panel.locator(".card").first).to_be_attached()
    unfold(page)
    page.keyboard.press("1")
    expect(panel.get_by_text("已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "四件套是纯棉的。"
    page.get_by_role("button", name="下一位买家").click()
    expect(panel.get_by_text("等买家发消息")).to_be_visible()
    expect(page.get_by_role("textbox", name="买家的话")).to_be_focused()


def test_the_panel_page_floats_on_top_and_comes_back(
    context: BrowserContext, demo: Running
) -> None:
    page = opened(context, f"{demo.url}/demo?quiet=1")
    page.goto(f"{demo.url}/panel?shop=home-living")
    with context.expect_page() as opening:
        page.get_by_role("button", name="小窗置顶").click()
    small = opening.value
    expect(small.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    small.get_by_role("textbox", name="买家的话").fill("发什么快递")
    small.keyboard.press("Enter")
    expect(small.locator("bangda-panel .card").first).to_be_attached()
    expect(page.get_by_text("正在小窗里使用")).to_be_visible()
    small.close()
    expect(page.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    expect(page.get_by_text("正在小窗里使用")).to_be_hidden()


def test_a_session_that_ended_says_what_to_do(context: BrowserContext, demo: Running) -> None:
    page = opened(context, f"{demo.url}/demo?quiet=1")
    page.goto(f"{demo.url}/panel?shop=home-living")
    expect(page.locator("bangda-panel .lamp")).to_have_attribute("data-light", "on")
    context.clear_cookies()
    for client in demo.parts.clients:
        client.close(1001, "restart")
    expect(page.get_by_role("status").filter(has_text="请重新配对")).to_be_visible()
