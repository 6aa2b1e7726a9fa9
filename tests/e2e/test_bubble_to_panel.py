"""From a bubble in the page to replies in the panel, the whole way with the bundled model.

Every message must change the panel. How long it takes is printed, not judged: machines differ
(`pytest tests/e2e/test_bubble_to_panel.py -s`; docs/benchmarks.md holds a run).
"""

from __future__ import annotations

from statistics import median

from playwright.sync_api import expect

from tests.e2e.extension import Chrome
from tests.e2e.test_worker_and_network import FIRST_MS, on, open_page, pages, say

__all__ = ["on", "pages"]

# Neighbours in this list have different first replies, so that each one changes the panel.
TOPICS = ("什么时候发货", "发什么快递", "可以开发票吗", "能便宜点吗", "地址写错了能改吗")
ROUNDS = 8
MEASURE = """async ([text, id]) => {
  const panel = document.querySelector('bangda-panel').shadowRoot;
  const shown = () => panel.querySelector('.card')?.textContent ?? '';
  const before = shown();
  const start = performance.now();
  const changed = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no other reply for ${text}`)), 20000);
    const observer = new MutationObserver(() => {
      if (!shown() || shown() === before) return;
      observer.disconnect();
      resolve(performance.now() - start);
    });
    observer.observe(panel, { childList: true, subtree: true, characterData: true });
  });
  replay.say(id, text);
  const took = await changed;
  // What comes next is a question of its own.
  replay.answer(id, '好的');
  return took;
}"""


def test_every_bubble_reaches_the_panel(on: Chrome, pages: str) -> None:
    page = open_page(on, pages)
    say(page, "在吗 想问下怎么安装")
    expect(page.locator("bangda-panel .card").first).to_be_visible(timeout=FIRST_MS)
    page.evaluate("replay.answer('810001', '好的')")
    took = []
    for number in range(ROUNDS):
        for topic in TOPICS:
            took.append(page.evaluate(MEASURE, [f"{topic}呀{number}", "810001"]))
            page.evaluate("() => new Promise((done) => setTimeout(done, 120))")
    assert len(took) == ROUNDS * len(TOPICS)
    took.sort()
    p95 = took[int(len(took) * 0.95)]
    print(f"\nbubble to panel: p50 {median(took):.1f} ms, p95 {p95:.1f} ms, n {len(took)}")
