"""Evidence to scores and confidence, with parameters that a person can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.indexing.bundled_model import BUNDLED
from server.ranking.evidence import NAMES, Evidence

Floats = NDArray[np.float32]

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"
_SHOWN = 3
# A question that a lead wrote finds its script when a shopper types just that: weights fitted on
# messages that no script holds cannot know. Equal texts have a cosine of 1 but for rounding.
_SAME, _SAME_WORDS = 0.9995, 10.0
# With too few others to stand out from: what answerable messages of the labelled shops have.
_FEWEST_OTHERS, _USUAL_DISTANCE = 5, 0.7
SIGNS: tuple[str, ...] = (
    "first_score",
    "shown_share",
    "beyond_rest",
    "near",
    "plain",
    "intent",
    "none_share",
    "met",
    "trade_mean",
    "trade_spread",
    "leans",
)


@dataclass(frozen=True, slots=True)
class Fusion:
    """A script's score is the weighted sum of its evidence; shares are the softmax of the scores.

    A logistic of SIGNS says whether any script answers; `scale` and `shift` turn its log odds into
    how likely a right script is among the first three.
    """

    weights: Mapping[str, float]
    signs: Mapping[str, float]
    bias: float
    scale: float
    shift: float
    threshold: float

    def scores(self, values: Floats) -> Floats:
        """Float32 (scripts,), higher is better; differences are log odds."""
        weights = np.asarray([self.weights.get(n, 0.0) for n in NAMES], np.float32)
        same = values[:, NAMES.index("plain_question")] >= _SAME
        bonus = np.where(same, _SAME_WORDS, 0.0).astype(np.float32)
        held: Floats = values @ weights + bonus
        return held

    def confidence(self, evidence: Evidence, scores: Floats) -> float:
        """Between 0 and 1: how likely a right script stands among the first three."""
        odds = self.scale * self.answered(evidence, scores) + self.shift
        return float(1 / (1 + np.exp(-odds)))

    def answered(self, evidence: Evidence, scores: Floats) -> float:
        """Log odds that any script answers."""
        found = signs_of(evidence, scores)
        return self.bias + sum(self.signs.get(name, 0.0) * found[name] for name in SIGNS)


def shares(scores: Floats) -> Floats:
    """The softmax of the scores."""
    grown = np.exp(scores - scores.max())
    held: Floats = grown / grown.sum()
    return held


def signs_of(evidence: Evidence, scores: Floats) -> dict[str, float]:
    """What tells a sure ranking from an unsure one, by name."""
    ranked = np.argsort(-scores, kind="stable")
    order, rest = ranked[:_SHOWN], scores[ranked[_SHOWN:]]
    held = shares(scores)[order]
    reading = evidence.reading
    value = {name: evidence.values[:, n] for n, name in enumerate(NAMES)}
    near = np.maximum.reduce([value[f"near_{kind}"] for kind in ("question", "title", "reply")])
    plain = np.maximum.reduce([value[f"plain_{kind}"] for kind in ("question", "title", "reply")])
    return {
        "first_score": float(scores[order[0]]) / 10,
        "shown_share": float(held.sum()),
        "beyond_rest": _beyond_rest(float(scores[order[0]]), rest),
        "near": float(near[order].max()),
        "plain": float(plain[order].max()),
        "intent": float(value["intent"][order].max()),
        "none_share": reading.none_share,
        "met": reading.met,
        "trade_mean": reading.trade_mean,
        "trade_spread": reading.trade_spread,
        "leans": evidence.leans,
    }


def _beyond_rest(first: float, rest: Floats) -> float:
    """How far the first stands out from those after the third, in spreads of theirs."""
    if len(rest) < _FEWEST_OTHERS:
        return _USUAL_DISTANCE
    return float((first - rest.mean()) / max(float(rest.std()), 0.1)) / 5


def fusion_path(model: str, dimension: int, folder: Path = KNOWLEDGE) -> Path:
    """Where the parameters fitted for this encoder stand, if there are any."""
    return folder / f"fusion-{Path(model).name}-{dimension}.json"


@cache
def load_fusion(model: str = BUNDLED, dimension: int = 384) -> Fusion:
    """The parameters that `bangda fit` wrote for this encoder, else those of the bundled one.

    Those of another encoder rank soundly, but their confidence is not calibrated for it.
    """
    path = fusion_path(model, dimension)
    if not path.is_file():
        path = fusion_path(BUNDLED, 384)
    return Fusion(**json.loads(path.read_text(encoding="utf-8")))
