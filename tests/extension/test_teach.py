"""Click-to-teach on pages whose adapter is put away: a few clicks make an adapter file that reads
the page at once, tells its conversations apart, and that the options page can keep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.extension.page_world import PageWorld

# page, two of its shoppers, whether it shows a name above the thread
PAGES = [
    ("pinduoduo", "810001", "810002", True),
    ("feige", "810001", "810002", True),
    ("dongdong", "810001", "810002", True),
    ("xianyu", "810001", "810002", True),
    ("qianfan", "q1", "q2", True),
    ("sixintong", "x810001", "x810002", False),
    ("xhsweb", "c1", "c2", False),
    ("weixin", "810001", "810002", False),
]

TEACH = """Promise.all([import('%s/ext/src/teach/teach.js')]).then(([m]) => {
    globalThis.kept = null;
    m.teach({document, locale: 'zh_CN', signal: new AbortController().signal,
             save: async (site) => { globalThis.kept = site; return {ok: true, errors: []}; }});
})"""


def begin(world: PageWorld) -> None:
    """Starts teaching, and wants to click whatever the page's shape proposes."""
    world.bangda(TEACH % world.address)
    other = world.page.get_by_role("button", name="不对")
    if other.is_visible():
        other.click()


def run_teach(world: PageWorld, page: str, talk: str, other: str, named: bool) -> Any:
    world.page.goto(f"{world.address}/{page}.html")
    world.page.wait_for_function("() => window.replay")
    world.frame = world.page.main_frame
    steps = [
        ["shopper", talk, "你好呀"],
        ["agent", talk, "您好，在的"],
        ["shopper", talk, "包邮吗"],
        ["shopper", other, "能开发票吗"],
    ]
    world.replay(f"replay.play({json.dumps(steps)})")
    world.start("demo", {"list": ["#nowhere"]})
    begin(world)
    world.page.locator(".thread").get_by_text("你好呀", exact=True).click()
    world.page.locator(".thread").get_by_text("您好，在的", exact=True).click()
    world.page.locator(".reply").locator("textarea, [contenteditable]").click()
    if named:
        name = world.replay(f"replay.talks.find((one) => one.id === '{talk}').name")
        world.page.locator(".main").get_by_text(name, exact=True).first.click()
    else:
        world.page.get_by_role("button", name="没有名字").click()
    world.page.get_by_role("button", name="用这个").click()
    world.until("globalThis.kept")
    return world.bangda("kept")


@pytest.mark.parametrize(("page", "talk", "other", "named"), PAGES, ids=[page[0] for page in PAGES])
def test_a_few_clicks_read_and_fill_the_page(
    world: PageWorld, page: str, talk: str, other: str, named: bool
) -> None:
    adapter = run_teach(world, page, talk, other, named)
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
    world.replay(f"replay.open('{other}')")
    elsewhere = world.wait_log("messages", 3)[2]
    assert elsewhere["text"] == "能开发票吗"
    assert elsewhere["conversation_id"] != messages[0]["conversation_id"]
    assert world.bangda("bangda.composer.canInsert({...bound, site: bangda.siteId})")["ok"] is False
    world.replay(f"replay.open('{talk}')")
    world.until("bangda.watcher.look().talk?.settled")
    world.replay(f"replay.say('{talk}', '还在吗')")
    back = world.wait_log("messages", 4)[3]
    assert (back["text"], back["conversation_id"]) == ("还在吗", messages[0]["conversation_id"])


def test_a_name_that_is_not_above_the_thread_is_asked_for_again(world: PageWorld) -> None:
    steps = [["shopper", "810001", "你好呀"], ["agent", "810001", "您好，在的"]]
    world.open("pinduoduo", "pinduoduo", before=f"replay.play({json.dumps(steps)})")
    begin(world)
    world.page.locator(".thread").get_by_text("你好呀", exact=True).click()
    world.page.locator(".thread").get_by_text("您好，在的", exact=True).click()
    bar = world.page.locator("bangda-teach [role=dialog] span")
    world.page.locator("#replyTextarea").click()
    world.page.locator(".side .nickname-span").first.click()
    assert "上方" in bar.inner_text()


def test_two_clicks_on_one_message_are_asked_for_again(world: PageWorld) -> None:
    world.open("pinduoduo", "pinduoduo", before="replay.say('810001', '你好呀')")
    begin(world)
    for _ in range(2):
        world.page.locator(".thread").get_by_text("你好呀").click()
    world.page.locator("#replyTextarea").click()
    world.page.get_by_role("button", name="没有名字").click()
    bar = world.page.locator("bangda-teach")
    assert "请重来" in bar.locator("[role=dialog] span").inner_text()
    world.page.keyboard.press("Escape")
    assert bar.count() == 0


def test_the_bar_does_not_lie_over_the_line_that_it_asks_about(world: PageWorld) -> None:
    steps = [["shopper", "810001", "你好呀"], ["agent", "810001", "您好，在的"]]
    world.open("dongdong", "dongdong", before=f"replay.play({json.dumps(steps)})")
    begin(world)
    bar = world.page.locator("bangda-teach [role=dialog]").bounding_box()
    own = world.page.locator(".thread").get_by_text("您好，在的", exact=True).bounding_box()
    assert bar
    assert own
    beside = own["x"] + own["width"] <= bar["x"] or bar["x"] + bar["width"] <= own["x"]
    assert beside or own["y"] >= bar["y"] + bar["height"] or own["y"] + own["height"] <= bar["y"]
