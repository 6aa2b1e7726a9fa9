"""Public holidays of the mainland and the weekend days worked for them; a shop adds its own.

As the State Council's office announces them each November for the year to come. A year that is not
listed here has weekends and the shop's own closed days only; a lead adds those on `/work`. An own
table, since each library of such days is right only where it is updated every winter, and a shop's
machine is not: what is unknown is said, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from server.base.errors import EntryError

# First and last day, both included: 国务院办公厅关于2025年部分节假日安排的通知 (国办发明电〔2024〕
# 12号, 12 November 2024) and 关于2026年部分节假日安排的通知 (4 November 2025), day by day as 新华社
# printed them.
_OFF: Final = (
    ("2025-01-01", "2025-01-01"), ("2025-01-28", "2025-02-04"), ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"), ("2025-05-31", "2025-06-02"), ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"), ("2026-02-15", "2026-02-23"), ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"), ("2026-06-19", "2026-06-21"), ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)  # fmt: skip
_WORKED: Final = (
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip
_SATURDAY = 5
_LONGEST_SPAN = 62
_SPAN = re.compile(r"(2[01]\d{2}-\d{2}-\d{2})(?:\s*(?:至|到|~|—|–)\s*(2[01]\d{2}-\d{2}-\d{2}))?")


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days on which nobody works: `off` beside weekends, `worked` in spite of one."""

    off: frozenset[date]
    worked: frozenset[date] = frozenset()

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday or one that the shop is closed; no weekend is."""
        return day in self.off

    def is_workday(self, day: date) -> bool:
        """Whether a 工作日 counts it."""
        return day not in self.off and (day.weekday() < _SATURDAY or day in self.worked)

    def workday_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; the day itself never counts."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def next_holiday(self, day: date) -> date | None:
        """The first holiday on the day or after it; None where none is known."""
        return min((one for one in self.off if one >= day), default=None)

    def past_holidays(self, day: date) -> date:
        """The day, or the first one after the holidays that it falls into (民法典 203)."""
        while self.is_holiday(day):
            day += timedelta(days=1)
        return day


def holidays(closed: Iterable[date] = ()) -> Holidays:
    """The public ones, and the days that a shop says it is closed."""
    off = {day for first, last in _OFF for day in _days(first, last)}
    return Holidays(
        frozenset(off | set(closed)), frozenset(date.fromisoformat(day) for day in _WORKED)
    )


def closed_days(text: str) -> tuple[date, ...]:
    """The days that a lead typed, one day or span a line. Raises EntryError naming the line."""
    found: list[date] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        match = _SPAN.fullmatch(line.strip())
        try:
            days = list(_days(match[1], match[2] or match[1])) if match else []
        except (ValueError, OverflowError):
            days = []
        if not days or len(days) > _LONGEST_SPAN:
            raise EntryError(
                f"line {number} is {line.strip()[:40]!r}; expected a day or a span of days, as "
                f"2027-02-05 至 2027-02-12, of {_LONGEST_SPAN} days at most",
                "closed_day",
                "days",
                line=number,
                found=line.strip(),
                most=_LONGEST_SPAN,
            )
        found += days
    return tuple(dict.fromkeys(found))


def _days(first: str, last: str) -> Iterator[date]:
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day
        day += timedelta(days=1)
