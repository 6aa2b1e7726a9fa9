"""Five published chat kits, others' code throughout: a shopper's line is asked for once, the reply
stands in the kit's own state, the person's Enter sends it, the own line is nobody's question."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.kits.build import KITS, build_kits
from tests.extension.conftest import chromium
from tests.extension.page_world import PageWorld
from tests.extension.test_editor_images import IMAGE
from tests.extension.test_unknown_pages import TEACH
from tests.pages.build import serve

SITES = {"vac": "vue-advanced-chat", "botframework": "botframework-webchat"}
READY = {
    "chatui": "textarea.Composer-input",
    "chatscope": ".cs-message-input__content-editor",
    "deepchat": "deep-chat #text-input",
    "vac": "vue-advanced-chat #roomTextarea",
    "botframework": "input.webchat__send-box-text-box__input",
}
SLOW_MS = 60_000
SHOW_IMAGES = ("chatui",)


@pytest.fixture(scope="module")
def kits_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(build_kits(tmp_path_factory.mktemp("kits"))) as address:
        yield address


@pytest.fixture
def world(kits_address: str) -> Iterator[PageWorld]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-proxy-server"]
        )
        yield PageWorld(browser.new_page(viewport={"width": 1200, "height": 800}), kits_address)
        browser.close()


@pytest.mark.parametrize("kit", KITS)
def test_a_shopper_is_answered_on_a_kits_page(world: PageWorld, kit: str) -> None:
    site = SITES.get(kit, kit)
    world.page.goto(f"{world.address}/{kit}.html")
    world.page.wait_for_selector(READY[kit], timeout=SLOW_MS)
    world.frame = world.page.main_frame
    world.replay("replay.say('你好，请问有货吗')")
    world.page.get_by_text("你好，请问有货吗").first.wait_for(timeout=SLOW_MS)
    world.start(site)
    [first] = world.wait_log("messages", 1)
    assert first["text"] == "你好，请问有货吗"
    world.settle()
    world.replay("replay.say('什么时候发货')")
    _, second = world.wait_log("messages", 2)
    assert second["text"] == "你好，请问有货吗\n什么时候发货"
    world.bangda(f"void (globalThis.bound = {{...bangda.binding(), site: '{site}'}})")
    made = world.bangda("bangda.composer.insert('亲，今天发', bound)")
    assert made["ok"], made
    world.page.keyboard.press("Enter")
    [sent] = world.wait_log("sent", 1)
    assert sent["text"] == "亲，今天发"
    assert world.replay("replay.sent") == ["亲，今天发"]
    assert [message["text"] for message in world.log("messages")] == [
        "你好，请问有货吗",
        "你好，请问有货吗\n什么时候发货",
    ]
    assert world.log("health")[-1]["state"] == "ok"


def point(world: PageWorld, kit: str) -> str:
    """What the page's shape proposes, else what follows from clicks; what the bar says then."""
    open_kit(world, kit)
    chat(world, READY[kit], "你好，请问有货吗", "您好，有货的", "什么时候发货")
    world.start("demo", {"list": ["#nowhere"]})
    world.bangda(TEACH % world.address)
    bar = world.page.locator("bangda-teach [role=dialog] span")
    if "对吗" not in bar.inner_text():
        world.page.get_by_text("你好，请问有货吗").last.click()
        world.page.get_by_text("您好，有货的").last.click()
        world.page.locator(READY[kit]).click()
        world.page.get_by_role("button", name="没有名字").click()
    return bar.inner_text()


def test_a_kit_whose_lines_are_not_certain_is_refused_in_a_sentence(world: PageWorld) -> None:
    assert "读不出来" in point(world, "botframework")


@pytest.mark.parametrize("kit", ["chatui", "chatscope", "deepchat"])
def test_a_kits_page_is_taught_right(world: PageWorld, kit: str) -> None:
    """As an agent would who has no adapter."""
    box = READY[kit]
    assert "“什么时候发货”，对吗" in point(world, kit)
    world.page.get_by_role("button", name="用这个").click()
    world.until("globalThis.kept")
    adapter = world.bangda("kept")

    open_kit(world, kit)
    chat(world, box, "裙子能退吗", "七天内可以退", "运费谁出")
    world.start("demo", adapter)
    [first] = world.wait_log("messages", 1)
    assert first["text"] == "运费谁出"
    assert first["history"] == [
        {"from": "shopper", "text": "裙子能退吗"},
        {"from": "agent", "text": "七天内可以退"},
    ]
    world.settle()
    world.bangda("void (globalThis.bound = {...bangda.binding(), site: bangda.siteId})")
    made = world.bangda("bangda.composer.insert('我们出', bound)")
    assert made["ok"], made
    world.page.keyboard.press("Enter")
    [sent] = world.wait_log("sent", 1)
    assert sent["text"] == "我们出"


def open_kit(world: PageWorld, kit: str) -> None:
    world.page.goto(f"{world.address}/{kit}.html")
    world.page.wait_for_selector(READY[kit], timeout=SLOW_MS)
    world.frame = world.page.main_frame


def chat(world: PageWorld, box: str, asked: str, answer: str, again: str) -> None:
    world.replay(f"replay.say({asked!r})")
    world.page.get_by_text(asked).first.wait_for(timeout=SLOW_MS)
    world.page.locator(box).click()
    world.page.keyboard.insert_text(answer)
    world.page.keyboard.press("Enter")
    world.page.get_by_text(answer).first.wait_for(timeout=SLOW_MS)
    world.replay(f"replay.say({again!r})")
    world.page.get_by_text(again).first.wait_for(timeout=SLOW_MS)


@pytest.mark.parametrize("kit", KITS)
def test_an_image_is_pasted_where_the_kit_shows_it_and_never_sent(
    world: PageWorld, kit: str
) -> None:
    open_kit(world, kit)
    site = SITES.get(kit, kit)
    world.replay("replay.say('有尺码表吗')")
    world.page.get_by_text("有尺码表吗").first.wait_for(timeout=SLOW_MS)
    world.start(site)
    world.wait_log("messages", 1)
    world.settle()
    world.bangda(f"void (globalThis.bound = {{...bangda.binding(), site: '{site}'}})")
    made = world.bangda(f"bangda.composer.insertImage({json.dumps(IMAGE)}, bound)")
    assert made["ok"] is (kit in SHOW_IMAGES), made
    assert world.replay("replay.sent") == []
    assert world.log("sent") == []
