"""Scripts with the code that a message names against those with one that looks alike.

Vectors hardly tell 2064 from 2046 or XL from XXXL; to a shopper they are different things.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.indexing.codes import Codes
from server.text.codes import SIZES, codes_in, twins_of

# Log odds, set by hand: no labelled message names a code that another script almost has.
_OWN, _TWIN = 2.0, -3.0


@dataclass(frozen=True, slots=True)
class CodeFit:
    """`odds` float32 (scripts,) to add to the scores; `other` marks scripts about a twin only."""

    odds: NDArray[np.float32]
    other: NDArray[np.bool_]


def code_fit(folded: str, codes: Codes, numbers: NDArray[np.int32]) -> CodeFit:
    """How the scripts `numbers` fit the codes of a folded message."""
    asked = codes_in(folded)
    own: set[int] = set()
    other: set[int] = set()
    for code in asked:
        if code not in SIZES:
            # Where a size stands may be a table of sizes as well as an exchange for another one.
            own |= codes.held.get(code, frozenset())
        for twin in twins_of(code) - asked if codes.about else ():
            other |= codes.about.get(twin, frozenset())
    holds = np.isin(numbers, sorted(own))
    mistaken = np.isin(numbers, sorted(other - own))
    odds = np.where(holds, _OWN, 0.0) + np.where(mistaken, _TWIN, 0.0)
    return CodeFit(odds.astype(np.float32), mistaken)
