"""Orders, shoppers and products in a real Chromium: imported with preview, edited, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Running
from tests.e2e.test_shoppers import entered, unfold
from tests.support import write_shop

expect.set_options(timeout=20_000)

FABRIC = {
    "id": "fabric",
    "title": "什么面料",
    "reply": "面料是{商品.面料}。",
    "questions": ["什么面料"],
    "products": ["hoodie"],
}
SETTINGS = {"platforms": ["taobao", "jd"], "levels": {"银卡": {"spend": "100"}}}
ORDERS = (
    "流水,买家会员名,实付金额,付款时间,宝贝标题,订单状态\n"
    "1001,tb_one,59.90,2026-11-21,卫衣,交易成功\n"
    "1002,tb_two,abc,2026-11-22,毛衣,交易成功\n"
    "1003,tb_two,120,2026-11-22,毛衣,交易成功\n"
)
SHOPPERS = "会员名,昵称,会员等级,累计消费金额\ntb_one,花花,金牌会员,2500.50\nt***8,小**,,10\n"
PRODUCTS = (
    "商品ID,商品标题,别名,面料\nhoodie,加绒卫衣,卫衣,棉\njeans,牛仔裤,卫衣,棉98%\n,没有编号,,\n"
)


@pytest.fixture
def shop(start: Callable[..., Running], tmp_path: Path) -> Running:
    write_shop(tmp_path / "library", "shop-a", [FABRIC], SETTINGS)
    return start(tmp_path / "library")


@pytest.fixture
def lead(browser: Browser, shop: Running) -> Page:
    return entered(browser, shop, "lead")


def bring(page: Page, shop: Running, kind: str, text: str) -> None:
    """Uploads a table and waits for its preview."""
    page.goto(f"{shop.url}/lead/shop-a/exchange")
    page.locator("#as").select_option(kind)
    page.locator("#file").set_input_files(
        {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    )
    page.get_by_role("button", name="查看内容").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{kind}.csv")


def take(page: Page, what: str) -> None:
    """Writes what was previewed and waits until that is done."""
    page.get_by_role("button", name=f"写入{what}").click()
    expect(page.get_by_role("button", name="撤销整次导入")).to_be_visible()


def listed(page: Page, key: str) -> Locator:
    """The row of the preview with this number."""
    return page.locator("table.list").get_by_role("row", name=key)


def choose_platform(page: Page) -> None:
    page.get_by_label("平台").select_option("taobao")
    page.get_by_role("button", name="按新的对应重新查看").click()


def test_orders_are_mapped_previewed_written_and_taken_back(lead: Page, shop: Running) -> None:
    bring(lead, shop, "orders", ORDERS)
    expect(lead.get_by_role("alert")).to_contain_text("请先选择平台")
    lead.get_by_label("流水").select_option("order_id")
    choose_platform(lead)
    expect(listed(lead, "1001")).to_be_visible()
    lead.get_by_role("button", name="不能导入").click()
    expect(lead.locator("table.list tbody tr")).to_have_count(1)
    expect(lead.locator("table.list tbody tr")).to_contain_text("金额“abc”不对")
    take(lead, "订单")
    expect(lead.get_by_text("已写入 2 个订单")).to_be_visible()

    later = ORDERS.replace("59.90", "49.90")
    bring(lead, shop, "orders", later)
    lead.get_by_label("流水").select_option("order_id")
    choose_platform(lead)
    changed = listed(lead, "1001")
    expect(changed).to_contain_text("59.90 → 49.90")
    take(lead, "订单")
    lead.get_by_role("button", name="撤销整次导入").click()
    expect(lead.get_by_text("删去 0 个新增的，1 个变回原样")).to_be_visible()
    bring(lead, shop, "orders", later)
    lead.get_by_label("流水").select_option("order_id")
    choose_platform(lead)
    expect(listed(lead, "1001")).to_contain_text("59.90 → 49.90")


def test_shoppers_are_written_seen_on_the_card_and_taken_back(lead: Page, shop: Running) -> None:
    bring(lead, shop, "shoppers", SHOPPERS)
    choose_platform(lead)
    expect(lead.get_by_text("“t***8”是打码的名字")).to_be_visible()
    take(lead, "买家")
    lead.goto(f"{shop.url}/lead/shop-a/shoppers")
    lead.get_by_label("买家编号或订单号").fill("tb_one")
    lead.get_by_role("button", name="查看").click()
    expect(lead.get_by_text("老客 · 银卡")).to_be_visible()
    expect(lead.get_by_text("共 2,500.50 元")).to_be_visible()
    lead.goto(f"{shop.url}/lead/shop-a/exchange")
    lead.get_by_role("button", name="撤销整次导入").first.click()
    expect(lead.get_by_text("删去 1 个新增的")).to_be_visible()


def test_products_with_a_clash_are_previewed_written_edited_and_used(
    lead: Page, shop: Running, browser: Browser
) -> None:
    bring(lead, shop, "products", PRODUCTS)
    expect(lead.get_by_text("“卫衣”也是商品 jeans 的名字")).to_be_visible()
    expect(lead.locator("table.list tbody tr").first).to_contain_text("hoodie")
    lead.locator("select[name=conflicts]").select_option("take")
    take(lead, "商品")

    lead.goto(f"{shop.url}/lead/shop-a/products")
    lead.get_by_role("link", name="牛仔裤").click()
    lead.get_by_label("商品名", exact=True).fill("加绒卫衣")
    lead.get_by_role("button", name="保存").click()
    expect(lead.get_by_role("alert").first).to_contain_text("加绒卫衣")
    lead.get_by_label("商品名", exact=True).fill("直筒牛仔裤")
    lead.get_by_role("button", name="× 卫衣").click()
    lead.get_by_label("尺码表", exact=True).fill("尺码\t身高(cm)\nM\t158-163")
    lead.get_by_role("button", name="保存").click()
    expect(lead.get_by_text("商品 jeans 已保存")).to_be_visible()
    expect(lead.get_by_role("row", name="直筒牛仔裤")).to_contain_text("M")
    lead.get_by_label("按名称、编号、属性查找").fill("棉98")
    lead.get_by_role("button", name="查找").click()
    expect(lead.locator("table.list tbody tr")).to_have_count(1)

    agent = entered(browser, shop, "agent")
    agent.goto(f"{shop.url}/panel")
    panel = agent.locator("bangda-panel")
    expect(panel.locator(".lamp")).to_have_attribute("data-light", "on")
    agent.locator("#message").fill("卫衣是什么面料")
    agent.locator("#message").press("Enter")
    expect(panel.locator(".replies .card").first).to_be_attached()
    unfold(agent)
    expect(panel.locator(".replies .card").first).to_contain_text("面料是棉。")


def test_an_agent_has_neither_products_nor_levels_nor_imports(
    browser: Browser, shop: Running
) -> None:
    page = entered(browser, shop, "agent")
    for place in ("products", "shoppers", "exchange", "images"):
        answer = page.goto(f"{shop.url}/lead/shop-a/{place}")
        assert answer is not None and answer.status == 403
        expect(page.get_by_role("navigation").get_by_text("话术管理")).to_have_count(0)
