"""The sample month's orders: those that wait for payment, those that were signed for, and the past.

Reminders helped: among orders alike more were paid where somebody had written. So did follow-ups.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from server.base.times import moment, utc_text
from server.library import Shop
from server.sample.goods import goods_of, order_number
from server.sample.traffic import STYLES
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit
from server.store.quality.orders import Order, Orders
from server.store.work.stores import WorkStore
from server.work.follow_ups import INTERVAL
from server.work.unpaid import REASONS

WHO: Final = "(sample)"
PAYERS, UNPAID, LATE, RECEIVED, EARLIER = 160, 30, 240, 60, 160
_PRICES: Final = (3990, 5900, 8900, 12900, 19900, 36900, 69900)
_PAID, _WAITS, _DONE = "交易成功", "等待买家付款", "交易成功"


def fill_orders(
    database: Database,
    audit: Audit,
    work: WorkStore,
    shop: Shop,
    talks: Sequence[Row],
    chance: random.Random,
    now: datetime,
) -> None:
    """Orders of the shoppers of these talks, with who was reminded and written to."""
    if not talks:
        return
    maker = _Maker(shop, talks, chance, now)
    paid = [maker.paid() for _ in range(PAYERS)]
    unpaid = [maker.unpaid() for _ in range(UNPAID)]
    late = [maker.late() for _ in range(LATE)]
    received = [maker.received(chance.uniform(1, 12)) for _ in range(RECEIVED)]
    # Some are due to be bought again, by the interval of their goods or of the shop.
    received += [
        maker.received(days + chance.uniform(0, 12), goods) for goods, days in maker.again()
    ]
    earlier = [maker.received(chance.uniform(35, 110)) for _ in range(EARLIER)]
    back = [maker.back(one) for one in earlier]
    every = [*paid, *unpaid, *(one for one, _ in late), *received, *earlier]
    every += [order for order in back if order is not None]
    for platform in dict.fromkeys(platform for platform, _ in every):
        found = [order for where, order in every if where == platform]
        Orders(database, audit).take(found, shop.id, platform, WHO)
    database.write(lambda db: _remind_once(db, shop.id, late, chance))
    database.write(lambda db: _follow_up_once(db, shop.id, earlier, maker.written, chance))
    for platform, order in unpaid[: UNPAID // 4]:
        _remind(database, work, shop.id, platform, order, chance, now)
    _write_today(database, work, shop.id, received, chance, now)


Placed = tuple[str, Order]
"""Platform and order."""


class _Maker:
    """Makes orders of a shop's own goods and shoppers."""

    def __init__(
        self, shop: Shop, talks: Sequence[Row], chance: random.Random, now: datetime
    ) -> None:
        self._shop, self._talks, self._chance, self._now = shop, talks, chance, now
        self._goods = goods_of(shop)
        self.written: set[str] = set()
        """Earlier orders whose shopper was written to."""

    def paid(self) -> Placed:
        at = self._now - timedelta(hours=self._chance.uniform(48, 24 * 28))
        return self._order(at, paid=1, took=round(self._chance.lognormvariate(1.6, 1.5)))

    def unpaid(self) -> Placed:
        at = self._now - timedelta(hours=self._chance.triangular(0.2, 60, 4))
        return self._order(at, paid=0, took=None)

    def late(self) -> tuple[Placed, float | None]:
        """An order of the past that was not paid soon, and how old it was when reminded of."""
        chance = self._chance
        at = self._now - timedelta(hours=chance.uniform(24 * 4, 24 * 80))
        age = chance.triangular(70, 1800, 180) if chance.random() < 0.45 else None
        fen = chance.choice(_PRICES)
        # Small orders are forgotten, and reminders help; large ones are thought over.
        helped = 0.22 if fen < 10_000 else 0.12 if fen < 30_000 else 0.05
        paid = int(chance.random() < 0.16 + (helped if age is not None else 0))
        took = round((age or 60) + chance.triangular(5, 1200, 60)) if paid else None
        return self._order(at, paid=paid, took=took, fen=fen), age

    def received(self, days: float, goods: str = "") -> Placed:
        """An order that was signed for so many days ago."""
        received = self._now - timedelta(days=days)
        at = received - timedelta(days=self._chance.uniform(2, 5))
        took = round(self._chance.lognormvariate(1.6, 1.5))
        return self._order(at, paid=1, took=took, goods=goods, received=received)

    def again(self) -> list[tuple[str, int]]:
        """Goods that are due to be bought again, and after how many days."""
        own = [
            (product.name, int(product.attributes[INTERVAL].value.removesuffix("天")))
            for product in self._shop.products
            if INTERVAL in product.attributes
        ]
        return own * 6 if own else [(goods, AGAIN_DAYS) for goods in self._goods] * 3

    def back(self, earlier: Placed) -> Placed | None:
        """What the shopper of an earlier order bought again; None for nothing."""
        chance, (platform, order) = self._chance, earlier
        is_written = chance.random() < 0.4
        if is_written:
            self.written.add(order.order_id)
        if chance.random() > (0.24 if is_written else 0.15):
            return None
        at = moment(order.received_at) + timedelta(days=chance.uniform(5, 28))
        return platform, self._order(at, paid=1, took=12, shopper=order.shopper)[1]

    def _order(
        self, at: datetime, *, paid: int, took: int | None, fen: int = 0, goods: str = "",
        received: datetime | None = None, shopper: str = "",
    ) -> Placed:  # fmt: skip
        chance = self._chance
        talk = chance.choice(self._talks)
        return talk["platform"], Order(
            order_number(chance, 8),
            shopper or talk["shopper_id"],
            talk["agent"],
            fen=fen or chance.choice(_PRICES),
            paid=paid,
            day=at.astimezone(self._shop.zone).date().isoformat(),
            product=goods or chance.choice(self._goods),
            quantity=chance.choice((1, 1, 1, 2)),
            status=_PAID if paid else _WAITS if at > self._now - timedelta(days=3) else "交易关闭",
            ordered_at=utc_text(at),
            pay_minutes=took,
            received_at=utc_text(received) if received else "",
            closed=int(not paid and at <= self._now - timedelta(days=3)),
        )


AGAIN_DAYS: Final = 30
"""What a sample shop without intervals of its own is set to."""


def _remind_once(
    db: Writing, shop: str, late: Sequence[tuple[Placed, float | None]], chance: random.Random
) -> None:
    """Who was reminded of orders of the past, and why they had not paid."""
    rows = []
    for (platform, order), age in late:
        if age is not None:
            at = utc_text(moment(order.ordered_at) + timedelta(minutes=age))
            reason = chance.choice(REASONS) if chance.random() < 0.7 else ""
            rows.append(
                {
                    "shop": shop, "platform": platform, "order_id": order.order_id,
                    "shopper": order.shopper, "agent": chance.choice(STYLES).name,
                    "claimed_at": at, "reminded_at": at, "reason": reason,
                    "reason_by": "hand" if reason else "",
                }
            )  # fmt: skip
    db.insert_many("reminders", rows)


def _follow_up_once(
    db: Writing, shop: str, earlier: Sequence[Placed], written: set[str], chance: random.Random
) -> None:
    """Who was written to about purchases of the past."""
    rows = []
    for platform, order in earlier:
        if order.order_id in written:
            at = utc_text(moment(order.received_at) + timedelta(days=chance.uniform(3, 8)))
            rows.append(
                {
                    "shop": shop, "platform": platform, "order_id": order.order_id, "kind": "care",
                    "shopper": order.shopper, "agent": chance.choice(STYLES).name,
                    "claimed_at": at, "done_at": at,
                }
            )  # fmt: skip
    db.insert_many("follow_ups", rows)


def _remind(
    database: Database, work: WorkStore, shop: str, platform: str, order: Order,
    chance: random.Random, now: datetime,
) -> None:  # fmt: skip
    """Somebody has just reminded of it, unless the shopper was written to before."""
    at = now - timedelta(minutes=chance.randrange(5, 120))
    if not work.follow_ups.contacts(shop, at).bear(platform, order.shopper, order.order_id, "pay"):
        return
    work.unpaid.claim(shop, platform, order.order_id, order.agent, at)
    row = database.row("SELECT id FROM reminders WHERE order_id = ?", [order.order_id])
    assert row is not None
    work.unpaid.reminded(row["id"], at)
    if chance.random() < 0.7:
        work.unpaid.give_reason(row["id"], chance.choice(REASONS), "hand")


def _write_today(
    database: Database, work: WorkStore, shop: str, received: Sequence[Placed],
    chance: random.Random, now: datetime,
) -> None:  # fmt: skip
    """A few of the shoppers whose goods came lately were written to already."""
    rows = []
    due = [one for one in received if 3 < (now - moment(one[1].received_at)).days < 9]
    for platform, order in due[:6]:
        at = now - timedelta(minutes=chance.randrange(30, 600))
        contacts = work.follow_ups.contacts(shop, now)
        if not contacts.bear(platform, order.shopper, order.order_id, "care"):
            continue
        row = {
            "shop": shop, "platform": platform, "order_id": order.order_id, "kind": "care",
            "shopper": order.shopper, "agent": chance.choice(STYLES).name,
            "claimed_at": utc_text(at), "done_at": utc_text(at),
        }  # fmt: skip
        rows.append(row)
    database.write(lambda db: db.insert_many("follow_ups", rows))
