"""The pages of work in a real browser, as an agent and as a lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from server.base.times import utc_text
from server.desk.seat import Seat
from server.protocol.frames import Event
from server.store.quality.orders import Order, Orders
from tests.conftest import Running
from tests.e2e.test_qa_console import Enter, browser, enter

__all__ = ["browser", "enter"]
PATHS = (
    "promises", "promises?view=kept", "promises?view=broken", "unpaid", "unpaid?view=later",
    "unpaid?view=calls", "unpaid?view=mine", "unpaid?view=figures", "requests",
    "requests?view=closed", "requests?view=figures",
)  # fmt: skip


def send(running: Running, name: str, text: str, talk: str = "c1") -> None:
    """An agent sends a text."""
    accounts, auth = running.parts.accounts, running.parts.auth
    account = accounts.by_name(name) or auth.issue(name, "agent", "shop-a")[0]
    event = Event(request_id=text, event="sent", conversation_id=talk, text=text)
    running.parts.desk.event(Seat(account, "shop-a", "kuaishou"), event)


def order(running: Running, number: str, hours: float, fen: int = 5900) -> None:
    """An unpaid order of so many hours ago."""
    placed = utc_text(datetime.now(UTC) - timedelta(hours=hours))
    made = Order(number, f"s{number}", fen=fen, paid=0, day="2026-11-30", product="收纳箱 55L",
                 ordered_at=placed)  # fmt: skip
    orders = Orders(running.parts.database, running.parts.quality.audit)
    orders.take([made], "shop-a", "taobao", "主管")


def test_a_promise_is_mended_and_kept_and_the_lead_sees_it(running: Running, enter: Enter) -> None:
    page = enter("小王", "agent", "/work")
    expect(page.locator(".empty")).to_be_visible()
    send(running, "小王", "24小时内给您回复")
    page.reload()
    entry = page.locator(".entry")
    expect(entry).to_contain_text("24小时内给您回复")
    entry.get_by_text("改期或划掉").click()
    entry.get_by_label("改到").fill("2099-01-01T10:00")
    entry.get_by_role("button", name="改期", exact=True).click()
    expect(page.locator(".entry time")).to_have_text("01-01 10:00")
    page.locator(".entry").get_by_role("button", name="已兑现").click()
    expect(page.locator(".entry")).to_have_count(0)
    page.get_by_role("link", name="按时兑现").click()
    expect(page.locator(".entry")).to_contain_text("手动处理")
    lead = enter("主管", "lead", "/work")
    row = lead.locator("table.board tbody tr")
    expect(row).to_contain_text("小王")
    expect(row.locator("td").last).to_have_text("100%")


def test_two_agents_see_one_order_and_one_reminds(running: Running, enter: Enter) -> None:
    order(running, "1001", 30, fen=90_000)
    first = enter("小王", "agent", "/work/unpaid?view=calls")
    second = enter("小李", "agent", "/work/unpaid?view=calls")
    for page in (first, second):
        expect(page.locator(".entry")).to_contain_text("900.00 元")
    first.get_by_role("button", name="我来提醒").click()
    expect(first.locator(".flash")).to_contain_text("这一单归你了")
    second.get_by_role("button", name="我来提醒").click()
    expect(second.locator(".flash")).to_contain_text("同事正在跟进这一单")
    first.get_by_label("没付款的原因").select_option("freight")
    first.get_by_role("button", name="记下").click()
    first.get_by_role("button", name="已提醒").click()
    expect(first.locator(".entry")).to_have_count(0)
    lead = enter("主管", "lead", "/work/unpaid?view=figures")
    expect(lead.locator("table.reasons")).to_contain_text("嫌运费")
    expect(lead.locator("main")).to_contain_text("这不是实验")


def test_a_request_goes_from_talked_to_closed(running: Running, enter: Enter) -> None:
    page = enter("小王", "agent", "/work/requests")
    page.get_by_text("新建售后单").click()
    page.get_by_label("订单号").fill("1001")
    page.get_by_label("买家说了什么").fill("少发了一个盖子")
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.locator("h1")).to_have_text("发错漏发 · 少发漏发")
    page.get_by_role("button", name="寄回途中").click()
    expect(page.locator(".timeline li")).to_have_count(2)
    page.get_by_label("补偿（元）").fill("5")
    page.get_by_label("怎么解决").select_option("compensation")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="已结束").click()
    expect(page.get_by_role("button", name="已沟通")).to_be_disabled()
    lead = enter("主管", "lead", "/work/requests?view=figures")
    expect(lead.locator(".tile")).to_contain_text("补偿")
    with lead.expect_download() as download:
        lead.get_by_role("link", name="导出 xlsx").click()
    assert download.value.suggested_filename.endswith(".xlsx")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
def test_no_page_is_wider_than_its_window_in_either_language(
    running: Running, enter: Enter, width: int, filled: bool
) -> None:
    if filled:
        send(running, "小王", "24小时内给您回复" + "长" * 300, talk="很长的会话" * 8)
        order(running, "1" * 30, 30, fen=90_000)
        order(running, "2" * 30, 0.1)
    page = enter("主管", "lead", "/work", viewport={"width": width, "height": 800})
    for language in ("zh", "en"):
        page.goto(f"/language/{language}?next=/work")
        for path in PATHS:
            answer = page.goto(f"/work/{path}")
            assert answer is not None and answer.status == 200, path
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide at {width}"
            words = page.locator("main").inner_text()
            assert "work." not in words, path
