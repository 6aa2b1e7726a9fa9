"""Filling on every kind of reply box, checked in the editor's own state: the DOM may show text that
the state does not have. What is to stand there in the end is exact, line breaks included."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from tests.extension.page_world import PageWorld

KINDS = (
    "react", "vue2", "vue3", "input", "editable", "plain", "plaintext", "quill", "quill1", "slate",
    "wangeditor", "lexical", "lexical-rich", "prosemirror", "tiptap", "ckeditor", "draft",
)  # fmt: skip

BOX = ".mount :is(textarea, input, [contenteditable]:not([contenteditable=false]))"

ADAPTER = {
    "list": ["[role=log]"],
    "item": [".line"],
    "from": [{"is": "shopper"}],
    "text": [".line"],
    "item_id": [{"attr": "data-id"}],
    "conversation": {},
    "box": [BOX],
}

TYPED = "您好呀"
REPLY = "【现货】"
LINES = "亲，现货\n默认中通"


@dataclass(frozen=True)
class Case:
    """How a person left the box, what is put in, and what is to stand there then."""

    name: str
    typed: str
    keys: tuple[str, ...]
    text: str
    end: str
    all: bool = False
    click: str = ""


CASES = [
    Case("empty", "", (), REPLY, REPLY),
    Case("empty, two lines", "", (), LINES, LINES),
    Case("at the end", TYPED, (), REPLY, f"{TYPED}\n{REPLY}"),
    Case("at the start", TYPED, ("Home",), REPLY, f"{REPLY}{TYPED}"),
    Case("in the middle", TYPED, ("Home", "ArrowRight"), LINES, f"您{LINES}好呀"),
    Case("behind a selection", TYPED, ("Home", "Shift+ArrowRight"), REPLY, f"您{REPLY}好呀"),
    Case("all selected", TYPED, ("Control+a",), REPLY, f"{TYPED}\n{REPLY}"),
    Case("words of the thread selected", TYPED, (), LINES, f"{TYPED}\n{LINES}", click=".line"),
    Case("in another field", TYPED, (), REPLY, f"{TYPED}\n{REPLY}", click=".search"),
    Case("rewritten", TYPED, ("Home", "ArrowRight"), LINES, LINES, all=True),
    Case("rewritten, all selected", TYPED, ("Control+a",), REPLY, REPLY, all=True),
    Case("rewritten from elsewhere", TYPED, (), REPLY, REPLY, all=True, click=".line"),
]

# Slate and what is made of it look at the selection ten times a second, a task after it moved: nobody
# types faster. By the page's own timers, for on a busy machine those of the editor are late as well.
SLOW_KEYS = ("slate", "wangeditor")
HEARD = "() => new Promise((done) => setTimeout(() => setTimeout(() => setTimeout(done, 110))))"


def open_editor(world: PageWorld, kind: str) -> None:
    world.page.goto(f"{world.address}/editors.html?kind={kind}")
    world.page.wait_for_function("() => window.replay?.ready")
    world.frame = world.page.main_frame
    world.start("demo", ADAPTER)
    world.wait_log("messages", 1)
    world.bangda("void (globalThis.bound = bangda.binding())")


def fresh(world: PageWorld) -> None:
    world.page.evaluate("() => { getSelection().removeAllRanges(); return window.replay.fresh(); }")
    world.page.wait_for_selector(BOX)


def type_in(world: PageWorld, kind: str, text: str) -> None:
    world.page.click(BOX)
    world.page.keyboard.type(text)
    world.page.wait_for_function(f"(text) => replay.models['{kind}']() === text", arg=text)


def fill(world: PageWorld, text: str, *, all_of_it: bool = False) -> dict[str, object]:
    given = json.dumps(text)
    call = f"replaceDraft({given})" if all_of_it else f"insert({given}, bound)"
    made: dict[str, object] = world.bangda(f"bangda.composer.{call}")
    return made


def model(world: PageWorld, kind: str) -> str:
    return str(world.replay(f"replay.models['{kind}']()"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_of_the_editor_has_it_in_its_place(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    wrong = {}
    for case in CASES:
        fresh(world)
        if case.typed:
            type_in(world, kind, case.typed)
        for key in case.keys:
            if kind in SLOW_KEYS:
                world.page.evaluate(HEARD)
            world.page.keyboard.press(key)
        if case.click:
            world.page.click(case.click, click_count=3)
        made = fill(world, case.text, all_of_it=case.all)
        end = case.end.replace("\n", " ") if kind == "input" else case.end
        if not made["ok"] or model(world, kind) != end:
            wrong[case.name] = (made, model(world, kind), end)
    assert wrong == {}
    assert world.replay("replay.sent") == []


@pytest.mark.parametrize("kind", KINDS)
def test_one_undo_takes_it_back(world: PageWorld, kind: str) -> None:
    open_editor(world, kind)
    type_in(world, kind, TYPED)
    world.page.wait_for_timeout(1100)  # editors join what comes within a second into one step
    fill(world, LINES)
    world.page.keyboard.press("Control+z")
    world.page.wait_for_function(f"(text) => replay.models['{kind}']() === text", arg=TYPED)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("fixed", "not_taken"), ("stubborn", "not_taken"), ("short", "too_long")],
)
@pytest.mark.parametrize("all_of_it", [False, True], ids=["inserted", "rewritten"])
def test_a_box_that_refuses_is_left_as_it_was(
    world: PageWorld, kind: str, reason: str, all_of_it: bool
) -> None:
    open_editor(world, kind)
    made = fill(world, "亲，今天下午就能发出去", all_of_it=all_of_it)
    assert made == {"ok": False, "how": "", "reason": reason}
    assert world.page.locator(BOX).evaluate("(box) => box.value ?? box.innerText") == TYPED
