"""Local days, minutes and months of UTC times, in the shop's time zone."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.base.times import moment, utc_text

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
DAY_MINUTES = 24 * 60


def local(at: datetime, zone: ZoneInfo) -> tuple[str, int]:
    """Local day (`2026-11-21`) and minute of the day (0 to 1439)."""
    here = at.astimezone(zone)
    return here.date().isoformat(), here.hour * 60 + here.minute


def local_day(text: str, zone: ZoneInfo) -> str:
    """The local day of a stored time."""
    return local(moment(text), zone)[0]


def day_bounds(day: str, zone: ZoneInfo) -> tuple[str, str]:
    """First UTC moment of a local day and of the next one, as stored texts."""
    start = date.fromisoformat(day)
    return _midnight(start, zone), _midnight(start + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> str:
    return utc_text(datetime.combine(day, time(), tzinfo=zone))


def month_days(month: str) -> tuple[str, str]:
    """First and last day of a month `2026-11`."""
    year, number = (int(part) for part in month.split("-"))
    last = calendar.monthrange(year, number)[1]
    return f"{month}-01", f"{month}-{last:02d}"


def month_of(day: str) -> str:
    """The month of a day."""
    return day[:7]


def days_between(first: str, last: str) -> Iterator[str]:
    """Every day from `first` to `last`, both included."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def elapsed_share(month: str, now: datetime, zone: ZoneInfo) -> float:
    """How much of a local month is over at `now`, 0 to 1."""
    first, last = month_days(month)
    start = moment(day_bounds(first, zone)[0])
    end = moment(day_bounds(last, zone)[1])
    return min(1.0, max(0.0, (now - start) / (end - start)))
