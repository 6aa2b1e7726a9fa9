"""Fits the two towers and what is read off them: intents. The torch side."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import repeat
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from server.fit.bank import Intent
from server.indexing.domain_adapter import Adapter, unpack
from server.indexing.encoder import Vectors

HIDDEN = 512
OUT = 256  # the first 256 directions hold all that three members tell (docs/benchmarks.md)
# Real chats fall when it fits the written bank better: little dropout or 1,500 steps cost them
# ten points of hit@1 while written shops gained one (README of knowledge/bank).
DROPOUT = 0.6
STEPS = 480
RATE = 1e-3
TEMPERATURE = 0.05
SEEDS = (0, 1, 2)
SHOPS_A_STEP = 5
INTENTS_A_STEP = 250  # of some 900: a step costs by them
_FIRST_LIMIT = 0.5  # likeness below which nothing answers; fitted from here on
_HEAD_EPOCHS = 60
_HEAD_SCALE = 20.0


class Member(torch.nn.Module):  # type: ignore[misc]
    """x + w2·gelu(w1·x), unit rows."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.one = torch.nn.Linear(dimension, HIDDEN)
        self.two = torch.nn.Linear(HIDDEN, dimension)
        self.drop = torch.nn.Dropout(DROPOUT)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """(n, dim) → (n, dim)."""
        moved = self.two(self.drop(functional.gelu(self.one(rows), approximate="tanh")))
        return functional.normalize(rows + moved, dim=-1)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Members of the query and of the document tower, seed by seed."""

    query: tuple[Member, ...]
    document: tuple[Member, ...]


def fit_towers(
    intents: Sequence[Intent],
    shops: Sequence[Sequence[Intent]] = (),
    seeds: Sequence[int] = SEEDS,
) -> Fitted:
    """Pulls asks of one intent to each other and to its titles and replies, intents apart.

    Each shop is its scripts as intents, told apart among themselves only: what the scripts of two
    shops share is no mistake. What nothing answers is kept below a limit from everything.
    """
    pairs = [_fit_pair(intents, shops, seed) for seed in seeds]
    return Fitted(tuple(query for query, _ in pairs), tuple(document for _, document in pairs))


def fit_adapters(
    intents: Sequence[Intent], parts: Sequence[Sequence[Sequence[Intent]]]
) -> list[dict[str, NDArray[Any]]]:
    """The arrays of one adapter for each of `parts`: the shops that it sees beside the intents.

    Side by side in processes of one thread each: layers this small gain nothing from more threads,
    and one thread adds up the same on every machine.
    """
    workers = min(len(parts), os.cpu_count() or 1)
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_one_thread) as pool:
        return list(pool.map(_fit_adapter, repeat(intents), parts))


def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def _fit_adapter(
    intents: Sequence[Intent], shops: Sequence[Sequence[Intent]]
) -> dict[str, NDArray[Any]]:
    return pack(fit_towers(intents, shops), intents)


def _fit_pair(
    intents: Sequence[Intent], shops: Sequence[Sequence[Intent]], seed: int
) -> tuple[Member, Member]:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    dimension = intents[0].asks.shape[1]
    query, document = Member(dimension), Member(dimension)
    limits = torch.full((3,), _FIRST_LIMIT, requires_grad=True)
    held = [*query.parameters(), *document.parameters(), limits]
    optimizer = torch.optim.AdamW(held, lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=STEPS, pct_start=0.1
    )
    for _ in range(STEPS):
        drawn = rng.permutation(len(intents))[:INTENTS_A_STEP]
        loss = _apart(query, document, limits, [intents[place] for place in drawn], rng)
        for shop in rng.permutation(len(shops))[:SHOPS_A_STEP]:
            share = 1 / min(SHOPS_A_STEP, len(shops))
            loss = loss + share * _apart(query, document, limits, shops[shop], rng)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return query.eval(), document.eval()


def _apart(
    query: Member,
    document: Member,
    limits: torch.Tensor,
    intents: Sequence[Intent],
    rng: np.random.Generator,
) -> torch.Tensor:
    """One draw from every intent: its ask must find its other ask, its title and its reply."""
    first = [int(rng.integers(len(intent.asks))) for intent in intents]
    asked = query(_stack([intent.asks[n] for intent, n in zip(intents, first, strict=True)]))
    idle = asked[[n for n, intent in enumerate(intents) if not intent.answered]]
    again = [n for n, intent in enumerate(intents) if intent.answered and len(intent.asks) > 1]
    others = [_other(intents[n].asks, first[n], rng) for n in again]
    titled = [n for n, intent in enumerate(intents) if len(intent.titles)]
    titles = [_any(intents[n].titles, rng) for n in titled]
    replied = [n for n, intent in enumerate(intents) if len(intent.replies)]
    replies = [_any(intents[n].replies, rng) for n in replied]
    loss = torch.zeros(())
    met = ((query, again, others), (document, titled, titles), (document, replied, replies))
    for limit, (tower, rows, texts) in zip(limits, met, strict=True):
        if len(rows) > 1:
            held = tower(_stack(texts)).T / TEMPERATURE
            scores, bound = asked[rows] @ held, limit / TEMPERATURE
            loss = loss + _found(scores) + _bounded(scores, idle @ held, bound)
    return loss


def _found(scores: torch.Tensor) -> torch.Tensor:
    """Each row's own column must stand first, and each column's own row."""
    own = torch.arange(len(scores))
    both = functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)
    return both / 2


def _bounded(scores: torch.Tensor, idle: torch.Tensor, bound: torch.Tensor) -> torch.Tensor:
    """A row's own column must pass the bound; the rest must not, as if its own were missing.

    Likeness then means as much for one message as for the next, and confidence can read it.
    """
    above = functional.softplus(bound - scores.diagonal()).mean()
    own = torch.eye(len(scores), dtype=torch.bool)
    others = torch.cat([scores.masked_fill(own, float("-inf")), idle])
    below = functional.softplus(torch.logsumexp(others, dim=1) - bound).mean()
    return (above + below) / 2


def _other(rows: Vectors, first: int, rng: np.random.Generator) -> NDArray[np.float32]:
    chosen = int(rng.integers(len(rows) - 1))
    other: NDArray[np.float32] = rows[chosen + (chosen >= first)]
    return other


def _any(rows: Vectors, rng: np.random.Generator) -> NDArray[np.float32]:
    chosen: NDArray[np.float32] = rows[int(rng.integers(len(rows)))]
    return chosen


def _stack(rows: Sequence[NDArray[np.float32]]) -> torch.Tensor:
    return torch.from_numpy(np.stack(rows))


def pack(fitted: Fitted, intents: Sequence[Intent]) -> dict[str, NDArray[Any]]:
    """Everything that `domain_adapter.unpack` reads, half precision where that is enough."""
    answered = [intent for intent in intents if intent.answered]
    asks = np.concatenate([intent.asks for intent in answered])
    texts = np.concatenate([part for i in answered for part in (i.titles, i.replies)])
    raw = [_all(fitted.query, asks), _all(fitted.document, texts)]
    project = _directions(np.concatenate(raw))
    arrays: dict[str, NDArray[Any]] = {}
    for role, members in (("query", fitted.query), ("document", fitted.document)):
        arrays |= _tower(role, members, project)
    arrays |= _readings(arrays, intents)
    digest = sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name].tobytes())
    arrays["version"] = np.asarray(digest.hexdigest()[:12])
    return arrays


def _all(members: Sequence[Member], rows: Vectors) -> Vectors:
    with torch.no_grad():
        given = torch.from_numpy(rows)
        joined: Vectors = torch.cat([member(given) for member in members], dim=1).numpy()
    return joined


def _directions(rows: Vectors) -> Vectors:
    """The OUT directions that hold most of the rows' inner products, (members·dim, OUT)."""
    _, vectors = np.linalg.eigh(rows.T @ rows)
    # An eigenvector's sign is the library's whim; the largest part positive is the same anywhere.
    top = vectors[:, ::-1][:, :OUT]
    signs = np.sign(top[np.abs(top).argmax(axis=0), np.arange(top.shape[1])])
    directions: Vectors = (top * signs).astype(np.float32)
    return directions


def _tower(role: str, members: Sequence[Member], project: Vectors) -> dict[str, NDArray[Any]]:
    def stacked(layer: str, part: str) -> NDArray[np.float16]:
        held = [getattr(getattr(m, layer), part).detach().numpy().T for m in members]
        half: NDArray[np.float16] = np.stack(held).astype(np.float16)
        return half

    return {
        f"{role}.w1": stacked("one", "weight"),
        f"{role}.b1": stacked("one", "bias"),
        f"{role}.w2": stacked("two", "weight"),
        f"{role}.b2": stacked("two", "bias"),
        f"{role}.project": project.astype(np.float16),
    }


def _readings(
    towers: dict[str, NDArray[Any]], intents: Sequence[Intent]
) -> dict[str, NDArray[Any]]:
    """Intent heads of both towers and where the intents lie, on what the towers give."""
    names = [intent.name for intent in intents]
    adapter = _bare(towers)
    asks = np.concatenate([intent.asks for intent in intents])
    asked = np.repeat(np.arange(len(intents)), [len(intent.asks) for intent in intents])
    answered = [(n, intent) for n, intent in enumerate(intents) if intent.answered]
    texts = np.concatenate([part for _, i in answered for part in (i.titles, i.replies)])
    sizes = [len(intent.titles) + len(intent.replies) for _, intent in answered]
    written = np.repeat([n for n, _ in answered], sizes)
    query_rows, document_rows = adapter.apply(asks, "query"), adapter.apply(texts, "document")
    return {
        "intents": np.asarray(names),
        "query_intents": _fit_head(query_rows, asked, len(names)),
        "document_intents": _fit_head(document_rows, written, len(names)),
        "trade": _means(query_rows, asked, len(answered)).astype(np.float16),
    }


def _bare(towers: dict[str, NDArray[Any]]) -> Adapter:
    """The towers alone as an adapter, to compute what the readings are fitted on."""
    empty = {"intents": np.asarray([""]), "version": np.asarray("")}
    blank = {name: np.zeros(1) for name in ("query_intents", "document_intents", "trade")}
    return unpack(towers | empty | blank)


def _fit_head(rows: Vectors, labels: NDArray[np.int64], classes: int) -> NDArray[np.float16]:
    """Softmax regression from the class means on, (out, classes); unseen classes score low."""
    torch.manual_seed(0)
    given, wanted = torch.from_numpy(rows), torch.from_numpy(np.asarray(labels))
    means = _means(rows, labels, classes)
    weights = torch.from_numpy(means.copy()).requires_grad_()
    optimizer = torch.optim.AdamW([weights], lr=3e-3, weight_decay=1e-3)
    for _ in range(_HEAD_EPOCHS):
        for batch in torch.randperm(len(given)).split(512):
            scores = _HEAD_SCALE * functional.dropout(given[batch], 0.5) @ weights.T
            loss = functional.cross_entropy(scores, wanted[batch], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    head = _HEAD_SCALE * weights.detach().numpy().T
    head[:, ~means.any(axis=1)] = -_HEAD_SCALE * rows.mean(axis=0)[:, None]
    half: NDArray[np.float16] = head.astype(np.float16)
    return half


def _means(rows: Vectors, labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """The mean direction of each of the first `classes` classes, unit rows; 0 for an unseen one."""
    sums = np.zeros((classes, rows.shape[1]), dtype=np.float32)
    own = labels < classes
    np.add.at(sums, labels[own], rows[own])
    means: NDArray[np.float32] = sums / np.maximum(
        np.linalg.norm(sums, axis=1, keepdims=True), 1e-12
    )
    return means
