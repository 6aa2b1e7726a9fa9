"""The pages of work over 200,000 orders and 50,000 requests, as a lead opens them."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config, shipped
from server.base.times import utc_text
from server.bench.report import Report, Row
from server.bench.timing import RUNS, medians_ms, time_rows, timed_ms
from server.parts import Parts, parts_of
from server.sample.goods import goods_of
from server.work.requests import ALL_KINDS, SOLUTIONS, STATIONS, WAITS_AT

ORDERS, REQUESTS = 200_000, 50_000
BAR_MS: Final = 300.0
PAGES: Final = (
    "promises", "promises?view=kept", "unpaid", "unpaid?view=figures", "follow-ups",
    "follow-ups?view=figures", "requests", "requests?view=late", "requests?view=closed",
    "requests?view=figures", "reviews", "reviews?view=questions", "shift", "day",
)  # fmt: skip
_SHOP: Final = "home-living"
_DAYS, _SHOPPERS, _TALKS = 365, 60_000, 20_000
_AGENTS = tuple(f"客服{n:02d}" for n in range(1, 25))
_PLATFORMS = ("taobao", "pinduoduo", "douyin", "kuaishou")
_ABOUT = (
    "{orders} orders of {days} days, {requests} after-sales requests, 20,000 conversations, 50,000 "
    "promises, 20,000 reviews; every page of /work as a lead opens it, median of {runs}"
)


def work(orders: int = ORDERS, requests: int = REQUESTS) -> Report:
    """Builds a shop in a temporary folder, then opens each page; the bar is 300 ms a page.

    `first` is the page with nothing of it remembered, as soon as a start's own work is done.
    """
    with tempfile.TemporaryDirectory(prefix="bangda-bench-") as folder:
        app = create_app(Config(shipped("scripts_library"), Path(folder), port=8765))
        parts = parts_of(app)
        try:
            _fill(parts, orders, requests)
            parts.make_ready()
            client = app.test_client()
            account, _ = parts.auth.issue("主管", "lead", _SHOP)
            with client.session_transaction(base_url=_BASE) as session:
                session["page"] = parts.auth.open_page(account)
            return _measure(client, orders, requests)
        finally:
            parts.close()


_BASE: Final = "http://127.0.0.1:8765"


def _measure(client: FlaskClient, orders: int, requests: int) -> Report:
    rows: list[Row] = []
    slowest = 0.0
    for page in PAGES:
        first = timed_ms(lambda page=page: _open(client, page))  # type: ignore[misc]
        again = medians_ms(lambda page=page: _open(client, page))  # type: ignore[misc]
        rows += [
            *time_rows(page, again),
            Row("  first", first.wall, "ms"),
            Row("    of it processor time", first.processor, "ms"),
        ]
        slowest = max(slowest, again.processor)
    about = _ABOUT.format(orders=orders, requests=requests, days=_DAYS, runs=RUNS)
    return Report("work", about, tuple(rows), met=slowest < BAR_MS)


def _open(client: FlaskClient, page: str) -> None:
    answer = client.get(f"/work/{page}", base_url=_BASE)
    if answer.status_code != 200:
        raise RuntimeError(f"/work/{page} answered {answer.status_code}; expected 200")


def _fill(parts: Parts, orders: int, requests: int) -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    now = datetime.now(UTC).replace(microsecond=0)
    goods = goods_of(parts.catalog.snapshot.library.shop(_SHOP))
    parts.quality.settings.set(_SHOP, "again_days", "45", "(bench)")
    made = list(_orders(chance, now, goods, orders))
    tables = {
        "conversations": _talks(chance, now), "orders": made,
        "reminders": _reminders(chance, made), "follow_ups": _follow_ups(chance, made),
        "requests": _requests(chance, now, goods, requests, made),
        "promises": _promises(chance, now), "reviews": _reviews(chance, now, goods, made),
    }  # fmt: skip
    for table, rows in tables.items():
        parts.database.write(lambda db, table=table, rows=rows: db.insert_many(table, rows))  # type: ignore[misc]


def _talks(chance: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, _TALKS + 1):
        at = utc_text(now - timedelta(days=chance.uniform(0, _DAYS)))
        yield {
            "id": number, "shop": _SHOP, "platform": chance.choice(_PLATFORMS),
            "conversation_id": f"c{number}", "shopper_id": f"buyer-{number * 3}",
            "shopper_name": f"买家{number}", "agent": chance.choice(_AGENTS),
            "first_at": at, "last_at": at,
        }  # fmt: skip


def _orders(
    chance: random.Random, now: datetime, goods: Any, count: int
) -> Iterator[dict[str, Any]]:
    """One in seven is not paid; one in twelve payers takes hours."""
    for number in range(count):
        at = now - timedelta(days=_DAYS * (1 - number / count))
        paid = int(chance.random() > 0.14)
        age = now - at
        took = chance.randrange(150, 3000) if chance.random() < 0.08 else chance.randrange(1, 60)
        received = at + timedelta(days=chance.uniform(2, 6))
        yield {
            "shop": _SHOP, "platform": _PLATFORMS[number % 4], "order_id": f"B{number:08d}",
            "shopper": f"buyer-{chance.randrange(_SHOPPERS)}", "agent": chance.choice(_AGENTS),
            "fen": chance.randrange(1990, 59900), "paid": paid, "day": at.date().isoformat(),
            "product": chance.choice(goods), "variant": "", "quantity": 1,
            "status": "交易成功" if paid else "等待买家付款", "ordered_at": utc_text(at),
            "pay_minutes": took if paid else None,
            "closed": int(not paid and age > timedelta(days=3)),
            "received_at": utc_text(received) if paid and received < now else "",
        }  # fmt: skip


def _reminders(chance: random.Random, orders: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    late = [o for o in orders if not o["paid"] or (o["pay_minutes"] or 0) > 150]
    for order in late:
        if chance.random() < 0.3:
            placed = datetime.fromisoformat(order["ordered_at"])
            at = utc_text(placed + timedelta(minutes=chance.randrange(120, 600)))
            yield {
                "shop": _SHOP, "platform": order["platform"], "order_id": order["order_id"],
                "shopper": order["shopper"], "agent": chance.choice(_AGENTS), "claimed_at": at,
                "reminded_at": at, "reason": "price", "reason_by": "hand",
            }  # fmt: skip


def _follow_ups(chance: random.Random, orders: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for order in orders:
        if order["received_at"] and chance.random() < 0.1:
            received = datetime.fromisoformat(order["received_at"])
            at = utc_text(received + timedelta(days=chance.uniform(3, 9)))
            yield {
                "shop": _SHOP, "platform": order["platform"], "order_id": order["order_id"],
                "kind": "care", "shopper": order["shopper"], "agent": chance.choice(_AGENTS),
                "claimed_at": at, "done_at": at,
            }  # fmt: skip


def _requests(
    chance: random.Random, now: datetime, goods: Any, count: int, orders: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """One in twenty is open."""
    for number in range(count):
        at = now - timedelta(days=_DAYS * (1 - number / count))
        station = STATIONS[-1] if number < count * 0.95 else chance.choice(STATIONS[:-1])
        order = orders[chance.randrange(len(orders))]
        made = utc_text(at)
        yield {
            "shop": _SHOP, "platform": order["platform"], "order_id": order["order_id"],
            "shopper": order["shopper"], "agent": chance.choice(_AGENTS),
            "kind": chance.choice(ALL_KINDS), "product": chance.choice(goods),
            "said": "收到就裂了一道口子", "station": station, "waiting_for": WAITS_AT[station],
            "solution": chance.choice(SOLUTIONS) if station == STATIONS[-1] else "",
            "due_at": utc_text(at + timedelta(days=2)), "freight_fen": chance.randrange(2000),
            "made_at": made, "changed_at": made,
            "closed_at": utc_text(at + timedelta(days=5)) if station == STATIONS[-1] else "",
        }  # fmt: skip


def _promises(chance: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, 50_001):
        said = now - timedelta(days=_DAYS * (1 - number / 50_000))
        due = utc_text(said + timedelta(hours=24))
        state = "kept" if number < 49_500 else "open"
        yield {
            "shop": _SHOP, "platform": "taobao", "conversation": chance.randrange(1, _TALKS + 1),
            "message": number, "agent": chance.choice(_AGENTS), "kind": "reply",
            "words": "24小时内给您回复", "said_at": utc_text(said), "due_at": due, "rings_at": due,
            "state": state, "closed_at": due if state == "kept" else "",
        }  # fmt: skip


def _reviews(
    chance: random.Random, now: datetime, goods: Any, orders: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for number in range(20_000):
        order, stars = orders[chance.randrange(len(orders))], chance.randrange(1, 6)
        question = number % 5 == 0
        yield {
            "shop": _SHOP, "platform": order["platform"],
            "kind": "question" if question else "review", "key": f"b{number}",
            "order_id": "" if question else order["order_id"], "shopper": "",
            "product": chance.choice(goods), "stars": 0 if question else stars,
            "bad": int(not question and stars < 4), "cause": "quality",
            "words": "会不会有异味？" if question else "用了两天就坏了",
            "day": (now - timedelta(days=chance.randrange(_DAYS))).date().isoformat(),
            "state": "done" if chance.random() < 0.8 else "open",
        }  # fmt: skip
