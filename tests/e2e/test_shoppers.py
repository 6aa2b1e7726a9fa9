"""The shopper beside the chat in a real Chromium: the card at /panel, the lead's page of levels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.store.quality.orders import Order, Orders
from tests.conftest import Running
from tests.support import write_shop

# A machine that does other work besides must not fail what is right.
expect.set_options(timeout=20_000)

QUESTIONS = ["有优惠吗", "能便宜点吗"]
SCRIPTS = [
    {"id": "all", "title": "全店优惠", "reply": "全店满减中。", "questions": QUESTIONS},
    {
        "id": "old",
        "title": "老客优惠",
        "reply": "老客专享九折。",
        "questions": QUESTIONS,
        "audience": ["老客"],
    },
]
SETTINGS = {
    "platforms": ["taobao"],
    "levels": {"银卡": {"spend": "100"}, "金卡": {"spend": "1000"}},
}


@pytest.fixture
def shop(start: Callable[..., Running], tmp_path: Path) -> Running:
    root = tmp_path / "library"
    write_shop(root, "shop-a", SCRIPTS, SETTINGS)
    running = start(root)
    parts = running.parts
    orders = [
        Order("o1", "tb_flower01", fen=60_000, day="2026-11-20", status="交易成功", product="卫衣"),
        Order("o2", "tb_flower02", fen=20_000, day="2026-11-21", status="交易成功"),
    ]
    Orders(parts.database, parts.quality.audit).take(orders, "shop-a", "taobao", "主管")
    return running


def entered(browser: Browser, shop: Running, role: str) -> Page:
    """A page of somebody of this role; anything that it logs as an error fails the test."""
    context: BrowserContext = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{shop.url}/signin")
    page.locator("input[name=token]").fill(shop.token(f"{role}一号", role))
    page.locator("input[name=token]").press("Enter")
    page.wait_for_url(lambda url: "signin" not in url)
    return page


def unfold(page: Page) -> None:
    """Brings doubtful replies on screen: how sure the model is, is other tests' subject."""
    more = page.get_by_role("button", name="看看相近")
    if more.is_visible():
        more.press("Enter")


def test_who_asks_decides_and_a_note_stays(browser: Browser, shop: Running) -> None:
    page = entered(browser, shop, "agent")
    page.goto(f"{shop.url}/panel")
    panel = page.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    page.get_by_label("买家账号或订单号").fill("tb_flower01")
    page.locator("#message").fill("有优惠吗")
    page.locator("#message").press("Enter")
    line = panel.locator(".shopper-card summary")
    expect(line).to_contain_text("老客")
    expect(line).to_contain_text("银卡")
    expect(line).to_contain_text("1 单 · ¥600")
    expect(panel.locator(".replies .card").first).to_be_attached()
    unfold(page)
    expect(panel.locator(".replies .card").first).to_contain_text("老客专享九折")
    expect(panel.locator(".replies .card").first).to_contain_text("适用老客")
    line.click()
    field = panel.get_by_placeholder("记一条备注")
    field.fill("喜欢素色，电话13812345678")
    field.press("Enter")
    expect(panel.locator(".notes")).to_contain_text("喜欢素色，电话‹手机号›")
    page.get_by_role("button", name="下一位买家").click()
    expect(page.get_by_label("买家账号或订单号")).to_have_value("")
    expect(panel.locator(".shopper-card")).to_be_hidden()


def test_a_lead_sees_who_would_move_before_saving(browser: Browser, shop: Running) -> None:
    page = entered(browser, shop, "lead")
    page.goto(f"{shop.url}/lead/shop-a/shoppers")
    expect(page.get_by_text("认得出的买家 2 位")).to_be_visible()
    page.locator("input[name=level_spend]").nth(1).fill("500")
    page.get_by_role("button", name="看看谁会变动").click()
    expect(page.locator("#moves")).to_contain_text("银卡 → 金卡：1 位")
    expect(page.locator("#moves")).to_contain_text("tb_flower01")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("等级和分组已保存")).to_be_visible()
    expect(page.locator("input[name=level_spend]").nth(1)).to_have_value("500")
    page.get_by_label("买家编号或订单号").fill("o1")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", name="淘宝 tb_flower01")).to_be_visible()
    page.get_by_label("等级").select_option("银卡")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("（手动指定）")).to_be_visible()
