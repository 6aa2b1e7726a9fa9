"""Nothing that a lead typed is lost, and a library's health is mended, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_lead_console import SHOP, Enter, Lead, browser, enter, lead, publish
from tests.support import CharacterEncoder

__all__ = ["browser", "enter", "lead"]


@pytest.fixture
def encoder() -> CharacterEncoder:
    """Meaning plays no part in these tests."""
    return CharacterEncoder()


def end_session(page: Page) -> None:
    """The session ends as it does by time: the cookie is gone, the page does not know."""
    page.context.clear_cookies(name=re.compile("^bangda_[0-9]+$"))


def test_an_ended_session_keeps_what_was_typed(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts/logi.lost")
    page.locator("textarea[name=reply]").fill("丢件我们负责，马上补发。")
    box = page.locator("textarea[name=questions] + .chips input")
    box.fill("包裹凭空消失了")
    box.press("Enter")
    page.locator("#f-why").fill("改短")
    end_session(page)
    page.locator("button[value=publish]").click()
    expect(page.get_by_role("alert")).to_contain_text("登录已结束")
    token = lead.parts.auth.issue("乙", "lead", "")[1]
    page.locator("input[name=token]").fill(token)
    page.locator("main button").click()
    # Drafts are each account's own: another person who signs in here sees nothing of it.
    expect(page.locator("textarea[name=reply]")).not_to_have_value("丢件我们负责，马上补发。")


def test_the_same_lead_signs_in_again_and_goes_on(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts/logi.lost")
    token = lead.parts.auth.issue("丙", "lead", "")[1]
    end_session(page)
    page.goto(f"/signin?next=/lead/{SHOP}/scripts/logi.lost")
    page.locator("input[name=token]").fill(token)
    page.locator("main button").click()
    page.locator("textarea[name=reply]").fill("丢件我们负责，马上补发。")
    page.locator("#f-why").fill("改短")
    end_session(page)
    page.locator("button[value=publish]").click()
    expect(page.get_by_role("alert")).to_contain_text("登录已结束")
    page.locator("input[name=token]").fill(token)
    page.locator("main button").click()
    expect(page.locator(".notice.draft")).to_contain_text("已恢复还没保存的内容")
    expect(page.locator("textarea[name=reply]")).to_have_value("丢件我们负责，马上补发。")
    publish(page, "logi.lost")
    expect(page.locator(".notice.draft")).to_have_count(0)
    page.reload()
    expect(page.locator(".notice.draft")).to_have_count(0)
    served = lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["logi.lost"]
    assert served.reply == "丢件我们负责，马上补发。"


def test_a_closed_page_brings_its_draft_back_and_drops_it(enter: Enter) -> None:
    page = enter("/facts")
    page.locator("summary", has_text="新增事实").click()
    form = page.locator("form.fact").first
    form.locator("input[name=name]").fill("双十二截止")
    form.locator("input[name=value]").fill("12月12日24点")
    page.goto(f"/lead/{SHOP}/history")
    page.goto(f"/lead/{SHOP}/facts")
    told = page.locator(".notice.draft")
    expect(told).to_have_count(1)
    expect(form.locator("input[name=value]")).to_have_value("12月12日24点")
    page.locator("summary", has_text="新增事实").click()
    told.get_by_role("button", name="丢弃").click()
    expect(told).to_have_count(0)
    expect(form.locator("input[name=value]")).to_have_value("")


def test_back_and_publish_again_makes_no_second_script(enter: Enter, lead: Lead) -> None:
    page = enter("/scripts/new")
    page.locator("input[name=title]").fill("退差价说明")
    page.locator("textarea[name=reply]").fill("七天内降价可以退差价。")
    page.locator("#f-why").fill("常问")
    page.locator("button[value=publish]").click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    page.go_back()
    page.locator("input[name=title]").fill("退差价说明")
    page.locator("textarea[name=reply]").fill("七天内降价都可以退差价。")
    page.locator("#f-why").fill("常问")
    page.locator("button[value=publish]").click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    scripts = lead.parts.catalog.snapshot.shop(SHOP).shop.scripts
    assert [s.reply for s in scripts if s.title == "退差价说明"] == ["七天内降价都可以退差价。"]


def test_ten_thousand_characters_are_told_while_typing(enter: Enter) -> None:
    page = enter("/scripts/new")
    reply = page.locator("textarea[name=reply]")
    reply.fill("长" * 10_000)
    expect(page.locator("textarea[name=reply] ~ .wrong")).to_contain_text(
        "有 10000 字，最多 2000 字"
    )
    page.locator("input[name=title]").fill("太长")
    page.locator("button[value=publish]").click()
    expect(reply).to_be_focused()
    expect(page.locator("#wrong-reply")).to_contain_text("最多 2000 字")
    expect(page.locator("input[name=title]")).to_have_value("太长")
    assert len(reply.input_value()) == 10_000


def test_health_leads_to_the_scripts_and_one_undo_takes_a_replacement_back(
    enter: Enter, lead: Lead
) -> None:
    path = lead.library / SHOP / "clash.yaml"
    path.write_text(
        "scripts:\n- {id: zz.one, reply: 甲答, questions: [能不能开箱验货呢]}\n"
        "- {id: zz.two, reply: 乙答, questions: [能不能开箱验货呢]}\n",
        "utf-8",
    )
    lead.parts.catalog.reload()
    page = enter("/health")
    clash = page.locator("[data-kind=conflict]")
    expect(clash.locator(".count")).to_have_text("2")
    clash.get_by_role("link", name="查看 2 条").click()
    expect(page.locator("tr[data-row]")).to_contain_text(["甲答", "乙答"])
    page.goto(f"/lead/{SHOP}/replace")
    page.locator("#find").fill("乙答")
    page.locator("#put").fill("甲答")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("ins")).to_have_text(["甲"])
    page.locator("#r-why").fill("统一")
    page.get_by_role("button", name="检验并发布").click()
    expect(page.get_by_role("status").first).to_contain_text("已替换 1 条")
    assert lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["zz.two"].reply == "甲答"
    page.get_by_role("button", name="撤销").first.click()
    expect(page.get_by_role("status").first).to_contain_text("恢复 1 条")
    assert lead.parts.catalog.snapshot.shop(SHOP).shop.by_id["zz.two"].reply == "乙答"


@pytest.mark.parametrize("path", ["/scripts/logi.lost", "/scripts", "/health", "/rules"])
def test_on_a_phone_the_heads_stand_in_one_line_each(enter: Enter, path: str) -> None:
    page = enter(path)
    page.set_viewport_size({"width": 390, "height": 800})
    for bar in (page.locator("header.bar nav"), page.locator(".lead-head nav.tabs")):
        tops = bar.locator("a").evaluate_all("all => [...new Set(all.map(a => a.offsetTop))]")
        assert len(tops) == 1
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390


def test_on_a_phone_publish_stays_in_sight(enter: Enter) -> None:
    page = enter("/scripts/logi.lost")
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator("button[value=publish]")).to_be_in_viewport()
    page.mouse.wheel(0, 600)
    expect(page.locator("button[value=publish]")).to_be_in_viewport()
