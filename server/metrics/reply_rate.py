"""Reply rates by each platform's own formulas; the formulas are data.

`formulas.json` holds the formulas; a platform's first one is the one with a target, the entry
without a platform is for all others.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

from server.metrics.waits import Wait

_FILE = Path(__file__).with_name("formulas.json")
MAIN = "3min"
"""The formula that every platform has."""
_SAME_AS = {"tmall": "taobao"}


@dataclass(frozen=True, slots=True)
class Formula:
    """Which messages count, who is counted, and what must be reached.

    Messages sent from `from_hour` up to (not including) `until_hour` local time count. `unit` says
    who is counted once a `period`: a shopper, a session or each message. A unit is missed when any
    of its counted messages had no answer within `within_s`. `first_only`: of a session only the
    shopper's first message counts, and its time decides.
    """

    platform: str
    id: str
    name: str
    within_s: int
    unit: Literal["shopper", "session", "message"]
    period: Literal["month", "day"]
    from_hour: int
    until_hour: int
    target_percent: int | None
    source: str
    clause: str
    since: str
    standing: str
    first_only: bool = False

    def counts(self, minute: int) -> bool:
        """Whether a message sent at this local minute of the day counts."""
        return self.from_hour * 60 <= minute < self.until_hour * 60

    def late(self, wait: Wait, now: datetime) -> bool:
        """Whether the message was not answered in time; one that can still be answered is not."""
        if wait.seconds is None:
            return now - wait.at > timedelta(seconds=self.within_s)
        return wait.seconds > self.within_s


@cache
def formulas() -> tuple[Formula, ...]:
    """All formulas in the order of the file."""
    return tuple(Formula(**row) for row in json.loads(_FILE.read_text(encoding="utf-8")))


@cache
def formulas_of(platform: str) -> tuple[Formula, ...]:
    """The platform's formulas, or the house's own for a platform without one; never empty."""
    name = _SAME_AS.get(platform, platform)
    own = tuple(formula for formula in formulas() if formula.platform == name)
    return own or tuple(formula for formula in formulas() if not formula.platform)


@cache
def formula_of(platform: str, formula: str = MAIN) -> Formula:
    """The platform's formula of this id, its first one (the three-minute reply rate) without it."""
    own = formulas_of(platform)
    return next((found for found in own if found.id == formula), own[0])


@dataclass(frozen=True, slots=True)
class ReplyRate:
    """Counted units and how many of them were missed."""

    n: int
    missed: int

    @property
    def rate(self) -> float | None:
        """0 to 1; None when nobody asked."""
        return (self.n - self.missed) / self.n if self.n else None


def reply_rate(units: Iterable[tuple[object, bool]]) -> ReplyRate:
    """The rate over (unit, late) of every counted message."""
    missed: dict[object, bool] = {}
    for unit, late in units:
        missed[unit] = missed.get(unit, False) or late
    return ReplyRate(len(missed), sum(missed.values()))


def misses_left(rate: ReplyRate, target_percent: int) -> int:
    """How many more of those already counted may be missed before the rate falls below the target.

    Negative when the target is lost already: so many must have been answered in time more.
    """
    allowed = math.floor(rate.n * Fraction(100 - target_percent, 100))
    return allowed - rate.missed


def to_regain(rate: ReplyRate, target_percent: int) -> int:
    """How many further units, all answered in time, bring the rate back to the target."""
    if misses_left(rate, target_percent) >= 0:
        return 0
    needed = math.ceil(Fraction(rate.missed * 100, 100 - target_percent))
    return needed - rate.n


@dataclass(frozen=True, slots=True)
class Forecast:
    """A month to its end, at the pace so far."""

    n: int
    missed: int
    rate: float
    misses_left: int | None


def forecast(rate: ReplyRate, elapsed: float, target_percent: int | None) -> Forecast | None:
    """The month's end if shoppers come and are missed at the pace so far.

    None before 3 % of the month (about one day) has gone: too early to say anything.
    """
    if elapsed < 0.03 or not rate.n:
        return None
    n, missed = round(rate.n / elapsed), round(rate.missed / elapsed)
    left = None
    if target_percent is not None:
        left = misses_left(ReplyRate(n, rate.missed), target_percent)
    return Forecast(n, missed, (n - missed) / n, left)
