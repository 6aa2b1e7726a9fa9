"""What a shop's QA called a false alarm of the judge: likeness to it silences the judge there.

The verdicts stand in the shop's own `rules.yaml` under `examples` and count for that shop alone;
who removes one has the old judgement back. Only what the judge says by itself is silenced. What a
rule finds cites a clause and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from server.compliance.matching import levels_of
from server.compliance.rules import RuleSet
from server.compliance.shop_examples import ShopExample
from server.compliance.windows import windows

CLOSE: Final = 0.94
"""Likeness at which a text says the same as a pardoned one in other words: measured in
`tests/compliance/test_pardons.py`, where another meaning stays below it."""


class Likens(Protocol):
    """What the judge gives: the vectors of texts, rows of unit length."""

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32, (n, dim)."""


class Pardons:
    """The windows of a shop's false alarms; `pardoned` is category → texts."""

    def __init__(self, pardoned: Mapping[str, Sequence[str]]) -> None:
        self._texts = {
            category: tuple(part for text in texts for part in _parts(text))
            for category, texts in pardoned.items()
        }

    def cover(self, part: str, category: str, judge: Likens) -> bool:
        """Whether `part`, a window of folded text, says what was called a false alarm."""
        texts = self._texts.get(category)
        if not texts:
            return False
        if part in texts:
            return True
        vectors = judge.vectors([part, *texts])
        return bool((vectors[1:] @ vectors[0]).max() >= CLOSE)


def _parts(text: str) -> list[str]:
    folded = levels_of(text)[-1].text
    return [folded[start:end] for start, end in windows(folded)]


def pardoned_by(examples: Iterable[ShopExample], ruleset: RuleSet) -> dict[str, tuple[str, ...]]:
    """Category → the texts that the shop's QA called false alarms of a rule or the judge."""
    rules = {rule.id: rule for rule in (*ruleset.rules, *ruleset.judged.values())}
    found: dict[str, tuple[str, ...]] = {}
    for example in examples:
        rule = rules.get(example.rule)
        if example.kind == "near_miss" and rule is not None:
            found[rule.category] = (*found.get(rule.category, ()), example.text)
    return found
