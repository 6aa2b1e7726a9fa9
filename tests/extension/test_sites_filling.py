"""The reply box of every site: filled at the cursor, stacked, undone in one step, never sent, and
left alone when the page no longer shows what the suggestion was made for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.replay_sites import SITES, ReplaySite

sites = pytest.mark.parametrize("site", SITES, ids=lambda site: site.page)
REPLY = "亲，现货当天发\n默认中通快递"


def open_waiting(world: PageWorld, site: ReplaySite) -> None:
    """The page with one shopper who waits, and the other conversations behind."""
    a, b, _ = site.talks
    steps = [("agent", a, "您好"), ("shopper", a, "什么时候发货"), ("shopper", b, "在吗")]
    world.open(site.page, site.site, frame=site.frame, before=f"replay.play({json.dumps(steps)})")
    world.wait_log("messages", 1)
    world.bangda("void (globalThis.bound = bangda.binding())")


def insert(world: PageWorld, text: str) -> Any:
    return world.bangda(f"bangda.composer.insert({json.dumps(text)}, bound)")


def box(world: PageWorld) -> str:
    return str(world.replay("replay.box()")).replace("\n\n", "\n")


def type_text(world: PageWorld, text: str) -> None:
    world.bangda("bangda.watcher.last().box.focus()")
    world.page.keyboard.insert_text(text)


@sites
def test_the_reply_stands_in_the_pages_own_state_and_is_not_sent(
    world: PageWorld, site: ReplaySite
) -> None:
    open_waiting(world, site)
    assert insert(world, REPLY)["ok"]
    assert box(world) == REPLY
    assert world.replay("replay.sent.length") == 0
    assert world.log("sent") == []
    assert world.bangda("bangda.composer.draft()") == REPLY
    world.wait_log("drafts", 1)
    assert world.log("drafts")[-1] == REPLY


@sites
def test_the_persons_enter_sends_it_and_that_is_seen(world: PageWorld, site: ReplaySite) -> None:
    open_waiting(world, site)
    insert(world, "亲，今天发")
    world.page.keyboard.press("Enter")
    [sent] = world.wait_log("sent", 1)
    assert sent["text"] == "亲，今天发"
    assert world.replay("replay.sent.map((one) => one.text)") == ["亲，今天发"]


@sites
def test_it_goes_to_the_cursor_and_nothing_typed_is_lost(
    world: PageWorld, site: ReplaySite
) -> None:
    open_waiting(world, site)
    type_text(world, "您好呀")
    world.page.keyboard.press("ArrowLeft")
    assert insert(world, "【现货】")["ok"]
    assert box(world) == "您好【现货】呀"


@sites
def test_two_replies_stack(world: PageWorld, site: ReplaySite) -> None:
    open_waiting(world, site)
    insert(world, "亲，现货当天发")
    assert insert(world, "默认中通快递")["ok"]
    assert box(world) == REPLY


@sites
def test_one_undo_takes_it_back(world: PageWorld, site: ReplaySite) -> None:
    open_waiting(world, site)
    type_text(world, "我打的字")
    if site.page == "kuaishou":  # Quill joins what comes within a second into one step
        world.page.wait_for_function(
            "(start) => performance.now() - start > 1100",
            arg=world.page.evaluate("performance.now()"),
        )
    insert(world, "一条话术")
    assert "一条话术" in box(world)
    world.page.keyboard.press("Control+z")
    assert box(world) == "我打的字"


@sites
def test_nothing_goes_in_after_a_newer_message(world: PageWorld, site: ReplaySite) -> None:
    open_waiting(world, site)
    world.replay(f"replay.say('{site.talks[0]}', '算了，我要退货')")
    assert insert(world, REPLY) == {"ok": False, "how": "", "reason": "newer_message"}
    assert box(world) == ""


@sites
def test_nothing_goes_to_another_shopper(world: PageWorld, site: ReplaySite) -> None:
    open_waiting(world, site)
    world.replay(f"replay.open('{site.talks[1]}')")
    assert insert(world, REPLY)["reason"] in ("other_conversation", "page_changed")
    world.wait_log("messages", 2)
    assert insert(world, REPLY)["reason"] == "other_conversation"
    assert box(world) == ""


@sites
def test_a_rewrite_replaces_the_whole_draft(world: PageWorld, site: ReplaySite) -> None:
    open_waiting(world, site)
    type_text(world, "亲加我微信")
    assert world.bangda("bangda.composer.replaceDraft('亲，就在这里说')")["ok"]
    assert box(world) == "亲，就在这里说"


def test_nothing_goes_in_while_an_ime_composes(world: PageWorld) -> None:
    open_waiting(world, SITES[0])
    world.bangda("bangda.watcher.last().box.focus()")
    cdp = world.page.context.new_cdp_session(world.page)
    cdp.send("Input.imeSetComposition", {"text": "fa", "selectionStart": 2, "selectionEnd": 2})
    assert insert(world, REPLY)["reason"] == "composing"
    cdp.send("Input.insertText", {"text": "发"})
    made = insert(world, REPLY)
    assert made["ok"], made


def test_no_key_and_no_click_is_made(world: PageWorld) -> None:
    open_waiting(world, SITES[0])
    world.page.evaluate(
        """() => {
            window.seen = [];
            for (const type of ['keydown', 'keypress', 'keyup', 'click', 'mousedown', 'submit'])
                document.addEventListener(type, () => window.seen.push(type), true);
        }"""
    )
    insert(world, REPLY)
    assert world.page.evaluate("window.seen") == []


def test_read_only_by_choice_fills_nothing(world: PageWorld) -> None:
    a = SITES[0].talks[0]
    world.open("pinduoduo", "pinduoduo", changes={"by_choice": True},
               before=f"replay.say('{a}', '在吗')")  # fmt: skip
    world.wait_log("messages", 1)
    world.bangda("void (globalThis.bound = bangda.binding())")
    assert insert(world, REPLY)["reason"] == "read_only"
    assert world.log("health")[-1] == {
        "state": "read_only", "cause": "by_choice", "site": "pinduoduo", "adapter_version": "3", "detail": "",
    }  # fmt: skip
