"""A lead's image in a real Chromium: uploaded, chosen for a script's reply, seen by an agent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Running
from tests.e2e.test_shoppers import entered, unfold
from tests.pages.build import ROOT
from tests.support import write_shop

expect.set_options(timeout=20_000)

PICTURE = ROOT / "scripts_library" / "clothes" / "images" / "measure.png"
SIZES = {"id": "sizes", "title": "尺码表", "reply": "尺码表发您看下。", "questions": ["尺码表有吗"]}


@pytest.fixture
def shop(start: Callable[..., Running], tmp_path: Path) -> Running:
    write_shop(tmp_path / "library", "shop-a", [SIZES])
    return start(tmp_path / "library")


def test_an_image_is_uploaded_used_seen_and_removed_again(browser: Browser, shop: Running) -> None:
    page = entered(browser, shop, "lead")
    page.goto(f"{shop.url}/lead/shop-a/products")
    page.get_by_role("link", name="图片").click()
    expect(page.get_by_text("还没有图片")).to_be_visible()
    picture = {"mimeType": "image/png", "buffer": PICTURE.read_bytes()}
    page.get_by_label("选择图片").set_input_files(
        [{"name": "尺码 表.png", **picture}, {"name": "bad.png", **picture, "buffer": b"<svg/>"}]
    )
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_role("alert")).to_contain_text("bad.png 不是能用的图片")
    page.get_by_label("选择图片").set_input_files({"name": "尺码 表.png", **picture})
    page.get_by_role("button", name="上传").click()
    image = page.get_by_role("img", name="images/尺码-表.png")
    expect(image).to_be_visible()
    assert image.evaluate("img => img.decode().then(() => img.naturalWidth > 0)")

    page.goto(f"{shop.url}/lead/shop-a/scripts/sizes")
    page.get_by_text("标签、商品、人群、图片、编号").click()
    field = page.get_by_role("combobox", name="图片")
    field.fill("images/尺码-表.png")
    field.press("Enter")
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_role("img", name="images/尺码-表.png")).to_be_attached()

    agent = entered(browser, shop, "agent")
    agent.goto(f"{shop.url}/panel")
    panel = agent.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    agent.locator("#message").fill("尺码表有吗")
    agent.locator("#message").press("Enter")
    expect(panel.locator(".replies .card").first).to_be_attached()
    unfold(agent)
    expect(panel.locator(".replies .card img").first).to_be_visible()

    page.goto(f"{shop.url}/lead/shop-a/images")
    expect(page.get_by_text("用在：尺码表")).to_be_visible()
    expect(page.get_by_role("button", name="删除")).to_have_count(0)
