"""Pages that nobody here has seen, each built another way: taught right or refused in one sentence,
never wrong. What was taught is tried on a later load and on another conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.extension.page_world import PageWorld

KINDS = (
    "lit", "shadow", "utility", "hashed", "table", "slack", "reversed", "busy", "mirrored", "modules",
    "bare", "paragraphs", "faces", "nested", "segments", "floating", "oneline",
)  # fmt: skip
REFUSED = ("twins", "states")

SAID = [
    ("system", "今天 10:20"),
    ("shopper", "你好，这件有货吗"),
    ("agent", "您好，有货的"),
    ("shopper", "什么时候发"),
    ("agent", "今天就发出去"),
    ("shopper", "好"),
]
ELSEWHERE = [
    ("system", "昨天 18:05"),
    ("shopper", "裙子能退吗"),
    ("agent", "亲，七天内没有穿过都可以退的，运费由买家自己出，退回来以后当天就退款"),
    ("shopper", "那运费多少"),
]

TEACH = """import('%s/ext/src/teach/teach.js').then((m) => {
    globalThis.kept = null;
    m.teach({document, locale: 'zh_CN', signal: new AbortController().signal,
             save: async (site) => { globalThis.kept = site; return {ok: true, errors: []}; }});
})"""

READ = "bangda.watcher.look().thread.bubbles.map(({from, text}) => [from, text])"


def load(world: PageWorld, kind: str, said: list[tuple[str, str]], *, again: bool = False) -> None:
    query = f"?kind={kind}&load={2 if again else 1}"
    world.page.goto(f"{world.address}/unknown.html{query}")
    world.page.wait_for_function("() => window.replay")
    world.frame = world.page.main_frame
    world.replay(f"replay.{'past' if again else 'play'}({json.dumps(said)})")


def bar(world: PageWorld) -> str:
    return world.page.locator("bangda-teach [role=dialog] span").inner_text()


def point(world: PageWorld) -> None:
    """The clicks of an agent who knows whose each line is."""
    world.page.get_by_text(SAID[1][1], exact=True).click()
    world.page.get_by_text(SAID[2][1], exact=True).click()
    world.page.locator("textarea, input, [contenteditable=true]").click()
    if "买家名字" in bar(world):
        world.page.locator(".who").click()


def taught(world: PageWorld, kind: str) -> dict[str, Any] | None:
    """The adapter that a careful agent keeps; None where the page was refused."""
    load(world, kind, SAID)
    world.start("demo", {"list": ["#nowhere"]})
    world.bangda(TEACH % world.address)
    if "对吗" in bar(world) and f"“{SAID[-1][1]}”" not in bar(world):
        world.page.get_by_role("button", name="不对").click()
    if "对吗" not in bar(world):
        point(world)
    if "对吗" not in bar(world) or f"“{SAID[-1][1]}”" not in bar(world):
        return None
    world.page.get_by_role("button", name="用这个").click()
    world.until("globalThis.kept")
    adapter: dict[str, Any] = world.bangda("kept")
    world.bangda("bangda.stop()")
    return adapter


def misread(world: PageWorld) -> list[Any]:
    """Lines that were taken for another's, of those that the page shows."""
    true = {text: side for side, text in world.replay("replay.lines.map((l) => [l.from, l.text])")}
    read = world.bangda(READ)
    return [
        [side, text]
        for side, text in read
        if side in ("shopper", "agent") and true.get(text) != side
    ] + [
        [side, text] for text, side in true.items() if side != "system" and [side, text] not in read
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_taught_right(world: PageWorld, kind: str) -> None:
    adapter = taught(world, kind)
    assert adapter, bar(world)
    for said in (SAID, ELSEWHERE):
        load(world, kind, said, again=True)
        world.start("demo", adapter)
        world.wait_log("messages", 1)
        assert misread(world) == []
        world.settle()
        world.replay("replay.play([['shopper', '在不在呀']])")
        asked = world.wait_log("messages", 2)[1]
        assert asked["text"].endswith("在不在呀")
        world.bangda("void (globalThis.bound = {...bangda.binding(), site: bangda.siteId})")
        made = world.bangda("bangda.composer.insert('亲，在的', bound)")
        assert made["ok"], made
        world.page.keyboard.press("Enter")
        [sent] = world.wait_log("sent", 1)
        assert sent["text"] == "亲，在的"
        assert misread(world) == []
        world.bangda("bangda.stop()")


@pytest.mark.parametrize("kind", REFUSED)
def test_a_page_whose_sides_look_alike_is_refused_in_a_sentence(
    world: PageWorld, kind: str
) -> None:
    assert taught(world, kind) is None
    assert "分不清" in bar(world)


def test_the_list_of_conversations_is_taught_too(world: PageWorld) -> None:
    adapter = taught(world, "modules")
    assert adapter is not None
    rows = adapter["conversation_list"]
    assert rows["open"] == ".person-active"
    load(world, "modules", SAID, again=True)
    world.start("demo", adapter)
    world.wait_log("messages", 1)
    world.until("bangda.log.waiting.at(-1)?.length === 1")
    assert [one["name"] for one in world.log("waiting")[-1]] == ["大山"]


def test_a_mark_of_the_moment_is_found_out_on_the_next_load(world: PageWorld) -> None:
    adapter = taught(world, "slack")
    assert adapter is not None
    load(world, "slack", SAID, again=True)
    world.start("demo", adapter)
    world.wait_log("messages", 1)
    check = f"""import('{world.address}/ext/src/teach/trial.js').then((m) => ['shopper', 'agent'].map((from) =>
        m.contradicts(bangda.watcher.last() && {{taught: {json.dumps(adapter["taught"])}}},
                      [{{from, text: '今天就发出去'}}])))"""
    assert world.bangda(check) == [True, False]
