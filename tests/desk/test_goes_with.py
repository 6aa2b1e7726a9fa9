"""What goes with a product is offered once, after a question about it, at the right time only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.desk.seat import Seat
from server.protocol.frames import Event, FollowUp, Message
from tests.conftest import Running
from tests.support import write_shop

PRODUCTS = """products:
  - id: hoodie
    name: 加绒卫衣
    attributes: {面料: 棉}
    goes_with: [scarf, jeans]
  - id: scarf
    name: 围巾
  - id: jeans
    name: 牛仔裤
    pushed: true
"""
FABRIC = {"id": "fabric", "title": "什么面料", "reply": "是{商品.面料}", "stage": "售前"}
BACK = {"id": "back", "title": "退货运费谁出", "reply": "面料{商品.面料}可退", "stage": "售后"}
WORDS = {"id": "goes", "title": "一起买", "reply": "配{搭配商品}好看", "stage": "售前"}
CARD = {"product": "加绒卫衣"}


@pytest.fixture
def ask(tmp_path: Path, start: Callable[..., Running]) -> Callable[..., list[FollowUp]]:
    """What follows the first reply."""

    def run(text: str, page: dict[str, Any], *scripts: dict[str, Any]) -> list[FollowUp]:
        root = tmp_path / "library"
        write_shop(root, "shop-a", list(scripts or (FABRIC, BACK, WORDS)))
        (root / "shop-a" / "products.yaml").write_text(PRODUCTS, "utf-8")
        parts = start(root).parts
        seat = Seat(parts.auth.issue("小李", "agent", "shop-a")[0], "shop-a")
        message = Message(conversation_id="c", message_id="1", text=text, page=page)
        return parts.desk.message(seat, message).suggestions[0].follow_ups

    return run


def test_a_product_question_is_followed_by_the_pushed_companion(
    ask: Callable[..., list[FollowUp]],
) -> None:
    assert ask("什么面料", CARD) == [FollowUp(script_id="goes", title="一起买：牛仔裤")]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("什么面料", {}),
        ("什么面料", {"product": "围巾"}),  # nothing goes with it
        ("什么面料", CARD | {"order_id": "A-1"}),
        ("退货运费谁出", CARD),
        ("什么面料，骗子，我要投诉你们", CARD),
    ],
)
def test_never_without_product_with_an_order_after_sales_or_in_anger(
    ask: Callable[..., list[FollowUp]], text: str, page: dict[str, Any]
) -> None:
    assert ask(text, page) == []


def test_never_without_approved_words(ask: Callable[..., list[FollowUp]]) -> None:
    assert ask("什么面料", CARD, FABRIC, BACK) == []


def test_once_a_conversation(tmp_path: Path, start: Callable[..., Running]) -> None:
    root = tmp_path / "library"
    write_shop(root, "shop-a", [FABRIC, WORDS])
    (root / "shop-a" / "products.yaml").write_text(PRODUCTS, "utf-8")
    parts = start(root).parts
    seat = Seat(parts.auth.issue("小李", "agent", "shop-a")[0], "shop-a")
    said = Event(event="sent", conversation_id="c", script_id="goes", text="配牛仔裤好看")
    parts.desk.event(seat, said)
    message = Message(conversation_id="c", message_id="1", text="什么面料", page=CARD)
    assert parts.desk.message(seat, message).suggestions[0].follow_ups == []


OTHER = WORDS | {"id": "a-other", "title": "配牛仔裤", "products": ["牛仔裤"]}
REGULARS = WORDS | {"id": "a-regulars", "title": "老客专用", "audience": ["returning"]}


def test_words_for_this_product_come_before_those_for_any(
    ask: Callable[..., list[FollowUp]],
) -> None:
    own = WORDS | {"id": "own", "title": "配卫衣", "products": ["加绒卫衣"]}
    shown = ask("什么面料", CARD, FABRIC, OTHER, REGULARS, WORDS, own)
    assert shown == [FollowUp(script_id="own", title="配卫衣：牛仔裤")]


def test_words_for_another_product_or_other_shoppers_are_not_offered(
    ask: Callable[..., list[FollowUp]],
) -> None:
    assert ask("什么面料", CARD, FABRIC, OTHER, REGULARS) == []
