"""Follow-ups on disk: due by the sign-off, claimed by one agent, capped with reminders."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.base.errors import EntryError
from server.base.times import moment, utc_now, utc_text
from server.exchange.orders import read_orders
from server.store import Database
from server.store.quality.orders import Order
from server.store.quality.stores import open_quality
from server.store.work.follow_ups import FollowUps
from server.store.work.requests import NewRequest
from server.store.work.stores import open_work
from server.work.contact import CLAIM_HOLDS
from server.work.unpaid import Rate
from tests.store.taking import SHANGHAI, take

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, where: Path | str) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def follow_ups(database: Database) -> FollowUps:
    return open_work(database).follow_ups


def order(number: str, shopper: str = "", days: float = 4, **fields: object) -> Order:
    """A paid order that was placed so many days ago and signed for two days later."""
    placed = NOW - timedelta(days=days + 2)
    made = Order(number, shopper, fen=5000, day=placed.date().isoformat(), product="护手霜",
                 status="交易成功", ordered_at=utc_text(placed),
                 received_at=utc_text(NOW - timedelta(days=days)))  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


def listed(follow_ups: FollowUps, kind: str = "care", **fields: object) -> list[str]:
    rows = follow_ups.listed("shop-a", kind, LONG_AGO, NOW, **fields)  # type: ignore[arg-type]
    return [row["order_id"] for row in rows]


def claim(follow_ups: FollowUps, number: str, agent: str = "甲", now: datetime = NOW,
          kind: str = "care") -> int:  # fmt: skip
    (row,) = (
        r for r in follow_ups.listed("shop-a", kind, LONG_AGO, NOW) if r["order_id"] == number
    )
    return follow_ups.claim(row, "shop-a", kind, agent, now)


def test_what_is_there_stands_in_the_list_and_what_came_to_nothing_does_not(
    database: Database, follow_ups: FollowUps
) -> None:
    take(database, order("1"), order("2", fen=9000), order("3", closed=1), order("4", paid=0),
         order("5", received_at=""), order("6", days=-1))  # fmt: skip
    assert listed(follow_ups) == ["2", "1"]


def test_who_has_a_case_or_was_angry_is_not_asked_how_it_pleases(
    database: Database, follow_ups: FollowUps
) -> None:
    take(database, order("1"), order("2"), order("3"))
    requests = open_work(database).requests
    at = utc_text(NOW)
    number = requests.open(NewRequest("shop-a", "甲", "taobao", order_id="1"), at, at)
    assert listed(follow_ups) == ["2", "3"]
    requests.move(number, "closed", "", "shop", "甲", at)
    assert listed(follow_ups) == ["2", "3"]  # a case that was solved needs no “how do you like it”
    assert listed(follow_ups, "again") == ["1", "2", "3"]


def test_who_came_back_by_themselves_are_not_invited(
    database: Database, follow_ups: FollowUps
) -> None:
    take(database, order("1", "a", days=60), order("2", "a", days=5), order("3", "b", days=60),
         order("4", "b", days=5, product="收纳箱"))  # fmt: skip
    assert listed(follow_ups, "again") == ["2", "3", "4"]
    assert listed(follow_ups, "again", products=["护手霜"]) == ["2", "3"]
    assert listed(follow_ups, "again", products=[]) == []
    assert listed(follow_ups, "again", shopper="b") == ["3", "4"]


def test_two_agents_never_both_write(database: Database, follow_ups: FollowUps) -> None:
    take(database, order("1", "a"))
    won: list[str] = []
    ready = threading.Barrier(8)

    def agent(name: str) -> None:
        ready.wait()
        try:
            claim(follow_ups, "1", name)
            won.append(name)
        except EntryError as error:
            assert error.code == "follow_up_taken"

    threads = [threading.Thread(target=agent, args=(f"客服{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_claim_ends_and_what_was_written_does_not(
    database: Database, follow_ups: FollowUps
) -> None:
    take(database, order("1", "a"))
    claim(follow_ups, "1")
    later = NOW + CLAIM_HOLDS + timedelta(seconds=1)
    number = claim(follow_ups, "1", "乙", later)
    follow_ups.done(number, later)
    with pytest.raises(EntryError, match="somebody else"):
        claim(follow_ups, "1", "甲", later + timedelta(days=2))
    with pytest.raises(EntryError, match="closed already"):
        follow_ups.done(number, later)
    follow_ups.release(number)
    assert follow_ups.one(number) is not None  # what was done is not given back


def test_caps_count_reminders_and_follow_ups_together(
    database: Database, follow_ups: FollowUps
) -> None:
    unpaid = open_work(database).unpaid
    waiting = order("9", "a", days=0, paid=0, received_at="", status="等待买家付款")
    take(database, order("1", "a"), waiting)
    unpaid.claim("shop-a", "taobao", "9", "甲", NOW)
    with pytest.raises(EntryError, match="often enough"):
        claim(follow_ups, "1", "乙")
    (row,) = unpaid.listed("shop-a", NOW)
    unpaid.release(row["reminder"])
    follow_ups.done(claim(follow_ups, "1", "乙"), NOW)
    with pytest.raises(EntryError, match="often enough"):
        unpaid.claim("shop-a", "taobao", "9", "甲", NOW + timedelta(hours=1))


def test_the_two_kinds_are_apart_and_each_is_once(
    database: Database, follow_ups: FollowUps
) -> None:
    take(database, order("1", "a"))
    follow_ups.done(claim(follow_ups, "1"), NOW)
    later = NOW + timedelta(days=2)
    follow_ups.done(claim(follow_ups, "1", now=later, kind="again"), later)
    assert follow_ups.by_agent("shop-a", later) == [("甲", "again", 1), ("甲", "care", 1)]


def test_who_came_back_is_counted_for_both(database: Database, follow_ups: FollowUps) -> None:
    def life(number: str, *back_after: float) -> list[Order]:
        first = order(number, f"b{number}", days=60)
        return [first] + [
            order(f"{number}-{place}", f"b{number}", days=60 - after, received_at="")
            for place, after in enumerate(back_after)
        ]

    # Due three days after the sign-off; an order `after` days later was placed two days before.
    take(database, *life("1", 10), *life("2"), *life("3", 10), *life("4", 4.5), *life("5", 59))
    take(database, *life("17", 10), *life("27"), *life("37"))  # held out by their numbers
    take(database, order("6", "王**", days=60))  # nobody knows who that is
    for number in ("1", "2"):
        follow_ups.done(claim(follow_ups, number), NOW)
    found = follow_ups.came_back("shop-a", "care", NOW, 3)
    assert found.written_to == Rate(2, 1)
    assert found.held_out == Rate(3, 1)
    assert found.alone == Rate(2, 1)  # 4 had come back before it was due, 5 after the 30 days


def test_a_shopper_s_follow_ups_are_exported_and_deleted(
    database: Database, follow_ups: FollowUps
) -> None:
    take(database, order("1", "a"), order("2", "b"))
    for number in ("1", "2"):
        claim(follow_ups, number)
    privacy = open_quality(database, lambda shop: SHANGHAI).privacy
    rows = privacy.shopper_rows("shop-a", "", "a")
    assert [row["order_id"] for row in rows["follow_ups"]] == ["1"]
    privacy.delete_shopper("shop-a", "", "a", "主管")
    assert [r["order_id"] for r in database.rows("SELECT order_id FROM follow_ups")] == ["2"]


def test_the_sign_off_is_read_from_an_export_by_the_shop_s_clock() -> None:
    text = (
        "订单编号,实付款,订单状态,下单时间,付款时间,确认收货时间\n"
        "1001,50,交易成功,2026-11-20 10:00:00,2026-11-20 10:01:00,2026-11-24 00:30:00\n"
        "1002,50,卖家已发货,2026-11-20 10:00:00,2026-11-20 10:01:00,\n"
        "1003,50,退款成功,2026-11-20 10:00:00,2026-11-20 10:01:00,2026-11-24 00:30:00\n"
        "1004,50,交易成功,2026-11-20 10:00:00,2026-11-20 10:01:00,2026-11-24\n"
    )
    found = read_orders(text.encode("utf-8-sig"), "a.csv", SHANGHAI).orders
    assert [o.received_at for o in found] == ["2026-11-23T16:30:00.000Z", "", "", ""]


def test_the_first_import_that_says_received_tells_when(
    database: Database, follow_ups: FollowUps
) -> None:
    before = utc_now()
    take(database, order("1", received_at="", status="卖家已发货"))
    take(database, order("1", received_at="", status="交易成功"))
    row = database.row("SELECT received_at FROM orders")
    assert row is not None
    assert before <= row["received_at"] <= utc_now()
    take(database, order("1", received_at="", status="交易成功"))
    again = database.row("SELECT received_at FROM orders")
    assert again is not None
    assert moment(again["received_at"]) == moment(row["received_at"])
    take(database, order("2", received_at="", status="交易成功"))  # received some time before
    assert database.row("SELECT 1 AS one FROM orders WHERE received_at = ''") is not None
