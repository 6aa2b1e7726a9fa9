"""Reviews, the shift, the day and follow-ups in a real browser, as an agent and as a lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server.base.times import utc_now, utc_text
from server.store.quality.orders import Order, Orders
from server.store.rows import ConversationRow, MessageRow
from server.store.work.requests import NewRequest
from tests.conftest import Running
from tests.e2e.test_qa_console import Enter, browser, enter
from tests.e2e.test_work import send
from tests.support import noon_zone, write_shop

__all__ = ["browser", "enter"]
SCRIPTS = [
    {"id": "ship.when", "title": "什么时候发货", "reply": "今天发", "questions": ["什么时候发货"]},
    {"id": "care.any", "title": "签收关怀", "stage": "售后", "reply": "{商品名}用着还顺手吗？"},
]  # fmt: skip
EXPORT = (
    "评价内容,评分,评价时间,订单编号,商品标题\n"
    "质量太差了，用了两天就坏了,1,2026-11-28,1001,小夜灯\n"
    "很好，推荐,5,2026-11-28,1002,小夜灯\n"
    ",5,2026-11-28,1003,小夜灯\n"
)


@pytest.fixture
def running(start: Callable[..., Running], tmp_path: Path) -> Running:
    """A server over a shop where it is noon."""
    settings = {"platforms": ["taobao", "kuaishou"], "settings": {"timezone": noon_zone()}}
    write_shop(tmp_path / "library", "shop-a", SCRIPTS, settings)
    return start(tmp_path / "library")


def received(running: Running, number: str, shopper: str, days: float, fen: int = 5900) -> None:
    """A paid order that was signed for so many days ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    made = Order(number, shopper, fen=fen, day=at.date().isoformat(), product="收纳箱 55L",
                 status="交易成功", received_at=utc_text(at))  # fmt: skip
    orders = Orders(running.parts.database, running.parts.quality.audit)
    orders.take([made], "shop-a", "taobao", "主管")


def said(running: Running, name: str, text: str) -> None:
    """A shopper writes to an agent."""
    owner = ConversationRow("shop-a", "taobao", f"c-{name}", name, f"买家{name}", "小王")
    message = MessageRow(f"m-{name}-{len(text)}", "shopper", text, utc_now())
    running.parts.traffic.record_turn(owner, message).result()


def take_in(page: Page, text: str, name: str = "评价.csv") -> None:
    """A lead chooses an export and imports it."""
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="导入", exact=True).click()


def test_bad_reviews_are_brought_in_answered_and_closed(running: Running, enter: Enter) -> None:
    lead = enter("主管", "lead", "/work/reviews")
    take_in(lead, EXPORT)
    expect(lead.locator(".flash").first).to_contain_text("新增 2 条")
    expect(lead.locator(".flash.medium")).to_contain_text("第 4 行")
    expect(lead.locator("table")).to_contain_text("小夜灯")
    take_in(lead, EXPORT)
    expect(lead.locator(".flash").first).to_contain_text("新增 0 条，已有 2 条")
    take_in(lead, "随便,什么\n1,2\n")
    expect(lead.locator(".flash.high")).to_contain_text("评价内容")
    agent = enter("小王", "agent", "/work/reviews")
    entry = agent.locator(".entry")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("1 星")
    expect(entry).to_contain_text("话术库里没有合适的话")
    expect(agent.get_by_label("文件")).to_have_count(0)
    agent.locator(".entry").get_by_role("button", name="已处理").click()
    expect(agent.locator(".entry")).to_have_count(0)
    agent.get_by_role("link", name="已处理").click()
    expect(agent.locator(".entry")).to_contain_text("小王")


def test_a_question_without_words_goes_to_the_gaps(running: Running, enter: Enter) -> None:
    lead = enter("主管", "lead", "/work/reviews")
    take_in(lead, "提问内容,提问时间,商品标题\n孕妇能用吗,2026-11-28,小夜灯\n")
    agent = enter("小王", "agent", "/work/reviews?view=questions")
    agent.get_by_role("button", name="记为缺话术").click()
    expect(agent.locator(".flash")).to_contain_text("已记到“缺口”")
    lead.goto(f"{running.url}/lead/shop-a/gaps")
    expect(lead.locator("main")).to_contain_text("孕妇能用吗")


def test_a_refused_setting_says_what_it_must_be_and_changes_nothing(
    running: Running, enter: Enter
) -> None:
    lead = enter("主管", "lead", "/work/follow-ups?view=figures")
    summary = lead.locator("summary").filter(has_text="回访设置")
    expect(summary).to_be_visible()
    days = lead.locator("input[name=care_days]")
    days.fill("99")
    lead.get_by_role("button", name="保存").click()
    expect(lead.locator("[role=alert], .flash.high").first).to_contain_text("99")
    expect(days).to_have_value("99")  # what was typed is kept, what is saved is not changed
    expect(days).to_have_attribute("value", "3")


def test_the_shift_tells_what_is_due_and_late(running: Running, enter: Enter) -> None:
    page = enter("小王", "agent", "/work/shift")
    expect(page.locator("main")).to_contain_text("没有到期或超时的承诺")
    send(running, "小王", "半小时内给您回复")
    long_ago = utc_text(datetime.now(UTC) - timedelta(days=3))
    new = NewRequest("shop-a", "小王", "taobao", order_id="1001", product="收纳箱 55L")
    running.parts.work.requests.open(new, long_ago, long_ago)
    page.reload()
    expect(page.locator("main")).to_contain_text("半小时内给您回复")
    expect(page.get_by_role("link", name="1001")).to_be_visible()
    other = enter("小李", "agent", "/work/shift")
    expect(other.locator("main")).not_to_contain_text("半小时内给您回复")
    lead = enter("主管", "lead", "/work/shift")
    expect(lead.locator("main")).to_contain_text("半小时内给您回复")
    lead.get_by_role("link", name="1001").click()
    expect(lead.locator("h1")).to_be_visible()
    expect(lead).to_have_url(f"{running.url}/work/requests/1")


def test_a_day_writes_itself_and_the_lead_exports_it(running: Running, enter: Enter) -> None:
    page = enter("小王", "agent", "/work/day")
    said(running, "a1", "客服很耐心，非常满意")
    send(running, "小王", "明天给您打电话", talk="c-a1")
    page.reload()
    log = page.locator("dl.day")
    expect(log).to_contain_text("客服很耐心，非常满意")
    expect(log).to_contain_text("1 个")
    page.get_by_label("今天还想说的").fill("问尺码的多")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".flash")).to_contain_text("已保存")
    lead = enter("主管", "lead", "/work/day")
    row = lead.locator("table tbody tr").filter(has_text="小王")
    expect(row).to_contain_text("问尺码的多")
    with lead.expect_download() as download:
        lead.get_by_role("link", name="导出").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_follow_up_is_taken_on_by_one_and_written_once(running: Running, enter: Enter) -> None:
    received(running, "1001", "a1001", 4)
    received(running, "1002", "a1002", 2.5)
    first = enter("小王", "agent", "/work/follow-ups")
    second = enter("小李", "agent", "/work/follow-ups")
    for page in (first, second):
        expect(page.locator(".entry")).to_contain_text("签收关怀")
    first.get_by_role("button", name="我来回访").click()
    expect(first.locator(".words")).to_contain_text("收纳箱 55L用着还顺手吗？")
    second.get_by_role("button", name="我来回访").click()
    expect(second.locator(".flash")).to_contain_text("同事正在跟进这位买家")
    first.get_by_role("button", name="已发送").click()
    expect(first.locator(".flash")).to_contain_text("回访过了")
    first.get_by_role("link", name="还没到").click()
    expect(first.locator(".entry")).to_contain_text("1002")
    expect(first.get_by_role("button", name="我来回访")).to_have_count(0)
    lead = enter("主管", "lead", "/work/follow-ups?view=figures")
    expect(lead.locator("table.board")).to_contain_text("小王")
    expect(lead.locator("main")).to_contain_text("这不是实验")


@pytest.mark.parametrize("width", [390, 1440])
def test_these_pages_fit_their_window_in_either_language(
    running: Running, enter: Enter, width: int
) -> None:
    received(running, "1" * 30, "长" * 60, 4)
    said(running, "a1", "很长的话" * 60)
    page = enter("主管", "lead", "/work/reviews", viewport={"width": width, "height": 800})
    take_in(page, EXPORT.replace("很好", "很长的评价" * 40))
    expect(page.locator(".flash").first).to_be_visible()
    for language in ("zh", "en"):
        page.goto(f"/language/{language}?next=/work")
        for path in ("follow-ups", "follow-ups?view=figures", "reviews?view=other", "shift", "day"):
            answer = page.goto(f"/work/{path}")
            assert answer is not None and answer.status == 200, path
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide at {width}"
            assert "work." not in page.locator("main").inner_text(), path
