"""Work's share of the sample month: promises, after-sales requests, lines to a day; calls the rest.

Promises are read from what the made-up agents sent, as they are from what real ones send.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from server.base.times import moment, utc_text
from server.catalog.served import Served
from server.library import Shop
from server.sample.goods import goods_of, order_number
from server.sample.orders import fill_orders
from server.sample.reviews import fill_reviews
from server.sample.traffic import SAMPLE_PREFIX, STYLES
from server.store.database import Database, Row, Writing
from server.store.quality.audit import Audit
from server.store.rows import ConversationRow, PromiseRow, SaidRow
from server.store.work.requests import NewRequest
from server.store.work.said import note_said
from server.store.work.stores import WorkStore, open_work
from server.work.holidays import holidays
from server.work.promises import rings_at
from server.work.requests import ALL_KINDS, SOLUTIONS, STATIONS, WAITS_AT, kind_in, station_due
from server.work.saying import saying

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
# What shoppers say, by the kind of request that it becomes.
_PROBLEMS: Final = {
    "quality.broken": "收到就裂了一道口子", "quality.defect": "有个线头，边上还开线了",
    "quality.colour": "洗一次就掉色了", "quality.function": "用了两天就不亮了",
    "quality.reaction": "用了脸上红肿", "wrong.missing": "少发了一个盖子",
    "wrong.other_goods": "发错了，不是我拍的那个", "wrong.other_size": "发错颜色了",
    "carrier.lost": "显示签收但我没收到", "carrier.damaged": "快递路上压坏了",
    "carrier.stuck": "物流三天不动了", "carrier.misrouted": "快递送错地方了",
    "choice.size": "尺码不合适想换", "choice.unwanted": "不想要了，能退吗",
    "choice.unlike_page": "和图片不一样", "money.price_gap": "刚买就降价了，能补差价吗",
    "money.freight": "退货的运费谁出", "money.invoice": "发票抬头开错了",
}  # fmt: skip
_LINES: Final = (
    "下午问活动价的多，建议把满减写到首页。", "快递停更的有三单，都催了，明早再看。",
    "今天差评一条，已联系，买家愿意换货。", "新款问尺码的多，缺一条怎么量的话术。",
)  # fmt: skip
_BUYERS, _REQUESTS = 1500, 54


def fill_work(database: Database, audit: Audit, served: Served, seed: int = 7) -> None:
    """Fills a shop's lists of work; its talks stand there already."""
    chance = random.Random(f"{served.shop.id}/work/{seed}")  # noqa: S311 - no secret
    now, work = datetime.now(UTC), open_work(database)
    _promise(database, served, chance, now)
    like = f"{SAMPLE_PREFIX}%"
    talks = database.rows(_LATEST, [served.shop.id, like, _BUYERS])
    fill_orders(database, audit, work, served.shop, talks, chance, now)
    _request(work, served, talks[:_REQUESTS], chance, now)
    fill_reviews(work.reviews, served.shop, talks, chance, now)
    _note_days(work, served.shop, chance, now)


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


def _request(
    work: WorkStore, served: Served, talks: Sequence[Row], chance: random.Random, now: datetime
) -> None:
    """Requests at every station; a third are closed, a few are late."""
    zone, off, store = served.shop.zone, holidays(), work.requests
    for place, talk in enumerate(talks):
        kind = ALL_KINDS[place % len(ALL_KINDS)]
        problem, at = _PROBLEMS[kind], now - timedelta(hours=chance.triangular(1, 600, 8))
        new = NewRequest(
            served.shop.id,
            chance.choice(STYLES).name,
            platform=talk["platform"],
            conversation=talk["id"],
            order_id=order_number(chance, 9),
            shopper=talk["shopper_id"],
            kind=kind_in([problem]) or kind,
            product=chance.choice(goods_of(served.shop)),
            said=problem,
            photos="破损处两张" if chance.random() < 0.5 else "",
        )
        due = station_due("talked", at, zone, off)
        number = store.open(new, utc_text(due) if due else "", utc_text(at))
        last = chance.randrange(len(STATIONS))
        for station in STATIONS[1 : last + 1]:
            at += (now - at) * chance.uniform(0.1, 0.6)
            # Most of what is open came to where it is lately; a few are late.
            if station == STATIONS[last] and last < len(STATIONS) - 1 and chance.random() < 0.8:
                at = max(at, now - timedelta(hours=chance.uniform(1, 20)))
            due = station_due(station, at, zone, off)
            told = utc_text(due) if due else ""
            store.move(number, station, told, WAITS_AT[station], new.agent, utc_text(at))
            if station == "solved":
                money = {"freight_fen": str(chance.randrange(0, 20)), "solution": ""}
                money["solution"] = chance.choice(SOLUTIONS)
                money["compensation_fen"] = str(chance.choice((0, 0, 5, 10)))
                store.change(number, money, utc_text(at))


def _note_days(work: WorkStore, shop: Shop, chance: random.Random, now: datetime) -> None:
    """A few lines by agents to the last days."""
    today = now.astimezone(shop.zone).date()
    for back in range(8):
        day = (today - timedelta(days=back)).isoformat()
        for style in chance.sample(STYLES, 2):
            work.days.write(shop.id, day, style.name, chance.choice(_LINES))
