"""One Chromium for the extension's tests, and the replay pages built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.extension.page_world import PageWorld
from tests.pages.build import PAGES, build, serve


def chromium() -> str | None:
    """The system's Chromium; None leaves Playwright its own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def pages_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = build(tmp_path_factory.mktemp("pages"))
    shutil.copy(PAGES / "harness.js", folder / "harness.js")
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--no-proxy-server"]
        )
        yield made
        made.close()


@pytest.fixture
def world(browser: Browser, pages_address: str) -> Iterator[PageWorld]:
    context = browser.new_context(viewport={"width": 1100, "height": 700})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    made = PageWorld(page, pages_address)
    yield made
    context.close()
    assert errors == []
