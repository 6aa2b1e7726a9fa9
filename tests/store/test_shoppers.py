"""Shoppers as stored, on every database: purchases, orders seen in chats, notes, whole shops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.shoppers import Who, standing_of
from server.store import ConversationRow, Database, MessageRow, Traffic
from server.store.quality.audit import Audit
from server.store.quality.orders import Order, Orders
from server.store.shoppers import Crowd, Member, Members, Notes, People, Sighting
from server.store.work.requests import NewRequest, Requests

SHOP = "shop-a"


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def filled(database: Database) -> Database:
    """Two orders of one shopper, one of a masked buyer that a page showed, one of nobody known."""
    audit = Audit(database)
    orders = [
        Order("o1", "u1001", fen=20_000, day="2026-11-01", status="交易成功", product="卫衣"),
        Order("o2", "u1001", fen=5_000, day="2026-11-20", status="买家已付款"),
        Order("o3", "小**花", fen=30_000, day="2026-11-10", status="已完成"),
        Order("o4", "小**花", fen=90_000, day="2026-11-10", status="已完成"),
    ]
    Orders(database, audit).take(orders, SHOP, "douyin", "主管")
    member = Member("u1002", fen=70_000, orders=3, last_day="2026-10-01", given_groups=("孕妈",))
    Members(database, audit).take([member], SHOP, "douyin", "主管")
    people = People(database)
    people.sight(Who(SHOP, "douyin", "u1001", "o3"), Sighting()).result()
    people.sight(Who(SHOP, "douyin", "u1001", "o9"), Sighting("帽子", "交易成功")).result()
    return database


def test_a_page_completes_an_order_and_what_it_leaves_out_stays(filled: Database) -> None:
    people, who = People(filled), Who(SHOP, "douyin", "u1001", "o9")
    people.sight(who, Sighting(status="退款成功", fen=4_990)).result()
    people.sight(who, Sighting()).result()
    seen = {one.order_id: one for one in people.bought(who).purchases}
    assert (seen["o9"].product, seen["o9"].status, seen["o9"].fen) == ("帽子", "退款成功", 4_990)
    people.sight(Who(SHOP, "douyin", "u1001", "o1"), Sighting(fen=1)).result()
    assert next(o for o in people.bought(who).purchases if o.order_id == "o1").fen == 20_000


def test_purchases_of_an_id(filled: Database) -> None:
    bought = People(filled).bought(Who(SHOP, "douyin", "u1001"))
    found = [(one.order_id, one.fen, one.is_settled) for one in bought.purchases]
    assert sorted(found, key=lambda one: one[0]) == [
        ("o1", 20_000, True),
        ("o2", 5_000, False),
        ("o3", 30_000, True),
        ("o9", None, True),
    ]
    standing = standing_of(bought, (), (), date(2026, 11, 30))
    assert (standing.standing, standing.settled, standing.spend_fen) == ("returning", 3, 50_000)


def test_no_other_shoppers_orders_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []
    rows = Database.rows

    def noted(database: Database, sql: str, values: Any = ()) -> Any:
        asked.append((sql, values))
        return rows(database, sql, values)

    database = Database(tmp_path / "bangda.db")
    monkeypatch.setattr(Database, "rows", noted)
    People(database).bought(Who(SHOP, "douyin", "u1001"))
    plans = [rows(database, f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in asked]
    steps = [step["detail"] for plan in plans for step in plan]
    assert steps and [step for step in steps if step.startswith("SCAN")] == []
    database.close()


def test_an_order_leads_to_its_shopper(filled: Database) -> None:
    people = People(filled)
    assert people.named(Who(SHOP, "douyin", order_id="o3")).shopper_id == "u1001"
    assert people.named(Who(SHOP, "", order_id="o1")).shopper_id == "u1001"
    assert people.named(Who(SHOP, "douyin", order_id="o4")).shopper_id == ""
    alone = people.bought(Who(SHOP, "douyin", order_id="o4"))
    assert (alone.known, [one.order_id for one in alone.purchases]) == ("order", ["o4"])
    assert people.bought(Who("shop-b", "douyin", "u1001")).purchases == ()


def test_totals_of_a_whole_shop(filled: Database) -> None:
    found = [
        (one.shopper_id, one.fen, one.orders, one.last_day, one.hand_groups)
        for one in Crowd(filled).of(SHOP)
    ]
    assert found == [
        ("u1001", 50_000, 2, "2026-11-10", ()),
        ("u1002", 70_000, 3, "2026-10-01", ("孕妈",)),
    ]


def test_notes_by_an_order_follow_to_its_shopper(filled: Database) -> None:
    notes = Notes(filled)
    notes.add(Who(SHOP, "douyin", order_id="o9"), "喜欢素色", "小李")
    assert [one.text for one in notes.of(Who(SHOP, "douyin", "u1001"))] == ["喜欢素色"]
    (note,) = notes.of(Who(SHOP, "douyin", order_id="o9"))
    assert not notes.remove(Who(SHOP, "douyin", "u1001"), note.id, "小赵")
    assert notes.remove(Who(SHOP, "douyin", "u1001"), note.id, "小李")


def test_given_by_hand_and_asked_last_time(filled: Database) -> None:
    people, members = People(filled), Members(filled, Audit(filled))
    members.give(SHOP, "douyin", "u1001", "VIP", ["孕妈"], "主管")
    bought = people.bought(Who(SHOP, "douyin", "u1001"))
    assert (bought.hand_level, bought.hand_groups, bought.listed) == ("VIP", ("孕妈",), True)
    talk = ConversationRow(SHOP, "douyin", "c1", "u1001", "小**花", "小李")
    said = MessageRow("m1", "shopper", "什么时候到", "2026-11-01T08:00:00.000Z")
    Traffic(filled).record_turn(talk, said).result()
    asked = people.last_asked(Who(SHOP, "douyin", "u1001"), "2026-11-02T00:00:00.000Z")
    assert asked is not None and asked.text == "什么时候到"
    assert people.last_asked(Who(SHOP, "douyin", "u1001"), "2026-11-01T00:00:00.000Z") is None
    assert people.promises(Who(SHOP, "douyin", "u1001")) == []
    people.note_met(Who(SHOP, "douyin", "u1001"))
    filled.flush()
    assert People(filled).bought(Who(SHOP, "douyin", "u9")).met


def test_open_requests_by_talk_and_by_order(filled: Database) -> None:
    requests, people = Requests(filled), People(filled)
    at = "2026-11-20T08:00:00.000Z"
    later = "2026-11-21T08:00:00.000Z"
    new = NewRequest(SHOP, "小李", "douyin", order_id="o3", product="卫衣", said="有破洞")
    requests.open(new, later, at)
    requests.open(NewRequest(SHOP, "小李", "douyin", order_id="o4", said="少发"), at, at)
    talk = ConversationRow(SHOP, "douyin", "c1", "u1002", "小**花", "小李")
    said = MessageRow("m1", "shopper", "坏了", at)
    Traffic(filled).record_turn(talk, said).result()
    number = filled.rows("SELECT id FROM conversations")[0]["id"]
    requests.open(NewRequest(SHOP, "小李", "douyin", number, said="坏了"), at, at)

    def told(**whom: str) -> list[tuple[str, str]]:
        return [(one.kind, one.text) for one in people.requests(Who(SHOP, "douyin", **whom))]

    assert told(shopper_id="u1001") == [("talked", "卫衣 有破洞")]
    assert told(shopper_id="u1002") == [("talked", "坏了")]
    assert told(order_id="o4") == [("talked", "少发")]
    assert told(shopper_id="u9") == [] and told() == []
