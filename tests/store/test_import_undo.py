"""Imports of orders and shoppers taken back, on every database: what they changed stands again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.store import Database
from server.store.quality.audit import Audit
from server.store.quality.batches import Undone
from server.store.quality.orders import Order, Orders
from server.store.quality.shopper_rows import expire, rows_of
from server.store.shoppers import Member, Members

SHOP, WHERE = "shop-a", ("shop-a", "taobao", "主管")


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


def rows(database: Database, table: str) -> list[dict[str, Any]]:
    key = {"orders": "order_id", "shoppers": "shopper_id"}[table]
    return [
        {name: value for name, value in dict(row).items() if name != "id"}
        for row in database.rows(f"SELECT * FROM {table} ORDER BY {key}")
    ]


FIRST = [Order("o1", "u1", fen=100, day="2026-11-01"), Order("o2", "u2", fen=200, status="已发货")]
LATER = [
    Order("o1", "u1", fen=150, day="2026-11-01"),
    Order("o2", "u2", fen=200, status="交易成功"),
    Order("o3", "u1", fen=300),
]


def test_orders_stand_as_before_an_import(database: Database) -> None:
    orders = Orders(database, Audit(database))
    first = orders.take(FIRST, *WHERE, title="一.csv")
    before = rows(database, "orders")
    second = orders.take(LATER, *WHERE, title="二.csv")
    assert (second.new, second.changed) == (1, 2)
    assert orders.undo(SHOP, second.batch or 0, "主管") == Undone(1, 2, 0)
    assert rows(database, "orders") == before
    assert orders.undo(SHOP, first.batch or 0, "主管") == Undone(2, 0, 0)
    assert rows(database, "orders") == []


def test_what_changed_since_stays(database: Database) -> None:
    orders = Orders(database, Audit(database))
    first = orders.take(FIRST, *WHERE, title="一.csv")
    orders.take(LATER[:1], *WHERE)  # the command line keeps nothing to take back
    assert orders.undo(SHOP, first.batch or 0, "主管") == Undone(1, 0, 1)
    assert [(row["order_id"], row["fen"]) for row in rows(database, "orders")] == [("o1", 150)]
    assert orders.undo(SHOP, first.batch or 0, "主管") == Undone(0, 0, 0)


def test_another_shop_s_import_is_not_touched(database: Database) -> None:
    orders = Orders(database, Audit(database))
    first = orders.take(FIRST, *WHERE, title="一.csv")
    assert orders.undo("shop-b", first.batch or 0, "主管") == Undone(0, 0, 0)
    assert len(rows(database, "orders")) == 2


def test_shoppers_stand_as_before_and_who_was_given_something_stays(database: Database) -> None:
    members = Members(database, Audit(database))
    members.give(SHOP, "taobao", "u0", "金卡", ["孕妈"], "主管")
    members.take([Member("u1", fen=100, given_groups=("孕妈", "新客"))], *WHERE, title="一.csv")
    before = rows(database, "shoppers")
    listed = [Member("u0", fen=5), Member("u1", fen=700), Member("u2"), Member("u3")]
    taken = members.take(listed, *WHERE, title="二.csv")
    assert (taken.new, taken.changed) == (3, 1)
    members.give(SHOP, "taobao", "u3", "VIP", [], "主管")
    assert members.undo(SHOP, taken.batch or 0, "主管") == Undone(1, 2, 1)
    [*others, given] = rows(database, "shoppers")
    assert others == before
    assert (given["shopper_id"], given["hand_level"]) == ("u3", "VIP")


def test_what_stood_before_is_exported_deleted_and_gone_with_age(database: Database) -> None:
    orders, members = Orders(database, Audit(database)), Members(database, Audit(database))
    orders.take(FIRST, *WHERE, title="一.csv")
    members.take([Member("u1", name="小花")], *WHERE, title="二.csv")
    found = rows_of(database, SHOP, "taobao", ["u1"])
    assert sorted(row["key"] for row in found["import_rows"]) == ["o1", "u1"]
    database.write(lambda db: expire(db, SHOP, "2999-01-01"))
    assert database.rows("SELECT * FROM import_rows") == []
    # What is not known any more to be an import's own is not removed.
    batch = database.rows("SELECT id FROM change_batches ORDER BY id")[0]["id"]
    assert orders.undo(SHOP, batch, "主管") == Undone(0, 0, 0)
    assert len(rows(database, "orders")) == 2
