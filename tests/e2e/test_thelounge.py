"""The main job on a page that nobody here wrote: a shopper's message arrives by IRC, the panel
shows approved replies, a click fills the box, the person's Enter sends it, the shopper gets it,
and what happened is in the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Desk
from tests.e2e.extension import Chrome, chrome
from tests.e2e.thelounge.host import PASSWORD, SELLER, Lounge
from tests.e2e.thelounge.shopper import Shopper

LOCAL = ["http://127.0.0.1/*", "http://localhost/*"]
FIRST_MS = 30_000  # the first question of a test may wait for the model to be loaded
QUESTION = "我昨天下的单怎么还没发货"


def sign_in(browser: Chrome, lounge: Lounge) -> Page:
    page = browser.context.new_page()
    page.goto(lounge.url)
    page.fill("#signin-username", SELLER)
    page.fill("#signin-password", PASSWORD)
    page.click("form button[type=submit]")
    page.wait_for_selector("#sidebar .channel-list-item")
    return page


def open_talk(page: Page, nick: str) -> None:
    page.click(f'.channel-list-item[data-name="{nick}"]')


def events(desk: Desk) -> list[tuple[str, str, str]]:
    """What is on disk, read by another connection: (event, script_id, text)."""
    with sqlite3.connect(desk.data / "bangda.db") as db:
        return db.execute("select event, script_id, text from events order by rowid").fetchall()


def recorded(browser: Chrome, desk: Desk, n: int) -> list[tuple[str, str, str]]:
    """The first `n` events of the agent, once they are there."""
    for _ in range(100):
        rows = [row for row in events(desk) if row[0] != "adapter_health"]
        if len(rows) >= n:
            return rows
        browser.worker.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    raise AssertionError(f"found {rows}; expected {n} events")


@pytest.fixture
def on(tmp_path: Path, desk: Desk, the_lounge: Lounge):
    with chrome(tmp_path / "chrome", LOCAL) as browser:
        browser.switch_on(desk.url, desk.token, "thelounge", prefs={"locale": "zh_CN"})
        yield browser


def test_the_main_job_from_shopper_to_shopper(on: Chrome, desk: Desk, the_lounge: Lounge) -> None:
    page = sign_in(on, the_lounge)
    with Shopper(the_lounge.irc_port, "buyer1") as shopper:
        shopper.say(QUESTION)
        page.wait_for_selector('.channel-list-item[data-name="buyer1"]')
        open_talk(page, "buyer1")
        card = page.locator("bangda-panel .card").first
        expect(card.locator(".reply").first).not_to_be_empty(timeout=FIRST_MS)
        for hole in card.locator("input.hole").all():
            hole.fill("8100-2233")
        card.get_by_role("button", name="填入").click()
        box = page.locator("textarea#input")
        expect(box).not_to_have_value("")
        words = box.input_value()
        assert shopper.heard.empty()
        box.press("Enter")
        assert shopper.hear() == words
    page.wait_for_selector(".msg.self")
    rows = recorded(on, desk, 2)
    assert [row[0] for row in rows] == ["inserted", "sent"]
    assert rows[0][1] == rows[1][1] != ""
    assert rows[0][2] == rows[1][2] == words


def test_who_waits_in_the_list_has_a_clock(on: Chrome, the_lounge: Lounge) -> None:
    page = sign_in(on, the_lounge)
    waiting = page.locator("bangda-panel .waiting .chip")
    with (
        Shopper(the_lounge.irc_port, "early1") as one,
        Shopper(the_lounge.irc_port, "late2") as two,
    ):
        one.say("在吗")
        page.wait_for_selector('.channel-list-item[data-name="early1"]')
        open_talk(page, "early1")
        expect(page.locator("bangda-panel .shopper")).to_have_text("early1")
        expect(page.locator("bangda-panel .incoming blockquote")).to_have_text("在吗")
        two.say("有人吗")
        expect(waiting).to_have_text(["late2"])
        open_talk(page, "late2")
        expect(page.locator("bangda-panel .shopper")).to_have_text("late2")
        expect(waiting).to_have_text(["early1"])
        page.fill("textarea#input", "在的")
        page.press("textarea#input", "Enter")
        assert two.hear() == "在的"
        open_talk(page, "early1")
        expect(waiting).to_have_count(0)
