"""What the encoder is fitted on, as texts in the form in which they are embedded when serving.

Of the labelled shops it sees two thirds. The fusion and the threshold are fitted on the others:
evidence that the encoder learned by heart would be weighed too heavily.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.fit.bank import NONE, Line
from server.fit.shops import LabelledShop, texts_by_script
from server.text.normal import normalize
from server.text.understanding import bare_text

_FEWEST_ASKS = 2
_EVERY = 25  # one intent of so many is kept from the fit


@dataclass(frozen=True, slots=True)
class Asked:
    """One intent or one script: how it is asked for, its titles, its replies."""

    name: str
    asks: tuple[str, ...]
    titles: tuple[str, ...]
    replies: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether anything answers it."""
        return bool(self.titles or self.replies)


@dataclass(frozen=True, slots=True)
class Material:
    """The bank's intents, what none of them answers, and each shop as its own set of scripts."""

    intents: tuple[Asked, ...]
    idle: tuple[str, ...]
    shops: tuple[tuple[Asked, ...], ...]

    def texts(self) -> tuple[list[str], list[str]]:
        """All texts once: what is embedded as a query, what as a document."""
        held = [*self.intents, *(script for shop in self.shops for script in shop)]
        queries = [text for one in held for text in one.asks]
        documents = [text for one in held for text in (*one.titles, *one.replies)]
        return list(dict.fromkeys([*queries, *self.idle])), list(dict.fromkeys(documents))


def material(lines: Sequence[Line], shops: Iterable[LabelledShop]) -> Material:
    """The bank and the shops as written; forms with less are made by what a step draws."""
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        form = bare_text(line.text) if line.kind == "ask" else normalize(line.text)
        if form:
            texts[line.intent][line.kind].append(form)
    intents = [
        Asked(name, *(tuple(dict.fromkeys(held[kind])) for kind in ("ask", "title", "reply")))
        for name, held in sorted(texts.items())
    ]
    idle = [ask for one in intents if one.name.startswith(NONE) for ask in one.asks]
    return Material(
        tuple(one for one in intents if one.answered and len(one.asks) >= _FEWEST_ASKS),
        tuple(dict.fromkeys(idle)),
        tuple(tuple(_scripts(shop)) for shop in shops),
    )


def without(held: Material) -> tuple[Material, tuple[Asked, ...]]:
    """The material without some intents, and those, to measure on."""
    left = tuple(one for n, one in enumerate(held.intents) if n % _EVERY == _EVERY // 2)
    kept = tuple(one for one in held.intents if one not in left)
    return dataclasses.replace(held, intents=kept), left


def _scripts(shop: LabelledShop) -> list[Asked]:
    return [
        Asked(name, tuple(asks), tuple(titles), tuple(replies))
        for name, (asks, titles, replies) in texts_by_script(shop).items()
    ]
