"""Click-to-teach through the whole extension, on a page that nobody here wrote: the agent adds the
page, points at its parts, and works in it at once; the adapter can be read and mended as JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.base.config import shipped
from server.web.demo import DEMO_ACCOUNTS
from tests.conftest import Running
from tests.e2e.extension import Chrome, chrome
from tests.e2e.kits.build import build_kits
from tests.e2e.test_pages import unfold
from tests.e2e.test_shell import LOCAL, options
from tests.pages.build import build, serve

SHOP = "home-living"


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Chat pages under addresses that no shipped adapter is for."""
    folder = build_kits(tmp_path_factory.mktemp("foreign"))
    shutil.copy(folder / "chatscope.html", folder / "talk.html")
    build(folder)
    with serve(folder) as address:
        yield address


@pytest.fixture
def server(start: Callable[..., Running]) -> Running:
    running = start(shipped("scripts_library"), demo=True)
    for name, role in DEMO_ACCOUNTS:
        running.parts.auth.issue(name, role, "", "demo")
    return running


@pytest.fixture
def paired(tmp_path: Path, server: Running) -> Iterator[Chrome]:
    with chrome(tmp_path / "chrome", LOCAL, ["--lang=zh-CN"]) as made:
        token = server.token("小王", shop=SHOP)
        made.switch_on(server.url, token, prefs={"locale": "zh_CN"})
        yield made


def add_page(made: Chrome, address: str) -> str:
    """Adds the address on the options page and switches it on; the id under which it stands."""
    page = options(made)
    page.reload()
    page.get_by_label("网址").fill(address)
    page.get_by_role("button", name="加上").click()
    row = page.locator("li[data-site^=page-]")
    row.get_by_role("checkbox", name="启用").check()
    expect(row.get_by_role("checkbox", name="启用")).to_be_checked()
    return str(row.get_attribute("data-site"))


def say(page: Page, text: str) -> None:
    page.evaluate("(text) => replay.say(text)", text)


def test_a_foreign_page_is_taught_and_worked_in_at_once(
    paired: Chrome, server: Running, foreign: str
) -> None:
    site = add_page(paired, foreign)
    page = paired.context.new_page()
    page.goto(f"{foreign}/talk.html")
    panel = page.locator("bangda-panel")
    expect(panel.locator(".standing")).to_contain_text("还不认识这个页面")
    say(page, "你好呀")
    editor = page.locator(".cs-message-input__content-editor")
    editor.click()
    page.keyboard.type("您好，在的")
    page.keyboard.press("Enter")
    say(page, "想问一下")

    panel.get_by_role("button", name="教它认这个页面").click()
    bar = page.locator("bangda-teach [role=dialog]")
    expect(bar).to_be_visible()
    if "对吗" not in bar.inner_text():
        page.get_by_text("你好呀").click()
        page.get_by_text("您好，在的").click()
        editor.click()
        page.locator(".cs-conversation-header__user-name").click()
    expect(bar).to_contain_text("买家最后一条是“想问一下”")
    bar.get_by_role("button", name="用这个").click()

    expect(bar).to_have_count(0)
    expect(panel.locator(".incoming blockquote")).to_have_text("想问一下")
    expect(panel.locator(".shopper")).to_have_text("buyer1")
    say(page, "什么时候发货")
    expect(panel.locator(".incoming blockquote")).to_contain_text("什么时候发货")
    reply = panel.locator(".replies .card .reply").first
    expect(reply).to_be_attached()
    unfold(page)
    panel.get_by_role("button", name="填入").first.click()
    expect(editor).not_to_be_empty()
    words = editor.inner_text()
    editor.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cs-message--outgoing")).to_have_count(2)
    assert page.evaluate("replay.sent") == ["您好，在的", words]

    settings = options(paired)
    settings.reload()
    row = settings.locator(f"li[data-site='{site}']")
    expect(row.get_by_text("自己加的")).to_be_visible()
    row.get_by_role("button", name="编辑识别规则").click()
    adapter = json.loads(settings.locator(".editor textarea").input_value())
    assert adapter["id"] == site
    assert adapter["matches"] == [f"{foreign}/*"]
    assert adapter["conversation"]["name"] == [{"css": ".cs-conversation-header__user-name"}]
    registered = paired.worker.evaluate("chrome.scripting.getRegisteredContentScripts()")
    assert [script["matches"] for script in registered] == [[f"{foreign}/*"]]


def test_an_adapter_that_broke_is_taught_anew_in_its_place(
    paired: Chrome, server: Running, foreign: str
) -> None:
    broken = options(paired).evaluate(
        "import('/src/sites/registry.js').then((m) => m.sites.find((s) => s.id === 'xianyu'))"
    )
    broken |= {"id": "replay", "matches": [f"{foreign}/xianyu*"], "list": ["#nowhere"]}
    paired.switch_on(
        server.url, server.token("小李", shop=SHOP), "replay",
        adapters={"replay": broken}, prefs={"locale": "zh_CN"},
    )  # fmt: skip
    page = paired.context.new_page()
    page.goto(f"{foreign}/xianyu.html")
    # Without bubbles not even its shape tells who wrote what.
    page.add_style_tag(content=".bubble { background: none !important }")
    panel = page.locator("bangda-panel")
    page.evaluate("void replay.say('810001', '你好呀')")
    expect(panel.locator(".standing")).to_contain_text("页面改版了")
    page.evaluate("void replay.answer('810001', '您好，在的')")
    panel.get_by_role("button", name="教它认这个页面").click()
    page.locator(".thread").get_by_text("你好呀").click()
    page.locator(".thread").get_by_text("您好，在的").click()
    page.locator(".reply textarea").click()
    page.locator(".main").get_by_text("小鱼干", exact=True).click()
    page.locator("bangda-teach").get_by_role("button", name="用这个").click()
    expect(panel.locator(".standing")).to_be_hidden()
    page.evaluate("void replay.say('810001', '什么时候发货')")
    expect(panel.locator(".incoming blockquote")).to_have_text("什么时候发货")
    stored = paired.worker.evaluate("chrome.storage.local.get('adapters')")["adapters"]
    assert list(stored) == ["replay"]
    assert stored["replay"]["list"] != ["#nowhere"]
    assert stored["replay"]["version"] == broken["version"]
