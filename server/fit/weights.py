"""Fits the fusion: weights of the evidence, signs of confidence, the default threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from server.evidence import NAMES
from server.fit.shops import Example
from server.fusion import SIGNS, Fusion, signs_of

# Weights below zero would say that likeness speaks against a script: none is needed, and shops
# that the fit never saw lose with them. What a script merely lacks may count either way.
_FREE = frozenset({"no_question"})
_PENALTY = 2e-3
_STEPS = 400
_SHOWN = 3
# At most this share of the unanswerable messages of the development shops shows anything; the
# rest up to 15 % is left for shops that differ.
UNANSWERED_SHOWN = 0.11


def fit_weights(examples: Sequence[Example]) -> dict[str, float]:
    """Weights under which right scripts hold the softmax; every shop and form counts the same."""
    answered = [example for example in examples if len(example.gold)]
    most = max(len(example.evidence.values) for example in answered)
    values = np.zeros((len(answered), most, len(NAMES)), dtype=np.float32)
    outside = np.ones((len(answered), most), dtype=bool)
    wrong = np.ones((len(answered), most), dtype=bool)
    for row, example in enumerate(answered):
        count = len(example.evidence.values)
        values[row, :count] = example.evidence.values
        outside[row, :count] = False
        wrong[row, example.gold] = False
    given, out, bad = (torch.from_numpy(part) for part in (values, outside, wrong))
    counts = torch.from_numpy(_balance(answered))
    free = torch.tensor([name in _FREE for name in NAMES])
    raw = torch.zeros(len(NAMES), requires_grad=True)
    optimizer = torch.optim.Adam([raw], lr=0.1)
    for _ in range(_STEPS):
        weights = torch.where(free, raw, functional.softplus(raw))
        scores = (given @ weights).masked_fill(out, -1e9)
        right = torch.logsumexp(scores.masked_fill(bad, -1e9), 1) - torch.logsumexp(scores, 1)
        loss = -(right * counts).sum() + _PENALTY * (weights**2).sum() / len(NAMES)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found = torch.where(free, raw, functional.softplus(raw)).detach().numpy()
    return {name: round(float(value), 3) for name, value in zip(NAMES, found, strict=True)}


def _balance(examples: Sequence[Example]) -> NDArray[np.float32]:
    """A weight for each example so that every form of every shop counts the same; sums to 1."""
    groups = [(example.shop, example.form) for example in examples]
    sizes = {group: groups.count(group) for group in set(groups)}
    weights = np.asarray([1 / sizes[group] for group in groups], dtype=np.float32)
    balanced: NDArray[np.float32] = weights / weights.sum()
    return balanced


def right_shown(example: Example, scores: NDArray[np.float32]) -> bool:
    """Whether a right script is among the first three."""
    order = np.argsort(-scores, kind="stable")[:_SHOWN]
    return bool(np.isin(order, example.gold).any())


def fit_confidence(
    examples: Sequence[Example], weights: dict[str, float]
) -> tuple[dict[str, float], float]:
    """The logistic of SIGNS for "a right script is among the first three"."""
    from sklearn.linear_model import LogisticRegression

    bare = Fusion(weights, {}, 0.0, 0.0)
    rows, right = [], []
    for example in examples:
        scores = bare.scores(example.evidence.values)
        signs = signs_of(example.evidence, scores)
        rows.append([signs[name] for name in SIGNS])
        right.append(right_shown(example, scores))
    held = np.asarray(rows)
    spread = held.std(axis=0) + 1e-9
    model: Any = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(held / spread, right, sample_weight=_balance(examples) * len(examples))
    found = model.coef_[0] / spread
    named = {name: round(float(value), 3) for name, value in zip(SIGNS, found, strict=True)}
    return named, round(float(model.intercept_[0]), 3)


def fit_fusion(examples: Sequence[Example], threshold: float | None = None) -> Fusion:
    """The whole fusion; the threshold is set on these examples unless given."""
    weights = fit_weights(examples)
    signs, bias = fit_confidence(examples, weights)
    fusion = Fusion(weights, signs, bias, threshold or 0.0)
    if threshold is not None:
        return fusion
    return Fusion(weights, signs, bias, threshold_for(confidences(examples, fusion), examples))


def confidences(examples: Sequence[Example], fusion: Fusion) -> list[float]:
    """The confidence of each example's first script."""
    return [
        fusion.confidence(example.evidence, fusion.scores(example.evidence.values))
        for example in examples
    ]


def threshold_for(held: Sequence[float], examples: Sequence[Example]) -> float:
    """The confidence that UNANSWERED_SHOWN of the unanswerable messages reach."""
    unanswered = [
        c for c, example in zip(held, examples, strict=True) if not example.labelled.expected
    ]
    return round(float(np.quantile(unanswered, 1 - UNANSWERED_SHOWN)), 3)
