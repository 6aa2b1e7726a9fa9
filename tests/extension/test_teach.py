"""Click-to-teach on pages whose adapter is put away: three clicks make an adapter file that reads
the page at once, and that the options page can keep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.extension.page_world import PageWorld

# page, how to see it, its shopper
PAGES = [
    ("pinduoduo", "810001"),
    ("feige", "810001"),
    ("dongdong", "810001"),
    ("xianyu", "810001"),
    ("sixintong", "x810001"),
    ("xhsweb", "c1"),
    ("qianfan", "q1"),
    ("weixin", "810001"),
]

TEACH = """Promise.all([import('%s/ext/src/teach/teach.js')]).then(([m]) => {
    globalThis.kept = null;
    m.teach({document, locale: 'zh_CN', signal: new AbortController().signal,
             save: async (site) => { globalThis.kept = site; return {ok: true, errors: []}; }});
})"""


def run_teach(world: PageWorld, page: str, talk: str) -> Any:
    world.page.goto(f"{world.address}/{page}.html")
    world.page.wait_for_function("() => window.replay")
    world.frame = world.page.main_frame
    steps = [
        ["shopper", talk, "你好呀"],
        ["agent", talk, "您好，在的"],
        ["shopper", talk, "包邮吗"],
    ]
    world.replay(f"replay.play({json.dumps(steps)})")
    world.start("demo", {"list": ["#nowhere"]})
    world.bangda(TEACH % world.address)
    world.page.locator(".thread").get_by_text("你好呀", exact=True).click()
    world.page.locator(".thread").get_by_text("您好，在的", exact=True).click()
    world.page.locator(".reply").locator("textarea, [contenteditable]").click()
    world.page.get_by_role("button", name="用这个").click()
    world.until("globalThis.kept")
    return world.bangda("kept")


@pytest.mark.parametrize(("page", "talk"), PAGES, ids=[page for page, _ in PAGES])
def test_three_clicks_read_and_fill_the_page(world: PageWorld, page: str, talk: str) -> None:
    adapter = run_teach(world, page, talk)
    assert world.page.locator("bangda-teach").count() == 0
    world.bangda("bangda.stop()")
    world.start("demo", adapter)
    [waiting] = world.wait_log("messages", 1)
    assert waiting["text"] == "包邮吗"
    world.settle()
    world.replay(
        f"replay.play([['agent', '{talk}', '包邮的'], ['shopper', '{talk}', '什么时候发货']])"
    )
    messages = world.wait_log("messages", 2)
    assert messages[1]["text"] == "什么时候发货"
    assert [sent["text"] for sent in world.log("sent")] == ["包邮的"]
    world.bangda("void (globalThis.bound = {...bangda.binding(), site: 'demo'})")
    made = world.bangda("bangda.composer.insert('今天发', {...bound, site: bangda.siteId})")
    assert made["ok"], made
    assert world.replay("replay.box()").strip() == "今天发"


def test_two_clicks_on_one_message_are_asked_for_again(world: PageWorld) -> None:
    world.open("pinduoduo", "pinduoduo", before="replay.say('810001', '你好呀')")
    world.bangda(TEACH % world.address)
    for _ in range(2):
        world.page.locator(".thread").get_by_text("你好呀").click()
    world.page.locator("#replyTextarea").click()
    bar = world.page.locator("bangda-teach")
    assert "请重来" in bar.locator("[role=dialog] span").inner_text()
    world.page.keyboard.press("Escape")
    assert bar.count() == 0
