"""Samples that anyone can draw again: the order is a hash of seed and id, nothing else."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """One group of the population and what was drawn from it."""

    name: str
    population: int
    drawn: tuple[int, ...]

    @property
    def rate(self) -> float:
        """The share that was drawn, 0 to 1."""
        return len(self.drawn) / self.population if self.population else 0.0


def draw(ids: Iterable[int], size: int, seed: str) -> tuple[int, ...]:
    """`size` ids (all when there are fewer); the same seed draws the same from the same ids."""
    return tuple(sorted(set(ids), key=lambda item: _place(seed, item))[: max(0, size)])


def draw_strata(pairs: Iterable[tuple[int, Hashable]], size: int, seed: str) -> list[Stratum]:
    """Up to `size` ids from each group of (id, group), groups by name."""
    groups: dict[str, set[int]] = defaultdict(set)
    for item, group in pairs:
        groups[str(group)].add(item)
    return [Stratum(n, len(g), draw(g, size, f"{seed}|{n}")) for n, g in sorted(groups.items())]


def size_of(population: int, percent: float) -> int:
    """How many of a population a rate asks for, rounded up: 5 % of 30 is 2."""
    return min(population, math.ceil(round(population * percent / 100, 9)))


def _place(seed: str, item: int) -> bytes:
    return hashlib.sha256(f"{seed}|{item}".encode()).digest()


def chosen(seed: str, item: int, percent: float) -> bool:
    """Whether an item falls into a share of `percent` %: the same answer every time."""
    return int.from_bytes(_place(seed, item)[:8], "big") < percent / 100 * 2**64
