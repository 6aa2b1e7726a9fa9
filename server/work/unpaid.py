"""Unpaid orders: when to remind, in which words, why somebody has not paid, and what it is worth.

When: the time by which nine in ten of this shop's payers have paid; an hour later for somebody who
bought before. Large orders are calls, at the hours at which people answer them. Never at night.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.library import Script
from server.metrics.agreement import wilson
from server.metrics.spread import quantile
from server.work.contact import by_day, is_day, on

REASONS: Final = (
    "price", "doubt", "freight", "comparing", "forgot", "address", "coupon", "other",
)  # fmt: skip
DEFAULT_WAIT = timedelta(hours=2)
# From fewer payers than this the ninth decile is chance.
ENOUGH_PAYERS: Final = 30
_SHORTEST, _LONGEST = timedelta(minutes=10), timedelta(hours=24)
_LATER_FOR_RETURNING = timedelta(hours=1)
_CALLS: Final = ((time(11), time(12)), (time(15, 30), time(16, 30)))

_READ: Final[Mapping[str, str]] = {
    "address": (
        r"地址.{0,6}(?:错|改|换|填)|(?:改|换|写错|填错).{0,4}(?:地址|电话|收货)|"
        r"收货人.{0,4}(?:错|改)"
    ),
    "coupon": (
        r"(?:等|有没有|领不了|没领到|用不了).{0,6}(?:券|优惠|红包|活动|满减)|(?:券|"
        r"红包).{0,4}(?:没|用不)|等.{0,4}(?:大促|活动|双1?[12一]|直播)"
    ),
    "freight": r"运费|邮费|不包邮|包邮吗?",
    "comparing": r"(?:别|其他|另).{0,3}家|比(?:较|价|一比)|对比|再看看|货比|考虑",
    "doubt": (
        r"质量|正品|真的?假|靠谱|会不会(?:掉色|起球|坏|过敏)|评价|差评|怕.{0,6}(?:不合适|不好|"
        r"色差)|尺码|不知道.{0,6}(?:合不合适|好不好)"
    ),
    "price": r"贵|便宜(?:点|些)?|太高|降价|打折|少点|优惠",
    "forgot": r"忘(?:了|记)|没注意|以为(?:付|买)|没看到|(?:马上|这就|现在|等下|一会儿?)(?:就)?付",
}
_PATTERNS = {reason: re.compile(pattern) for reason, pattern in _READ.items()}
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "price": ("价格", "贵", "降价"), "doubt": ("质量", "顾虑", "正品"), "freight": ("运费", "邮费"),
    "comparing": ("比较", "对比", "再看看"), "forgot": ("忘记", "提醒"),
    "address": ("地址",), "coupon": ("券", "优惠"),
}  # fmt: skip
_REMINDS = re.compile(r"催付|催单付款|[未没]付款|待付款")


@dataclass(frozen=True, slots=True)
class Due:
    """From when somebody may be reminded, and until when that is worth doing (UTC)."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of some orders were paid, with the 95 % interval of the share."""

    orders: int
    paid: int

    @property
    def share(self) -> float | None:
        """None of no orders."""
        return self.paid / self.orders if self.orders else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's; None of no orders."""
        return wilson(self.paid, self.orders)

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.orders + other.orders, self.paid + other.paid)


def compared(
    done: tuple[str, Rate], alone: Rate, held_out: Rate, *, holding: bool
) -> list[tuple[str, Rate]]:
    """What was done beside what was not, by name.

    Where a shop holds nobody out, orders that would be are left alone like any others.
    """
    if holding:
        return [done, ("alone", alone), ("held", held_out)]
    return [done, ("alone", alone + held_out)]


def usual_wait(minutes: Mapping[int, int]) -> timedelta:
    """How long a shop waits, from `{minutes until paid: orders}`; two hours of too few."""
    ninth = quantile(minutes, 90)
    if ninth is None or sum(minutes.values()) < ENOUGH_PAYERS:
        return DEFAULT_WAIT
    return min(max(timedelta(minutes=ninth), _SHORTEST), _LONGEST)


def due_of(
    ordered: datetime, wait: timedelta, zone: ZoneInfo, *, returning: bool, call: datetime | None
) -> Due:
    """When to remind of an order placed at `ordered` (aware).

    `call` is now where the order is one to call about: its hours are the next that are not over.
    """
    at = ordered + wait + (_LATER_FOR_RETURNING if returning else timedelta())
    begins, ends = _call_after(max(at, call), zone) if call else by_day(at, zone)
    return Due(begins.astimezone(UTC), ends.astimezone(UTC))


def may_remind(now: datetime, due: Due, zone: ZoneInfo) -> bool:
    """Whether now is a good time: it is due, and it is day."""
    return now >= due.begins and is_day(now, zone)


def reason_in(texts: Iterable[str]) -> str:
    """Why somebody does not pay, as the newest telling line says; '' when none does."""
    for text in texts:
        for reason, pattern in _PATTERNS.items():
            if pattern.search(text):
                return reason
    return ""


def words_for(scripts: Iterable[Script], reason: str, *, returning: bool) -> list[Script]:
    """The approved reminders that fit, best first: by the reason, by new or returning."""
    other = "new" if returning else "returning"
    own = "returning" if returning else "new"
    found: list[tuple[int, Script]] = []
    for script in scripts:
        about = f"{script.category} {script.title} {' '.join(script.tags)}"
        names = any(name in about for name in _NAMES.get(reason, ()))
        if not (_REMINDS.search(about) or ("付款" in script.category and names)):
            continue
        if other in script.audience and own not in script.audience:
            continue
        rank = (0 if names else 2) + (0 if own in script.audience else 1)
        found.append((rank, script))
    return [script for _, script in sorted(found, key=lambda pair: pair[0])]


def _call_after(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The next hour of calls that is not over."""
    here = at.astimezone(zone)
    for ahead in range(2):
        day = here.date() + timedelta(days=ahead)
        for first, last in _CALLS:
            if on(day, last, zone) > here:
                return max(on(day, first, zone), here), on(day, last, zone)
    raise AssertionError("a day has hours of calls")
