"""Each adapter on its replay page: what is a shopper's message, whose it is, and that it is asked
for exactly once."""

from __future__ import annotations

import json

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.replay_sites import SITES, ReplaySite

sites = pytest.mark.parametrize("site", SITES, ids=lambda site: site.page)


def open_with(
    world: PageWorld, site: ReplaySite, *steps: tuple[str, str, str], query: str = ""
) -> None:
    """Opens the page with these lines (who, conversation, text) already in it."""
    world.open(site.page, site.site, frame=site.frame, query=query,
               before=f"replay.play({json.dumps(steps)})")  # fmt: skip


def play(world: PageWorld, *steps: tuple[str, str, str]) -> None:
    """Lets these lines come in one mutation."""
    world.replay(f"replay.play({json.dumps(steps)})")


def asked(world: PageWorld) -> list[str]:
    return [message["text"] for message in world.log("messages")]


@sites
def test_history_that_was_answered_is_not_asked_for(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "你好"), ("agent", a, "亲，在的"))
    world.settle()
    play(world, ("shopper", a, "有货吗"))
    [message] = world.wait_log("messages", 1)
    assert message["text"] == "有货吗"
    assert message["history"] == [
        {"from": "shopper", "text": "你好"},
        {"from": "agent", "text": "亲，在的"},
    ]
    assert message["answered"] is False


@sites
def test_an_unanswered_burst_on_load_is_one_question(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "你好"), ("agent", a, "在"), ("shopper", a, "我昨天买的"),
              ("shopper", a, "怎么还没发货"))  # fmt: skip
    [message] = world.wait_log("messages", 1)
    assert message["text"] == "我昨天买的\n怎么还没发货"
    world.settle()
    assert len(world.log("messages")) == 1


@sites
def test_a_live_burst_is_joined_and_grows(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("agent", a, "在的"))
    world.settle()
    play(world, ("shopper", a, "这件外套"), ("shopper", a, "有 L 码吗"))
    world.wait_log("messages", 1)
    play(world, ("shopper", a, "急"))
    first, second = world.wait_log("messages", 2)
    assert first["text"] == "这件外套\n有 L 码吗"
    assert second["text"] == "这件外套\n有 L 码吗\n急"
    assert [turn["text"] for turn in second["history"]] == ["在的"]
    assert second["message_id"] != first["message_id"]


@sites
def test_own_robot_and_system_lines_are_nobodys_question(
    world: PageWorld, site: ReplaySite
) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "在吗"))
    world.wait_log("messages", 1)
    play(world, ("system", a, "客服小晴的小店接入"))
    play(world, ("robot", a, "您好，很高兴为您服务"))
    play(world, ("agent", a, "亲，有的"))
    play(world, ("system", a, "已读"))
    [sent] = [s for s in world.wait_log("sent", 1) if s["text"] == "亲，有的"]
    assert asked(world) == ["在吗"]
    assert sent["conversation_id"] == world.log("messages")[0]["conversation_id"]
    assert [s["text"] for s in world.log("sent")] == ["亲，有的"]


@sites
def test_an_automatic_line_ends_no_wait(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "在吗"), ("robot", a, "您好，很高兴为您服务"))
    world.wait_log("messages", 1)
    world.settle()
    play(world, ("shopper", a, "怎么还没发货"))
    play(world, ("robot", a, "亲亲，小店看到您的消息啦"))
    world.wait_log("messages", 2)
    assert asked(world) == ["在吗", "在吗\n怎么还没发货"]
    assert len(world.bangda("bangda.clocks()")) == 1
    assert world.log("sent") == []


@sites
def test_what_was_typed_here_is_the_agents_however_quick(
    world: PageWorld, site: ReplaySite
) -> None:
    a = site.talks[0]
    open_with(world, site, ("agent", a, "在的"))
    world.settle()
    world.bangda("bangda.watcher.last().box.focus()")
    world.page.keyboard.insert_text("今天就发")
    play(world, ("shopper", a, "哪天发货"))
    world.page.keyboard.press("Enter")
    [sent] = world.wait_log("sent", 1)
    assert sent["text"] == "今天就发"


@pytest.mark.parametrize("way", ["gone", "notice", "bubble"])
@sites
def test_what_was_taken_back_is_no_longer_asked(
    world: PageWorld, site: ReplaySite, way: str
) -> None:
    a = site.talks[0]
    open_with(
        world, site, ("agent", a, "在的"), ("shopper", a, "这件有货吗"), ("shopper", a, "不要了")
    )
    world.wait_log("messages", 1)
    world.replay(f"replay.recall('{a}', '{way}')")
    world.wait_log("messages", 2)
    assert asked(world) == ["这件有货吗\n不要了", "这件有货吗"]
    assert world.bangda("bangda.watcher.now().message_id") == world.log("messages")[1]["message_id"]
    world.replay(f"replay.recall('{a}', '{way}')")
    world.wait_log("withdrawn", 1)
    assert world.bangda("bangda.clocks()") == []
    assert len(asked(world)) == 2


@sites
def test_what_was_changed_is_asked_as_it_stands(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("agent", a, "在的"), ("shopper", a, "M 码有吗"))
    [first] = world.wait_log("messages", 1)
    world.replay(f"replay.edit('{a}', 'L 码有吗')")
    _, second = world.wait_log("messages", 2)
    assert second["text"] == "L 码有吗"
    assert second["message_id"] != first["message_id"]
    assert world.bangda("bangda.watcher.now().message_id") == second["message_id"]
    world.settle()
    assert len(asked(world)) == 2


@sites
def test_a_switch_asks_for_what_waits_there_and_never_twice(
    world: PageWorld, site: ReplaySite
) -> None:
    a, b, _ = site.talks
    open_with(world, site, ("shopper", a, "甲的问题"), ("shopper", b, "乙的旧问题"), ("agent", b, "答乙"),
              ("shopper", b, "乙的新问题"))  # fmt: skip
    world.wait_log("messages", 1)
    world.replay(f"replay.open('{b}')")
    world.wait_log("messages", 2)
    world.replay(f"replay.open('{a}')")
    world.wait_log("conversations", 3)
    world.settle()
    play(world, ("shopper", a, "甲又问"))
    world.wait_log("messages", 3)
    assert asked(world) == ["甲的问题", "乙的新问题", "甲又问"]
    ids = [message["conversation_id"] for message in world.log("messages")]
    assert ids[0] == ids[2] != ids[1]


@sites
def test_shoppers_of_one_masked_name_are_kept_apart(world: PageWorld, site: ReplaySite) -> None:
    _, b, c = site.talks
    open_with(world, site, ("shopper", b, "红色有吗"), ("shopper", c, "能开发票吗"))
    world.replay(f"replay.open('{b}')")
    world.wait_log("messages", 1)
    world.replay(f"replay.open('{c}')")
    world.wait_log("messages", 2)
    one, other = world.log("messages")
    assert one["conversation_id"] != other["conversation_id"]
    assert world.log("conversations")[-1].get("identity_unsure", False) is not site.sure


@sites
def test_drawing_the_page_anew_asks_nothing_again(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "你好"), ("agent", a, "在"), ("shopper", a, "你好"))
    world.wait_log("messages", 1)
    for _ in range(3):
        world.replay("replay.rerender()")
        world.settle()
    play(world, ("shopper", a, "你好"))
    world.wait_log("messages", 2)
    world.settle()
    assert asked(world) == ["你好", "你好\n你好"]
    first, second = world.log("messages")
    assert first["message_id"] != second["message_id"]


@sites
def test_a_reload_knows_the_message_again(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "你好"), ("agent", a, "在"), ("shopper", a, "包邮吗"))
    [before] = world.wait_log("messages", 1)
    world.bangda("bangda.stop()")
    world.start(site.site)
    [after] = world.wait_log("messages", 1)
    assert (after["message_id"], after["text"]) == (before["message_id"], before["text"])
    assert after["conversation_id"] == before["conversation_id"]


@sites
def test_older_lines_that_are_loaded_are_history(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("shopper", a, "在吗"))
    world.wait_log("messages", 1)
    world.replay(f"replay.older('{a}', 7)")
    play(world, ("shopper", a, "有人吗"))
    world.wait_log("messages", 2)
    assert asked(world) == ["在吗", "在吗\n有人吗"]


@sites
def test_many_lines_in_a_short_time_in_order(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_with(world, site, ("agent", a, "在的"))
    world.settle()
    for i in range(20):
        play(world, ("shopper", a, f"第 {i} 问"))
        world.bangda("void (skew_ms += 1500)")  # nobody answers at once
        play(world, ("agent", a, f"第 {i} 答"))
    world.wait_log("messages", 20)
    world.wait_log("sent", 20)
    assert asked(world) == [f"第 {i} 问" for i in range(20)]
    assert [sent["text"] for sent in world.log("sent")] == [f"第 {i} 答" for i in range(20)]
