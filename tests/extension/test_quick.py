"""The search at the caret on every kind of reply box: what is no search stands in the box as it was
typed, in the editor's own state, and who types on does so behind it; what a reply lacks is filled in."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, TimeoutError, expect

from tests.extension.page_world import PageWorld
from tests.extension.test_editors import HEARD, KINDS, SLOW_KEYS, fresh, model, open_editor, type_in

# How a person left the box, what is pressed there, and what is to stand in the box then.
LEFT = {
    "an emoji's code": ("", (), "/:086", "", "/:086"),
    "an address behind a sentence": ("您好。", (), "//a.cn", "", "您好。//a.cn"),
    "a blank": ("好，", (), "/ 3", "", "好，/ 3"),
    "escaped": ("", (), "/wx", "Escape", "/wx"),
    "escaped at the start": ("您好呀", ("Home",), "/12", "Escape", "/12您好呀"),
    "escaped at once": ("您好。", (), "/", "Escape", "您好。/"),
    "taken back": ("您好。", (), "/", "Backspace", "您好。"),
}
HOLED = {
    "suggestion_id": "s1",
    "script_id": "a.b",
    "title": "订单在哪",
    "text": "您的订单{订单号}在打包",
    "missing": ["订单号"],
    "score": 1.0,
    "confidence": 0.9,
    "why": "",
}


def dialog(world: PageWorld) -> Locator:
    return world.page.locator("bangda-panel [role=dialog]")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_was_typed_is_lost(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    wrong = {}
    for name, (before, keys, typed, key, end) in LEFT.items():
        fresh(world)
        type_in(world, kind, before)
        for one in keys:
            if kind in SLOW_KEYS:
                world.page.evaluate(HEARD)
            world.page.keyboard.press(one)
        if kind in SLOW_KEYS:
            world.page.evaluate(HEARD)
        world.page.keyboard.type(typed)
        if key:
            world.page.keyboard.press(key)
        expect(dialog(world)).to_have_count(0)
        world.page.keyboard.type("!")
        wanted = f"{end[: len(end) - len(before)]}!{before}" if keys else f"{end}!"
        try:
            world.page.wait_for_function(
                "([kind, text]) => replay.models[kind]() === text", arg=[kind, wanted], timeout=5000
            )
        except TimeoutError:
            wrong[name] = (model(world, kind), wanted)
    assert wrong == {}
    assert world.replay("replay.sent") == []


def test_words_that_found_nothing_go_to_the_box_with_a_click_elsewhere(world: PageWorld) -> None:
    open_editor(world, "react")
    type_in(world, "react", "")
    world.page.keyboard.type("/086")
    expect(dialog(world)).to_contain_text("没有找到。按 Esc，“/086”就留在回复框里。")
    world.page.click(".away")
    world.page.wait_for_function("() => replay.models.react() === '/086'")


def test_a_search_with_a_click_elsewhere_leaves_the_box_as_it_was(world: PageWorld) -> None:
    open_editor(world, "react")
    world.bangda(f"void (globalThis.found = {json.dumps([HOLED])})")
    type_in(world, "react", "您好。")
    world.page.keyboard.type("/dingdan")
    expect(dialog(world).get_by_role("option")).to_have_count(1)
    world.page.click(".away")
    expect(dialog(world)).to_have_count(0)
    assert model(world, "react") == "您好。"


def test_what_a_reply_lacks_is_filled_in_there(world: PageWorld) -> None:
    open_editor(world, "react")
    world.bangda(f"void (globalThis.found = {json.dumps([HOLED])})")
    type_in(world, "react", "")
    world.page.keyboard.type("/dingdan\n")
    field = dialog(world).get_by_label("填写订单号")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(dialog(world).get_by_role("searchbox")).to_be_focused()
    world.page.keyboard.press("Enter")
    expect(field).to_be_focused()
    field.press("Enter")
    expect(field).to_be_focused()
    world.page.keyboard.type("A20260908")
    field.press("Enter")
    world.page.wait_for_function("() => replay.models.react() === '您的订单A20260908在打包'")
    expect(dialog(world)).to_have_count(0)
