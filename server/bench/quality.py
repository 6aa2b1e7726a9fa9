"""QA's pages over a million messages: queue, search, figures, wall, and catching up."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from server.base.times import utc_text
from server.bench.report import Report, Row
from server.bench.timing import RUNS, Times, medians_ms, time_rows, timed_ms
from server.metrics.clock import local
from server.quality.figures_board import board
from server.store import Database, MessageRow, Traffic
from server.store.quality.bulk import Bulk, PastMessage, PastTalk
from server.store.quality.figures import Scope
from server.store.quality.lookups import Wanted
from server.store.quality.review import QueueFilter
from server.store.quality.stores import Quality, open_quality
from server.store.rows import ConversationRow, SuggestionRow, WarningRow

MESSAGES = 1_000_000
_DAYS = 60
_TURNS = 100
_AGENTS = tuple(f"客服{n:02d}" for n in range(1, 25))
_ZONE = ZoneInfo("Asia/Shanghai")
_ABOUT = (
    "{n} messages, {c} conversations, {days} days, 2 shops, 3 platforms, 24 agents; the median of "
    "{runs} runs, the first look after start included in none"
)
_WORDS = (
    "什么时候发货", "发什么快递", "能不能便宜点", "怎么退货", "发票怎么开", "物流不动了",
    "收到货少了一件", "有没有优惠券", "尺码怎么选", "质量怎么样", "可以改地址吗", "几天能到",
    "支持七天无理由吗", "送运费险吗",
)  # fmt: skip
_REPLIES = (
    "亲，今天16:00前付款当天发货", "默认中通快递，偏远地区发邮政",
    "七天无理由退换，来回运费由运费险承担", "订单里申请电子发票，三个工作日开好",
    "您好，已经帮您催促物流了，请耐心等待",
)  # fmt: skip
_RARE = "月亮灯"


def quality(messages: int = MESSAGES) -> Report:
    """Builds the store in a temporary folder, then measures what QA's pages ask of it."""
    with tempfile.TemporaryDirectory(prefix="bangda-bench-") as folder:
        database = Database(Path(folder) / "bangda.db")
        try:
            return _measure(database, messages)
        finally:
            database.close()


def _measure(database: Database, messages: int) -> Report:
    room = open_quality(database, lambda shop: _ZONE)
    now = datetime.now(UTC).replace(microsecond=0)
    _turn_ms(database, "warm")
    empty = _turn_ms(database, "empty")
    written, build_s = _once(lambda: Bulk(database).add(_talks(messages, now)))
    _, sum_s = _once(lambda: room.rollup.refresh(now))
    rows = [Row("write", build_s, "s"), Row("first summing up", sum_s, "s")]
    full = _turn_ms(database, "full")
    for what, own, other in (
        ("a turn read and written", full.wall, empty.wall),
        ("  of it processor time", full.processor, empty.processor),
    ):
        rows += [Row(f"{what}, store empty", other, "ms", 1.0)]
        rows += [Row(f"{what}, store full", own, "ms", own / other)]
    for what, call in _questions(room, now):
        rows += time_rows(what, medians_ms(call))
    rows += time_rows("catch up with 100 new messages", _catch_up_ms(database, room, now))
    rows.append(Row("database file", database.size_bytes() / 1e6, "MB"))
    counted = database.row("SELECT count(*) AS n FROM conversations")
    conversations = counted["n"] if counted else 0
    about = _ABOUT.format(n=written, c=conversations, days=_DAYS, runs=RUNS)
    return Report("quality", about, tuple(rows))


def _questions(room: Quality, now: datetime) -> list[tuple[str, Callable[[], object]]]:
    today = local(now, _ZONE)[0]
    month = local(now - timedelta(days=29), _ZONE)[0]
    start = local(now - timedelta(days=_DAYS), _ZONE)[0]
    shops = ["shop-a", "shop-b"]
    old = utc_text(now - timedelta(days=50))
    return [
        ("queue: page, counts, tabs", lambda: _queue(room, QueueFilter())),
        ("queue: one agent's, one rule", lambda: _queue(
            room, QueueFilter(agent=_AGENTS[3], rule="contact.wechat"))),
        ("search: 发货 (in every tenth message)", lambda: room.lookups.search(Wanted(text="发货"))),
        ("search: 发货, one agent, 50 days ago", lambda: room.lookups.search(
            Wanted(text="发货", agent=_AGENTS[0], until=old))),
        ("search: 发货, one shopper", lambda: room.lookups.search(
            Wanted(text="发货", shopper="s4711"))),
        ("search: two words", lambda: room.lookups.search(Wanted(text="快递 中通"))),
        ("search: a rare word", lambda: room.lookups.search(Wanted(text=_RARE))),
        ("search: a shopper", lambda: room.lookups.search(Wanted(shopper="买家4711"))),
        ("search: a rule", lambda: room.lookups.search(Wanted(rule="contact.wechat"))),
        ("conversation", lambda: room.lookups.talk(30_000)),
        ("figures: 30 days", lambda: board(room, Scope(month, today), shops, now)),
        ("figures: 30 days, one agent", lambda: board(
            room, Scope(month, today, agent=_AGENTS[0]), shops, now)),
        ("figures: all days", lambda: board(room, Scope(start, today), shops, now)),
        ("live wall", lambda: (room.wall.waiting("", now), room.wall.risks("", now))),
    ]  # fmt: skip


def _queue(room: Quality, wanted: QueueFilter) -> None:
    room.reviews.queue(wanted, "质检")
    for column in ("source", "severity", "rule", "agent", "platform"):
        room.reviews.counts(wanted, "质检", column)
    for view in ("open", "lead", "done"):
        room.reviews.total(QueueFilter(view=view), "质检")


def _turn_ms(database: Database, name: str) -> Times:
    """A turn's part of the store: what was said before, a message and its suggestions written."""
    traffic, chance = Traffic(database), random.Random(3)  # noqa: S311 - no secret
    times = []
    for number in range(_TURNS):
        talk = ConversationRow("shop-a", "kuaishou", f"{name}-{number}", "s1", "买家1", _AGENTS[0])
        message = MessageRow(f"{name}-{number}", "shopper", chance.choice(_WORDS), sent_at="")
        offered = [replace(_suggestion(chance), rank=rank) for rank in range(1, 6)]

        def turn() -> None:
            traffic.turns(talk, 20)  # noqa: B023 - called at once
            traffic.said(talk)  # noqa: B023
            traffic.record_turn(talk, message, offered)  # noqa: B023
            database.flush()

        times.append(timed_ms(turn))
    wall = statistics.median(one.wall for one in times)
    return Times(wall, statistics.median(one.processor for one in times))


def _once(call: Callable[[], int | None]) -> tuple[int, float]:
    start = time.perf_counter()
    result = call()
    return result or 0, time.perf_counter() - start


def _catch_up_ms(database: Database, room: Quality, now: datetime) -> Times:
    Bulk(database).add(_talks(100, now, seed=2))
    return timed_ms(lambda: room.rollup.refresh(now))


def _talks(messages: int, now: datetime, seed: int = 1) -> Iterator[PastTalk]:
    """Conversations of about twenty turns, oldest first, up to a number of messages."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    conversations = max(1, messages // 20)
    for number in range(conversations):
        at = now - timedelta(days=_DAYS) * (1 - number / conversations)
        shop, platform = (
            ("shop-a", "kuaishou")
            if number % 3
            else ("shop-b", chance.choice(("douyin", "taobao")))
        )
        shopper, agent = chance.randrange(conversations), chance.choice(_AGENTS)
        owner = ConversationRow(
            shop, platform, f"bench{seed}-{number}", f"s{shopper}", f"买家{shopper}", agent
        )
        yield PastTalk(owner, [_message(chance, at, place, number) for place in range(20)])


def _message(chance: random.Random, at: datetime, place: int, number: int) -> PastMessage:
    at += timedelta(seconds=place * 31 + chance.randrange(25), milliseconds=number % 1000)
    if place % 2 == 0:
        text = f"{chance.choice(_WORDS)}{chance.choice('啊呀呢吗哦')}"
        if number % 9001 == 0 and place == 0:
            text = f"{_RARE}还有吗"
        return PastMessage("shopper", text, utc_text(at), [_suggestion(chance)])
    message = PastMessage("agent", f"{chance.choice(_REPLIES)}{place}", utc_text(at))
    message.outcome = chance.choice(("as_is", "edited", "other"))
    if chance.random() < 0.03:
        rule = chance.choice(("contact.wechat", "claim.absolute", "promise.arrival"))
        severity = chance.choice(("high", "medium"))
        message.warnings = [
            WarningRow(
                "sent", "contact_diversion", severity, rule, "1", "快手 2.3", 0, 2,
                message.text[:2], message.text, False,
            )
        ]  # fmt: skip
    return message


def _suggestion(chance: random.Random) -> SuggestionRow:
    key = f"bench-{chance.getrandbits(64):016x}"
    text = chance.choice(_REPLIES)
    return SuggestionRow(key, "ship.when", "v1", 1, 0.9, 0.9, True, "", text, "lib")
