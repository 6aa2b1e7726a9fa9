"""Levels and groups in the lead's console: counts, who would move, one shopper, who looked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.library import load_library
from server.parts import Parts, parts_of
from server.store import ConversationRow, MessageRow
from server.store.quality.orders import Order, Orders
from server.store.shoppers import Member
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
SCRIPT = {"id": "ship.when", "title": "什么时候发货", "reply": "今天发"}
SETTINGS = {
    "platforms": ["taobao", "douyin"],
    "levels": {"银卡": {"spend": "100"}, "金卡": {"spend": "1000"}, "VIP": "手动"},
    "groups": {"大单客": {"spend": "500"}, "孕妈": "手动"},
}
FORM = {
    "level_name": ["银卡", "金卡", "VIP"],
    "level_spend": ["100", "1000", ""],
    "level_orders": ["", "", ""],
    "group_name": ["大单客", "孕妈"],
    "group_spend": ["500", ""],
    "group_orders": ["", ""],
    "group_within_days": ["", ""],
    "group_idle_days": ["", ""],
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    write_shop(root, "shop-a", [SCRIPT], SETTINGS)
    made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
    parts = parts_of(made)
    orders = [
        Order(f"o{n}", f"tb_buyer{n}", fen=fen, day="2026-11-01", status="交易成功")
        for n, fen in enumerate((5_000, 20_000, 60_000, 150_000), start=1)
    ]
    masked = Order("o9", "小**花", fen=900_000, day="2026-11-01", status="交易成功")
    Orders(parts.database, parts.quality.audit).take([*orders, masked], "shop-a", "taobao", "主管")
    yield made
    parts.close()


@pytest.fixture
def parts(app: Flask) -> Parts:
    return parts_of(app)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return entered(app, "lead")


def entered(app: Flask, role: str) -> FlaskClient:
    auth = parts_of(app).auth
    client = app.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = auth.open_page(auth.issue(f"{role}一号", role, "shop-a")[0])
    return client


def text_of(client: FlaskClient, address: str, **query: str) -> str:
    answer = client.get(address, query_string=query, base_url=BASE)
    assert answer.status_code == 200
    return plain(answer.text)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def post(client: FlaskClient, **changed: object) -> tuple[int, str]:
    answer = client.post(
        "/lead/shop-a/shoppers", data=FORM | changed, base_url=BASE, follow_redirects=True
    )
    return answer.status_code, plain(answer.text)


def looks(parts: Parts) -> list[str]:
    rows = parts.quality.access.newest("shop-a")
    return [row["details"] for row in rows if row["action"] == "card"]


def test_levels_and_groups_are_counted_over_those_who_can_be_told_apart(lead: FlaskClient) -> None:
    shown = text_of(lead, "/lead/shop-a/shoppers")
    assert "认得出的买家 4 位，其中老客 4 位，没有等级的 1 位" in shown
    html = lead.get("/lead/shop-a/shoppers", base_url=BASE).text
    now = re.findall(r'value="(银卡|金卡|大单客)">.*?<td class="num">(\d+)</td></tr>', html, re.S)
    assert now == [("银卡", "2"), ("金卡", "1"), ("大单客", "2")]


def test_who_would_move_is_shown_before_anything_is_saved(lead: FlaskClient, parts: Parts) -> None:
    status, shown = post(lead, level_spend=["100", "500", ""], do="look")
    assert status == 200
    assert "银卡 → 金卡：1 位" in shown and "tb_buyer3" in shown
    assert [one.spend_fen for one in served(parts).levels] == [10_000, 100_000, None]
    assert looks(parts) == ["levels: 1 shoppers who would move"]
    status, shown = post(lead, level_spend=["100", "500", ""], do="save")
    assert "等级和分组已保存" in shown
    assert [one.spend_fen for one in served(parts).levels] == [10_000, 50_000, None]


def served(parts: Parts):  # type: ignore[no-untyped-def]
    return load_library(parts.catalog.root).shop("shop-a")


def test_groups_that_change_say_who_comes_and_goes(lead: FlaskClient) -> None:
    changed = {"group_name": ["大单客", "孕妈", "新分组"], "group_spend": ["1000", "", ""]}
    changed |= {name: ["", "", ""] for name in ("group_orders", "group_idle_days")}
    _, shown = post(lead, **changed, group_within_days=["", "", "3650"], do="look")
    assert "离开分组 大单客：1 位" in shown and "进入分组 新分组：4 位" in shown
    _, shown = post(lead, do="look")
    assert "没有买家会变动" in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"level_spend": ["一百", "", ""]}, "“银卡”的条件填的是“一百”，应为数字"),
        ({"level_name": ["银卡", "银卡", "VIP"]}, "“银卡”出现了两次"),
        ({"level_name": ["{银}", "金卡", "VIP"]}, "名称“{银}”不能用"),
    ],
    ids=["amount", "twice", "name"],
)
def test_what_cannot_be_is_told_and_stays_typed(
    lead: FlaskClient, parts: Parts, changed: dict[str, object], said: str
) -> None:
    status, shown = post(lead, **changed, do="save")
    assert status == 400 and said in shown
    assert len(served(parts).levels) == 3


def test_a_level_is_given_by_hand_and_the_look_is_logged(lead: FlaskClient, parts: Parts) -> None:
    one = {"platform": "taobao", "shopper": "tb_buyer1"}
    assert "老客" in text_of(lead, "/lead/shop-a/shoppers/one", **one)
    assert looks(parts) == ["shopper tb_buyer1"]
    lead.post(
        "/lead/shop-a/shoppers/one",
        data=one | {"level": "VIP", "group": ["孕妈"]},
        base_url=BASE,
    )
    shown = text_of(lead, "/lead/shop-a/shoppers/one", **one)
    assert "老客 · VIP （手动指定） · 孕妈" in shown
    records = text_of(lead, "/qa/records", shop="shop-a")
    assert "查看买家资料" in records and "手动指定等级分组" in records


def test_a_shopper_is_found_by_an_order(lead: FlaskClient) -> None:
    shown = text_of(lead, "/lead/shop-a/shoppers/one", platform="taobao", shopper="o4")
    assert "tb_buyer4" in shown and "1 单，成交 1 单，共 1,500.00 元" in shown
    answer = lead.get("/lead/shop-a/shoppers/one?platform=taobao&shopper=o9", base_url=BASE)
    assert answer.status_code == 400 and "没有找到“o9”" in answer.text


def test_agents_and_qa_change_no_levels(app: Flask) -> None:
    for role in ("agent", "qa"):
        answer = entered(app, role).get("/lead/shop-a/shoppers", base_url=BASE)
        assert answer.status_code in (302, 403)


def test_the_conversation_view_says_who_the_shopper_is(app: Flask, parts: Parts) -> None:
    parts.members.take([Member("tb_buyer1", remark="喜欢素色")], "shop-a", "taobao", "主管")
    talk = ConversationRow("shop-a", "taobao", "c1", "tb_buyer1", "小**花", "小李")
    said = MessageRow("m1", "shopper", "在吗", "2026-11-21T08:00:00.000Z")
    parts.traffic.record_turn(talk, said).result()
    number = parts.database.rows("SELECT id FROM conversations")[0]["id"]
    shown = text_of(entered(app, "qa"), f"/qa/conversation/{number}")
    assert "买家资料" in shown and "老客" in shown and "喜欢素色" in shown
    assert "1 单，成交 1 单，共 50.00 元" in shown
