"""What a reminder of an unpaid order is worth: its amount times the chance that it helps.

The chance is this shop's own: among orders alike (how long they have waited, new or returning
shopper, size) the share that was paid once reminded, less the share that was paid without. Few
orders alike lean on the wider group, so that one lucky payment moves nothing to the top. That is
no experiment: agents choose whom they remind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

# From when on, in minutes, an age band begins; platforms close an unpaid order within three days.
AGES: Final = (0, 120, 360, 1440)
# In fen: where the middling and the large sizes begin.
SIZES: Final = (10_000, 30_000)
# Fewer reminders, or fewer orders without, tell nothing of what a reminder changes.
ENOUGH: Final = 30
# So many orders of the wider group stand behind every narrower one.
_LEAN: Final = 20


class Alike(NamedTuple):
    """A group of orders: age band and size band by place in AGES and SIZES (0 the least)."""

    age: int
    returning: bool
    size: int


@dataclass(frozen=True, slots=True)
class Past:
    """A past order that was not paid in the usual time.

    `age_min` is how old it was when somebody was reminded of it, None where nobody was;
    `pay_min` how old when it was paid, None where it never was.
    """

    fen: int
    returning: bool
    age_min: float | None
    pay_min: float | None


@dataclass(frozen=True, slots=True)
class Worth:
    """`fen` is expected; `chance` that a reminder changes it; counts of orders alike."""

    fen: float
    chance: float
    alike: Alike
    reminded: int
    reminded_paid: int
    alone: int
    alone_paid: int


class Chances:
    """What reminders change, by group, from a shop's past orders."""

    def __init__(self, past: Iterable[Past], wait: timedelta) -> None:
        """`wait` is the usual time to pay: nobody is reminded before."""
        self._reminded: Counter[tuple[object, ...]] = Counter()
        self._alone: Counter[tuple[object, ...]] = Counter()
        self.without = 0
        floor = wait.total_seconds() / 60
        # Thousands of orders are of a few dozen kinds: those are counted to the wider groups.
        reminded: Counter[tuple[Alike, bool]] = Counter()
        alone: Counter[tuple[Alike, bool]] = Counter()
        for order in past:
            if order.age_min is not None:
                reminded.update(_when_reminded(order, order.age_min))
            else:
                alone.update(_when_alone(order, floor))
                self.without += 1
        self.reminders = reminded.total()
        for kinds, counts in ((reminded, self._reminded), (alone, self._alone)):
            for (alike, paid), orders in kinds.items():
                _count(counts, alike, orders, paid=paid)

    @property
    def known(self) -> bool:
        """Whether there is enough of both to tell."""
        return min(self.reminders, self.without) >= ENOUGH

    def worth(self, fen: int, age_min: float, *, returning: bool) -> Worth | None:
        """Of an order of this amount and age; None while too little is known."""
        if not self.known:
            return None
        alike = alike_of(fen, age_min, returning=returning)
        chance = _chance(self._reminded, self._alone, alike)
        key = _levels(alike)[-1]
        reminded, alone = self._reminded, self._alone
        counts = (group[(*key, what)] for group in (reminded, alone) for what in ("n", "paid"))
        return Worth(fen * chance, chance, alike, *counts)


def _when_reminded(order: Past, age_min: float) -> Iterator[tuple[Alike, bool]]:
    """Of what kind it was when somebody was reminded of it, and whether it was paid then."""
    if order.pay_min is None or order.pay_min > age_min:
        kind = alike_of(order.fen, age_min, returning=order.returning)
        yield kind, order.pay_min is not None


def _when_alone(order: Past, floor: float) -> Iterator[tuple[Alike, bool]]:
    """Of what kinds it was while nobody reminded, and whether it was paid later.

    Unpaid at the beginning of a band, it is one that a reminder could have met there.
    """
    size = _size(order.fen)
    for age, begins in enumerate(AGES):
        ends = AGES[age + 1] if age + 1 < len(AGES) else float("inf")
        if ends <= floor or (order.pay_min is not None and order.pay_min <= max(begins, floor)):
            continue
        yield Alike(age, order.returning, size), order.pay_min is not None


def alike_of(fen: int, age_min: float, *, returning: bool) -> Alike:
    """The group of an order."""
    age = sum(age_min >= begins for begins in AGES) - 1
    return Alike(max(age, 0), returning, _size(fen))


def _size(fen: int) -> int:
    return sum(fen >= begins for begins in SIZES)


def _levels(alike: Alike) -> tuple[tuple[object, ...], ...]:
    """From all orders of an age to those alike in everything."""
    age, returning, size = alike
    return (), ("age", age), ("who", age, returning), ("all", age, returning, size)


def _count(counts: Counter[tuple[object, ...]], alike: Alike, orders: int, *, paid: bool) -> None:
    for key in _levels(alike):
        counts[(*key, "n")] += orders
        counts[(*key, "paid")] += orders if paid else 0


def _chance(
    reminded: Counter[tuple[object, ...]], alone: Counter[tuple[object, ...]], alike: Alike
) -> float:
    """The share paid once reminded less the share paid without, each group leaning on the wider.

    Both are taken from the same group: one lucky reminder of an age at which nobody else paid is
    no chance of one. A group counts by the smaller of its two sides.
    """
    chance = 0.0
    for key in _levels(alike):
        orders, others = reminded[(*key, "n")], alone[(*key, "n")]
        if not orders or not others:
            continue
        told = reminded[(*key, "paid")] / orders - alone[(*key, "paid")] / others
        behind = 0 if key == () else _LEAN
        both = orders * others / (orders + others)
        chance = (both * told + behind * chance) / (both + behind)
    return max(0.0, chance)
