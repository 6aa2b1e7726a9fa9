"""When and in which words a shopper is written to after a purchase, by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from server.library import Fact, Product, Script
from server.work.contact import is_held_out
from server.work.follow_ups import (
    INTERVAL,
    days_of,
    interval_of,
    may_follow_up,
    window_of,
    words_for,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 30, 12)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_one_number_in_ten_is_held_out() -> None:
    assert [n for n in range(30) if is_held_out(str(n))] == [7, 17, 27]


LENGTHS = [
    ("45天", 45), ("45", 45), ("约45天", 45), ("6周", 42), ("两个月", 60), ("2个月", 60),
    ("一个月左右", 30), ("半年", 182), ("一年", 365), ("一个半月", 45), ("三个月", 90),
    ("0天", None), ("看情况", None), ("", None), ("-5天", None), ("5年", None), ("45-60天", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "days"), LENGTHS)
def test_a_length_is_read_or_refused(text: str, days: int | None) -> None:
    assert days_of(text) == days


def test_a_product_s_interval_stands_over_the_shop_s() -> None:
    cream = Product("cream", "护手霜", attributes={INTERVAL: Fact(INTERVAL, "45天")})
    odd = Product("odd", "怪", attributes={INTERVAL: Fact(INTERVAL, "看情况")})
    assert interval_of(cream, NOON, 30) == 45
    assert interval_of(Product("box", "箱"), NOON, 30) == 30
    assert interval_of(None, NOON, 0) == 0
    assert interval_of(odd, NOON, 30) == 0  # nobody guesses


# Signed for, kind, days, from when, until when (Shanghai).
WINDOWS = [
    ("2026-11-25 15:20", "care", 3, "2026-11-28 15:20", "2026-12-05 15:20"),
    ("2026-11-25 22:40", "care", 3, "2026-11-29 09:00", "2026-12-05 22:40"),
    ("2026-11-26 00:30", "care", 3, "2026-11-29 09:00", "2026-12-06 00:30"),
    ("2026-12-30 10:00", "care", 3, "2027-01-02 10:00", "2027-01-09 10:00"),
    ("2028-02-26 10:00", "care", 3, "2028-02-29 10:00", "2028-03-07 10:00"),
    ("2026-10-16 10:00", "again", 45, "2026-11-30 10:00", "2026-12-14 10:00"),
]


@pytest.mark.parametrize(("received", "kind", "days", "begins", "ends"), WINDOWS)
def test_when_it_is_due(received: str, kind: str, days: int, begins: str, ends: str) -> None:
    window = window_of(kind, at(received), days, SHANGHAI)
    assert (window.begins, window.ends) == (at(begins), at(ends))


def test_the_time_of_day_stays_where_summer_time_ends() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    window = window_of("care", at("2026-10-23 10:00", berlin), 3, berlin)
    assert window.begins == datetime(2026, 10, 26, 9, tzinfo=UTC)  # 10:00 of winter


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2026-11-28 15:19", False),
        ("2026-11-28 15:20", True),
        ("2026-11-28 22:00", False),
        ("2026-11-29 08:59", False),
        ("2026-11-29 09:00", True),
        ("2026-12-05 15:20", False),
    ],
)
def test_only_by_day_and_only_while_it_is_due(now: str, may: bool) -> None:
    window = window_of("care", at("2026-11-25 15:20"), 3, SHANGHAI)
    assert may_follow_up(at(now), window, SHANGHAI) is may


def test_words_are_those_of_the_kind_and_never_of_other_goods() -> None:
    cream = Product("cream", "护手霜")
    scripts = [
        Script("care", "…", title="签收关怀", stage="售后"),
        Script("care-cream", "…", tags=("关怀",), stage="售后", products=("护手霜",)),
        Script("care-box", "…", tags=("关怀",), stage="售后", products=("收纳箱",)),
        Script("before", "…", tags=("关怀",), stage="售前"),
        Script("new", "…", tags=("关怀",), audience=("new",)),
        Script("again", "…", category="复购"),
    ]
    assert [s.id for s in words_for(scripts, "care", cream)] == ["care-cream", "care"]
    assert [s.id for s in words_for(scripts, "care", None)] == ["care"]
    assert [s.id for s in words_for(scripts, "again", cream)] == ["again"]
