"""The extension on a page that counts as public: the browser keeps pages and content scripts from
this machine's servers, the service worker gets through; and a worker that is stopped in the middle
of a burst loses nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Desk
from tests.e2e.extension import Chrome, chrome
from tests.pages.build import PAGES, build, serve

LOCAL = ["http://127.0.0.1/*"]
FIRST_MS = 30_000


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = build(tmp_path_factory.mktemp("pages"))
    shutil.copy(PAGES / "harness.js", folder)
    with serve(folder) as address:
        yield address


@pytest.fixture
def on(tmp_path: Path, desk: Desk, pages: str) -> Iterator[Chrome]:
    """Chromium that takes the replay pages for public ones, with 拼多多's adapter for them."""
    port = pages.rsplit(":", 1)[1]
    flag = f"--ip-address-space-overrides=127.0.0.1:{port}=public"
    with chrome(tmp_path / "chrome", LOCAL, [flag]) as browser:
        browser.switch_on_replay(desk.url, desk.token)
        yield browser


def open_page(browser: Chrome, pages: str) -> Page:
    page = browser.context.new_page()
    page.goto(f"{pages}/pinduoduo.html")
    page.wait_for_function("() => window.replay")
    page.evaluate("replay.play([['agent', '810001', '您好']])")
    page.wait_for_selector("bangda-panel", state="attached")
    return page


def say(page: Page, text: str) -> None:
    page.evaluate("(text) => replay.say('810001', text)", text)


def shopper_lines(desk: Desk) -> list[str]:
    with sqlite3.connect(desk.data / "bangda.db") as db:
        rows = db.execute("select text from messages where sender = 'shopper' order by id")
        return [row[0] for row in rows]


def test_a_public_page_is_kept_out_and_the_worker_gets_through(
    on: Chrome, desk: Desk, pages: str
) -> None:
    page = open_page(on, pages)
    blocked = page.evaluate(
        """(url) => new Promise((done) => {
            const socket = new WebSocket(url);
            socket.onopen = () => done('open');
            socket.onerror = () => done('blocked');
        })""",
        desk.url.replace("http", "ws") + "/live",
    )
    assert blocked == "blocked"
    say(page, "什么时候发货")
    expect(page.locator("bangda-panel .card").first).to_be_visible(timeout=FIRST_MS)


def test_a_worker_stopped_in_a_burst_loses_nothing(on: Chrome, desk: Desk, pages: str) -> None:
    page = open_page(on, pages)
    say(page, "第一句 在吗")
    expect(page.locator("bangda-panel .card").first).to_be_visible(timeout=FIRST_MS)
    say(page, "第二句 昨天买的")
    on.kill_worker()
    for text in ("第三句 怎么还没发", "第四句 急用", "第五句 什么时候发货"):
        say(page, text)
    wanted = [
        "第一句 在吗",
        "第二句 昨天买的",
        "第三句 怎么还没发",
        "第四句 急用",
        "第五句 什么时候发货",
    ]
    # The burst grows: its last message holds all of it.
    for _ in range(300):
        if shopper_lines(desk)[-1:] == ["\n".join(wanted)]:
            break
        page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    assert shopper_lines(desk)[-1] == "\n".join(wanted)
    expect(page.locator("bangda-panel .card").first).to_be_visible()
