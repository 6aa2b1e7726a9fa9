"""The insertion ladder on every kind of reply box, checked in the framework's own state: the DOM
may show text that the state does not have."""

from __future__ import annotations

import json

import pytest

from tests.extension.page_world import PageWorld

KINDS = ("react", "vue2", "vue3", "input", "editable", "quill", "slate", "lexical", "prosemirror")
kinds = pytest.mark.parametrize("kind", KINDS)

ADAPTER = {
    "list": ["[role=log]"],
    "item": [".line"],
    "from": [{"is": "shopper"}],
    "text": [".line"],
    "item_id": [{"attr": "data-id"}],
    "conversation": {},
    "box": [".box"],
}


def open_editor(world: PageWorld, kind: str) -> None:
    world.page.goto(f"{world.address}/editors.html?kind={kind}")
    world.page.wait_for_selector(".box")
    world.frame = world.page.main_frame
    world.start("demo", ADAPTER)
    world.wait_log("messages", 1)
    world.bangda("void (globalThis.bound = bangda.binding())")


def insert(world: PageWorld, text: str) -> dict[str, object]:
    made: dict[str, object] = world.bangda(f"bangda.composer.insert({json.dumps(text)}, bound)")
    return made


def model(world: PageWorld, kind: str) -> str:
    text = str(world.replay(f"replay.models.{kind}()"))
    return text.replace("\n\n", "\n").rstrip("\n")


@kinds
@pytest.mark.parametrize(
    "text", ["亲，现货当天发", "亲，现货当天发\n默认中通快递"], ids=["one line", "two lines"]
)
def test_the_state_of_the_editor_has_the_reply(world: PageWorld, kind: str, text: str) -> None:
    open_editor(world, kind)
    made = insert(world, text)
    assert made["ok"], made
    assert model(world, kind) == (text.replace("\n", " ") if kind == "input" else text)
    assert world.replay("replay.sent") == []


@kinds
def test_it_goes_to_the_cursor(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    world.page.click(".box")
    world.page.keyboard.type("您好呀")
    world.page.keyboard.press("ArrowLeft")
    made = insert(world, "【现货】")
    assert made["ok"], made
    assert model(world, kind) == "您好【现货】呀"


@kinds
def test_two_replies_stack(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    insert(world, "第一条")
    made = insert(world, "第二条")
    assert made["ok"], made
    assert model(world, kind).replace("\n", "").replace(" ", "") == "第一条第二条"


@kinds
def test_a_rewrite_replaces_everything(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    world.page.click(".box")
    world.page.keyboard.type("加我微信")
    made = world.bangda("bangda.composer.replaceDraft('就在这里说')")
    assert made["ok"], made
    assert model(world, kind) == "就在这里说"
