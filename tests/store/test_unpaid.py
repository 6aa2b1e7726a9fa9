"""Unpaid orders on disk: listed, claimed by one agent, capped, gone when paid."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.base.errors import EntryError
from server.base.times import utc_text
from server.exchange.orders import read_orders
from server.shoppers import Who
from server.store import Database, Traffic
from server.store.quality.orders import Order
from server.store.quality.stores import open_quality
from server.store.rows import ConversationRow, MessageRow
from server.store.shoppers.people import People, Sighting
from server.store.work.persons import conversation_of
from server.store.work.stores import open_work
from server.store.work.unpaid import Unpaid, is_returning
from server.work.contact import CLAIM_HOLDS
from server.work.unpaid import Rate
from tests.store.taking import SHANGHAI, take

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def unpaid(database: Database) -> Unpaid:
    return open_work(database).unpaid


def order(number: str, shopper: str = "", hours: float = 3, **fields: object) -> Order:
    """An unpaid order that was placed so many hours ago."""
    placed = utc_text(NOW - timedelta(hours=hours))
    made = Order(number, shopper, fen=5000, paid=0, day="2026-11-30", ordered_at=placed)
    return replace(made, **fields)  # type: ignore[arg-type]


def ids(unpaid: Unpaid) -> list[str]:
    return [row["order_id"] for row in unpaid.listed("shop-a", NOW)]


def test_the_dearest_first_and_gone_when_paid_or_closed(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1001"), order("1002", fen=9000), order("1003"), order("1004", hours=80))
    assert ids(unpaid) == ["1002", "1001", "1003"]
    take(database, order("1002", fen=9000, paid=1), order("1003", closed=1))
    assert ids(unpaid) == ["1001"]


def test_who_bought_before_is_known_by_the_platform_s_id(
    database: Database, unpaid: Unpaid
) -> None:
    take(database, order("1", "a"), order("2", "b"), order("3"), order("9", "a", paid=1, hours=900))
    returning = {r["order_id"]: is_returning(r) for r in unpaid.listed("shop-a", NOW)}
    assert returning == {"1": True, "2": False, "3": False}


def test_a_name_that_others_may_bear_makes_nobody_returning(
    database: Database, unpaid: Unpaid
) -> None:
    for platform, name in (("taobao", "t**3"), ("pinduoduo", "小王"), ("douyin", "王**")):
        paid = order(f"9-{platform}", name, paid=1, hours=900)
        take(database, paid, order(f"1-{platform}", name), platform=platform)
    take(database, order("9-id", "pdd-88123", paid=1), order("1-id", "pdd-88123"),
         platform="pinduoduo")  # fmt: skip
    returning = {r["order_id"]: is_returning(r) for r in unpaid.listed("shop-a", NOW)}
    assert returning == {
        "1-taobao": False, "1-pinduoduo": False, "1-douyin": False, "1-id": True,
    }  # fmt: skip


def test_a_masked_buyer_is_known_where_the_chat_page_showed_the_orders(
    database: Database, unpaid: Unpaid
) -> None:
    take(database, order("1", "t**3"), order("2", "t**3"), order("9", "t**3", paid=1, hours=900))
    people = People(database)
    for number in ("1", "9"):
        people.sight(Who("shop-a", "taobao", "page-7", number), Sighting()).result()
    found = {r["order_id"]: (is_returning(r), r["who"]) for r in unpaid.listed("shop-a", NOW)}
    assert found == {"1": (True, "page-7"), "2": (False, "t**3")}


def test_an_order_seen_beside_two_shoppers_is_nobody_s(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1", "t**3"), order("9", "t**3", paid=1, hours=900))
    people = People(database)
    for shopper, number in (("page-7", "1"), ("page-8", "1"), ("page-7", "9")):
        people.sight(Who("shop-a", "taobao", shopper, number), Sighting()).result()
    (row,) = unpaid.listed("shop-a", NOW)
    assert (row["who"], is_returning(row)) == ("t**3", False)


def test_a_masked_name_joins_no_conversation(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1", "王**"), order("2", "b2"), platform="douyin")
    for shopper in ("王**", "b2"):
        owner = ConversationRow("shop-a", "douyin", f"c-{shopper}", shopper, "买家", "甲")
        said = MessageRow("m", "shopper", "太贵了", utc_text(NOW))
        Traffic(database).record_turn(owner, said).result()
    found = {r["order_id"]: conversation_of(r) for r in unpaid.listed("shop-a", NOW)}
    assert found["1"] == 0
    assert found["2"] == 0  # douyin's ids are longer: b2 may be anybody's name
    take(database, order("3", "b2-881"), platform="douyin")
    owner = ConversationRow("shop-a", "douyin", "c-3", "b2-881", "买家", "甲")
    Traffic(database).record_turn(owner, MessageRow("m", "shopper", "在", utc_text(NOW))).result()
    assert {r["order_id"]: conversation_of(r) > 0 for r in unpaid.listed("shop-a", NOW)}["3"]


def test_what_a_reminder_is_worth_is_read_from_the_shop_s_own_orders(
    database: Database, unpaid: Unpaid
) -> None:
    wait = timedelta(hours=2)
    for n in range(80):
        hours, paid = 24.0 * (5 + n % 20), n % 2
        late = order(f"{n:03d}1", f"buyer{n}", hours=hours)
        take(database, late)
        if n < 40:
            when = NOW - timedelta(hours=hours - 3)
            unpaid.claim("shop-a", "taobao", late.order_id, "甲", when)
            row = database.row("SELECT max(id) AS id FROM reminders")
            assert row is not None
            unpaid.reminded(row["id"], when)
        if paid and n < 40:  # half of those who were reminded paid, nobody else did
            take(database, replace(late, paid=1, pay_minutes=600))
    chances = unpaid.chances("shop-a", NOW, wait)
    assert (chances.reminders, chances.without) == (40, 40)
    worth = chances.worth(5000, 180, returning=False)
    assert worth is not None
    assert worth.chance == 0.5
    assert (worth.reminded, worth.reminded_paid, worth.alone, worth.alone_paid) == (40, 20, 40, 0)


def test_two_agents_on_one_order_never_both_remind(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1001"))
    won: list[str] = []
    ready = threading.Barrier(8)

    def agent(name: str) -> None:
        ready.wait()
        try:
            unpaid.claim("shop-a", "taobao", "1001", name, NOW)
            won.append(name)
        except EntryError as error:
            assert error.code == "reminder_taken"

    threads = [threading.Thread(target=agent, args=(f"客服{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    (row,) = unpaid.listed("shop-a", NOW)
    assert row["agent"] == won[0]


def test_a_claim_ends_and_a_reminder_does_not(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1001"))
    unpaid.claim("shop-a", "taobao", "1001", "甲", NOW)
    later = NOW + CLAIM_HOLDS + timedelta(seconds=1)
    unpaid.claim("shop-a", "taobao", "1001", "乙", later)
    number = unpaid.listed("shop-a", later)[0]["reminder"]
    unpaid.reminded(number, later)
    for who, when in (("甲", later + timedelta(days=1)), ("乙", later)):
        with pytest.raises(EntryError, match="somebody else"):
            unpaid.claim("shop-a", "taobao", "1001", who, when)
    with pytest.raises(EntryError, match="closed already"):
        unpaid.reminded(number, later)


def test_what_was_given_back_is_free(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1001"))
    unpaid.claim("shop-a", "taobao", "1001", "甲", NOW)
    unpaid.release(unpaid.listed("shop-a", NOW)[0]["reminder"])
    unpaid.claim("shop-a", "taobao", "1001", "乙", NOW)


def test_nobody_is_reminded_of_what_is_paid(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1001", paid=1))
    with pytest.raises(EntryError, match="paid or closed"):
        unpaid.claim("shop-a", "taobao", "1001", "甲", NOW)


def remind(unpaid: Unpaid, number: str, when: datetime, platform: str = "kuaishou") -> None:
    """An agent takes an order on and reminds of it."""
    unpaid.claim("shop-a", platform, number, "甲", when)
    (row,) = (r for r in unpaid.listed("shop-a", NOW) if r["order_id"] == number)
    unpaid.reminded(row["reminder"], when)


def test_a_shopper_is_reminded_no_oftener_than_the_platform_bears(
    database: Database, unpaid: Unpaid
) -> None:
    take(database, *(order(f"{n}", "a") for n in range(4)), platform="kuaishou")
    remind(unpaid, "0", NOW)
    with pytest.raises(EntryError, match="often enough"):
        unpaid.claim("shop-a", "kuaishou", "1", "甲", NOW + timedelta(hours=23))
    remind(unpaid, "1", NOW + timedelta(hours=25))
    with pytest.raises(EntryError, match="often enough"):
        unpaid.claim("shop-a", "kuaishou", "2", "甲", NOW + timedelta(hours=50))
    remind(unpaid, "2", NOW + timedelta(days=7, hours=1))


def test_who_takes_an_order_on_and_does_nothing_holds_up_nobody(
    database: Database, unpaid: Unpaid
) -> None:
    take(database, order("0", "a"), order("1", "a"), platform="kuaishou")
    unpaid.claim("shop-a", "kuaishou", "0", "甲", NOW)
    with pytest.raises(EntryError, match="often enough"):
        unpaid.claim("shop-a", "kuaishou", "1", "乙", NOW + timedelta(minutes=1))
    unpaid.claim("shop-a", "kuaishou", "1", "乙", NOW + CLAIM_HOLDS + timedelta(seconds=1))


def test_time_to_pay_and_what_reminders_bring(database: Database, unpaid: Unpaid) -> None:
    def late(number: str, paid: int) -> Order:
        return order(number, hours=40, paid=paid, pay_minutes=600 if paid else None)

    take(database, *(order(f"5{n:02d}0", hours=90, paid=1, pay_minutes=n) for n in range(10)))
    take(database, *(late(f"6{n:02d}1", n % 2) for n in range(6)), late("67", 1), late("77", 0))
    assert sum(unpaid.pay_minutes("shop-a", NOW).values()) == 14
    for number in ("6000", "6001"):
        take(database, order(number, hours=40))
        unpaid.claim("shop-a", "taobao", number, "甲", NOW)
    for row in unpaid.listed("shop-a", NOW):
        if row["reminder"]:
            unpaid.reminded(row["reminder"], NOW)
    take(database, order("6001", hours=40, paid=1, pay_minutes=2400))
    rates = unpaid.rates("shop-a", NOW, timedelta(hours=2))
    assert rates.reminded == Rate(2, 1)
    assert rates.alone == Rate(5, 3)
    assert rates.held_out == Rate(2, 1)
    assert rates.reminded.interval is not None


def test_reasons_are_read_from_replies_and_a_person_s_word_stands(
    database: Database, unpaid: Unpaid
) -> None:
    take(database, order("1001", "a"))
    unpaid.claim("shop-a", "taobao", "1001", "甲", NOW)
    number = unpaid.listed("shop-a", NOW)[0]["reminder"]
    unpaid.reminded(number, NOW)
    owner = ConversationRow("shop-a", "taobao", "c-a", "a", "买家a", "甲")
    for name, hours, text in (("m1", -1, "早先的话"), ("m2", 1, "太贵了")):
        sent = utc_text(NOW + timedelta(hours=hours))
        Traffic(database).record_turn(owner, MessageRow(name, "shopper", text, sent)).result()
    assert unpaid.replies("shop-a", utc_text(NOW - timedelta(days=7))) == {number: ["太贵了"]}
    unpaid.give_reason(number, "price", "read")
    unpaid.give_reason(number, "freight", "hand")
    unpaid.give_reason(number, "price", "read")
    assert unpaid.reasons("shop-a", NOW + timedelta(days=1)) == [("2026-11", "freight", 1)]
    with pytest.raises(EntryError, match="no reason"):
        unpaid.give_reason(number, "x", "hand")


def test_a_shopper_s_reminders_are_exported_and_deleted(database: Database, unpaid: Unpaid) -> None:
    take(database, order("1001", "a"), order("1002", "b"))
    for number in ("1001", "1002"):
        unpaid.claim("shop-a", "taobao", number, "甲", NOW)
    privacy = open_quality(database, lambda shop: SHANGHAI).privacy
    rows = privacy.shopper_rows("shop-a", "", "a")
    assert [row["order_id"] for row in rows["reminders"]] == ["1001"]
    privacy.delete_shopper("shop-a", "", "a", "主管")
    assert [r["order_id"] for r in database.rows("SELECT order_id FROM reminders")] == ["1002"]


def test_times_of_an_export_are_the_shops(tmp_path: Path) -> None:
    text = (
        "订单编号,实付款,订单状态,下单时间,付款时间\n"
        "1001,50,等待买家付款,2026-11-30 23:50:10,\n"
        "1002,50,交易成功,2026-11-30 23:50:10,2026-12-01 00:20:40\n"
        "1003,50,交易关闭,2026-11-30,\n"
    )
    found = read_orders(text.encode("utf-8-sig"), "a.csv", SHANGHAI).orders
    assert [(o.ordered_at, o.pay_minutes, o.paid, o.closed) for o in found] == [
        ("2026-11-30T15:50:00.000Z", None, 0, 0),
        ("2026-11-30T15:50:00.000Z", 30, 1, 0),
        ("", None, 0, 1),
    ]
    berlin = read_orders(text.encode("utf-8-sig"), "a.csv", ZoneInfo("Europe/Berlin")).orders
    assert berlin[0].ordered_at == "2026-11-30T22:50:00.000Z"
