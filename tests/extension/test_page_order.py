"""What a chat page shows of an order goes with the shopper's message: number, state, amount."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from tests.extension.page_world import PageWorld


@dataclass(frozen=True)
class Beside:
    """A page with an order beside its thread; `order` is that part of the page."""

    page: str
    site: str
    talk: str
    order: str
    number: str


BESIDE = [
    Beside(
        "kuaishou", "kuaishou", "810001",
        '<div class="OrderCard"><span class="oid">订单号 2420000012345678</span><span class="order-tag">'
        "待发货</span><span>共2件 实付款：￥1,259.90</span></div>"
        '<div class="OrderCard"><span class="oid">2420000099</span><i class="order-tag">交易成功</i></div>',
        "2420000012345678",
    ),
    Beside(
        "feige", "feige", "810001",
        '<div id="workStation"><div class="ecom-collapse-header">6912345678901234567 待发货 合计2件 '
        "实付 ¥1259.90</div></div>",
        "6912345678901234567",
    ),
    Beside(
        "pinduoduo", "pinduoduo", "810001",
        '<div class="right-panel-container"><div><span class="order-sn">241130-123456789012345</span>'
        "<b>待发货，</b><em>实收：1259.9元</em></div></div>",
        "241130-123456789012345",
    ),
    Beside(
        "qianfan", "xiaohongshu-qianfan", "q1",
        '<div class="order-tool-content"><div class="order-card"><div class="order-card-title-id">'
        "订单 P701234567890123</div><p>待发货</p><p>实付 1259.90</p></div></div>",
        "P701234567890123",
    ),
    Beside(
        "weixin", "weixin", "810001",
        '<div><span class="order-id-text">3712345678901234</span><i>待发货</i> 订单金额 ¥1,259.90</div>',
        "3712345678901234",
    ),
]  # fmt: skip


def show(world: PageWorld, html: str) -> None:
    """Puts a part into the page, beside the thread."""
    world.page.evaluate(
        f"""() => {{
            const root = document.querySelector('wujie-app')?.shadowRoot.lastElementChild;
            (root ?? document.body).insertAdjacentHTML('beforeend', {json.dumps(html)});
        }}"""
    )


@pytest.mark.parametrize("beside", BESIDE, ids=lambda one: one.page)
def test_the_order_beside_the_thread_goes_with_the_message(
    world: PageWorld, beside: Beside
) -> None:
    world.open(beside.page, beside.site)
    show(world, beside.order)
    world.replay(f"replay.say('{beside.talk}', '怎么还不发')")
    [message] = world.wait_log("messages", 1)
    page = message["page"]
    assert (page["order_id"], page["order_status"]) == (beside.number, "待发货")
    assert page["amount"].replace(",", "").startswith("1259.9")


def send_card(world: PageWorld, html: str) -> None:
    """Makes a card of the line in the thread, as the page draws one that a shopper sent."""
    world.page.evaluate(
        f"""() => {{
            document.querySelector('[class*="_msgBody"]').innerHTML = {json.dumps(html)};
        }}"""
    )


def about(world: PageWorld, text: str) -> dict[str, str]:
    """What goes with the message that ends in `text`."""
    world.until(f"bangda.log.messages.some((m) => m.text.endsWith({json.dumps(text)}))")
    page: dict[str, str] = next(
        m["page"] for m in world.log("messages") if m["text"].endswith(text)
    )
    return page


def test_a_card_s_order_is_not_told_with_the_state_of_the_one_beside(world: PageWorld) -> None:
    world.open("kuaishou", "kuaishou", before="replay.say('810001', '在吗')")
    show(world, BESIDE[0].order)
    send_card(
        world,
        '<div class="kwaishop-cs-BizOrderCard"><b class="title">纯棉四件套</b>'
        '<span class="oid">2420000077777777</span></div>',
    )
    world.replay("replay.say('810001', '这个订单呢')")
    assert about(world, "这个订单呢") == {"order_id": "2420000077777777"}


def test_who_sends_a_card_and_asks_then_asks_about_it(world: PageWorld) -> None:
    world.open("kuaishou", "kuaishou", before="replay.say('810001', '在吗')")
    send_card(
        world, '<div class="kwaishop-cs-bizBuyerFromCard"><b class="title">纯棉四件套</b></div>'
    )
    world.replay("replay.say('810001', '有货吗')")
    assert about(world, "有货吗") == {"product": "纯棉四件套"}
    world.replay("replay.play([['agent', '810001', '有的']])")
    world.replay("replay.say('810001', '几天到')")
    assert about(world, "几天到") == {"product": "纯棉四件套"}
