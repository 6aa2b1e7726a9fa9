"""Which clause tells most about a category: where a finding of the judge is underlined."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from server.compliance.fold import Folded

_BREAK = re.compile(r"[，。！？；,!?;\n~…]+")
_LEAST = 2


def telling_clause(folded: Folded, weights: NDArray[np.float32]) -> tuple[int, int]:
    """[start, end) in `folded` of the clause with the greatest weight; never empty."""
    clauses = [span for span in _clauses(folded.text) if span[1] - span[0] >= _LEAST]
    if not clauses:
        return 0, len(folded.text)
    return max(clauses, key=lambda span: (float(weights[span[0] : span[1]].sum()), -span[0]))


def _clauses(text: str) -> list[tuple[int, int]]:
    spans = []
    start = 0
    for match in _BREAK.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    return [_trimmed(text, *span) for span in spans]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
