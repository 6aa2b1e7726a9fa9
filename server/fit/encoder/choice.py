"""How good an encoder ranks by itself, on shops and intents that the fit did not see.

A script scores as its likest text; nothing else of the product's ranking takes part, so that a
change of the encoder is not hidden by what was fitted on top of another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.fit.encoder.material import Asked
from server.fit.encoder.origin import Array
from server.fit.encoder.training import Tokens
from server.fit.shops import LabelledShop
from server.text.normal import normalize
from server.text.understanding import bare_text, understand

Encode = Callable[[Sequence[tuple[int, ...]]], Array]

CUTOFFS = (1, 3, 5)
_SERVICE = "-service"


@dataclass(frozen=True, slots=True)
class Share:
    """How far the fit was followed, and what was measured there."""

    share: float
    found: Mapping[str, list[float]]


def best_share(shares: Sequence[Share]) -> Share:
    """The share that ranks best over all kinds alike: a gain on one must not cost another."""
    return max(shares, key=lambda one: float(np.mean([hits[0] for hits in one.found.values()])))


def measured(
    encode: Encode, shops: Sequence[LabelledShop], intents: Sequence[Asked], tokens: Tokens
) -> dict[str, list[float]]:
    """hit@1, @3, @5 by the form of a shop, and of finding an intent's other asks (`pairs`)."""
    likeness = _Likeness(encode, tokens, shops)
    ranks: dict[str, list[int]] = defaultdict(list)
    for shop in shops:
        form = "service" if shop.shop.endswith(_SERVICE) else shop.form
        ranks[form] += likeness.ranks(shop)
    found = {form: _hits(np.asarray(held)) for form, held in sorted(ranks.items())}
    return found | {"pairs": _hits(_pair_ranks(encode, intents, tokens))} if intents else found


def _hits(ranks: NDArray[np.int64]) -> list[float]:
    return [round(float((ranks < cutoff).mean()), 4) for cutoff in CUTOFFS]


class _Likeness:
    """Centred vectors of everything in some shops, by text."""

    def __init__(self, encode: Encode, tokens: Tokens, shops: Sequence[LabelledShop]) -> None:
        asked = {bare_text(text) for shop in shops for text in _questions(shop)}
        asked |= {understand(m.message, m.turns).text for shop in shops for m in shop.messages}
        told = {normalize(text) for shop in shops for text in _replies(shop)}
        self._asked = _by_text(encode, tokens, sorted(asked - {""}), "query")
        self._told = _by_text(encode, tokens, sorted(told), "document")

    def ranks(self, shop: LabelledShop) -> list[int]:
        """The place of the best right script for each message that one answers, from 0."""
        rows: list[Array] = []
        owner: list[int] = []
        for number, script in enumerate(shop.scripts):
            texts = [self._asked[bare_text(question)] for question in script.questions]
            told = [self._told[normalize(text)] for text in (script.title, script.reply) if text]
            rows += texts + told
            owner += [number] * len(texts + told)
        held, owners = np.stack(rows), np.asarray(owner)
        place = {script.id: number for number, script in enumerate(shop.scripts)}
        found: list[int] = []
        for message in shop.messages:
            text = understand(message.message, message.turns).text
            if message.expected and text:
                best = np.full(len(place), -np.inf)
                np.maximum.at(best, owners, held @ self._asked[text])
                right = [place[name] for name in message.expected if name in place]
                found.append(int((best > best[right].max()).sum()))
        return found


def _questions(shop: LabelledShop) -> list[str]:
    return [question for script in shop.scripts for question in script.questions]


def _replies(shop: LabelledShop) -> list[str]:
    return [text for script in shop.scripts for text in (script.title, script.reply) if text]


def _by_text(encode: Encode, tokens: Tokens, texts: Sequence[str], role: str) -> dict[str, Array]:
    rows = encode([tokens(text, role) for text in texts])
    rows = rows - rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return dict(zip(texts, rows, strict=True))


def _pair_ranks(encode: Encode, intents: Sequence[Asked], tokens: Tokens) -> NDArray[np.int64]:
    """The place of each ask's likest sister among the asks of all these intents, from 0."""
    names = np.asarray([one.name for one in intents for _ in one.asks])
    rows = encode([tokens(ask, "query") for one in intents for ask in one.asks])
    rows = rows - rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    scores = rows @ rows.T
    np.fill_diagonal(scores, -np.inf)
    own = names[:, None] == names[None, :]
    best = np.where(own, scores, -np.inf).max(axis=1)
    ranks: NDArray[np.int64] = (np.where(own, -np.inf, scores) > best[:, None]).sum(axis=1)
    return ranks
