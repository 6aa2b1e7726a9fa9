"""Medians, percentiles and shares of waits from counts by second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNANSWERED = -1
LIMITS_S = (15, 20, 180)


@dataclass(frozen=True, slots=True)
class Spread:
    """Waits in one line. Shares are of all messages, the unanswered ones included."""

    n: int
    answered: int
    median_s: int | None
    p90_s: int | None
    within: Mapping[int, float | None]


def spread(counts: Mapping[int, int], limits: tuple[int, ...] = LIMITS_S) -> Spread:
    """The figures of `{seconds: messages}`; the key UNANSWERED counts messages without an answer.

    A percentile is the shortest wait that at least that share of the answered messages kept to.
    """
    answered = {s: n for s, n in counts.items() if s != UNANSWERED and n > 0}
    total, kept = sum(counts.values()), sum(answered.values())
    within = {
        limit: share(sum([n for s, n in answered.items() if s <= limit]), total) for limit in limits
    }
    return Spread(total, kept, quantile(answered, 50), quantile(answered, 90), within)


def quantile(counts: Mapping[int, int], percent: int) -> int | None:
    """The smallest value that at least `percent` % of the counted ones do not exceed."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen * 100 >= total * percent:
            return value
    return None


def share(part: int, whole: int) -> float | None:
    """`part / whole`; None when there is nothing to take a share of."""
    return part / whole if whole else None


# Upper ends of the bars in the distribution plot, in seconds.
BARS_S = (5, 10, 15, 20, 30, 60, 120, 180, 300, 600)


def bars(counts: Mapping[int, int]) -> list[tuple[str, int]]:
    """Messages by span of wait, for a bar plot; the last two are longer waits and no answer."""
    found, low = [], -1
    for high in BARS_S:
        found.append((f"≤{high}", sum(n for s, n in counts.items() if low < s <= high and s >= 0)))
        low = high
    found.append((f">{low}", sum(n for s, n in counts.items() if s > low)))
    return [*found, ("–", counts.get(UNANSWERED, 0))]
