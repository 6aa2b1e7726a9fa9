"""Made-up purchases of the demo's shoppers: some new, some returning, one order under way."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from server.store import Database
from server.store.quality.audit import Audit
from server.store.quality.orders import Order, Orders
from server.store.shoppers import Member, Members

PLATFORM = "demo"
_WHO = "(sample)"
_NEWCOMERS = 3
_GOODS = {
    "home-living": ("收纳箱 55L", "纯棉四件套", "不粘炒锅 30cm", "保温杯 500ml"),
    "beauty-care": ("水润面霜 50g", "氨基酸洁面乳", "保湿面膜 10片"),
    "clothes": ("加绒连帽卫衣", "直筒牛仔裤", "羊毛针织衫"),
}


def fill_shoppers(
    database: Database, audit: Audit, shoppers: Iterable[tuple[str, str]], today: date
) -> int:
    """Writes orders and members for (shop, id on the demo's page); returns how many shoppers.

    Every third has bought nothing yet. The same shoppers again change nothing.
    """
    by_shop: dict[str, list[str]] = {}
    for shop, shopper_id in dict.fromkeys(shoppers):
        by_shop.setdefault(shop, []).append(shopper_id)
    for shop, ids in by_shop.items():
        chance = random.Random(f"{shop}/shoppers")  # noqa: S311 - no secret
        orders: list[Order] = []
        for place, shopper_id in enumerate(ids):
            if place % _NEWCOMERS != _NEWCOMERS - 1:
                orders += _orders(chance, shop, shopper_id, f"{place:03}", today)
        Orders(database, audit).take(orders, shop, PLATFORM, _WHO)
        members = [Member(shopper_id=shopper_id) for shopper_id in ids]
        Members(database, audit).take(members, shop, PLATFORM, _WHO)
    return sum(len(ids) for ids in by_shop.values())


def _orders(
    chance: random.Random, shop: str, shopper_id: str, place: str, today: date
) -> list[Order]:
    found = []
    count = chance.choice((1, 1, 2, 2, 3, 5, 9))
    for number in range(count):
        back = 3 + 29 * (count - 1 - number) + chance.randrange(20)
        last = number == count - 1
        found.append(
            Order(
                order_id=f"DEMO{place}{number:02}",
                shopper=shopper_id,
                fen=100 * chance.randrange(29, 399),
                day=(today - timedelta(days=back)).isoformat(),
                product=chance.choice(_GOODS.get(shop, ("示例商品",))),
                quantity=1,
                status="已发货，待签收" if last and count > 1 else "交易成功",
            )
        )
    return found
