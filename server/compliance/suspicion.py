"""How loud a finding of the judge alone may be.

Never high: that needs a rule. One sign by itself is a hint; a warning needs a second one that does
not come from the same networks: likeness to an approved example, or words that were hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from server.compliance.findings import Severity
from server.compliance.judge import Parameters

_CERTAIN: Final = 0.9
"""So sure that something is broken, the judge need not be sure which of two categories it is: the
likelier one is named. On unseen families that finds six of a hundred indirect lines more."""


@dataclass(frozen=True)
class Suspicion:
    """What is known of one window that no rule hit, for one category.

    `any_probability` is that of breaking anything at all; `likeliest` whether no other category is
    likelier; `likeness` the cosine to the nearest approved example; `hidden` whether words are
    hidden; `brief` whether it has only a few signs; `draft` whether it is still being typed.
    """

    category: str
    probability: float
    any_probability: float
    likeliest: bool
    likeness: float
    hidden: bool
    brief: bool
    draft: bool


def loudness(suspicion: Suspicion, parameters: Parameters) -> Severity | None:
    """Medium, low, or None for silence.

    A few signs say little, and a text being typed may still turn out to forbid what it names: they
    are no more than a hint.
    """
    hint = parameters.threshold(suspicion.category, "hint")
    sure = suspicion.probability >= parameters.threshold(suspicion.category, "alone")
    if not sure and suspicion.probability < hint:
        return None
    alike = suspicion.likeness >= parameters.likeness("hint")
    if suspicion.brief and (suspicion.draft or not (sure or suspicion.hidden)):
        return None
    if not (alike or suspicion.hidden):
        return None
    if suspicion.draft:
        return "low"
    if suspicion.hidden:
        return "medium" if sure or not suspicion.brief else "low"
    certain = sure or (suspicion.likeliest and suspicion.any_probability >= _CERTAIN)
    close = suspicion.likeness >= parameters.likeness("warning")
    return "medium" if certain and close and not suspicion.brief else "low"
