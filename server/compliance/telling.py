"""Which clause tells most about a category: where a finding of the judge is underlined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from server.compliance.windows import Span, clauses

_LEAST = 2


def telling_clause(text: str, weights: NDArray[np.float32]) -> Span:
    """[start, end) in `text` of the clause with the greatest weight; never empty.

    `weights` is float32, (signs of `text`,).
    """
    spans = [_trimmed(text, *span) for span in clauses(text)]
    spans = [span for span in spans if span[1] - span[0] >= _LEAST]
    if not spans:
        return 0, len(text)
    return max(spans, key=lambda span: (float(weights[span[0] : span[1]].sum()), -span[0]))


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
