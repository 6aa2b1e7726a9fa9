"""What page, product and measures say for or against a script, in log odds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.base.variables import variables
from server.goods import Stated
from server.library import Script
from server.library.products import MISSING_MEASURES_VARIABLE, SIZE_VARIABLE
from server.text.normal import normalize

# Of 64 labelled messages with cards (knowledge/cards) 54 get their script first without it, 61 with
# 1.0, 62 from 1.5 to 3.0; from 4.0 on those that ask about another thing than the card's lose.
OWN_PRODUCT = 2.0
# Less for the stage, since who has ordered may well ask about the next thing to buy.
_OWN_STAGE = 0.3
_AFTER_ORDER = ("售中", "售后")
# A reply that cannot be filled is worth less than the one that asks for what is missing.
_SIZE = 1.0


@dataclass(frozen=True, slots=True)
class PageFit:
    """A row a script: `odds` (log odds), and whether it is for `other` products than is meant."""

    odds: NDArray[np.float32]
    other: NDArray[np.bool_]


def page_fit(
    scripts: Sequence[Script],
    numbers: NDArray[np.int32],
    page: Mapping[str, str],
    stated: Stated,
    own_product: float = OWN_PRODUCT,
) -> PageFit:
    """How the scripts of these numbers fit product, size and order, against the others."""
    fit = np.zeros(len(numbers), dtype=np.float32)
    other = np.zeros(len(numbers), dtype=np.bool_)
    card = normalize(str(page.get("product", "")))
    names = frozenset(normalize(name) for name in stated.names)
    ordered = bool(page.get("order_id"))
    if not (card or names or ordered):
        return PageFit(fit, other)
    for row, number in enumerate(numbers):
        script = scripts[number]
        if (card or names) and script.products:
            other[row] = not _own(script, names, card)
            fit[row] += -own_product if other[row] else own_product
        if ordered and script.stage:
            fit[row] += _OWN_STAGE if script.stage in _AFTER_ORDER else -_OWN_STAGE
        fit[row] += _size_fit(script, stated)
    return PageFit(fit, other)


def _own(script: Script, names: frozenset[str], card: str) -> bool:
    """By a name of the product; by the card's words where the shop has no such product."""
    mine = [normalize(name) for name in script.products]
    return any(name in names for name in mine) or (
        not names and any(name in card for name in mine if name)
    )


def _size_fit(script: Script, stated: Stated) -> float:
    if not (stated.sized or stated.unsized):
        return 0.0
    used = variables(script.reply)
    gives, asks = SIZE_VARIABLE in used, MISSING_MEASURES_VARIABLE in used
    if gives == asks:
        return 0.0
    return _SIZE if gives == stated.sized else -_SIZE
