"""When, why and in which words to remind of an unpaid order, by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.library import Script
from server.work.contact import within_cap
from server.work.unpaid import (
    DEFAULT_WAIT,
    Rate,
    compared,
    due_of,
    may_remind,
    reason_in,
    usual_wait,
    words_for,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
TWO_HOURS = timedelta(hours=2)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_a_shop_waits_until_nine_in_ten_payers_have_paid() -> None:
    paid = {1: 50, 5: 30, 45: 10, 600: 10}  # of 100 payers the 90th took 45 minutes
    assert usual_wait(paid) == timedelta(minutes=45)
    assert usual_wait({1: 29}) == DEFAULT_WAIT == TWO_HOURS  # too few to tell
    assert usual_wait({1: 100}) == timedelta(minutes=10)
    assert usual_wait({5000: 100}) == timedelta(hours=24)


# Placed, returning, to be reminded from (all in Shanghai; two hours are usual).
DUE = [
    ("2026-11-30 10:00", False, "2026-11-30 12:00"),
    ("2026-11-30 10:00", True, "2026-11-30 13:00"),
    ("2026-11-30 19:59", False, "2026-11-30 21:59"),
    ("2026-11-30 20:00", False, "2026-12-01 09:00"),  # 22:00 is night
    ("2026-11-30 23:30", False, "2026-12-01 09:00"),
    ("2026-12-31 22:30", False, "2027-01-01 09:00"),
    ("2026-12-01 03:00", False, "2026-12-01 09:00"),
    ("2026-12-01 06:30", True, "2026-12-01 09:30"),
]


@pytest.mark.parametrize(("placed", "returning", "begins"), DUE)
def test_when_a_reminder_is_due(placed: str, returning: bool, begins: str) -> None:
    due = due_of(at(placed), TWO_HOURS, SHANGHAI, returning=returning, call=None)
    assert due.begins == at(begins)
    assert due.ends.astimezone(SHANGHAI).hour == 22


# Placed, now, from when until when to call.
CALLS = [
    ("2026-11-30 08:00", "2026-11-30 08:30", "2026-11-30 11:00", "2026-11-30 12:00"),
    ("2026-11-30 09:30", "2026-11-30 09:30", "2026-11-30 11:30", "2026-11-30 12:00"),
    ("2026-11-30 10:00", "2026-11-30 10:00", "2026-11-30 15:30", "2026-11-30 16:30"),
    ("2026-11-30 15:00", "2026-11-30 15:00", "2026-12-01 11:00", "2026-12-01 12:00"),
    ("2026-11-30 08:00", "2026-12-01 12:01", "2026-12-01 15:30", "2026-12-01 16:30"),
    ("2026-12-31 20:00", "2026-12-31 20:00", "2027-01-01 11:00", "2027-01-01 12:00"),
]


@pytest.mark.parametrize(("placed", "now", "begins", "ends"), CALLS)
def test_large_orders_are_calls_at_their_hours(
    placed: str, now: str, begins: str, ends: str
) -> None:
    due = due_of(at(placed), TWO_HOURS, SHANGHAI, returning=False, call=at(now))
    assert (due.begins, due.ends) == (at(begins), at(ends))


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2026-11-30 11:59", False),
        ("2026-11-30 12:00", True),
        ("2026-11-30 21:59", True),
        ("2026-11-30 22:00", False),
        ("2026-12-01 08:59", False),
        ("2026-12-01 09:00", True),
    ],
)
def test_never_at_night_by_the_shops_clock(now: str, may: bool) -> None:
    due = due_of(at("2026-11-30 10:00"), TWO_HOURS, SHANGHAI, returning=False, call=None)
    assert may_remind(at(now), due, SHANGHAI) is may
    berlin = ZoneInfo("Europe/Berlin")
    due = due_of(at("2026-11-30 10:00", berlin), TWO_HOURS, berlin, returning=False, call=None)
    assert may_remind(at(now, berlin), due, berlin) is may


def test_caps_by_platform() -> None:
    assert within_cap("kuaishou", 0, 1)
    assert not within_cap("kuaishou", 0, 2)
    assert within_cap("taobao", 0, 2)
    assert not within_cap("taobao", 1, 1)


REASONS = [
    ("有点贵", "price"), ("能便宜点吗", "price"), ("质量怎么样", "doubt"),
    ("怕尺码不合适", "doubt"),
    ("还要运费啊", "freight"), ("包邮吗", "freight"), ("我再看看别家", "comparing"),
    ("考虑一下", "comparing"), ("忘了付了", "forgot"), ("马上付", "forgot"),
    ("地址填错了怎么改", "address"), ("等双11再付", "coupon"), ("优惠券用不了", "coupon"),
    ("好的", ""), ("在吗", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), REASONS)
def test_a_reason_is_read_from_the_reply(text: str, reason: str) -> None:
    assert reason_in([text]) == reason


def test_the_newest_telling_line_counts() -> None:
    assert reason_in(["嗯", "太贵了", "忘了付"]) == "price"


def test_words_fit_the_reason_and_the_shopper() -> None:
    scripts = [
        Script("other", "…", category="发货"),
        Script("new", "…", title="催付：新客", category="付款", audience=("new",)),
        Script("old", "…", title="催付：老客", category="付款", audience=("returning",)),
        Script("any", "…", category="付款", tags=("催付",)),
        Script("freight", "…", category="付款", tags=("催付", "运费")),
    ]
    ids = [s.id for s in words_for(scripts, "", returning=False)]
    assert ids == ["new", "any", "freight"]
    assert [s.id for s in words_for(scripts, "freight", returning=True)] == [
        "freight",
        "old",
        "any",
    ]


def test_who_is_not_held_out_counts_among_those_left_alone() -> None:
    done, alone, held = ("reminded", Rate(9, 4)), Rate(7, 2), Rate(1, 1)
    assert compared(done, alone, held, holding=True) == [done, ("alone", alone), ("held", held)]
    assert compared(done, alone, held, holding=False) == [done, ("alone", Rate(8, 3))]
