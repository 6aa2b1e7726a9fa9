"""A lead's day in a real browser, on the sample shops with the bundled model."""

from __future__ import annotations

import io
import re
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Browser, Page, expect, sync_playwright

from server.base.config import Config
from server.base.times import utc_now
from server.indexing.encoder import Encoder
from server.parts import Parts
from server.store import ConversationRow, EventRow, MessageRow
from server.wire.serving import listen
from tests.extension.conftest import chromium
from tests.pages.build import ROOT
from tests.support import CharacterEncoder, answering

SHOP = "home-living"
# Vectors of the sample shops and their tests: kept between runs.
_CACHE = ROOT / ".work" / "lead-cache"
# Nothing here is measured: a loaded machine may take its time.
_PATIENCE_MS = 90_000
GAP = (
    "有没有洗碗机专用的沥水架",
    "洗碗机能用的沥水架有吗",
    "沥水架洗碗机能用吗",
    "有洗碗机沥水架吗",
)


@dataclass(frozen=True)
class Lead:
    """A running server on a library of its own."""

    url: str
    library: Path
    parts: Parts


@pytest.fixture
def encoder() -> Encoder | None:
    """The bundled model; a test in which meaning plays no part puts a quick one here."""
    return None


@pytest.fixture
def lead(tmp_path: Path, encoder: Encoder | None) -> Iterator[Lead]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    library, data = tmp_path / "library", tmp_path / "data"
    shutil.copytree(ROOT / "scripts_library", library)
    if _CACHE.exists():
        shutil.copytree(_CACHE, data / "cache")
    with answering(listener, Config(library, data, port=port), encoder) as parts:
        parts.catalog.watch()
        for served in parts.catalog.snapshot.shops.values():
            tests = [test for script in served.shop.scripts for test in script.tests]
            parts.catalog.remember(tests)
        if encoder is None:
            shutil.copytree(data / "cache", _CACHE, dirs_exist_ok=True)
        yield Lead(f"http://127.0.0.1:{port}", library, parts)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=_PATIENCE_MS)
        made = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, lead: Lead) -> Iterator[Enter]:
    """Opens a page as somebody; a script that fails on it fails the test."""
    contexts = []
    errors: list[str] = []

    def open_as(path: str, name: str = "主管", role: str = "lead") -> Page:
        token = lead.parts.auth.issue(name, role, "")[1]
        context = browser.new_context(base_url=lead.url, locale="zh-CN", accept_downloads=True)
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/signin?next=/lead/{SHOP}{path}")
        page.locator("input[name=token]").fill(token)
        page.locator("main button").click()
        page.wait_for_url(f"**/lead/{SHOP}/**")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert errors == []


def add_chip(page: Page, name: str, text: str) -> None:
    box = page.locator(f"textarea[name={name}] + .chips input")
    box.fill(text)
    box.press("Enter")
    expect(page.locator(f"textarea[name={name}] + .chips .chip").last).to_contain_text(text)


def publish(page: Page, script_id: str) -> None:
    if not page.locator("#f-why").input_value():
        page.locator("#f-why").fill("测试")
    page.locator("button[value=publish]").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{script_id} 已发布")


def scripts_of(lead: Lead) -> int:
    return len(lead.parts.catalog.snapshot.shop(SHOP).shop.scripts)


def test_list_finds_by_words_pinyin_and_meaning(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts")
    expect(page.locator("#rows")).to_contain_text(f"共 {scripts_of(lead)} 条")
    page.keyboard.press("/")
    page.keyboard.type("diujian")
    expect(page.locator("tr[data-row] a").first).to_have_text("快递丢件")
    page.locator("input[name=q]").fill("包裹弄没了怎么办")
    expect(page.locator("tr.split")).to_be_visible()
    expect(page.locator("#rows")).to_contain_text("快递丢件")


def test_write_check_publish_and_restore(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts/logi.lost")
    reply = page.locator("textarea[name=reply]")
    old = reply.input_value()
    reply.fill("加我微信处理丢件，{昵称}")
    expect(page.locator(".checks li.high").first).to_contain_text("微信")
    expect(page.locator(".bubble").first).to_have_text("加我微信处理丢件，小鹿")
    reply.fill("{不存在的变量}丢件")
    expect(page.locator(".checks")).to_contain_text("哪里都取不到值")
    reply.fill("丢件我们负责，{补发时效}内补发或退款，您选哪个？")
    add_chip(page, "questions", "网点把我东西搞没了")
    expect(page.locator(".checks li.high")).to_have_count(0)
    publish(page, "logi.lost")
    served = lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["logi.lost"]
    assert served.reply.startswith("丢件我们负责") and "网点把我东西搞没了" in served.questions
    text = (lead.library / SHOP / "logistics.yaml").read_text("utf-8")
    assert text.count("- id:") == 11
    page.get_by_role("main").get_by_role("link", name="历史").nth(1).click()
    expect(page.locator("section.version").first.locator("ins").first).to_be_visible()
    page.locator("section.version").last.get_by_role("button", name="恢复到这个版本").click()
    expect(page.locator("textarea[name=reply]")).to_have_value(old)
    original = (ROOT / "scripts_library" / SHOP / "logistics.yaml").read_text("utf-8")
    assert (lead.library / SHOP / "logistics.yaml").read_text("utf-8") == original


def test_second_lead_is_told_and_merges(enter: Enter, lead: Lead) -> None:
    first, second = enter("/scripts/logi.lost", "甲"), enter("/scripts/logi.lost", "乙")
    first.locator("textarea[name=reply]").fill("甲写的回复，丢件我们负责。")
    publish(first, "logi.lost")
    add_chip(second, "questions", "东西被快递搞丢")
    second.locator("button[value=publish]").click()
    expect(second.get_by_role("alert")).to_contain_text("甲 已发布了这条话术的另一个版本")
    assert lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["logi.lost"].reply.startswith("甲写的")
    expect(second.locator("textarea[name=reply]")).to_have_value("甲写的回复，丢件我们负责。")
    publish(second, "logi.lost")
    merged = lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["logi.lost"]
    assert merged.reply == "甲写的回复，丢件我们负责。" and "东西被快递搞丢" in merged.questions


def test_file_edited_by_hand_shows_up(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts")
    seen = threading.Event()
    lead.parts.catalog.on_change(lambda snapshot: seen.set())
    path = lead.library / SHOP / "logistics.yaml"
    path.write_text(
        path.read_text("utf-8").replace("title: 快递丢件", "title: 手改的标题"), "utf-8"
    )
    assert seen.wait(20)
    page.reload()
    page.locator("input[name=q]").fill("手改的标题")
    expect(page.locator("#rows")).to_contain_text("共 1 条")
    page.get_by_role("link", name="手改的标题").click()
    page.get_by_role("main").get_by_role("link", name="历史").nth(1).click()
    expect(page.locator("section.version").first).to_contain_text("手工改文件")


def test_regression_asks_for_a_reason(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts/logi.lost")
    drops = page.locator("textarea[name=questions] + .chips .chip button")
    for _ in range(drops.count()):
        drops.first.click()
    expect(drops).to_have_count(0)
    page.locator("input[name=title]").fill("别的")
    page.locator("textarea[name=reply]").fill("您稍等，我去核实。")
    page.locator("button[value=publish]").click()
    expect(page.locator("#gate")).to_contain_text("变差")
    assert lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["logi.lost"].title == "快递丢件"
    page.locator("#f-why").fill("换成新的处理流程")
    publish(page, "logi.lost")
    page.goto(f"/lead/{SHOP}/history")
    expect(page.locator("main")).to_contain_text("换成新的处理流程")


def workbook(rows: int) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ["分组", "编号", "标题", "问法", "快捷短语"])
    for number in range(1, rows + 1):
        html = "<img src=x onerror=alert(1)>" if number == 3 else ""
        texts = [f"第{number}条{html}", f"导入问题编号{number}", f"导入回复{number}{html}"]
        page.write_row(number, 0, ["导入", f"imp.{number}", *texts])
    page.write_row(rows + 1, 0, ["导入", "imp.conflict", "冲突", "快递说丢了", "丢件请找快递公司"])
    book.close()
    return stream.getvalue()


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto(f"/lead/{SHOP}/exchange")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="查看内容").click()


@pytest.mark.parametrize("encoder", [CharacterEncoder()], ids=["letters"])
def test_two_thousand_rows_one_conflict_and_undo(enter: Enter, lead: Lead) -> None:
    before = scripts_of(lead)
    page = enter("/exchange")
    upload(page, "话术.xlsx", workbook(2000))
    expect(page.locator(".pills")).to_contain_text("新增 2001")
    expect(page.locator(".pills")).to_contain_text("冲突 1")
    page.get_by_role("button", name="冲突 1").click()
    expect(page.locator("tbody tr").last).to_contain_text("有不同答案")
    page.get_by_label("怎样处理第几行： 2002").select_option("take")
    page.get_by_role("button", name="导入并发布").click()
    expect(page.locator("[data-done]")).to_contain_text("已导入 2001 条", timeout=300_000)
    page.goto(f"/lead/{SHOP}/scripts?q=imp.3")
    expect(page.locator("#rows")).to_contain_text("onerror=alert(1)")
    assert page.locator("#rows img").count() == 0
    page.goto(f"/lead/{SHOP}/history")
    page.get_by_role("button", name="撤销").first.click()
    expect(page.get_by_role("status").first).to_contain_text("恢复 2001 条")
    held = (lead.library / SHOP).glob("*.yaml")
    assert "imp.1" not in "".join(f.read_text("utf-8") for f in held)
    assert scripts_of(lead) in (before, before + 2001)  # the file watch may not have looked yet


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", lambda: b"PK\x03\x04 nothing", "不是 xlsx 文件"),
        ("a.xlsx", bomb, "解开后有 201 MB"),
        ("a.csv", lambda: b"a,b\n" * (25 * 1024 * 1024), "最多 20 MB"),
        ("a.csv", lambda: "甲,乙\n1,2\n".encode("gb18030"), "没有“回复”列"),
    ],
    ids=["broken", "bomb", "100 MB", "columns"],
)
def test_bad_files_are_answered(
    enter: Enter, tmp_path: Path, name: str, content: Callable[[], bytes], said: str
) -> None:
    page = enter("/exchange")
    path = tmp_path / name
    path.write_bytes(content())
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="查看内容").click()
    expect(page.get_by_role("alert")).to_contain_text(said, timeout=60_000)


def seed_gap(lead: Lead) -> None:
    """Four shoppers ask for something that no script answers; the panel was of no use."""
    traffic = lead.parts.traffic
    for number, text in enumerate(GAP):
        owner = ConversationRow(SHOP, "douyin", f"gap-{number}", f"s{number}", "", "小晴")
        traffic.record_turn(owner, MessageRow(f"m{number}", "shopper", text, ""))
    owner = ConversationRow(SHOP, "douyin", "gap-0", "s0", "", "小晴")
    traffic.record_event(owner, EventRow("missing_script", "r1", text=GAP[0]))


def test_gap_becomes_a_script_whose_hit_test_is_right(enter: Enter, lead: Lead) -> None:
    seed_gap(lead)
    page = enter("/gaps")
    gap = page.locator("article.gap").first
    expect(gap.locator(".count")).to_have_text("5")
    gap.get_by_role("button", name="写成话术").click()
    expect(page.locator("textarea[name=questions] + .chips .chip")).to_have_count(4)
    script_id = page.locator("#f-id").input_value()
    page.locator("textarea[name=reply]").fill("有的，可进洗碗机的沥水架在店铺首页“厨房收纳”里。")
    add_chip(page, "tests", "你家沥水架可以放洗碗机里吗")
    page.locator("#f-why").fill("买家常问")
    publish(page, script_id)
    page.goto(f"/lead/{SHOP}/trial")
    page.locator("input[name=message]").fill("沥水架能不能放洗碗机")
    expect(page.locator(".ranking li").first.locator("a").first).to_have_attribute(
        "href", f"/lead/{SHOP}/scripts/{script_id}"
    )
    page.goto(f"/lead/{SHOP}/gaps")
    expect(page.locator("main")).to_contain_text("没有缺口")


def test_tasks_of_qa_are_finished_in_two_clicks(enter: Enter, lead: Lead) -> None:
    """QA found a reply without a script, and one whose script is wrong."""
    findings, database = lead.parts.quality.findings, lead.parts.database
    owner = ConversationRow(SHOP, "douyin", "qa-1", "s1", "", "小晴")
    lead.parts.traffic.record_turn(owner, MessageRow("m1", "shopper", "能寄到岛上吗", ""))
    # One moment for the line and for its event, as when an agent sends it.
    at = utc_now()
    lead.parts.traffic.record_turn(owner, MessageRow("m2", "agent", "您拍下就知道了", at))
    # Turns are queued; an event is on disk when this returns, and all before it.
    sent = EventRow("sent", "r1", text="您拍下就知道了", script_id="logi.lost", at=at)
    lead.parts.traffic.record_event(owner, sent)
    number = database.rows("SELECT id FROM messages WHERE sender = 'agent'")[0]["id"]
    item = findings.report_miss(number, "qa", "passive_service", "质检甲")
    for kind in ("gap", "fix"):
        findings.add_task(item, kind, "质检甲")
    page = enter("/gaps")
    tasks = page.locator("article.task")
    expect(tasks).to_have_count(2)
    expect(tasks.first).to_contain_text("能寄到岛上吗")
    tasks.filter(has_text="话术要改").get_by_role("button", name="改这条话术").click()
    chips = page.locator("textarea[name=questions] + .chips .chip")
    expect(chips.last).to_contain_text("能寄到岛上吗")
    publish(page, "logi.lost")
    shop = lead.parts.catalog.snapshot.shop(SHOP).shop
    assert "能寄到岛上吗" in shop.by_id["logi.lost"].questions
    page.goto(f"/lead/{SHOP}/gaps")
    expect(tasks).to_have_count(1)
    tasks.first.get_by_role("button", name="已处理").click()
    expect(page.get_by_role("status").first).to_contain_text("已处理")
    assert findings.tasks(SHOP) == []


def test_draft_is_not_suggested_until_it_is_approved(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts/new")
    page.locator("input[name=title]").fill("宠物毛清理")
    page.locator("textarea[name=reply]").fill("粘毛滚筒在店铺首页。")
    add_chip(page, "questions", "猫毛怎么清理")
    page.locator("button[value=draft]").click()
    expect(page.get_by_role("status").first).to_contain_text("草稿已送审")
    titles = {s.title for s in lead.parts.catalog.snapshot.shop(SHOP).shop.scripts}
    assert "宠物毛清理" not in titles
    page.get_by_role("link", name="宠物毛清理").click()
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_role("alert")).to_contain_text("退回请写意见")
    page.locator("#c").fill("审过了")
    page.get_by_role("button", name="通过并发布").click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    titles = {s.title for s in lead.parts.catalog.snapshot.shop(SHOP).shop.scripts}
    assert "宠物毛清理" in titles


def test_facts_hit_test_settings_and_people(enter: Enter, lead: Lead) -> None:
    page = enter("/facts", "管理员", "admin")
    page.get_by_text("新增事实").click()
    form = page.locator("details.card form")
    form.get_by_label("名称").fill("赠品")
    form.get_by_label("值").fill("湿巾一包")
    form.get_by_label("失效日期").fill("2020-01-01")
    form.get_by_role("button", name="保存").click()
    expect(page.locator("tbody tr").first).to_contain_text("已过期")
    assert "赠品:" in (lead.library / SHOP / "shop.yaml").read_text("utf-8")
    page.goto(f"/lead/{SHOP}/trial?message=几天能到")
    page.get_by_role("button", name="应命中这条").first.click()
    page.get_by_role("button", name="全部检验").click()
    expect(page.locator("[data-done]")).to_contain_text("hit@3", timeout=120_000)
    page.goto(f"/lead/{SHOP}/settings")
    page.locator("input[name=threshold]").fill("0.6")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("status").first).to_contain_text("设置已保存")
    assert lead.parts.catalog.snapshot.shop(SHOP).shop.settings["threshold"] == "0.6"
    page.goto(f"/lead/{SHOP}/people")
    page.get_by_role("button", name="生成配对码").click()
    expect(page.locator(".code")).to_have_text(page.locator(".code").inner_text())
    page.locator("#a-name").fill("新客服")
    page.get_by_role("button", name="新增账号").click()
    token = page.locator("section.notice code").inner_text()
    assert lead.parts.auth.grant(token).account.name == "新客服"


def test_bulk_edit_and_export(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts?q=invoice")
    page.locator("[data-all]").check()
    page.locator("details.bulk summary").click()
    page.locator("input[name=set_tags]").check()
    page.locator("input[name=tags]").fill("年终")
    page.get_by_role("button", name="修改所选").click()
    expect(page.get_by_role("status").first).to_contain_text("已修改")
    tagged = [s for s in lead.parts.catalog.snapshot.shop(SHOP).shop.scripts if "年终" in s.tags]
    assert tagged
    page.goto(f"/lead/{SHOP}/exchange")
    with page.expect_download() as download:
        page.get_by_role("link", name=".xlsx").click()
    assert download.value.suggested_filename.endswith(".xlsx")


PAGES = (
    "scripts", "scripts/logi.lost", "facts", "use", "gaps", "exchange", "history", "settings",
    "trial", "review",
)  # fmt: skip


def test_no_page_is_wider_than_a_phone(enter: Enter) -> None:
    page = enter("/scripts")
    page.set_viewport_size({"width": 360, "height": 780})
    wide = {}
    for path in PAGES:
        page.goto(f"/lead/{SHOP}/{path}")
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    assert {path: width for path, width in wide.items() if width > 360} == {}


def test_the_days_of_use_read_alike_in_every_language(enter: Enter, lead: Lead) -> None:
    page = enter("/use")
    ticks = page.locator(".plot svg [aria-label='x-axis tick label'] text")
    expect(ticks.first).to_have_text(re.compile(r"^\d{1,2}/\d{1,2}$"))
    assert all(re.fullmatch(r"\d{1,2}/\d{1,2}", text) for text in ticks.all_text_contents())
