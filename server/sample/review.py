"""QA's share of the sample month: verdicts, appeals, score cards, ratings and orders."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from server.catalog.served import Served
from server.metrics.clock import local
from server.metrics.scoring import Criterion
from server.sample.orders import AGAIN_DAYS
from server.sample.traffic import SAMPLE_PREFIX, STYLES, fill_traffic
from server.sample.work import fill_work
from server.store import Database
from server.store.quality.bulk import Bulk
from server.store.quality.review import QueueFilter
from server.store.quality.samples import SampleOrder
from server.store.quality.scores import Card
from server.store.quality.stores import Quality
from server.store.quality.verdicts import choices_of
from server.work.follow_ups import INTERVAL

_REVIEWERS = ("样例·质检甲", "样例·质检乙")
_LEAD = "样例·主管"
_REASONS = {
    "confirmed": ("话术违规", "引导站外", "承诺过度"),
    "minor": ("语气生硬", "用词不当"),
    "false_alarm": ("引用买家原话", "语境正常", "活动属实"),
    "lead": ("拿不准",),
    "handled": ("已安抚并解决", "已退款"),
    "passed_on": ("已转售后", "已转主管"),
    "nothing": ("买家只是询问", "后来自己说明了"),
}
_ODDS = (62, 20, 14, 4)
_RISK_ODDS = (50, 20, 18, 8, 4)
"""Of the verdicts that `choices_of` names, in its order."""
_COMMENTS = (
    "我是在提醒买家不要相信，不是我在说",
    "买家先问的，我只是回答",
    "当时活动页面就是这么写的",
)


def fill_history(
    database: Database, quality: Quality, shops: Sequence[Served], days: int = 30, seed: int = 7
) -> int:
    """Fills a made-up month with everything QA does in it; returns how many messages.

    A shop that holds sample traffic already is left as it is.
    """
    written = 0
    shops = [served for served in shops if not _filled(database, served.shop.id)]
    for served in shops:
        shop = served.shop.id
        quality.settings.set(shop, "sample_traffic", "1", "(sample)")
        quality.settings.set(shop, "blind_percent", "20", "(sample)")
        if not any(INTERVAL in product.attributes for product in served.shop.products):
            quality.settings.set(shop, "again_days", str(AGAIN_DAYS), "(sample)")
        written += fill_traffic(Bulk(database), served, quality.zone_of(shop), None, days, seed)
    quality.rollup.refresh()
    for served in shops:
        chance = random.Random(f"{served.shop.id}/review/{seed}")  # noqa: S311 - no secret
        _judge(quality, served.shop.id, chance)
        _appeal(quality, served.shop.id, chance)
        _score(quality, served.shop.id, chance)
        _import(database, quality, served, chance)
        _sample(quality, served.shop.id)
        fill_work(database, quality.audit, served, seed)
    return written


def _filled(database: Database, shop: str) -> bool:
    sql = "SELECT 1 FROM conversations WHERE shop = ? AND conversation_id LIKE ? LIMIT 1"
    return database.row(sql, [shop, f"{SAMPLE_PREFIX}%"]) is not None


def _judge(quality: Quality, shop: str, chance: random.Random) -> None:
    """Two thirds of the findings are judged; blind ones by both reviewers."""
    wanted = QueueFilter(shop=shop)
    rows = quality.reviews.queue(wanted, _REVIEWERS[0], limit=150)
    for row in chance.sample(rows, len(rows) * 2 // 3):
        risk = row["source"] == "risk"
        first = chance.choices(choices_of(row["source"]), _RISK_ODDS if risk else _ODDS)[0]
        reviewers = list(_REVIEWERS) if row["blind"] else [chance.choice(_REVIEWERS)]
        verdict = first
        for reviewer in reviewers:
            quality.reviews.judge(
                row["id"], reviewer, "qa", verdict, chance.choice(_REASONS[verdict])
            )
            if chance.random() < 0.18:
                likely, other = ("handled", "passed_on") if risk else ("confirmed", "minor")
                verdict = other if first == likely else likely


def _appeal(quality: Quality, shop: str, chance: random.Random) -> None:
    decided = [
        row
        for row in quality.reviews.queue(QueueFilter(shop=shop, view="done"), "", limit=60)
        if row["verdict"] in ("confirmed", "minor") and row["source"] != "risk"
    ]
    for place, row in enumerate(decided[:6]):
        days = quality.settings.number(shop, "appeal_days")
        quality.appeals.appeal(row["id"], row["agent"], chance.choice(_COMMENTS), days)
        if place < 3:
            verdict = row["verdict"] if place else "false_alarm"
            quality.appeals.decide(row["id"], _LEAD, verdict, "看过前后文")


def _score(quality: Quality, shop: str, chance: random.Random) -> None:
    form, lines = quality.settings.form(shop)
    skill = {style.name: 1 - style.missed * 2 - style.slips * 5 for style in STYLES}
    for row in quality.lookups.newest(shop, 44):
        marks = {c.id: _mark(c, skill.get(row["agent"], 0.8), chance) for c in lines if not c.fatal}
        fatal = frozenset({"abuse"}) if chance.random() < 0.02 else frozenset[str]()
        day = local(datetime.fromisoformat(row["last_at"]), quality.zone_of(shop))[0]
        card = Card(shop, row["id"], row["agent"], day, marks, fatal, "")
        quality.scores.save(card, form, lines, chance.choice(_REVIEWERS))


def _mark(line: Criterion, skill: float, chance: random.Random) -> int:
    return max(0, min(line.points, round(line.points * chance.gauss(skill, 0.1))))


def _import(database: Database, quality: Quality, served: Served, chance: random.Random) -> None:
    shop, zone = served.shop.id, quality.zone_of(served.shop.id)
    sql = (
        "SELECT platform, conversation_id, shopper_id, agent, first_at FROM conversations "
        "WHERE shop = ? AND conversation_id LIKE 'sample-%' ORDER BY id"
    )
    ratings: dict[str, list[dict[str, str]]] = {}
    orders: dict[str, list[dict[str, str]]] = {}
    for row in database.rows(sql, [shop]):
        day = local(datetime.fromisoformat(row["first_at"]), zone)[0]
        if chance.random() < 0.18:
            word = chance.choices(("满意", "一般", "失望"), (84, 11, 5))[0]
            line = {
                "会话ID": row["conversation_id"],
                "评价": word,
                "客服": row["agent"],
                "日期": day,
            }
            ratings.setdefault(row["platform"], []).append(line)
        if chance.random() < 0.32:
            amount = Decimal(chance.randrange(1990, 39900)) / 100
            orders.setdefault(row["platform"], []).append({
                "订单号": f"SAMPLE{chance.randrange(10**12):012d}", "买家ID": row["shopper_id"],
                "客服": row["agent"], "实付金额": str(amount),
                "是否付款": "是" if chance.random() < 0.7 else "否", "日期": day,
            })  # fmt: skip
    for platform, lines in ratings.items():
        quality.imports.ratings(lines, shop, platform, "(sample)")
    for platform, lines in orders.items():
        quality.imports.orders(lines, shop, platform, "(sample)")


def _sample(quality: Quality, shop: str) -> None:
    zone = quality.zone_of(shop)
    today = datetime.now(UTC)
    last, first = local(today, zone)[0], local(today - timedelta(days=6), zone)[0]
    order = SampleOrder(shop, "每周抽检", "agent", first, last, size=5, seed="样例-本周")
    quality.samples.draw(order, zone, _LEAD)
