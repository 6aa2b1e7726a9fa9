"""Fits the fusion: weights of the evidence, signs of confidence, the default threshold."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from server.fit.shops import Example
from server.ranking.evidence import NAMES
from server.ranking.fusion import SIGNS, Fusion, signs_of

# Weights below zero would say that likeness speaks against a script: none is needed, and shops
# that the fit never saw lose with them. What a script merely lacks may count either way.
_FREE = frozenset({"no_question"})
_PENALTY = 2e-3
_STEPS = 400
_SHOWN = 3
# Of what no script answers, so much shows something: below the 15 % that agents bear, since the
# next shop differs. Real questions that the shop has no script for are the hardest; two of three
# such lines of the labelled shops are, in a shop's traffic most are greetings, thanks, stickers
# and adverts, hence their weight.
UNANSWERED_SHOWN = 0.11
# What messages that stand alone count beside the others when they come behind another exchange.
# Left out, thanks and greetings after a talk look like questions (AUROC .73 for .97) and short
# questions lose 15 points of hit@1; at a tenth they still lose three to five behind an exchange
# about something else, and true follow-ups gain nothing by it (docs/benchmarks.md).
LATER_SHARE = 0.3
_HARD, _HARD_SHARE = "none_out_of_scope", 0.3


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
    groups = [(example.shop, example.form, example.later) for example in examples]
    sizes = Counter(groups)
    shares = [LATER_SHARE if example.later else 1.0 for example in examples]
    each = [share / sizes[group] for share, group in zip(shares, groups, strict=True)]
    weights = np.asarray(each, dtype=np.float32)
    balanced: NDArray[np.float32] = weights / weights.sum()
    return balanced


def right_shown(example: Example, scores: NDArray[np.float32]) -> bool:
    """Whether a right script is among the first three."""
    order = np.argsort(-scores, kind="stable")[:_SHOWN]
    return bool(np.isin(order, example.gold).any())


def fit_signs(examples: Sequence[Example], bare: Fusion) -> Fusion:
    """`bare` with the logistic for "a script answers this", and its log odds made a likelihood.

    Fitted on whether a script answers, not on whether the right one came first: what is answered
    but not found would teach it that answerable messages look unanswerable (no-answer AUROC on
    shops held out .90 against .88).
    """
    held = np.asarray([_signs(example, bare) for example in examples])
    answered = np.asarray([bool(example.labelled.expected) for example in examples])
    spread = held.std(axis=0) + 1e-9
    weight = _balance(examples) * len(examples)
    found, bias = _logistic(held / spread, answered, weight)
    signs = found / spread
    odds = held @ signs + bias
    right = [right_shown(e, bare.scores(e.evidence.values)) for e in examples]
    scale, shift = _logistic(odds[:, None], np.asarray(right), weight)
    named = {name: round(float(value), 3) for name, value in zip(SIGNS, signs, strict=True)}
    return Fusion(
        bare.weights, named, round(bias, 3), round(float(scale[0]), 3), round(shift, 3), 0.0
    )


def _signs(example: Example, bare: Fusion) -> list[float]:
    found = signs_of(example.evidence, bare.scores(example.evidence.values))
    return [found[name] for name in SIGNS]


def _logistic(
    rows: NDArray[Any], labels: NDArray[np.bool_], weight: NDArray[np.float32]
) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    model: Any = LogisticRegression(C=1.0, max_iter=2000)
    model.fit(rows, labels, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def fit_fusion(examples: Sequence[Example]) -> Fusion:
    """The whole fusion with its threshold."""
    bare = Fusion(fit_weights(examples), {}, 0.0, 1.0, 0.0, 0.0)
    fusion = fit_signs(examples, bare)
    limit = threshold_for(confidences(examples, fusion), examples)
    return dataclasses.replace(fusion, threshold=limit)


def confidences(examples: Sequence[Example], fusion: Fusion) -> list[float]:
    """The confidence of each example's first script."""
    return [
        fusion.confidence(example.evidence, fusion.scores(example.evidence.values))
        for example in examples
    ]


def threshold_for(held: Sequence[float], examples: Sequence[Example]) -> float:
    """The confidence that UNANSWERED_SHOWN of the unanswerable messages reach."""
    pairs = [
        (confidence, example.labelled.kind == _HARD)
        for confidence, example in zip(held, examples, strict=True)
        if not example.labelled.expected
    ]
    reached = np.asarray(sorted(pairs, reverse=True))
    hard = reached[:, 1] == 1
    weight = np.where(hard, _HARD_SHARE / max(hard.sum(), 1), (1 - _HARD_SHARE) / (~hard).sum())
    last = int(np.searchsorted(np.cumsum(weight), UNANSWERED_SHOWN))
    return round(float(reached[last, 0]), 3)
