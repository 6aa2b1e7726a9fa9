"""How far two reviewers agree beyond chance, and how sure a mean or a share is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

# Student's t, two-sided 95 %, by degrees of freedom 1 to 30; beyond, the normal 1.96 is within 4 %.
_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_Z95 = 1.959964
ENOUGH_SAMPLES = 10
"""Below this many score cards a mean is shown as too few to compare."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`n` pairs, the share that agree, and Cohen's kappa (None when chance alone explains all)."""

    n: int
    observed: float | None
    kappa: float | None


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Cohen's kappa of two reviewers' verdicts: (observed − expected) / (1 − expected)."""
    n = len(pairs)
    if not n:
        return Agreement(0, None, None)
    observed = sum(a == b for a, b in pairs) / n
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(first[name] * second[name] for name in first) / (n * n)
    kappa = (observed - expected) / (1 - expected) if expected < 1 else None
    return Agreement(n, observed, kappa)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval; `low` and `high` are None for fewer than two values."""

    n: int
    mean: float | None
    low: float | None
    high: float | None

    @property
    def enough(self) -> bool:
        """Whether there are enough values to set it beside another mean."""
        return self.n >= ENOUGH_SAMPLES


def mean_of(values: Sequence[float]) -> Mean:
    """The mean and its interval by Student's t."""
    n = len(values)
    if not n:
        return Mean(0, None, None, None)
    mean = math.fsum(values) / n
    if n < 2:
        return Mean(1, mean, None, None)
    spread = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    half = (_T95[n - 2] if n - 2 < len(_T95) else _Z95) * spread
    return Mean(n, mean, mean - half, mean + half)


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """The 95 % interval of a share (Wilson), None for an empty whole."""
    if not whole:
        return None
    p, z2 = part / whole, _Z95**2
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z95 / (1 + z2 / whole) * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole**2))
    return max(0.0, centre - half), min(1.0, centre + half)
