"""A stage with the panel on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.extension.panel.stage import COURIER, ORDER, SHIP, PanelStage, serve_stage

# A machine that does other work besides must not fail what is right.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve_stage() as made:
        yield made


@pytest.fixture
def stage(browser: Browser, address: str) -> Iterator[PanelStage]:
    context = browser.new_context(viewport={"width": 900, "height": 760}, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield PanelStage(page, address)
    context.close()
    assert errors == []


@pytest.fixture
def panel(stage: PanelStage) -> PanelStage:
    """Docked, with three suggestions on screen."""
    stage.mount(docked=True)
    stage.show(SHIP, ORDER, COURIER)
    expect(stage.cards).to_have_count(3)
    return stage
