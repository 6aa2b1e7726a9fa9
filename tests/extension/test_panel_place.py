"""Where a panel over a page stands: clear of what is to be read and typed, and tall enough to be of use."""

from __future__ import annotations

import json

import pytest

from tests.extension.page_world import PageWorld

LONG = "现货付款后48小时内发出。每天16:00前付款的优先当天打包，之后的顺延到次日，节假日以页面为准。"
PLACE = """Promise.all([
  import('%s/ext/src/page/keep_clear.js'), import('%s/ext/src/panel/room.js'),
]).then(([{ keepClear }, { freePlace }]) => {
  const { box, thread } = bangda.watcher.last();
  const view = { width: innerWidth, height: innerHeight };
  const { right, bottom, width, room } = freePlace(view, keepClear(box, thread.list));
  const rect = { left: view.width - right - width, right: view.width - right,
                 top: view.height - bottom - room, bottom: view.height - bottom };
  const covers = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const it = range.getBoundingClientRect();
    return it.left < rect.right && rect.left < it.right && it.top < rect.bottom && rect.top < it.bottom;
  };
  const said = [...document.querySelectorAll('.bubble')];
  return { room, covered: said.filter(covers).length, box: covers(box) };
})"""


@pytest.mark.parametrize("page", ["pinduoduo", "feige", "kuaishou"])
def test_a_short_thread_leaves_room_beside_its_lines(world: PageWorld, page: str) -> None:
    steps = [
        ["shopper", "810001", "什么时候发货"],
        ["agent", "810001", LONG],
        ["shopper", "810001", "好的"],
    ]
    world.page.set_viewport_size({"width": 1366, "height": 650})
    world.open(page, page, before=f"replay.play({json.dumps(steps)})")
    world.settle()
    place = world.bangda(PLACE % (world.address, world.address))
    assert place["covered"] == 0
    assert not place["box"]
    assert place["room"] >= 240


def test_the_panel_looks_again_when_a_line_comes(world: PageWorld) -> None:
    world.open("kuaishou", "kuaishou", before="replay.say('810001', '在吗')")
    world.settle()
    before = world.bangda("bangda.log.looks")
    world.replay("replay.answer('810001', '您好')")
    world.until(f"bangda.log.looks > {before}")
