"""New or returning, levels, groups: from purchases alone, and what is not known stays unsaid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.library import Tier
from server.shoppers import Bought, Purchase, is_closed, is_identity, is_settled, standing_of

TODAY = date(2026, 11, 30)
LEVELS = (Tier("银卡", spend_fen=50_000), Tier("金卡", spend_fen=200_000, orders=5), Tier("VIP"))
GROUPS = (
    Tier("大单客", spend_fen=100_000, orders=1),
    Tier("沉睡客", idle_days=180),
    Tier("近期买过", within_days=30),
    Tier("孕妈"),
)


def bought(*orders: tuple[str, int, str], **more: object) -> Bought:
    """Bought by id: (day, fen, status) an order."""
    purchases = tuple(
        Purchase(f"o{n}", day, fen, status=status) for n, (day, fen, status) in enumerate(orders)
    )
    return Bought(known="id", purchases=purchases, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "paid", "settled"),
    [
        ("交易成功", True, True),
        ("已收货", True, True),
        ("已完成", True, True),
        ("已签收，待评价", True, True),
        ("", True, True),
        ("", False, False),
        ("等待买家付款", False, False),
        ("买家已付款", True, False),
        ("已发货，待签收", True, False),
        ("卖家已发货，等待买家确认收货", True, False),
        ("拼单成功，待发货", True, False),
        ("支付成功", True, False),
        ("未签收", True, False),
        ("交易关闭", True, False),
        ("退款成功", True, False),
        ("交易成功；退款成功", True, True),
    ],
)
def test_which_orders_count(status: str, paid: bool, settled: bool) -> None:
    assert is_settled(status, paid=paid) is settled


def test_an_order_is_closed_when_all_of_its_goods_are() -> None:
    assert is_closed("交易关闭") and is_closed("交易关闭；退款成功")
    assert not is_closed("交易成功；退款成功") and not is_closed("")


@pytest.mark.parametrize(
    ("name", "platform", "names_one"),
    [
        ("t***8", "taobao", False),
        ("小**花", "taobao", False),
        ("小雨", "taobao", True),
        ("小雨", "douyin", False),
        ("jd_abc12", "jd", True),
        ("1029384756", "pinduoduo", True),
        ("‹手机号›", "jd", False),
        ("", "jd", False),
    ],
)
def test_a_name_that_others_may_bear_names_nobody(
    name: str, platform: str, names_one: bool
) -> None:
    assert is_identity(name, platform) is names_one


def test_a_successful_order_makes_a_returning_shopper() -> None:
    found = standing_of(bought(("2026-11-01", 60_000, "交易成功")), LEVELS, GROUPS, TODAY)
    assert (found.standing, found.level, found.groups) == ("returning", "银卡", ("近期买过",))
    assert (found.orders, found.settled, found.spend_fen) == (1, 1, 60_000)
    assert found.audience == {"returning", "银卡", "近期买过"}


def test_an_order_under_way_makes_none() -> None:
    found = standing_of(bought(("2026-11-29", 60_000, "买家已付款")), LEVELS, GROUPS, TODAY)
    assert (found.standing, found.level, found.orders, found.settled) == ("new", "", 1, 0)


def test_a_level_is_reached_by_amount_or_number() -> None:
    five = bought(*[("2026-01-01", 100, "已完成")] * 5)
    assert standing_of(five, LEVELS, GROUPS, TODAY).level == "金卡"
    assert standing_of(five, LEVELS, GROUPS, TODAY).groups == ("沉睡客",)


def test_what_was_given_by_hand_comes_first() -> None:
    found = standing_of(
        bought(("2026-11-01", 300_000, ""), hand_level="VIP", hand_groups=("孕妈",)),
        LEVELS,
        GROUPS,
        TODAY,
    )
    assert (found.level, found.level_by_hand) == ("VIP", True)
    assert found.groups == ("大单客", "近期买过", "孕妈")


def test_the_platforms_own_totals_reach_further_back() -> None:
    found = standing_of(
        bought(listed=True, told_fen=250_000, told_orders=3, told_day="2025-01-01"),
        LEVELS,
        GROUPS,
        TODAY,
    )
    assert (found.standing, found.level, found.spend_fen) == ("returning", "金卡", 250_000)
    assert found.groups == ("大单客", "沉睡客")


def test_nobody_is_called_new_whom_the_data_could_not_know() -> None:
    assert standing_of(Bought(known="id"), LEVELS, GROUPS, TODAY).audience is None
    assert standing_of(Bought(known="id", met=True), LEVELS, GROUPS, TODAY).standing == "new"
    one = Purchase("o", "2026-11-29", 100, status="待发货")
    found = standing_of(Bought(known="order", purchases=(one,)), LEVELS, GROUPS, TODAY)
    assert found.standing == "" and found.orders == 1
    assert standing_of(Bought(), LEVELS, GROUPS, TODAY).audience is None


@pytest.mark.parametrize("told", [{"told_fen": 100}, {"told_day": "2026-11-01"}])
def test_who_spent_by_the_platform_s_list_is_returning_without_a_number_of_orders(
    told: dict[str, Any],
) -> None:
    one = Bought(known="id", listed=True, **told)
    assert standing_of(one, (), (), TODAY).standing == "returning"
