"""Thresholds of the judge, category by category, from scores on unseen families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.compliance.findings import direction_of
from server.compliance.windows import is_brief
from server.fit.compliance_data import Line

Floats = NDArray[np.floating[Any]]

# What may be flagged in all, as a share of near misses and of ordinary lines: a warning by the
# judge alone, one where a rule fired as well, one where only a rule did that is written wide, and
# a hint.
WARNING_BUDGET = (0.025, 0.002)
RULED_BUDGET = (0.015, 0.0015)
SUPPORTED_BUDGET = (0.01, 0.0005)
HINT_BUDGET = (0.12, 0.015)
# The few lines of one category that decide are too few to place its threshold farther out.
ALONE_RANGE = (0.3, 0.65)
SUPPORTED_RANGE = (0.2, 0.4)
HINT_RANGE = (0.1, 0.3)
RULED_RANGE = (0.08, 0.12)
_GRID = np.round(np.concatenate([np.arange(0.04, 0.3, 0.02), np.arange(0.3, 0.96, 0.025)]), 3)
_ROUNDS = 40


@dataclass(frozen=True)
class _Counts:
    """Per category and grid point: violations found (share), near misses and ordinary flagged."""

    found: Floats
    near: Floats
    ordinary: Floats


def choose(
    lines: Sequence[Line],
    scores: Floats,
    fired: NDArray[np.bool_],
    proven: NDArray[np.bool_],
    categories: Sequence[str],
) -> dict[str, dict[str, float]]:
    """Category → {alone, with_rule, with_support, hint}: most recall for the least false alarms.

    Each side of the talk by itself. `scores`, `fired` and `proven` (the rule that fired does more
    than support) are (lines, categories); scores come from networks that never saw a line's family.
    """
    chosen: dict[str, dict[str, float]] = {}
    for side in ("outgoing", "incoming"):
        places = [p for p, code in enumerate(categories) if direction_of(code) == side]
        rows = [row for row, line in enumerate(lines) if line.direction == side]
        if places and rows:
            at = np.ix_(rows, places)
            part = scores[at], fired[at], proven[at]
            named = [categories[place] for place in places]
            chosen |= _choose_side([lines[row] for row in rows], *part, named)
    return {code: chosen[code] for code in categories}


def _choose_side(
    lines: Sequence[Line],
    scores: Floats,
    fired: NDArray[np.bool_],
    proven: NDArray[np.bool_],
    categories: Sequence[str],
) -> dict[str, dict[str, float]]:
    """The thresholds of the categories of one side of the talk, within a budget of its own."""
    # As it is served: of a few signs the judge alone never warns.
    told = ~fired & ~np.array([is_brief(line.text) for line in lines])[:, None]
    alone = _within_budget(_counts(lines, scores, categories, told), WARNING_BUDGET)
    hint = _within_budget(_counts(lines, scores, categories, told), HINT_BUDGET)
    alone, hint = alone.clip(*ALONE_RANGE), hint.clip(*HINT_RANGE)
    ruled = _within_budget(_counts(lines, scores, categories, proven), RULED_BUDGET)
    wide = _counts(lines, scores, categories, fired & ~proven)
    supported = _within_budget(wide, SUPPORTED_BUDGET).clip(*SUPPORTED_RANGE)
    return {
        code: {
            "alone": float(alone[place]),
            "with_rule": float(ruled[place].clip(*RULED_RANGE)),
            "with_support": float(min(supported[place], alone[place])),
            "hint": float(hint[place]),
        }
        for place, code in enumerate(categories)
    }


def _counts(
    lines: Sequence[Line],
    scores: Floats,
    categories: Sequence[str],
    considered: NDArray[np.bool_],
) -> _Counts:
    near = np.array([line.label == "near_miss" for line in lines])
    ordinary = np.array([line.label == "normal" for line in lines])
    incoming = np.array([line.direction == "incoming" for line in lines])
    shape = (len(categories), len(_GRID))
    counts = _Counts(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    for place, code in enumerate(categories):
        side = incoming if direction_of(code) == "incoming" else ~incoming
        violating = np.array([line.target == code for line in lines])
        passed = scores[:, place, None] >= _GRID
        passed &= (considered[:, place] & side)[:, None]
        counts.found[place] = passed[violating].sum(axis=0) / max(1, violating.sum())
        counts.near[place] = passed[near].sum(axis=0) / max(1, near.sum())
        counts.ordinary[place] = passed[ordinary].sum(axis=0) / max(1, ordinary.sum())
    return counts


def _within_budget(counts: _Counts, budget: tuple[float, float]) -> Floats:
    """The grid point of each category: most recall whose false alarms together fit the budget."""
    low, high = 0.0, 1000.0
    for _ in range(_ROUNDS):
        price = (low + high) / 2
        near, ordinary = _spent(counts, _best(counts, price, budget))
        if near <= budget[0] and ordinary <= budget[1]:
            high = price
        else:
            low = price
    return np.array(_GRID[_best(counts, high, budget)])


def _best(counts: _Counts, price: float, budget: tuple[float, float]) -> NDArray[np.int64]:
    cost = counts.near / budget[0] + counts.ordinary / budget[1]
    worth = counts.found - price * cost
    # Of equal points the highest threshold: it costs nothing and stays quieter on other text.
    reversed_best = worth[:, ::-1].argmax(axis=1)
    return np.array(worth.shape[1] - 1 - reversed_best)


def _spent(counts: _Counts, points: NDArray[np.int64]) -> tuple[float, float]:
    rows = np.arange(len(points))
    return float(counts.near[rows, points].sum()), float(counts.ordinary[rows, points].sum())
