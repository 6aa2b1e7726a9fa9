"""Pages on which every name was changed, read by their shape: no own line is ever a shopper's, and
where the shape is not certain nothing is read at all."""

from __future__ import annotations

import json
import random

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.replay_sites import SITES, ReplaySite
from tests.extension.test_sites_drift import judge

sites = pytest.mark.parametrize("site", SITES, ids=lambda site: site.page)
BY_PAGE = {site.page: site for site in SITES}


def open_changed(world: PageWorld, site: ReplaySite, parts: str = "classes") -> None:
    """Opens the page with other names, both sides in sight; its clock has passed the drawing."""
    steps = [[who, talk, f"{talk} {text}"] for talk in site.talks
             for who, text in (("shopper", "你好"), ("agent", "您好，在的，请问需要什么"))]  # fmt: skip
    drifts = ", ".join(f"replay.setDrift('{part}')" for part in parts.split())
    world.open(site.page, site.site, frame=site.frame,
               before=f"(replay.play({json.dumps(steps)}), {drifts})")  # fmt: skip
    world.bangda("void (skew_ms += 2000)")
    world.settle()


def ticked(world: PageWorld, expression: str) -> None:
    """Lets it happen on the page, and the page be drawn."""
    world.replay(f"void {expression}")
    world.bangda("new Promise((done) => setTimeout(done, 0))")


@sites
def test_a_long_talk_by_shape_asks_each_line_once(world: PageWorld, site: ReplaySite) -> None:
    open_changed(world, site)
    draw = random.Random(11)
    said: list[str] = []
    own: list[str] = []
    here = site.talks[0]
    for i in range(60):
        roll = draw.random()
        if roll < 0.5:
            said.append(f"第 {i} 问" + "，请尽快" * draw.randint(0, 12))
            ticked(world, f"replay.say('{here}', '{said[-1]}')")
        elif roll < 0.8:
            own.append(f"第 {i} 答" + "，马上为您处理" * draw.randint(0, 12))
            world.bangda("void (skew_ms += 1500)")  # nobody answers at once
            ticked(world, f"replay.answer('{here}', '{own[-1]}')")
        elif roll < 0.87:
            ticked(world, f"replay.system('{here}', '客服小晴的小店接入')")
        elif roll < 0.94:
            ticked(world, "replay.rerender()")
        else:
            world.settle()
            here = draw.choice(site.talks)
            ticked(world, f"replay.open('{here}')")
            world.bangda("void (skew_ms += 6000)")
        world.settle()
    world.bangda("new Promise((done) => setTimeout(done, 1600))")  # what is held is asked by then
    asked = [line for message in world.log("messages") for line in message["text"].split("\n")]
    assert list(dict.fromkeys(asked)) == said
    assert not {sent["text"] for sent in world.log("sent")} & set(said)
    assert judge(world)["state"] == "ok"


@sites
def test_without_classes_and_ids_a_page_goes_on(world: PageWorld, site: ReplaySite) -> None:
    a = site.talks[0]
    open_changed(world, site, "classes ids")
    ticked(world, f"replay.answer('{a}', '请稍等')")
    ticked(world, f"replay.say('{a}', '什么时候发货')")
    verdict = judge(world)
    asked = [message["text"] for message in world.log("messages")]
    assert asked == ["什么时候发货"]
    assert verdict["state"] == "ok", verdict


def changed(world: PageWorld, steps: list[list[str]], css: str) -> None:
    """拼多多's page with other classes and with `css` of its own."""
    world.page.add_init_script(
        f"addEventListener('DOMContentLoaded', () => {{ const s = document.createElement('style');"
        f" s.textContent = {json.dumps(css)}; document.head.append(s); }})"
    )
    world.open("pinduoduo", "pinduoduo",
               before=f"(replay.play({json.dumps(steps)}), replay.setDrift('classes'))")  # fmt: skip


BOTH_SIDES = [["shopper", "810001", "你好"], ["agent", "810001", "您好，在的"]]


@pytest.mark.parametrize(
    ("css", "steps"),
    [
        (".line { justify-content: flex-start !important }", BOTH_SIDES),
        (".line { justify-content: center !important }", BOTH_SIDES),
        (".bubble { background: none !important }", BOTH_SIDES),
        (".line { background: #fff } .bubble { background: none !important }", BOTH_SIDES),
        ("", [["agent", "810001", "您好"], ["agent", "810001", "请问还在吗，欢迎随时联系"]]),
        ("li > div:first-child { background: #fee; flex-basis: auto !important }", BOTH_SIDES),
    ],
    ids=["all left", "all centred", "no bubbles", "coloured lines", "only own",
         "two colours"],
)  # fmt: skip
def test_a_shape_that_is_not_certain_stops_the_page(
    world: PageWorld, css: str, steps: list[list[str]]
) -> None:
    changed(world, steps, css)
    judge(world)
    ticked(world, "replay.answer('810001', '亲，这边帮您看看')")
    assert judge(world)["state"] == "broken"
    assert world.log("messages") == []


def test_an_own_line_on_the_shoppers_side_ends_the_trust(world: PageWorld) -> None:
    mirrored = ".line { flex-direction: row-reverse; justify-content: flex-start !important }"
    changed(world, BOTH_SIDES, mirrored + ".line.to-right { flex-direction: row }")
    judge(world)
    assert world.log("health")[-1]["state"] == "ok"
    world.page.locator("#replyTextarea").fill("亲，今天发货")
    world.bangda("bangda.watcher.look() && 0")
    world.page.keyboard.press("Enter")
    assert judge(world)["state"] == "broken"
    assert "亲，今天发货" not in [message["text"] for message in world.log("messages")]
