"""Work's share of the sample month: promises, unpaid orders with reminders, after-sales requests.

Promises are read from what the made-up agents sent, as they are from what real ones send.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from server.base.times import moment, utc_text
from server.catalog.served import Served
from server.sample.traffic import SAMPLE_PREFIX, STYLES
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit
from server.store.quality.orders import Order, Orders
from server.store.rows import ConversationRow, PromiseRow, SaidRow
from server.store.work.requests import NewRequest
from server.store.work.said import note_said
from server.store.work.stores import WorkStore, open_work
from server.work.holidays import holidays
from server.work.promises import rings_at
from server.work.requests import ALL_KINDS, SOLUTIONS, STATIONS, WAITS_AT, kind_in, station_due
from server.work.saying import saying
from server.work.unpaid import REASONS

_WHO: Final = "(sample)"
_SAID: Final = """
    SELECT m.id, m.conversation, m.text, m.sent_at, c.platform, c.conversation_id, c.agent
    FROM messages m JOIN conversations c ON c.id = m.conversation
    WHERE c.shop = ? AND m.sender = 'agent' AND m.conversation IN (
        SELECT id FROM conversations WHERE shop = ? AND conversation_id LIKE ?)
    ORDER BY m.id
"""
_LATEST: Final = """
    SELECT id, platform, conversation_id, shopper_id, agent, last_at FROM conversations
    WHERE shop = ? AND conversation_id LIKE ? AND shopper_id != '' ORDER BY last_at DESC LIMIT ?
"""
_PROBLEMS: Final = (
    "收到就裂了一道口子", "洗一次就掉色了", "少发了一个盖子", "发错颜色了", "快递路上压坏了",
    "尺码不合适想换", "不想要了，能退吗", "显示签收但我没收到", "用了两天就不亮了", "刚买就降价了",
)  # fmt: skip
_GOODS: Final = ("收纳箱 55L", "四件套 1.8 米", "小夜灯", "沥水架", "护手霜 三支装")
_PAYERS, _UNPAID, _REQUESTS = 160, 30, 42


def fill_work(database: Database, audit: Audit, served: Served, seed: int = 7) -> None:
    """Fills a shop's lists of work; its talks stand there already."""
    chance = random.Random(f"{served.shop.id}/work/{seed}")  # noqa: S311 - no secret
    now, work = datetime.now(UTC), open_work(database)
    _promise(database, served, chance, now)
    like = f"{SAMPLE_PREFIX}%"
    talks = database.rows(_LATEST, [served.shop.id, like, _PAYERS + _UNPAID + _REQUESTS])
    _order(database, audit, work, served.shop.id, talks, chance, now)
    _request(work, served, talks[:_REQUESTS], chance, now)


def _promise(database: Database, served: Served, chance: random.Random, now: datetime) -> None:
    shop, zone, off = served.shop.id, served.shop.zone, holidays()
    rows = database.rows(_SAID, [shop, shop, f"{SAMPLE_PREFIX}%"])
    made: list[tuple[Row, SaidRow]] = []
    for row in rows:
        at = moment(row["sent_at"])
        found = saying(row["text"], at, zone, off).made
        told = tuple(
            PromiseRow(p.kind, p.words, utc_text(p.due), utc_text(rings_at(at, p.due, zone)))
            for p in found
        )
        if told:
            made.append((row, SaidRow(told)))

    def job(db: Writing) -> None:
        for row, said in made:
            owner = ConversationRow(
                shop, row["platform"], row["conversation_id"], agent=row["agent"]
            )
            note_said(db, owner, row["conversation"], row["id"], said, row["sent_at"])
            for promise in said.made:
                _end(db, row, promise, chance, now)

    database.write(job)


def _end(db: Writing, row: Row, promise: PromiseRow, chance: random.Random, now: datetime) -> None:
    """Most are kept in time, some late, a few were none; what is not due yet is open."""
    said, due = moment(row["sent_at"]), moment(promise.due_at)
    state = chance.choices(("kept", "late", "dropped", "open"), (80, 9, 6, 5))[0]
    at = said + (due - said) * chance.uniform(0.2, 0.95)
    if state == "late":
        at = due + timedelta(minutes=chance.randrange(20, 900))
    if state == "open" or at > now:
        return
    db.execute(
        "UPDATE promises SET state = ?, closed_at = ?, closed_by = ? "
        "WHERE message = ? AND kind = ? AND state = 'open'",
        ["kept" if state == "late" else state, utc_text(at), row["agent"], row["id"], promise.kind],
    )


def _order(
    database: Database,
    audit: Audit,
    work: WorkStore,
    shop: str,
    talks: Sequence[Row],
    chance: random.Random,
    now: datetime,
) -> None:
    """Payers with the time they took, and orders of the last day and a half that wait."""
    orders: dict[str, list[Order]] = {}
    for place, talk in enumerate(talks[: _PAYERS + _UNPAID]):
        late = place < _UNPAID
        hours = chance.uniform(0.2, 36) if late else chance.uniform(48, 24 * 28)
        at = now - timedelta(hours=hours)
        order = Order(
            f"SAMPLE8{chance.randrange(10**11):011d}",
            talk["shopper_id"],
            talk["agent"],
            fen=chance.choice((3990, 5900, 8900, 12900, 19900, 69900)),
            paid=0 if late else 1,
            day=at.date().isoformat(),
            product=chance.choice(_GOODS),
            quantity=chance.choice((1, 1, 1, 2)),
            status="等待买家付款" if late else "交易成功",
            ordered_at=utc_text(at),
            pay_minutes=None if late else round(chance.lognormvariate(1.6, 1.5)),
        )
        orders.setdefault(talk["platform"], []).append(order)
    for platform, found in orders.items():
        Orders(database, audit).take(found, shop, platform, _WHO)
        waiting = [order for order in found if not order.paid and order.fen < 60_000]
        for order in waiting[: len(waiting) // 3]:
            _remind(database, work, shop, platform, order, chance, now)


def _remind(
    database: Database,
    work: WorkStore,
    shop: str,
    platform: str,
    order: Order,
    chance: random.Random,
    now: datetime,
) -> None:
    at = now - timedelta(minutes=chance.randrange(5, 120))
    work.unpaid.claim(shop, platform, order.order_id, order.agent, at)
    row = database.row("SELECT id FROM reminders WHERE order_id = ?", [order.order_id])
    assert row is not None
    work.unpaid.reminded(row["id"], at)
    if chance.random() < 0.7:
        work.unpaid.give_reason(row["id"], chance.choice(REASONS), "hand")


def _request(
    work: WorkStore, served: Served, talks: Sequence[Row], chance: random.Random, now: datetime
) -> None:
    """Requests at every station; a third are closed, a few are late."""
    zone, off, store = served.shop.zone, holidays(), work.requests
    for talk in talks:
        problem, at = chance.choice(_PROBLEMS), now - timedelta(hours=chance.uniform(1, 240))
        new = NewRequest(
            served.shop.id,
            chance.choice(STYLES).name,
            platform=talk["platform"],
            conversation=talk["id"],
            order_id=f"SAMPLE9{chance.randrange(10**11):011d}",
            shopper=talk["shopper_id"],
            kind=kind_in([problem]) or chance.choice(ALL_KINDS),
            product=chance.choice(_GOODS),
            said=problem,
            photos="破损处两张" if chance.random() < 0.5 else "",
        )
        due = station_due("talked", at, zone, off)
        number = store.open(new, utc_text(due) if due else "", utc_text(at))
        for station in STATIONS[1 : chance.randrange(1, len(STATIONS) + 1)]:
            at += (now - at) * chance.uniform(0.1, 0.6)
            due = station_due(station, at, zone, off)
            told = utc_text(due) if due else ""
            store.move(number, station, told, WAITS_AT[station], new.agent, utc_text(at))
            if station == "solved":
                money = {"freight_fen": str(chance.randrange(0, 20)), "solution": ""}
                money["solution"] = chance.choice(SOLUTIONS)
                money["compensation_fen"] = str(chance.choice((0, 0, 5, 10)))
                store.change(number, money, utc_text(at))
