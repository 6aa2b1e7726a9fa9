"""Fits the upper layers: an ask must find its other asks, its title and its reply, and no others.

A step draws intents of the bank, each beside its nearest neighbours, and the scripts of a few
shops, told apart among themselves. Likeness is measured against one limit a kind of text, which
what answers must pass and what does not answer must not (as in `towers`). Vectors of the last
steps are kept as further wrong answers for the bank's asks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from server.fit.encoder.material import Asked, Material
from server.fit.encoder.network import Network
from server.fit.encoder.origin import Array

Tokens = Callable[[str, str], tuple[int, ...]]

STEPS = 600
RATE, DECAY, WARM = 1.2e-4, 0.9, 12  # the top layer's rate, its share a layer further down
TEMPERATURE = 0.03
BOUND = 0.3  # what the limits weigh beside finding
FAMILIES, NEIGHBOURS = 12, 4  # intents a step, each with three of its neighbours
SHOPS, SCRIPTS = 2, 12
IDLE = 6
NEIGHBOURHOOD = 12  # of these the neighbours are drawn
QUEUE = 6
HELD_ASKS = 3  # asks an intent that are held near their frozen vectors
KEPT = 0.97  # what a step leaves of the running mean
NEAR = 2.0  # what staying near the frozen vectors weighs
_FIRST_LIMIT = 0.85
_KINDS = ("ask", "title", "reply")
_BANK_SHARES = (0.34, 0.2, 0.46)
_SHOP_SHARES = (0.3, 0.15, 0.55)
_APART = -1e4


@dataclass(frozen=True, slots=True)
class Draw:
    """Asks and for each a text that answers it; `right` marks other columns that do so as well."""

    kind: str
    names: tuple[str, ...]
    asks: tuple[str, ...]
    texts: tuple[str, ...]
    idle: tuple[str, ...]
    of_bank: bool


@dataclass
class Drawer:
    """Draws what a step looks at."""

    material: Material
    near: Any  # (intents, NEIGHBOURHOOD) places of the nearest intents, itself first
    rng: np.random.Generator
    _left: deque[int] = field(default_factory=deque)

    def step(self) -> list[Draw]:
        """One draw from the bank and one from each of SHOPS shops."""
        shops = self.rng.permutation(len(self.material.shops))[:SHOPS]
        return [self._bank(), *(self._shop(self.material.shops[shop]) for shop in shops)]

    def _bank(self) -> Draw:
        kind = str(self.rng.choice(_KINDS, p=_BANK_SHARES))
        places: list[int] = []
        while len(places) < min(FAMILIES * NEIGHBOURS, len(self.material.intents)):
            if not self._left:
                self._left.extend(self.rng.permutation(len(self.material.intents)).tolist())
            itself, *around = self.near[self._left.popleft()].tolist()
            drawn = self.rng.permutation(around)[: NEIGHBOURS - 1].tolist()
            for place in (itself, *drawn):
                if place not in places:
                    places.append(place)
        chosen = [self.material.intents[place] for place in places]
        chosen = [one for one in chosen if self._texts(one, kind)]
        return self._draw(kind, chosen, self._some(self.material.idle, IDLE), of_bank=True)

    def _shop(self, shop: Sequence[Asked]) -> Draw:
        kind = str(self.rng.choice(_KINDS, p=_SHOP_SHARES))
        answered = [one for one in shop if one.answered]
        held = [one for one in answered if self._texts(one, kind)]
        if len(held) < SCRIPTS // 2:
            kind, held = "reply", [one for one in answered if one.replies]
        chosen = [held[place] for place in self.rng.permutation(len(held))[:SCRIPTS]]
        idle = [ask for one in shop if not one.answered for ask in one.asks]
        return self._draw(kind, chosen, self._some(idle, IDLE), of_bank=False)

    def _draw(self, kind: str, chosen: list[Asked], idle: list[str], *, of_bank: bool) -> Draw:
        asks, texts = [], []
        for one in chosen:
            ask = self._some(one.asks, 1)[0]
            others = [text for text in self._texts(one, kind) if text != ask]
            asks.append(ask)
            texts.append(self._some(others, 1)[0])
        names = tuple(one.name for one in chosen)
        return Draw(kind, names, tuple(asks), tuple(texts), tuple(idle), of_bank)

    def _texts(self, one: Asked, kind: str) -> tuple[str, ...]:
        if kind == "ask":
            return one.asks if len(one.asks) > 1 else ()
        return one.titles if kind == "title" else one.replies

    def _some(self, texts: Sequence[str], most: int) -> list[str]:
        return [texts[place] for place in self.rng.permutation(len(texts))[:most]]


class Objective:
    """The loss of a step, and the vectors of the steps before it."""

    def __init__(self) -> None:
        self.limits = torch.full((len(_KINDS),), _FIRST_LIMIT, requires_grad=True)
        self._before: dict[str, deque[tuple[torch.Tensor, tuple[str, ...]]]] = {
            kind: deque(maxlen=QUEUE) for kind in _KINDS
        }

    def of(
        self, draw: Draw, asked: torch.Tensor, texts: torch.Tensor, idle: torch.Tensor
    ) -> torch.Tensor:
        """The draw's loss; rows are unit vectors."""
        own = torch.arange(len(asked))
        scores = asked @ texts.T / TEMPERATURE
        wide = torch.cat([scores, self._earlier(draw, asked)], dim=1)
        found = functional.cross_entropy(wide, own) + functional.cross_entropy(scores.T, own)
        bound = self.limits[_KINDS.index(draw.kind)] / TEMPERATURE
        above = functional.softplus(bound - scores.diagonal()).mean()
        others = scores.masked_fill(torch.eye(len(asked), dtype=torch.bool), _APART)
        others = torch.cat([others, idle @ texts.T / TEMPERATURE])
        below = functional.softplus(torch.logsumexp(others, dim=1) - bound).mean()
        if draw.of_bank:
            self._before[draw.kind].append((texts.detach(), draw.names))
        return (found + BOUND * (above + below)) / 2

    def _earlier(self, draw: Draw, asked: torch.Tensor) -> torch.Tensor:
        held = self._before[draw.kind]
        if not draw.of_bank or not held:
            return asked.new_zeros(len(asked), 0)
        names = np.asarray([name for _, part in held for name in part])
        same = torch.from_numpy(np.asarray(draw.names)[:, None] == names[None, :])
        scores = asked @ torch.cat([rows for rows, _ in held]).T / TEMPERATURE
        return scores.masked_fill(same, _APART)


def fit_upper(
    network: Network,
    material: Material,
    tokens: Tokens,
    *,
    steps: int = STEPS,
    seed: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Trains the network's upper layers in place. One thread, so that sums add up the same."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    frozen = frozen_vectors(network, material, tokens)
    drawer = Drawer(material, _neighbours(material, tokens, frozen), np.random.default_rng(seed))
    objective = Objective()
    network.require_grad()
    groups = _groups(network)
    optimizer = torch.optim.AdamW(
        [*groups, {"params": [objective.limits], "lr": 1e-3, "weight_decay": 0.0}],
        betas=(0.9, 0.98),
    )
    rates = [float(group["lr"]) for group in optimizer.param_groups]
    trained = [tensor for group in groups for tensor in group["params"]]
    average = _Average(network)
    network.training, started, told = True, monotonic(), []
    for step in range(steps):
        share = min(1.0, (step + 1) / WARM) * max(0.03, 1 - step / steps)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        loss, parts = _step_loss(network, objective, drawer.step(), tokens, frozen)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        average.take(network)
        told.append(parts)
        if step % 10 == 9:
            means = " ".join(f"{value:.3f}" for value in np.mean(told, axis=0))
            limits = " ".join(f"{value:.2f}" for value in objective.limits.tolist())
            say(f"{step + 1} loss {means} limits {limits} min {(monotonic() - started) / 60:.1f}")
            told = []
    network.training = False
    average.give(network)


def frozen_vectors(network: Network, material: Material, tokens: Tokens) -> dict[Any, Array]:
    """What the network makes before the fit of some asks of every intent, by tokens."""
    texts = [ask for one in material.intents for ask in one.asks[:HELD_ASKS]]
    every = sorted({tokens(text, "query") for text in (*texts, *material.idle)})
    return dict(zip(every, network.encode(every), strict=True))


def _neighbours(material: Material, tokens: Tokens, frozen: dict[Any, Array]) -> Any:
    """For each intent the places of the intents whose asks lie nearest, itself first."""
    means = np.stack(
        [
            np.mean([frozen[tokens(ask, "query")] for ask in one.asks[:HELD_ASKS]], axis=0)
            for one in material.intents
        ]
    )
    means -= means.mean(axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    order = np.argsort(-(means @ means.T), axis=1, kind="stable")
    return order[:, :NEIGHBOURHOOD]


class _Average:
    """The upper layers' running mean: steadier than where the last steps happened to end."""

    def __init__(self, network: Network) -> None:
        self._layers = [
            {name: tensor.detach().clone() for name, tensor in layer.items()}
            for layer in network.upper
        ]

    def take(self, network: Network) -> None:
        """Moves the mean towards the network."""
        for held, layer in zip(self._layers, network.upper, strict=True):
            for name, tensor in layer.items():
                held[name].lerp_(tensor.detach(), 1 - KEPT)

    def give(self, network: Network) -> None:
        """Writes the mean into the network."""
        for held, layer in zip(self._layers, network.upper, strict=True):
            for name, tensor in layer.items():
                tensor.data.copy_(held[name])


def _step_loss(
    network: Network,
    objective: Objective,
    draws: Sequence[Draw],
    tokens: Tokens,
    frozen: dict[Any, Array],
) -> tuple[torch.Tensor, tuple[float, float]]:
    given: list[tuple[int, ...]] = []
    for draw in draws:
        role = "query" if draw.kind == "ask" else "document"
        given += [tokens(text, "query") for text in draw.asks]
        given += [tokens(text, role) for text in draw.texts]
        given += [tokens(text, "query") for text in draw.idle]
    rows = network(given)
    places = [place for place, one in enumerate(given) if one in frozen]
    held = torch.from_numpy(np.stack([frozen[given[place]] for place in places]))
    apart = NEAR * (1 - (rows[places] * held).sum(1)).mean()
    loss, at = torch.zeros(()), 0
    for draw in draws:
        sizes = [len(draw.asks), len(draw.texts), len(draw.idle)]
        asked, texts, idle = rows[at : at + sum(sizes)].split(sizes)
        at += sum(sizes)
        loss = loss + (1.0 if draw.of_bank else 0.5) * objective.of(draw, asked, texts, idle)
    return loss + apart, (loss.item(), apart.item())


def _groups(network: Network) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for down, layer in enumerate(reversed(network.upper)):
        for tensor in layer.values():
            decay = 0.0 if tensor.ndim == 1 else 0.01
            found.append({"params": [tensor], "lr": RATE * DECAY**down, "weight_decay": decay})
    return found
