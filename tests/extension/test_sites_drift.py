"""A page that changed: classes renamed, ids dropped, the reply box swapped. An adapter goes on by
its fallbacks, or says that it cannot; it never takes a wrong line for a shopper's, and never fills
a box that it is not sure of."""

from __future__ import annotations

import json

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.replay_sites import SITES, ReplaySite

sites = pytest.mark.parametrize("site", SITES, ids=lambda site: site.page)
parts = pytest.mark.parametrize("part", ["classes", "ids", "box"])

QUESTION = "什么时候发货"


def judge(world: PageWorld) -> dict[str, str]:
    """What health says once its grace is over."""
    world.bangda(
        "(skew_ms += 6000, bangda.watcher.look(), skew_ms += 6000, bangda.watcher.look(), 0)"
    )
    verdict: dict[str, str] = world.log("health")[-1]
    return verdict


def ask(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    world.replay(f"replay.say('{a}', '{QUESTION}')")
    world.replay(f"replay.system('{a}', '客服小晴的小店接入')")


@parts
@sites
def test_a_changed_page_is_read_right_or_not_at_all(
    world: PageWorld, site: ReplaySite, part: str
) -> None:
    a = site.talks[0]
    steps = [["shopper", a, "你好"], ["agent", a, "您好，在的"]]
    world.open(site.page, site.site, frame=site.frame,
               before=f"(replay.play({json.dumps(steps)}), replay.setDrift('{part}'))")  # fmt: skip
    world.bangda("bangda.watcher.look().talk ? 0 : 0")
    world.until("!bangda.watcher.look().talk || bangda.watcher.look().talk.settled")
    ask(world, site)
    world.bangda("bangda.watcher.look() && 0")
    verdict = judge(world)
    asked = [message["text"] for message in world.log("messages")]
    assert set(asked) <= {QUESTION}
    if verdict["state"] == "ok":
        assert asked == [QUESTION]
        world.bangda("void (globalThis.bound = bangda.binding())")
        made = world.bangda("bangda.composer.insert('亲，今天发', bound)")
        assert made["ok"], made
        assert world.replay("replay.box()").strip() == "亲，今天发"
    assert verdict["state"] == "ok", verdict


@parts
@sites
def test_a_page_that_changes_under_us_asks_nothing_twice(
    world: PageWorld, site: ReplaySite, part: str
) -> None:
    a = site.talks[0]
    steps = [["agent", a, "您好，在的"], ["shopper", a, "第一问"]]
    world.open(site.page, site.site, frame=site.frame, before=f"replay.play({json.dumps(steps)})")
    world.wait_log("messages", 1)
    world.replay(f"replay.setDrift('{part}')")
    world.until("!bangda.watcher.look().talk || bangda.watcher.look().talk.settled")
    ask(world, site)
    judge(world)
    asked = [line for message in world.log("messages") for line in message["text"].split("\n")]
    assert list(dict.fromkeys(asked)) in (["第一问", QUESTION], ["第一问"])


def test_a_page_without_a_box_is_read_and_copied_from(world: PageWorld) -> None:
    world.open(
        "pinduoduo", "pinduoduo", changes={"box": ["#gone"]}, before="replay.say('810001', '在吗')"
    )
    world.wait_log("messages", 1)
    verdict = judge(world)
    assert (verdict["state"], verdict["cause"]) == ("read_only", "box")
    world.bangda("void (globalThis.bound = bangda.binding())")
    assert world.bangda("bangda.composer.canInsert(bound)") == {"ok": False, "reason": "read_only"}


def test_lines_without_a_side_stop_everything(world: PageWorld) -> None:
    rules = [{"is": "agent", "css": ".gone"}]
    world.open(
        "pinduoduo", "pinduoduo", changes={"from": rules}, before="replay.say('810001', '在吗')"
    )
    world.until("bangda.log.health.length")
    assert world.log("health")[-1]["state"] == "broken"
    assert world.log("health")[-1]["cause"] == "direction"
    assert world.log("messages") == []


def test_a_header_that_names_another_shopper_stops_filling(world: PageWorld) -> None:
    witness = [{"css": ".side .witness"}]
    changes = {"conversation": {"name": [{"css": ".chatWindowHeader .name"}], "witness": witness}}
    world.open("pinduoduo", "pinduoduo", changes=changes, before="replay.say('810001', '在吗')")
    [_] = world.wait_log("messages", 1)
    world.bangda("void (globalThis.bound = bangda.binding())")
    world.page.evaluate(
        """() => {
            const other = document.createElement('b');
            other.className = 'witness';
            other.textContent = '另一位买家';
            document.querySelector('.side').append(other);
        }"""
    )
    assert world.bangda("bangda.composer.insert('亲', bound)")["reason"] == "page_changed"
    assert judge(world)["cause"] == "identity"
    world.replay("replay.say('810001', '还在吗')")
    world.bangda("bangda.watcher.look() && 0")
    assert len(world.log("messages")) == 1


def test_health_is_reported_for_the_lead(world: PageWorld) -> None:
    world.open("pinduoduo", "pinduoduo", before="replay.say('810001', '在吗')")
    world.wait_log("messages", 1)
    assert world.log("reports") == world.log("health")
    assert world.log("reports")[0]["adapter_version"] == "3"
