"""How many shoppers are in each level and group, and who would move under other conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from server.library import Tier
from server.shoppers.tiers import group_names, level_of


@dataclass(slots=True)
class Placed:
    """What counts for one shopper's level and groups: totals of successful orders."""

    platform: str
    shopper_id: str
    fen: int = 0
    orders: int = 0
    last_day: str = ""
    given_level: str = ""
    hand_level: str = ""
    hand_groups: tuple[str, ...] = ()

    def level(self, levels: Sequence[Tier]) -> str:
        """By hand, else by purchases, else as the platform's list says; "" for none."""
        return self.hand_level or level_of(levels, self.fen, self.orders) or self.given_level

    def groups(self, groups: Sequence[Tier], today: date) -> frozenset[str]:
        """By rule and by hand."""
        by_rule = group_names(groups, self.fen, self.orders, self.last_day, today)
        return frozenset((*by_rule, *self.hand_groups))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are in each level and group ("" for no level), and how many there are at all."""

    levels: Counter[str]
    groups: Counter[str]
    everybody: int
    returning: int


def counts(
    crowd: Sequence[Placed], levels: Sequence[Tier], groups: Sequence[Tier], today: date
) -> Counts:
    """Counts over a shop."""
    return Counts(
        Counter(one.level(levels) for one in crowd),
        Counter(name for one in crowd for name in one.groups(groups, today)),
        len(crowd),
        sum(one.orders > 0 for one in crowd),
    )


@dataclass(slots=True)
class Move:
    """Shoppers who go from one level to another, or into or out of a group ("" for none)."""

    before: str
    after: str
    shoppers: list[Placed] = field(default_factory=list)


def level_moves(
    crowd: Iterable[Placed], before: Sequence[Tier], after: Sequence[Tier]
) -> list[Move]:
    """Who changes level, most first."""
    found: dict[tuple[str, str], Move] = {}
    for one in crowd:
        old, new = one.level(before), one.level(after)
        if old != new:
            found.setdefault((old, new), Move(old, new)).shoppers.append(one)
    return sorted(found.values(), key=lambda move: -len(move.shoppers))


def group_moves(
    crowd: Iterable[Placed], before: Sequence[Tier], after: Sequence[Tier], today: date
) -> list[Move]:
    """Who comes into a group (`after`) or leaves one (`before`), most first."""
    found: dict[tuple[str, str], Move] = {}
    for one in crowd:
        old, new = one.groups(before, today), one.groups(after, today)
        for name in sorted(new - old):
            found.setdefault(("", name), Move("", name)).shoppers.append(one)
        for name in sorted(old - new):
            found.setdefault((name, ""), Move(name, "")).shoppers.append(one)
    return sorted(found.values(), key=lambda move: -len(move.shoppers))
