"""What the extension costs the page that it works in: the parts of the way from a bubble to the
panel, long tasks beside a conversation of 1,000 lines, memory over an hour of work.

Times are printed, not judged: machines differ (`pytest tests/e2e/test_page_cost.py -s`;
docs/benchmarks.md holds a run). That memory stays flat is judged.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from server.base.config import shipped
from tests.conftest import Running
from tests.e2e.conftest import Desk
from tests.e2e.extension import Chrome, chrome
from tests.e2e.test_worker_and_network import FIRST_MS, LOCAL, open_page, pages, say

__all__ = ["pages"]

TIMING = Path(__file__).parent / "timing"
TOPICS = ("什么时候发货", "发什么快递", "可以开发票吗", "能便宜点吗", "地址写错了能改吗")
ROUNDS = 10
LINES = 1_000
# An hour of a busy desk: about one line every two seconds.
HOUR_LINES = 1_800

WATCH_LONG_TASKS = """
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
"""

# One message, until the panel shows another first reply; all times on one clock, in ms.
ASK = """async ([text, id]) => {
  const at = () => performance.timeOrigin + performance.now();
  const panel = document.querySelector('bangda-panel').shadowRoot;
  const shown = () => panel.querySelector('.card')?.textContent ?? '';
  const before = shown();
  let bubble = 0;
  const list = new MutationObserver(() => { bubble ||= at(); });
  list.observe(document.querySelector('#msgListContainer'), { childList: true, subtree: true });
  const changed = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no other reply for ${text}`)), 20000);
    const observer = new MutationObserver(() => {
      if (!shown() || shown() === before) return;
      observer.disconnect();
      resolve(at());
    });
    observer.observe(panel, { childList: true, subtree: true, characterData: true });
  });
  replay.say(id, text);
  const end = await changed;
  list.disconnect();
  // What comes next is a question of its own.
  replay.answer(id, '好的');
  return { bubble, end };
}"""

READ_TIMING = """() => {
  document.dispatchEvent(new Event('timing-ask'));
  return JSON.parse(document.documentElement.dataset.timing);
}"""


def instrumented(extension: Path) -> None:
    """Puts the notes of times into a copy of the extension."""
    shutil.copy(TIMING / "worker.js", extension / "timing_worker.js")
    shutil.copy(TIMING / "page.js", extension / "src" / "timing_page.js")
    for name, line in (("background.js", './timing_worker.js"'), ("src/content.js", './timing_page.js"')):  # fmt: skip
        path = extension / name
        path.write_text(f'import "{line};\n{path.read_text("utf-8")}', "utf-8")


@contextmanager
def measured(folder: Path, server: str, token: str) -> Iterator[Chrome]:
    """Chromium with the instrumented extension, 拼多多's adapter on the replay page."""
    with chrome(folder, LOCAL, prepare=instrumented) as browser:
        browser.switch_on_replay(server, token)
        browser.context.add_init_script(WATCH_LONG_TASKS)
        yield browser


@pytest.fixture
def quick(start: Callable[..., Running]) -> Running:
    """A server whose answers cost next to nothing."""
    return start(shipped("scripts_library"))


def percentiles(times: Sequence[float]) -> str:
    ranked = sorted(times)
    return f"p50 {median(ranked):5.1f}  p95 {ranked[int(len(ranked) * 0.95)]:5.1f} ms"


def pause(page: Page, ms: int = 0) -> None:
    page.evaluate("(ms) => new Promise((done) => setTimeout(done, ms))", ms)


def long_tasks(page: Page) -> list[float]:
    """Long tasks since this was last asked, in ms."""
    pause(page, 100)
    found: list[float] = page.evaluate("() => window.longTasks.splice(0)")
    return found


def test_the_way_from_a_bubble_to_the_panel_by_parts(
    tmp_path: Path, desk: Desk, pages: str
) -> None:
    with measured(tmp_path / "chrome", desk.url, desk.token) as browser:
        page = open_page(browser, pages)
        say(page, "在吗 想问下怎么安装")
        expect(page.locator("bangda-panel .card").first).to_be_visible(timeout=FIRST_MS)
        page.evaluate("replay.answer('810001', '好的')")
        seen = set(page.evaluate(READ_TIMING)["timing"])
        ways: list[dict[str, float]] = []
        for number in range(ROUNDS):
            for topic in TOPICS:
                ends = page.evaluate(ASK, [f"{topic}呀{number}", "810001"])
                in_page = page.evaluate(READ_TIMING)["timing"]
                [request_id] = set(in_page) - seen
                seen.add(request_id)
                in_worker = browser.worker.evaluate("(id) => globalThis.timing[id]", request_id)
                ways.append(parts_of(ends | in_page[request_id] | in_worker))
                pause(page, 60)
    assert len(ways) == ROUNDS * len(TOPICS)
    print(f"\nbubble to panel, n {len(ways)}")
    whole = sum(way["all"] for way in ways)
    for part in ways[0]:
        times = [way[part] for way in ways]
        print(f"  {part:<18} {percentiles(times)}  {sum(times) / whole:4.0%} of all")


def parts_of(at: dict[str, float]) -> dict[str, float]:
    """The parts of one message's way, in ms; Chrome's own hops between processes apart."""
    page = (at["posted"] - at["bubble"]) + (at["end"] - at["back"])
    worker = (at["sent"] - at["asked"]) + (at["replied"] - at["came"])
    return {
        "page": page,
        "worker": worker,
        "page and worker": page + worker,
        "Chrome's hops": (at["asked"] - at["posted"]) + (at["back"] - at["replied"]),
        "server": at["came"] - at["sent"],
        "all": at["end"] - at["bubble"],
    }


def lines(talk: str, n: int) -> str:
    """`n` lines of a conversation in turns, as steps of the page."""
    return json.dumps(
        [
            ["agent" if i % 3 == 2 else "shopper", talk, f"第 {i} 句，关于订单和发货"]
            for i in range(n)
        ]
    )


def test_long_tasks_beside_a_thousand_lines(tmp_path: Path, quick: Running, pages: str) -> None:
    print(f"\na conversation of {LINES:,} lines")
    token = quick.token(shop="home-living")
    for name in ("with", "without"):
        with measured(tmp_path / name, quick.url, token) as browser:
            if name == "without":
                browser.worker.evaluate("chrome.storage.local.set({sites: {}})")
                pause(browser.context.pages[0], 300)
            page = browser.context.new_page()
            page.goto(f"{pages}/pinduoduo.html")
            page.wait_for_function("() => window.replay")
            page.evaluate("void replay.play([['agent', '810001', '您好']])")
            if name == "with":
                page.wait_for_selector("bangda-panel", state="attached")
            page.evaluate(f"void replay.play({lines('810002', LINES)})")
            pause(page, 300)
            own(page, name)
            long_tasks(page)
            page.evaluate(
                """() => new Promise((done) => setTimeout(() => {
                    replay.open('810002');
                    setTimeout(done, 800);
                }))"""
            )
            report(f"opening it, {name} the extension", long_tasks(page), own(page, name))
            page.evaluate(LIVE, 40)
            report(f"40 live messages, {name}", long_tasks(page), own(page, name))
            shown = page.locator("bangda-panel .incoming blockquote")
            assert shown.count() == (1 if name == "with" else 0)
            if name == "with":
                expect(shown).to_contain_text("又问 39")


LIVE = """async (count) => {
  for (let i = 0; i < count; i++) {
    await new Promise((done) => setTimeout(done, 20));
    replay.say('810002', `又问 ${i}`);
  }
  await new Promise((done) => setTimeout(done, 300));
}"""


def own(page: Page, name: str) -> list[float]:
    """Stretches of the extension's own work since this was last asked, in ms."""
    if name == "without":
        return []
    found: list[float] = page.evaluate(READ_TIMING)["stretches"]
    return found


def report(what: str, tasks: list[float], stretches: list[float]) -> None:
    most = f", own work: longest {max(stretches):.1f} ms, in all {sum(stretches):.1f} ms" if stretches else ""  # fmt: skip
    print(f"  {what}: long tasks {[round(task) for task in tasks]}{most}")


HOUR = """async ([count, from]) => {
  const tick = () => new Promise((done) => setTimeout(done, 0));
  const ids = replay.talks.map((talk) => talk.id);
  for (let i = from; i < from + count; i++) {
    const id = ids[Math.floor(i / 9) % ids.length];
    if (replay.active !== id) { replay.open(id); await new Promise((done) => setTimeout(done, 70)); }
    if (i % 3 === 2) replay.answer(id, `第 ${i} 答，马上为您处理`);
    else replay.say(i % 7 ? id : ids[(i + 1) % ids.length], `第 ${i} 问，什么时候发货`);
    await tick();
  }
}"""


def test_memory_is_flat_over_an_hour_of_work(tmp_path: Path, quick: Running, pages: str) -> None:
    with measured(tmp_path / "chrome", quick.url, quick.token(shop="home-living")) as browser:
        page = open_page(browser, pages)
        page.evaluate("void (replay.keep = 24)")
        cdp = page.context.new_cdp_session(page)
        sizes = []
        for part in range(6):
            page.evaluate(HOUR, [HOUR_LINES // 6, part * HOUR_LINES // 6])
            page.evaluate(READ_TIMING)
            cdp.send("HeapProfiler.collectGarbage")
            sizes.append(cdp.send("Runtime.getHeapUsage")["usedSize"])
    print(f"\nheap over {HOUR_LINES:,} lines, MB: {[round(size / 1e6, 2) for size in sizes]}")
    # What is kept of each conversation is full by the third part.
    assert sizes[-1] < sizes[2] * 1.1, sizes
