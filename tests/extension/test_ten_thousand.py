"""Ten thousand shopper messages among conversations that are switched, drawn anew, scrolled back and
answered: each is asked for exactly once, under its own shopper."""

from __future__ import annotations

import json
import random

import pytest

from tests.extension.page_world import PageWorld
from tests.extension.replay_sites import SITES, ReplaySite

BY_PAGE = {site.page: site for site in SITES}

# Vue 2 with ids and nodes replaced, React without any id, Vue 3 with nodes reused.
RUNS = [("pinduoduo", 8_000), ("xianyu", 1_600), ("sixintong", 400)]


class Script:
    """What happens, made up from a seed; remembers what every shopper said."""

    def __init__(self, site: ReplaySite, seed: int) -> None:
        self.site = site
        self.said: dict[str, list[str]] = {talk: [] for talk in site.talks}
        self.active = site.talks[0]
        self._random = random.Random(seed)

    @property
    def total(self) -> int:
        return sum(map(len, self.said.values()))

    def chunk(self, steps: int) -> list[list[object]]:
        """Steps on the page until the next switch of conversation, each one mutation."""
        return [self._step() for _ in range(steps)]

    def _step(self) -> list[object]:
        draw = self._random.random()
        if draw < 0.35:
            return ["play", [self._say(self.active)]]
        if draw < 0.75:
            return ["play", [self._say(self.active) for _ in range(self._random.randint(2, 8))]]
        if draw < 0.9:
            return ["play", [["agent", self.active, f"答 {self._random.random()}"]]]
        if draw < 0.93:
            return ["play", [["system", self.active, "客服小晴的小店接入"]]]
        if draw < 0.96:
            return ["rerender", []]
        if draw < 0.97 and self.site.page != "sixintong":
            return ["older", 5]
        mixed = [self._say(self.active), ["agent", self.active, "好的"], self._say(self.active)]
        return ["play", mixed]

    def _say(self, talk: str) -> list[object]:
        text = f"{talk} 第 {len(self.said[talk])} 问"
        self.said[talk].append(text)
        return ["shopper", talk, text]

    def other(self) -> tuple[str, list[list[object]]]:
        """The conversation to switch to, and what was said there meanwhile."""
        waiting = self._random.choice([talk for talk in self.site.talks if talk != self.active])
        lines = [self._say(waiting) for _ in range(self._random.randint(0, 3))]
        self.active = waiting
        return waiting, lines


RUN_STEPS = """async ([steps, active]) => {
    for (const [kind, given] of steps) {
        if (kind === 'play') window.replay.play(given);
        else if (kind === 'rerender') window.replay.rerender();
        else window.replay.older(active, given);
        await new Promise((done) => {
            const channel = new MessageChannel();
            channel.port1.onmessage = done;
            channel.port2.postMessage(0);
        });
    }
}"""


@pytest.mark.parametrize(("page", "count"), RUNS, ids=[page for page, _ in RUNS])
def test_each_message_is_asked_for_once_under_its_own_shopper(
    world: PageWorld, page: str, count: int
) -> None:
    site = BY_PAGE[page]
    script = Script(site, seed=7)
    greetings = [["agent", talk, "您好"] for talk in site.talks]
    world.open(site.page, site.site,
               before=f"(replay.keep = 24, replay.play({json.dumps(greetings)}))")  # fmt: skip
    world.settle()
    while script.total < count:
        world.frame.evaluate(RUN_STEPS, [script.chunk(40), script.active])
        talk, lines = script.other()
        world.frame.evaluate(
            "([lines, talk]) => { window.replay.play(lines); window.replay.open(talk); }",
            [lines, talk],
        )
        world.settle()
    world.bangda("new Promise((done) => setTimeout(done, 1600))")  # what is held is asked by then
    asked: dict[str, list[str]] = {}
    for message in world.log("messages"):
        asked.setdefault(message["conversation_id"], []).extend(message["text"].split("\n"))
    said = {talk: lines for talk, lines in script.said.items() if lines}
    # A question that grows holds its lines again; the first time is what counts.
    by_first = {lines[0]: list(dict.fromkeys(lines)) for lines in asked.values()}
    assert len(by_first) == len(asked) == len(said)
    for lines in said.values():
        assert by_first[lines[0]] == lines
    message_ids = [message["message_id"] for message in world.log("messages")]
    assert len(set(message_ids)) == len(message_ids)


def test_memory_stays_flat(world: PageWorld) -> None:
    site = BY_PAGE["pinduoduo"]
    script = Script(site, seed=3)
    greetings = [["agent", talk, "您好"] for talk in site.talks]
    world.open(site.page, site.site,
               before=f"(replay.keep = 24, replay.play({json.dumps(greetings)}))")  # fmt: skip
    world.settle()
    cdp = world.page.context.new_cdp_session(world.page)
    sizes = []
    for _ in range(4):
        for _ in range(6):
            world.frame.evaluate(RUN_STEPS, [script.chunk(30), script.active])
            talk, lines = script.other()
            world.frame.evaluate(
                "([lines, talk]) => { window.replay.play(lines); window.replay.open(talk); }",
                [lines, talk],
            )
            world.settle()
        world.bangda("void Object.values(bangda.log).forEach((list) => { list.length = 0; })")
        cdp.send("HeapProfiler.collectGarbage")
        sizes.append(cdp.send("Runtime.getHeapUsage")["usedSize"])
    assert sizes[-1] < sizes[1] * 1.15, sizes
