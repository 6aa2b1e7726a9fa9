"""When and how often a shopper may be contacted unasked: never at night, never too often.

One rule for every list that proposes to write first: reminders of unpaid orders and follow-ups
after a purchase count together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MORNING, NIGHT = time(9), time(22)
# 快手 2.5 forbids 频繁联系 without a number; the others' rules on harassment have none either.
CAPS: Final[Mapping[str, tuple[int, int]]] = {"kuaishou": (1, 2)}
_CAP: Final = (1, 3)
WEEK = timedelta(days=7)
DAY = timedelta(hours=24)
# Who clicked and did nothing lets go after this.
CLAIM_HOLDS = timedelta(minutes=15)

# Orders whose number ends so are left alone where a shop wants to know what writing first changes.
HELD_DIGIT: Final = "7"


def is_held_out(order_id: str) -> bool:
    """Whether a shop that tries it leaves this order alone: one number in ten."""
    return order_id.endswith(HELD_DIGIT)


def is_day(now: datetime, zone: ZoneInfo) -> bool:
    """Whether people are written to at this time of the shop's day."""
    return MORNING <= now.astimezone(zone).time() < NIGHT


def by_day(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when that day, or the next morning, to write; and until when that evening."""
    here = at.astimezone(zone)
    day = here.date()
    if here.time() >= NIGHT:
        day += timedelta(days=1)
    begins = here if MORNING <= here.time() < NIGHT else on(day, MORNING, zone)
    return begins, on(begins.date(), NIGHT, zone)


def on(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A time of a day on the shop's clock."""
    return datetime.combine(day, clock, tzinfo=zone)


def within_cap(platform: str, in_a_day: int, in_a_week: int) -> bool:
    """Whether one more contact keeps the platform's rule on harassment."""
    a_day, a_week = CAPS.get(platform, _CAP)
    return in_a_day < a_day and in_a_week < a_week
