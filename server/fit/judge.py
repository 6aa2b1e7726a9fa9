"""`bangda fit judge`: the judge's networks and thresholds, and the lexicon, from `knowledge/`.

Needs torch. The networks are small (a bag of hashed n-grams, the sentence embedding and the fired
rules through one hidden layer); what they do on families they have not seen is measured with
`cross_validated` and stands in docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from server.compliance.checker import Checker
from server.compliance.features import BUCKETS, Window, buckets, open_to, windows_of
from server.compliance.findings import CATEGORIES
from server.compliance.judge import Net, Parameters, score
from server.compliance.matching import levels_of
from server.compliance.rules import RuleSet
from server.fit.compliance_data import FOLDS, Line
from server.indexing.vector_cache import VectorCache

JUDGED = tuple(code for code in CATEGORIES if code not in ("product_fact_mismatch",))
WIDTH = 64
HIDDEN = 192
EPOCHS = 14
BATCH = 256
RATE = 3e-3
SEEDS = (0, 1, 2)
# Half the hidden units and a third of the n-grams are left out at each step: with less, unseen
# families fell while seen ones rose.
DROPOUT, GRAM_DROPOUT, INPUT_DROPOUT = 0.5, 0.3, 0.3

_SHUT = -30.0

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """Features of the windows of all lines; `owner` says whose a window is.

    vectors (n, dim), side (n, s), n-gram buckets, targets (the last one is 'none'). `learned`
    leaves out the windows of long violating lines: nobody said which of them violates. `answers`
    (n, categories + 1) are those that a line of its direction can have. `proven` (lines,
    categories): which categories' rules hit a line that do more than support.
    """

    owner: NDArray[np.int64]
    vectors: Floats
    side: Floats
    grams: tuple[NDArray[np.int64], ...]
    targets: NDArray[np.int64]
    learned: NDArray[np.bool_]
    answers: NDArray[np.bool_]
    proven: NDArray[np.bool_]
    mean: Floats
    scale: float

    def fired(self, lines: int) -> NDArray[np.bool_]:
        """Bool, (lines, categories): which categories' rules hit a line."""
        return _worst(self, self.side[:, : len(JUDGED)], lines) > 0


def prepare(lines: Sequence[Line], ruleset: RuleSet, cache: VectorCache) -> Prepared:
    """Reads every feature that serving reads, window by window."""
    checker = Checker(ruleset)
    place = {code: index for index, code in enumerate(JUDGED)}
    read: list[Window] = []
    owner: list[int] = []
    learned: list[bool] = []
    proven = np.zeros((len(lines), len(JUDGED)), dtype=bool)
    for index, line in enumerate(lines):
        levels = levels_of(line.text)
        hits = checker.hits(levels, line.direction)
        found = windows_of(levels, hits, JUDGED, line.direction)
        strong = {hit.rule.category for hit in hits if hit.rule.strength != "supports"}
        proven[index] = [code in strong for code in JUDGED]
        read += found
        owner += [index] * len(found)
        learned += [len(found) == 1 or line.target == "none"] * len(found)
    vectors = cache.vectors([window.text for window in read], "query")
    targets = [place.get(line.target, len(JUDGED)) for line in lines]
    mean = vectors.mean(axis=0)
    return Prepared(
        np.array(owner),
        vectors,
        np.stack([window.side for window in read]),
        tuple(buckets(window.text) for window in read),
        np.array(targets)[owner],
        np.array(learned),
        np.stack([open_to(JUDGED, line.direction) for line in lines])[owner],
        proven,
        mean,
        float((vectors - mean).std()),
    )


def _worst(data: Prepared, values: Floats, lines: int) -> Floats:
    """(lines, k) from (windows, k), not below zero: the greatest value among a line's windows."""
    worst = np.zeros((lines, values.shape[1]), dtype=np.float32)
    np.maximum.at(worst, data.owner, values)
    return worst


class _Network(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, dimension: int, side: int) -> None:
        super().__init__()
        self.grams = torch.nn.EmbeddingBag(BUCKETS, WIDTH, mode="sum")
        torch.nn.init.normal_(self.grams.weight, 0, 0.05)
        self.hidden = torch.nn.Linear(dimension + WIDTH + side, HIDDEN)
        self.out = torch.nn.Linear(HIDDEN, len(JUDGED) + 1)

    def forward(self, vectors: Any, flat: Any, offsets: Any, counts: Any, side: Any) -> Any:
        bag = self.grams(flat, offsets) / counts.clamp(min=1).sqrt()[:, None]
        vectors = functional.dropout(vectors, INPUT_DROPOUT, self.training)
        hidden = functional.relu(self.hidden(torch.cat([vectors, bag, side], dim=1)))
        return self.out(functional.dropout(hidden, DROPOUT, self.training))


def fit_net(data: Prepared, rows: NDArray[np.int64], seed: int) -> Net:
    """One network fitted on `rows`; the same seed gives the same network."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = _Network(data.vectors.shape[1], data.side.shape[1])
    groups = [
        {"params": network.grams.parameters(), "weight_decay": 1e-3},
        {"params": [*network.hidden.parameters(), *network.out.parameters()], "weight_decay": 1e-4},
    ]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    steps = EPOCHS * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    centred = torch.tensor((data.vectors - data.mean) / data.scale)
    side = torch.tensor(data.side)
    targets = torch.tensor(data.targets)
    closed = torch.tensor(~data.answers)
    network.train()
    for _ in range(EPOCHS):
        order = rng.permutation(rows)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            flat, offsets, counts = _bags(data, batch, rng)
            scores = network(centred[batch], flat, offsets, counts, side[batch])
            scores = scores.masked_fill(closed[batch], _SHUT)
            loss = functional.cross_entropy(scores, targets[batch], label_smoothing=0.02)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return _as_net(network)


def _bags(data: Prepared, batch: NDArray[np.int64], rng: np.random.Generator) -> tuple[Any, ...]:
    """The batch's n-grams in one row, a share of them left out."""
    kept = [
        grams[rng.random(len(grams)) > GRAM_DROPOUT] for grams in (data.grams[i] for i in batch)
    ]
    counts = np.array([len(grams) for grams in kept])
    offsets = np.concatenate([[0], np.cumsum(counts)[:-1]])
    flat = np.concatenate(kept)
    return torch.tensor(flat), torch.tensor(offsets), torch.tensor(counts, dtype=torch.float32)


def _as_net(network: _Network) -> Net:
    def array(tensor: Any) -> Floats:
        found: Floats = tensor.detach().numpy().astype(np.float32)
        return found

    return Net(
        grams=array(network.grams.weight),
        hidden=array(network.hidden.weight.T),
        hidden_bias=array(network.hidden.bias),
        out=array(network.out.weight.T),
        out_bias=array(network.out.bias),
    )


def cross_validated(lines: Sequence[Line], data: Prepared, seeds: Sequence[int]) -> Floats:
    """float32, (lines, categories): each line scored by networks that never saw its family."""
    folds = np.array([line.fold for line in lines])[data.owner]
    scores = np.zeros((len(folds), len(JUDGED)), dtype=np.float32)
    for fold in range(FOLDS):
        nets = [fit_net(data, np.flatnonzero(data.learned & (folds != fold)), s) for s in seeds]
        parameters = Parameters(JUDGED, data.mean, data.scale, tuple(nets), {})
        for row in np.flatnonzero(folds == fold):
            scores[row] = score(
                parameters, data.vectors[row], data.grams[row], data.side[row], data.answers[row]
            )
    return _worst(data, scores, len(lines))
