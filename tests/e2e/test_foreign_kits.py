"""Eight more published chat kits, others' code throughout, for which no adapter is shipped: taught right
by the page's shape or a few clicks, or refused in one sentence, never wrong; a reply then lands in the
kit's own state, and the person's Enter sends exactly that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.kits.build import FOREIGN, build_kits
from tests.extension.conftest import chromium
from tests.extension.page_world import PageWorld
from tests.extension.test_unknown_pages import READ, TEACH, bar
from tests.pages.build import serve

# Its bubbles are colours behind the words, and its names are made anew by every build.
REFUSED = ("minchat",)
# It knows question and answer only: a line joins none that was asked before.
IN_TURN = ("nlux",)
BOX = "textarea:visible, [contenteditable=true]:visible, input:visible"
SLOW_MS = 60_000

SAID = [("shopper", "你好，请问有货吗"), ("agent", "您好，有货的"), ("shopper", "什么时候发货")]
LATER = [("shopper", "裙子能退吗"), ("agent", "七天内可以退"), ("shopper", "运费谁出")]


@pytest.fixture(scope="module")
def foreign_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(build_kits(tmp_path_factory.mktemp("foreign"), FOREIGN)) as address:
        yield address


@pytest.fixture
def world(foreign_address: str) -> Iterator[PageWorld]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-proxy-server"]
        )
        yield PageWorld(browser.new_page(viewport={"width": 1200, "height": 800}), foreign_address)
        browser.close()


def open_chat(world: PageWorld, kit: str, said: list[tuple[str, str]]) -> None:
    """The page of a kit, on which shopper and agent have said `said`."""
    world.page.goto(f"{world.address}/{kit}.html")
    world.page.wait_for_function("() => window.replay")
    world.frame = world.page.main_frame
    for side, text in said:
        box = world.page.locator(BOX).last
        box.wait_for(timeout=SLOW_MS)
        if side == "shopper":
            world.replay(f"replay.say({text!r})")
        else:
            box.click()
            world.page.keyboard.insert_text(text)
            enter(world)
            world.page.wait_for_function("(text) => replay.sent.at(-1) === text", arg=text)
        world.page.get_by_text(text).last.wait_for(timeout=SLOW_MS)


def enter(world: PageWorld) -> None:
    """As soon as a person could: what was typed is drawn, so the kit's state has it."""
    world.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    world.page.keyboard.press("Enter")


def teach(world: PageWorld, kit: str) -> None:
    """What the page's shape proposes, else what follows from clicks, stands in the bar then."""
    open_chat(world, kit, SAID)
    world.start("demo", {"list": ["#nowhere"]})
    world.bangda(TEACH % world.address)
    if "对吗" in bar(world):
        return
    point(world)


def point(world: PageWorld) -> None:
    """Clicks what is asked for."""
    for _, text in SAID[:2]:
        world.page.get_by_text(text).last.click()
    world.page.locator(BOX).last.click()
    world.page.get_by_role("button", name="没有名字").click()


def read(world: PageWorld) -> Any:
    return [[side, text] for side, text in world.bangda(READ) if text]


@pytest.mark.parametrize("kit", [kit for kit in FOREIGN if kit not in REFUSED])
def test_a_kit_that_nobody_wrote_an_adapter_for_is_taught_right(world: PageWorld, kit: str) -> None:
    teach(world, kit)
    assert "买家 2 条、客服 1 条。买家最后一条是“什么时候发货”，对吗" in bar(world)
    world.page.get_by_role("button", name="用这个").click()
    world.until("globalThis.kept")
    adapter = world.bangda("kept")

    open_chat(world, kit, LATER)
    world.start("demo", adapter)
    [first] = world.wait_log("messages", 1)
    assert first["text"] == "运费谁出"
    assert read(world) == [[side, text] for side, text in LATER]
    world.settle()
    world.bangda("void (globalThis.bound = {...bangda.binding(), site: bangda.siteId})")
    reply = "亲，我们出运费【包邮】"
    made = world.bangda(f"bangda.composer.insert({json.dumps(reply)}, bound)")
    assert made["ok"], made
    assert world.replay("replay.sent") == ["七天内可以退"]
    enter(world)
    [sent] = world.wait_log("sent", 1)
    assert sent["text"] == reply
    assert world.replay("replay.sent") == ["七天内可以退", reply]
    world.replay("replay.say('那好的')")
    asked = world.wait_log("messages", 2)[1]["text"]
    assert asked == "那好的" or (kit not in IN_TURN and asked.endswith("\n那好的"))
    assert read(world)[-2:] == [["agent", reply], ["shopper", "那好的"]]
    assert world.log("health")[-1]["state"] == "ok"


@pytest.mark.parametrize("kit", REFUSED)
def test_a_kit_that_cannot_be_read_is_refused_in_a_sentence(world: PageWorld, kit: str) -> None:
    teach(world, kit)
    assert "读不出来" in bar(world)
    point(world)
    assert "教不会" in bar(world)
    world.page.get_by_role("button", name="取消").click()
    assert world.page.locator("bangda-teach").count() == 0
