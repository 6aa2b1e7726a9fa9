"""Follow-ups after a purchase: care once goods were signed for, an invitation to come back.

When: care some days after the sign-off; the invitation once the product's own interval is over,
read from its attribute `复购周期`, else the shop's. Each is worth doing for some days only, never
at night. Which words: the shop's approved ones of that category; those of other products never.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.goods.figures import in_figures
from server.library import Product, Script
from server.work.contact import by_day, is_day

KINDS: Final = ("care", "again")
INTERVAL: Final = "复购周期"
# For so long after it is due somebody is still glad to be asked.
OPEN_FOR: Final[Mapping[str, timedelta]] = {"care": timedelta(days=7), "again": timedelta(days=14)}
_UNIT_DAYS: Final[Mapping[str, int]] = {
    "": 1, "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365,
}  # fmt: skip
_LONGEST_DAYS: Final = 730
_LENGTH = re.compile(
    r"(?:约|大约|大概|每)?\s*(?P<half>半)?(?P<count>\d+(?:\.\d+)?)?个?(?P<more>半)?"
    r"(?P<unit>天|日|周|星期|礼拜|月|年|)(?:左右|一次)?"
)
_NAMES: Final[Mapping[str, re.Pattern[str]]] = {
    "care": re.compile(r"签收(?:关怀|回访|问候)|售后关怀|关怀|(?<!电话)回访"),
    "again": re.compile(r"复购|回购|再次购买|老客邀请|邀请再来"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a follow-up is worth doing (UTC)."""

    begins: datetime
    ends: datetime


def days_of(text: str) -> int | None:
    """How many days a length is, as `45天`, `6周`, `两个月`, `半年`; None where it is none."""
    found = _LENGTH.fullmatch(in_figures(text.strip()))
    if found is None or not (found["count"] or found["half"]):
        return None
    count = float(found["count"] or 0) + (0.5 if found["half"] or found["more"] else 0)
    days = round(count * _UNIT_DAYS[found["unit"]])
    return days if 0 < days <= _LONGEST_DAYS else None


def interval_of(product: Product | None, local_now: datetime, usual: int) -> int:
    """Days until a product is bought again: its attribute's, else the shop's; 0 for never."""
    fact = product.attributes.get(INTERVAL) if product else None
    if fact is None or not fact.holds(local_now):
        return usual
    return days_of(fact.value) or 0


def window_of(kind: str, received: datetime, days: int, zone: ZoneInfo) -> Window:
    """When a follow-up of a kind is due that comes so many days after the sign-off (aware)."""
    # On the wall clock: the same time of day also where summer time changes in between.
    local = received.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    at = local.replace(tzinfo=zone)
    begins, _ = by_day(at, zone)
    return Window(begins.astimezone(UTC), (at + OPEN_FOR[kind]).astimezone(UTC))


def may_follow_up(now: datetime, window: Window, zone: ZoneInfo) -> bool:
    """Whether now is a good time: it is due, not over, and day."""
    return window.begins <= now < window.ends and is_day(now, zone)


def words_for(scripts: Iterable[Script], kind: str, product: Product | None) -> list[Script]:
    """The approved words of a kind, those about the product first; none about another one."""
    own = frozenset(product.names) if product else frozenset()
    found: list[tuple[int, Script]] = []
    for script in scripts:
        about = f"{script.category} {script.title} {' '.join(script.tags)}"
        if script.stage not in ("", "售后") or not _NAMES[kind].search(about):
            continue
        if "new" in script.audience and "returning" not in script.audience:
            continue
        fits = bool(own & frozenset(script.products))
        if script.products and not fits:
            continue
        found.append((0 if fits else 1, script))
    return [script for _, script in sorted(found, key=lambda pair: pair[0])]
