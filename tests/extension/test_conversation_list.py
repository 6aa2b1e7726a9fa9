"""The page's list of conversations: shoppers whose conversation nobody opened have a clock too,
from the row's own mark, and no clock is another shopper's."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.replay_sites import SITES, ReplaySite

sites = pytest.mark.parametrize("site", SITES, ids=lambda site: site.page)
BY_PAGE = {site.page: site for site in SITES}


def open_page(world: PageWorld, site: ReplaySite, *steps: tuple[str, str, str]) -> None:
    """Opens the page on the first shopper's conversation, which is answered; stops its clock."""
    a = site.talks[0]
    lines = [("shopper", a, "你好"), ("agent", a, "您好，在的"), *steps]
    world.open(site.page, site.site, frame=site.frame, before=f"replay.play({json.dumps(lines)})")
    world.settle()
    world.bangda("void (stopped_ms = Date.now())")


def play(world: PageWorld, *steps: tuple[str, str, str]) -> None:
    world.replay(f"replay.play({json.dumps(steps)})")


def clocks(world: PageWorld) -> list[dict[str, Any]]:
    world.bangda("bangda.watcher.look() && 0")
    found: list[dict[str, Any]] = world.bangda("bangda.clocks()")
    return found


def waits(world: PageWorld) -> list[tuple[str, int]]:
    """Name and seconds of each clock, longest first."""
    return [(clock["name"], clock["s"]) for clock in clocks(world)]


def later(world: PageWorld, seconds: int) -> None:
    world.bangda(f"void (skew_ms += {seconds * 1000})")


def name_of(world: PageWorld, talk: str) -> str:
    name: str = world.replay(f"replay.talks.find((one) => one.id === '{talk}').name")
    return name


@sites
def test_a_shopper_whose_conversation_is_not_open_has_a_clock(
    world: PageWorld, site: ReplaySite
) -> None:
    _, b, _ = site.talks
    open_page(world, site)
    assert waits(world) == []
    play(world, ("shopper", b, "乙在等"))
    later(world, 30)
    assert waits(world) == [(name_of(world, b), 30)]
    assert world.log("messages") == []


@sites
def test_opening_keeps_the_clock_and_answering_ends_it(world: PageWorld, site: ReplaySite) -> None:
    _, b, _ = site.talks
    open_page(world, site)
    play(world, ("shopper", b, "乙在等"))
    clocks(world)
    later(world, 30)
    world.replay(f"replay.open('{b}')")
    [message] = world.wait_log("messages", 1)
    assert message["text"] == "乙在等"
    assert waits(world) == [(name_of(world, b), 30)]
    play(world, ("agent", b, "在的"))
    world.wait_log("sent", 1)
    assert waits(world) == []
    later(world, 5)
    play(world, ("shopper", b, "有货吗"))
    world.wait_log("messages", 2)
    assert waits(world) == [(name_of(world, b), 0)]


@sites
def test_an_answer_from_elsewhere_ends_the_clock(world: PageWorld, site: ReplaySite) -> None:
    _, b, c = site.talks
    open_page(world, site)
    play(world, ("shopper", b, "乙在等"))
    clocks(world)
    later(world, 10)
    play(world, ("shopper", c, "丙在等"))
    clocks(world)
    later(world, 5)
    assert waits(world) == [(name_of(world, b), 15), (name_of(world, c), 5)]
    play(world, ("agent", b, "同事答了"))
    assert waits(world) == [(name_of(world, c), 5)]


@sites
def test_marks_that_stood_before_the_load_have_a_clock(world: PageWorld, site: ReplaySite) -> None:
    _, b, c = site.talks
    open_page(world, site, ("shopper", b, "乙早就在等"), ("shopper", c, "丙也在等"))
    assert sorted(name for name, _ in waits(world)) == sorted(
        [name_of(world, b), name_of(world, c)]
    )


@pytest.mark.parametrize(
    ("page", "one", "other"),
    [("pinduoduo", "810002", "810003"), ("feige", "810002", "810003"),
     ("dongdong", "810002", "810003"), ("qianfan", "q2", "q3"), ("weixin", "810002", "810003"),
     ("sixintong", "x810002", "x810003"), ("kuaishou", "810002", "810004")],
)  # fmt: skip
def test_two_shoppers_of_one_name_have_a_clock_each(
    world: PageWorld, page: str, one: str, other: str
) -> None:
    open_page(world, BY_PAGE[page])
    name = name_of(world, one)
    assert name == name_of(world, other)
    play(world, ("shopper", one, "红色有吗"))
    clocks(world)
    later(world, 20)
    play(world, ("shopper", other, "能开发票吗"))
    clocks(world)
    later(world, 10)
    assert waits(world) == [(name, 30), (name, 10)]
    world.replay(f"replay.open('{other}')")
    world.wait_log("messages", 1)
    play(world, ("agent", other, "可以的"))
    world.wait_log("sent", 1)
    assert waits(world) == [(name, 30)]
    play(world, ("shopper", one, "还在吗"))
    assert waits(world) == [(name, 30)]
    assert len({clock["id"] for clock in clocks(world)}) == 1
    world.replay(f"replay.open('{one}')")
    world.wait_log("messages", 2)
    assert waits(world) == [(name, 30)]


def test_a_page_that_says_how_long_somebody_waits_is_believed(world: PageWorld) -> None:
    site = BY_PAGE["weixin"]
    world.open(site.page, site.site,
               before="(replay.waited = '2:05', replay.say('810002', '在吗'))")  # fmt: skip
    world.settle()
    [(name, seconds)] = waits(world)
    assert name == "X*K"
    assert seconds >= 125


def test_the_platforms_own_line_is_nobody_waiting(world: PageWorld) -> None:
    open_page(world, BY_PAGE["feige"])
    world.replay(
        "(replay.system('810002', '客服小晴的小店接入'), replay.talks[1].unread = 1, replay.rerender())"
    )
    assert waits(world) == []


@pytest.mark.parametrize("page", ["dongdong", "feige"])
def test_a_row_out_of_sight_keeps_its_clock_and_lends_it_to_nobody(
    world: PageWorld, page: str
) -> None:
    crowd = [[f"n{i}", f"顾客{i}"] for i in range(60)]
    open_page(world, BY_PAGE[page])
    world.replay(f"replay.join({json.dumps(crowd)})")
    play(world, ("shopper", "n7", "还在等"))
    clocks(world)
    later(world, 40)
    for i in range(20, 50):
        play(world, ("agent", f"n{i}", "好的"))
    rows = world.page.locator(".side").inner_text()
    assert "顾客7" not in rows
    assert waits(world) == [("顾客7", 40)]
    for top in (0, 300, 900, 2000, 0):
        world.page.locator(".side").evaluate("(side, top) => { side.scrollTop = top; }", top)
        assert waits(world) == [("顾客7", 40)]
    later(world, 1)
    play(world, ("agent", "n7", "来了"))
    assert waits(world) == []


class Shift:
    """An hour of many shoppers, made up from a seed; knows who really waits."""

    def __init__(self, shoppers: list[str], seed: int) -> None:
        self.shoppers = shoppers
        self.waiting: set[str] = set()
        self.here = shoppers[0]
        self._random = random.Random(seed)
        self._count = 0

    def step(self) -> str:
        """One thing that happens, as an expression for the page."""
        draw = self._random.random()
        who = self._random.choice(self.shoppers)
        self._count += 1
        if draw < 0.5:
            self.waiting.add(who)
            return f"replay.say('{who}', '第 {self._count} 问')"
        if draw < 0.7:
            self.waiting.discard(who)
            return f"replay.answer('{who}', '第 {self._count} 答')"
        if draw < 0.85:
            self.here = self._random.choice(sorted(self.waiting) or self.shoppers)
            return f"replay.open('{self.here}')"
        if draw < 0.95:
            self.waiting.discard(self.here)
            return f"replay.answer('{self.here}', '第 {self._count} 答')"
        return "replay.rerender()"


@pytest.mark.parametrize("page", ["pinduoduo", "feige", "weixin", "sixintong"])
def test_through_a_long_shift_the_clocks_are_those_who_wait(world: PageWorld, page: str) -> None:
    site = BY_PAGE[page]
    crowd = [[f"900{i}", "X*K" if i % 3 else f"顾*{i}"] for i in range(12)]
    shift = Shift([*site.talks, *(talk for talk, _ in crowd)], seed=5)
    open_page(world, site)
    world.bangda("void (stopped_ms = 0)")
    world.replay(f"replay.join({json.dumps(crowd)})")
    for _ in range(40):
        for _ in range(4):
            world.bangda("void (skew_ms += 1500)")  # nobody answers at once
            world.replay(f"void {shift.step()}")
            world.bangda("new Promise((done) => setTimeout(done, 0))")
        world.settle()
        assert {clock["id"] for clock in clocks(world)} == shift.waiting
