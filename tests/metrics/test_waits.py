"""Waits and three-minute reply rates, worked out by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.base.times import moment
from server.metrics.clock import (
    day_bounds,
    days_between,
    elapsed_share,
    local,
    local_day,
    month_days,
)
from server.metrics.reply_rate import (
    ReplyRate,
    forecast,
    formula_of,
    misses_left,
    reply_rate,
    to_regain,
)
from server.metrics.spread import UNANSWERED, bars, quantile, spread
from server.metrics.waits import Said, waits

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(clock: str, day: str = "2026-11-10") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def talk(*lines: str) -> list[Said]:
    """`S 09:00:00` and `A 09:00:12` lines, in order; keys count from 1."""
    said = []
    for key, line in enumerate(lines, start=1):
        who, clock, *day = line.split()
        sender = "shopper" if who == "S" else "agent"
        said.append(Said(key, sender, at(clock, *day), "" if sender == "shopper" else who))
    return said


def seconds(said: list[Said]) -> list[int | None]:
    return [wait.seconds for wait in waits(said)]


def test_each_message_of_a_burst_counts_from_its_own_sending() -> None:
    said = talk(
        "S 09:00:00", "S 09:00:05", "S 09:00:09", "甲 09:00:21", "S 09:01:00", "乙 09:01:30"
    )
    assert seconds(said) == [21, 16, 12, 30]
    assert [wait.agent for wait in waits(said)] == ["甲", "甲", "甲", "乙"]


def test_a_message_without_an_answer_has_no_wait() -> None:
    assert seconds(talk("S 09:00:00", "甲 09:00:10", "S 09:00:40")) == [10, None]


def test_begun_seconds_are_whole_and_clocks_that_differ_never_give_less_than_zero() -> None:
    assert seconds(talk("S 09:00:00", "甲 09:00:20.001")) == [21]
    assert seconds(talk("S 09:00:00", "甲 09:00:20.000")) == [20]
    assert seconds(talk("S 09:00:00", "甲 09:00:00")) == [0]


def test_a_wait_runs_over_midnight() -> None:
    said = talk("S 23:59:30 2026-11-10", "甲 00:00:15 2026-11-11")
    assert seconds(said) == [45]


def test_two_hours_of_silence_open_a_new_session() -> None:
    said = talk(
        "S 09:00:00", "甲 09:00:10", "S 11:00:10", "甲 11:00:20", "S 13:00:21", "甲 13:00:50"
    )  # the second gap is 2 h exactly, the third 2 h and 1 s
    assert [(wait.first, wait.session) for wait in waits(said)] == [
        (True, 1),
        (False, 1),
        (True, 5),
    ]


def test_a_session_that_the_agent_opens_again_is_a_new_one() -> None:
    said = talk(
        "S 09:00:00", "甲 09:00:10", "甲 13:00:00", "S 13:05:00", "甲 13:05:30", "S 13:06:00"
    )
    assert [(wait.first, wait.session) for wait in waits(said)] == [
        (True, 1),
        (True, 4),
        (False, 4),
    ]


def test_an_agent_may_open_but_the_shopper_s_first_message_is_first() -> None:
    said = talk("甲 09:00:00", "S 09:00:30", "甲 09:00:40")
    assert [(wait.first, wait.seconds) for wait in waits(said)] == [(True, 10)]


@pytest.mark.parametrize(
    ("utc", "day", "minute"),
    [
        ("2026-10-31T15:59:59.999Z", "2026-10-31", 23 * 60 + 59),
        ("2026-10-31T16:00:00.000Z", "2026-11-01", 0),
        ("2026-11-01T00:00:00.000Z", "2026-11-01", 8 * 60),
        ("2026-12-31T16:30:00.000Z", "2027-01-01", 30),
    ],
    ids=["last-moment-of-october", "first-of-november", "eight-in-the-morning", "new-year"],
)
def test_days_and_months_are_the_shop_s(utc: str, day: str, minute: int) -> None:
    assert local(moment(utc), SHANGHAI) == (day, minute)
    assert local_day(utc, SHANGHAI) == day


def test_day_bounds_follow_the_zone_and_its_summer_time() -> None:
    assert day_bounds("2026-11-10", SHANGHAI) == (
        "2026-11-09T16:00:00.000Z",
        "2026-11-10T16:00:00.000Z",
    )
    start, end = (moment(text) for text in day_bounds("2026-03-29", ZoneInfo("Europe/Berlin")))
    assert end - start == timedelta(hours=23)


def test_months_end_where_they_end() -> None:
    assert month_days("2028-02") == ("2028-02-01", "2028-02-29")
    assert list(days_between("2026-10-30", "2026-11-02"))[1:3] == ["2026-10-31", "2026-11-01"]
    half = datetime(2026, 11, 15, 16, tzinfo=UTC)  # 16 November 0:00 in Shanghai
    assert elapsed_share("2026-11", half, SHANGHAI) == pytest.approx(0.5)
    assert elapsed_share("2026-10", half, SHANGHAI) == 1.0


@pytest.mark.parametrize(
    ("clock", "counts"),
    [("07:59:59", False), ("08:00:00", True), ("23:59:59", True), ("00:00:00", False)],
)
def test_kuaishou_counts_messages_sent_from_8_to_24(clock: str, counts: bool) -> None:
    minute = local(at(clock), SHANGHAI)[1]
    assert formula_of("kuaishou").counts(minute) is counts


@pytest.mark.parametrize(("clock", "counts"), [("22:59:59", True), ("23:00:00", False)])
def test_pinduoduo_stops_at_23(clock: str, counts: bool) -> None:
    minute = local(at(clock), SHANGHAI)[1]
    assert formula_of("pinduoduo").counts(minute) is counts
    assert formula_of("tmall") is formula_of("taobao")


def test_kuaishou_rate_by_shopper_over_a_month_by_hand() -> None:
    """Four shoppers. A is answered in time; B once in time, once 181 s later; C wrote at 7:59 only
    and does not count; D wrote at 23:59:30 and was answered at 0:02:30 (180 s): in time."""
    formula, now = formula_of("kuaishou"), at("12:00:00", "2026-12-01")
    shoppers = {
        "A": talk("S 08:00:00", "甲 08:03:00"),
        "B": talk("S 09:00:00", "甲 09:00:20", "S 15:00:00 2026-11-12", "甲 15:03:01 2026-11-12"),
        "C": talk("S 07:59:59", "甲 09:00:00"),
        "D": talk("S 23:59:30", "甲 00:02:30 2026-11-11"),
    }
    units = [
        (name, formula.late(wait, now))
        for name, said in shoppers.items()
        for wait in waits(said)
        if formula.counts(local(wait.at, SHANGHAI)[1])
    ]
    assert reply_rate(units) == ReplyRate(n=3, missed=1)
    assert reply_rate(units).rate == pytest.approx(2 / 3)


def test_a_message_that_can_still_be_answered_in_time_is_no_miss() -> None:
    formula = formula_of("kuaishou")
    (wait,) = waits(talk("S 09:00:00"))
    assert not formula.late(wait, at("09:03:00"))
    assert formula.late(wait, at("09:03:01"))


def test_misses_left_are_exact_at_the_border() -> None:
    assert misses_left(ReplyRate(10, 3), 70) == 0  # 7/10 is 70 %, still reached
    assert misses_left(ReplyRate(10, 2), 70) == 1
    assert misses_left(ReplyRate(10, 4), 70) == -1
    assert misses_left(ReplyRate(9, 0), 70) == 2  # 2.7 → two; 6/9 would be 66.7 %


def test_to_regain_a_lost_target() -> None:
    assert to_regain(ReplyRate(10, 4), 70) == 4  # 10/14 = 71.4 %; 9/13 = 69.2 % is not enough
    assert to_regain(ReplyRate(10, 3), 70) == 0


def test_forecast_goes_on_at_the_pace_so_far() -> None:
    made = forecast(ReplyRate(600, 150), 0.5, 70)
    assert made is not None
    assert (made.n, made.missed, made.rate) == (1200, 300, 0.75)
    assert made.misses_left == 210  # 30 % of 1200 is 360, 150 are gone
    assert forecast(ReplyRate(3, 0), 0.02, 70) is None


def test_spread_by_hand() -> None:
    """Waits 5, 10, 15, 20, 21, 180, 181 and one unanswered."""
    counts = {5: 1, 10: 1, 15: 1, 20: 1, 21: 1, 180: 1, 181: 1, UNANSWERED: 1}
    found = spread(counts)
    assert (found.n, found.answered) == (8, 7)
    assert found.median_s == 20  # the fourth of seven
    assert found.p90_s == 181  # 90 % of 7 is 6.3: the seventh
    assert found.within == {15: 3 / 8, 20: 4 / 8, 180: 6 / 8}


def test_quantiles_of_little_and_nothing() -> None:
    assert quantile({}, 50) is None
    assert quantile({10: 1, 20: 1}, 50) == 10
    assert quantile({3: 10}, 90) == 3
    assert spread({}).within == {15: None, 20: None, 180: None}


def test_bars_hold_every_message_once() -> None:
    counts = {0: 2, 5: 1, 6: 1, 600: 1, 601: 3, UNANSWERED: 4}
    found = dict(bars(counts))
    assert (found["≤5"], found["≤10"], found["≤600"], found[">600"], found["–"]) == (3, 1, 1, 3, 4)
    assert sum(found.values()) == 12
