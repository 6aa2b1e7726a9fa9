"""The shopper beside the chat: found by the page's id or an order, never by a masked name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.base.errors import UsageError
from server.desk.seat import Seat
from server.parts import Parts
from server.protocol.frames import Event, Message, Shopper, ShopperAsk, ShopperCard
from server.shoppers import fen_shown
from server.store.quality.orders import Order, Orders
from tests.conftest import Running
from tests.support import write_shop

QUESTIONS = ["有优惠吗"]
SCRIPTS = [
    {"id": "all", "reply": "全店满减中", "questions": QUESTIONS},
    {"id": "old", "reply": "老客专享九折", "questions": QUESTIONS, "audience": ["老客"]},
    {"id": "new", "reply": "新客首单减十元", "questions": QUESTIONS, "audience": ["新客"]},
]
SETTINGS = {
    "levels": {"银卡": {"spend": 100}, "金卡": {"spend": 1000}},
    "groups": {"大单客": {"spend": 500}},
}


@pytest.fixture
def parts(tmp_path: Path, start: Callable[..., Running]) -> Parts:
    root = tmp_path / "library"
    write_shop(root, "shop-a", SCRIPTS, SETTINGS)
    write_shop(root, "shop-b", SCRIPTS)
    return start(root).parts


@pytest.fixture
def seat(parts: Parts) -> Seat:
    return Seat(parts.auth.issue("小李", "agent", "shop-a")[0], "shop-a", "douyin")


def take(parts: Parts, *orders: Order, shop: str = "shop-a") -> None:
    Orders(parts.database, parts.quality.audit).take(orders, shop, "douyin", "主管")


def order(number: int, shopper: str, fen: int = 60_000, status: str = "已完成") -> Order:
    return Order(f"o{number}", shopper, fen=fen, day=f"2026-11-{number:02}", status=status)


def says(parts: Parts, seat: Seat, shopper_id: str = "", name: str = "", **page: str) -> list[str]:
    """Ids of what is suggested to 有优惠吗."""
    said = Message(
        conversation_id=f"c-{shopper_id or name}",
        message_id="1",
        text="有优惠吗",
        shopper=Shopper(id=shopper_id, name=name),
        page=dict(page),
    )
    answer = parts.desk.message(seat, said)
    parts.database.flush()
    return [one.script_id for one in answer.suggestions]


def card(
    parts: Parts, seat: Seat, shopper_id: str = "", name: str = "", **page: str
) -> ShopperCard:
    conversation = f"c-{shopper_id or name}"
    asked = ShopperAsk(
        conversation_id=conversation, shopper=Shopper(id=shopper_id, name=name), page=dict(page)
    )
    return parts.desk.shopper(seat, asked)


def looks(parts: Parts) -> Sequence[str]:
    return [row["details"] for row in parts.quality.access.newest("shop-a")]


def test_purchases_decide_what_is_offered(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "u1001"), order(2, "u1002", status="待发货"))
    assert says(parts, seat, "u1001")[0] == "old"
    assert says(parts, seat, "u1002")[0] == "new"
    assert "old" not in says(parts, seat, "u1002")


def test_a_variant_may_be_for_some_shoppers_alone(
    tmp_path: Path, start: Callable[..., Running]
) -> None:
    ask = {
        "id": "ask",
        "reply": "全店满减中",
        "questions": QUESTIONS,
        "variants": [
            "【老客】老朋友，给您九折",
            "满减很划算",
            "【会员日】满百减二十",
            "【金卡】送礼品",
        ],
    }
    write_shop(tmp_path / "other", "shop-a", [ask], SETTINGS)
    parts = start(tmp_path / "other", tmp_path / "other-data").parts
    seat = Seat(parts.auth.issue("小李", "agent", "shop-a")[0], "shop-a", "douyin")
    take(parts, order(1, "u1001", fen=5_000), order(2, "u1002", status="待发货"))

    def wordings(shopper_id: str) -> tuple[str, str, list[str]]:
        said = Message(
            conversation_id=f"c-{shopper_id}",
            message_id="1",
            text="有优惠吗",
            shopper=Shopper(id=shopper_id),
        )
        first = parts.desk.message(seat, said).suggestions[0]
        return first.text, first.why.split("；")[0], first.variants

    everybodys = ["满减很划算", "【会员日】满百减二十"]
    old = wordings("u1001")
    assert old == ("老朋友，给您九折", "适用老客", ["全店满减中", *everybodys])
    text, why, variants = wordings("u1002")
    assert (text, variants) == ("全店满减中", everybodys) and "老客" not in why


def test_who_is_in_no_import_is_new_once_page_and_imports_name_alike(
    parts: Parts, seat: Seat
) -> None:
    take(parts, order(1, "u1001"))
    assert says(parts, seat, "u1008")[0] == "all"
    says(parts, seat, "u1001")
    assert says(parts, seat, "u1009")[0] == "new"


def test_a_masked_name_is_nobody(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "小**花"))
    assert says(parts, seat, name="小**花")[0] == "all"
    found = card(parts, seat, name="小**花")
    assert (found.known, found.standing, found.orders) == ("", "", 0)


def test_an_order_number_names_a_shopper_whose_name_is_masked(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "小**花"), order(2, "小**花"))
    assert says(parts, seat, name="小**花", order_id="o1")[0] == "old"
    found = card(parts, seat, name="小**花", order_id="o1")
    assert (found.known, found.standing, found.orders) == ("order", "returning", 1)


def test_what_the_page_shows_joins_orders_of_a_masked_buyer(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "小**花"), order(2, "小**花"))
    says(parts, seat, "u7", order_id="o1")
    says(parts, seat, "u7", order_id="o2")
    found = card(parts, seat, "u7")
    assert (found.known, found.orders, found.spend_fen, found.level) == ("id", 2, 120_000, "金卡")
    assert found.groups == ["大单客"]
    assert found.last_order is not None and found.last_order.order_id == "o2"


def test_an_order_seen_beside_two_shoppers_is_nobodys(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "小**花"))
    for shopper_id in ("u7", "u8", "u7"):
        says(parts, seat, shopper_id, order_id="o1")
    assert [card(parts, seat, one).orders for one in ("u7", "u8")] == [0, 0]
    assert card(parts, seat, name="小**花", order_id="o1").known == "order"


def test_a_card_in_a_running_conversation_leaves_no_line(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "u1001"), order(2, "u1002"))
    says(parts, seat, "u1001")
    assert card(parts, seat, "u1001").standing == "returning"
    assert looks(parts) == []
    card(parts, seat, "u1002")
    assert looks(parts) == ["shopper u1002"]


def test_another_shopper_under_a_running_conversation_is_a_look(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "u1001"), order(2, "u1002"))
    says(parts, seat, "u1001")
    asked = ShopperAsk(conversation_id="c-u1001", shopper=Shopper(id="u1002"))
    assert parts.desk.shopper(seat, asked).known == "id"
    assert looks(parts) == ["shopper u1002"]


def test_a_restart_forgets_no_conversation(
    parts: Parts, seat: Seat, tmp_path: Path, start: Callable[..., Running]
) -> None:
    take(parts, order(1, "u1001"))
    says(parts, seat, "u1001")
    again = start(tmp_path / "library", tmp_path / "data").parts
    asked = ShopperAsk(conversation_id="c-u1001")
    assert again.desk.shopper(seat, asked).standing == "returning"
    assert looks(again) == []


def test_an_agent_sees_the_own_shops_orders_alone(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "u1001"), shop="shop-b")
    says(parts, seat, "u1001")
    assert card(parts, seat, "u1001").orders == 0


def test_notes_are_masked_and_say_who_and_when(parts: Parts, seat: Seat) -> None:
    says(parts, seat, "u1001")
    note = ShopperAsk(conversation_id="c-u1001", action="note", text="电话13812345678，喜欢素色")
    made = parts.desk.shopper(seat, note).notes[0]
    assert (made.text, made.author, made.own) == ("电话‹手机号›，喜欢素色", "小李", True)
    assert made.at.endswith("Z")
    other = Seat(parts.auth.issue("小赵", "agent", "shop-a")[0], "shop-a", "douyin")
    drop = ShopperAsk(conversation_id="c-u1001", action="remove_note", note_id=made.note_id)
    assert [one.own for one in parts.desk.shopper(other, drop).notes] == [False]
    assert parts.desk.shopper(seat, drop).notes == []


@pytest.mark.parametrize("text", ["", "字" * 501])
def test_a_note_that_cannot_be_is_refused_in_a_sentence(
    parts: Parts, seat: Seat, text: str
) -> None:
    with pytest.raises(UsageError, match="1 到 500"):
        parts.desk.shopper(seat, ShopperAsk(shopper=Shopper(id="u1"), action="note", text=text))
    with pytest.raises(UsageError, match="认不出这位买家"):
        parts.desk.shopper(seat, ShopperAsk(action="note", text="好"))


def test_what_was_asked_last_time(parts: Parts, seat: Seat) -> None:
    said = Message(
        conversation_id="c-u1001",
        message_id="0",
        text="上次的快递到哪了",
        shopper=Shopper(id="u1001"),
        sent_at="2026-11-01T08:00:00Z",
    )
    parts.desk.message(seat, said)
    says(parts, seat, "u1001")
    found = card(parts, seat, "u1001")
    assert found.last_asked == "上次的快递到哪了"
    assert found.last_asked_at == "2026-11-01T08:00:00.000Z"


def test_what_was_promised_stands_on_the_card(parts: Parts, seat: Seat) -> None:
    says(parts, seat, "u1001")
    sent = Event(event="sent", conversation_id="c-u1001", text="我明天下午三点前给您回复")
    parts.desk.event(seat, sent)
    found = card(parts, seat, "u1001")
    assert ["回复" in one.text and one.due_at > "2026" for one in found.promises] == [True]
    other = card(parts, seat, "u1002")
    assert other.promises == []


def test_export_and_deletion_reach_all_of_a_shopper(parts: Parts, seat: Seat) -> None:
    take(parts, order(1, "小**花"), order(2, "u7"), order(3, "u8"))
    says(parts, seat, "u7", order_id="o1")
    parts.desk.shopper(seat, ShopperAsk(conversation_id="c-u7", action="note", text="喜欢素色"))
    parts.members.give("shop-a", "douyin", "u7", "VIP", ["孕妈"], "主管")
    assert card(parts, seat, "u7").level == "VIP"
    found = parts.quality.privacy.shopper_rows("shop-a", "", "u7")
    assert sorted(row["order_id"] for row in found["orders"]) == ["o1", "o2"]
    assert [row["text"] for row in found["shopper_notes"]] == ["喜欢素色"]
    assert [row["hand_level"] for row in found["shoppers"]] == ["VIP"]
    parts.quality.privacy.delete_shopper("shop-a", "", "u7", "主管")
    left = parts.quality.privacy.shopper_rows("shop-a", "", "u7")
    assert {table: rows for table, rows in left.items() if rows} == {}
    assert [row["order_id"] for row in parts.database.rows("SELECT order_id FROM orders")] == ["o3"]


def test_notes_go_with_the_messages_of_their_time(parts: Parts, seat: Seat) -> None:
    says(parts, seat, "u7", order_id="o1")
    parts.desk.shopper(seat, ShopperAsk(conversation_id="c-u7", action="note", text="喜欢素色"))
    later = datetime.now(UTC) + timedelta(days=40)
    zone = parts.quality.zone_of("shop-a")
    parts.quality.privacy.expire("shop-a", 60, zone, later)
    assert len(card(parts, seat, "u7").notes) == 1
    parts.quality.privacy.expire("shop-a", 30, zone, later)
    assert card(parts, seat, "u7").notes == []
    assert parts.database.rows("SELECT * FROM order_sightings") == []


def test_what_the_page_shows_of_an_order_completes_the_card(parts: Parts, seat: Seat) -> None:
    shown = {"order_id": "o7", "order_status": "待发货", "amount": "实付￥1,259.90"}
    says(parts, seat, "u1001", **shown)
    last = card(parts, seat, "u1001").last_order
    assert last is not None
    assert (last.order_id, last.status, last.fen) == ("o7", "待发货", 125_990)
    says(parts, seat, "u1001", **shown | {"order_status": "已签收", "order_product": "帽子"})
    again = card(parts, seat, "u1001")
    assert again.last_order is not None
    assert (again.last_order.status, again.last_order.product) == ("已签收", "帽子")
    assert (again.settled, again.spend_fen) == (1, 125_990)
    # A state without a number is of another order, or of none.
    says(parts, seat, "u1001", order_status="交易关闭", amount="1")
    assert card(parts, seat, "u1001").last_order == again.last_order


@pytest.mark.parametrize(
    ("shown", "fen"),
    [("¥59.90", 5990), ("实付 1,280 元", 128000), ("", None), ("面议", None), ("￥0", 0)],
)
def test_an_amount_as_a_page_shows_it(shown: str, fen: int | None) -> None:
    assert fen_shown(shown) == fen
