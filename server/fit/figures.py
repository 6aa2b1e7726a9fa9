"""What the judge does on families it has not seen, by style, label and category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.compliance.findings import direction_of
from server.compliance.windows import is_brief
from server.fit.compliance_data import Line

Floats = NDArray[np.floating[Any]]
Thresholds = Mapping[str, Mapping[str, float]]


def unseen_figures(
    lines: Sequence[Line],
    scores: Floats,
    fired: NDArray[np.bool_],
    proven: NDArray[np.bool_],
    categories: Sequence[str],
    thresholds: Thresholds,
) -> dict[str, Any]:
    """Shares found and flagged: `warned` counts warnings (high, medium), `hinted` hints as well."""
    warned = decided(lines, scores, fired, proven, categories, thresholds, "alone")
    hinted = decided(lines, scores, fired, proven, categories, thresholds, "hint")
    figures: dict[str, Any] = {"recall": {}, "flagged": {}, "by_category": {}}
    for style in ("plain", "disguised", "indirect"):
        figures["recall"][style] = _recall(lines, warned, hinted, categories, style=style)
    for label in ("near_miss", "normal"):
        rows = [place for place, line in enumerate(lines) if line.label == label]
        figures["flagged"][label] = {
            "n": len(rows),
            "warned": _rounded(warned[rows].any(axis=1)),
            "hinted": _rounded(hinted[rows].any(axis=1)),
        }
    for code in categories:
        figures["by_category"][code] = _recall(lines, warned, hinted, categories, code=code)
    return figures


def decided(
    lines: Sequence[Line],
    scores: Floats,
    fired: NDArray[np.bool_],
    proven: NDArray[np.bool_],
    categories: Sequence[str],
    thresholds: Thresholds,
    kind: str,
) -> NDArray[np.bool_]:
    """Bool, (lines, categories): which categories the checker raises, as serving decides it."""
    least = np.array([thresholds[code][kind] for code in categories])
    ruled, supported = (
        np.array([min(thresholds[code][backed], thresholds[code][kind]) for code in categories])
        for backed in ("with_rule", "with_support")
    )
    with_rule = np.where(proven, ruled, supported)
    side = np.array([[direction_of(c) == line.direction for c in categories] for line in lines])
    raised: NDArray[np.bool_] = (scores >= np.where(fired, with_rule, least)) & side
    # A few signs without a rule are a hint, and that only where the judge would warn.
    brief = np.array([is_brief(line.text) for line in lines])[:, None] & ~fired
    sure = np.array([thresholds[code]["alone"] for code in categories])
    raised &= ~brief | ((scores >= sure) & (kind == "hint"))
    return raised


def _recall(
    lines: Sequence[Line],
    warned: NDArray[np.bool_],
    hinted: NDArray[np.bool_],
    categories: Sequence[str],
    style: str = "",
    code: str = "",
) -> dict[str, Any]:
    rows = [
        (place, categories.index(line.target))
        for place, line in enumerate(lines)
        if line.target in categories
        and (not style or line.style == style)
        and (not code or line.target == code)
    ]
    places = tuple(np.array(rows, dtype=np.int64).reshape(-1, 2).T)
    return {"n": len(rows), "warned": _rounded(warned[places]), "hinted": _rounded(hinted[places])}


def _rounded(found: Any) -> float:
    return round(float(np.mean(found)), 3) if np.size(found) else 0.0
