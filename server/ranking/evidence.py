"""Evidence for each script that it answers a message, kept apart until the fusion.

Measures: `plain` and `near` (cosine of the frozen and of the adapted vectors), `chars` and `sounds`
(share of the query's BM25 weight found), `intent` (overlap of what message and script are about).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Vectors
from server.indexing.passages import Kind
from server.scripts_index import WHOLE_UP_TO, ScriptsIndex, Slice
from server.text.normal import grams, sounds
from server.text.understanding import Understood

Floats = NDArray[np.float32]

_KINDS = ("question", "title", "reply")
NAMES: tuple[str, ...] = (
    *(f"plain_{kind}" for kind in _KINDS),
    *(f"near_{kind}" for kind in _KINDS),
    *(f"chars_{kind}" for kind in _KINDS),
    "sounds",
    "intent",
    "no_question",
    "asks_near",
    "asks_chars",
    "asks_intent",
    "story_near",
    "story_intent",
    "said_near",
    "said_chars",
    "said_intent",
    "earlier_near",
    "answered_near",
    "answered_intent",
)
_STORY = 30
# A script that holds so much of an intent is about it: of .003 to .1 the one that parts best.
_ABOUT = 0.02


@dataclass(frozen=True, slots=True)
class Reading:
    """What the adapter reads off a message, whatever script comes first; all 0 without an adapter.

    `none_share` (0 to 1) says how little it asks; `trade_mean` and `trade_spread` how it lies to
    all intents of the bank: like shop talk at large or far from it; `met` (0 to 1) which share of
    what it may be asking some script of the shop is about.
    """

    none_share: float = 0.0
    trade_mean: float = 0.0
    trade_spread: float = 0.0
    met: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """`values` float32 (scripts, len(NAMES)) for the scripts `numbers`; `best` the passage of each.

    `asks` are the values for each ask of the message by itself. `leans` (0 to 1) says how much the
    message needs its conversation.
    """

    numbers: NDArray[np.int32]
    values: Floats
    best: NDArray[np.int64]
    asks: tuple[Floats, ...]
    leans: float
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Part:
    """Measures of one text against the slice: (scripts, kinds), question, title, reply."""

    plain: Floats
    near: Floats
    chars: Floats
    sounds: Floats
    intent: Floats
    best: NDArray[np.int64]


def gather(
    understood: Understood, index: ScriptsIndex, plain: Vectors, adapted: Vectors
) -> Evidence:
    """The evidence for the scripts worth ranking: all of a small shop, the nearest of a large one.

    `plain` and `adapted` are the rows of `understood.texts`, in order.
    """
    parts, found = _parts(understood.texts, index, plain, adapted)
    own = understood.texts.index(understood.text)
    leans = understood.leans
    return Evidence(
        numbers=found.scripts,
        values=_columns(understood, parts, found, leans),
        best=parts[understood.text].best,
        asks=tuple(_columns(Understood(ask), parts, found, 0.0) for ask in understood.asks),
        leans=leans,
        reading=_reading(index, adapted[own]),
    )


def _parts(
    texts: Sequence[str], index: ScriptsIndex, plain: Vectors, adapted: Vectors
) -> tuple[dict[str, _Part], Slice]:
    """Each text measured by itself, remembered where every passage is compared."""
    rows = zip(texts, plain, adapted, strict=True)
    if len(index.passages) <= WHOLE_UP_TO:
        whole, remembered = index.whole, index.measured
        held = (index.plain, index.adapted)
        return {
            text: remembered.get(
                ("part", text, row.tobytes(), moved.tobytes()),
                partial(_part, index, whole, held, row, moved, text, None),
            )
            for text, row, moved in rows
        }, whole
    lexical = [_coverage(index, text) for text in texts]
    found = index.candidates(adapted, lexical[0][0])
    held = (found.of(index.plain), found.of(index.adapted))
    return {
        text: _part(index, found, held, row, moved, text, words)
        for (text, row, moved), words in zip(rows, lexical, strict=True)
    }, found


def _coverage(index: ScriptsIndex, text: str) -> tuple[Floats, Floats]:
    """Share of the text's BM25 weight that each passage holds, by characters and by sound."""
    chars, most_chars = index.chars.scores(grams(text))
    heard, most_heard = index.sounds.scores(sounds(text))
    return chars / max(most_chars, 1e-6), heard / max(most_heard, 1e-6)


def _reading(index: ScriptsIndex, adapted: Floats) -> Reading:
    adapter = index.adapter
    if adapter is None:
        return Reading()
    shares = _intent_shares(index, adapted)
    # The intents that no script answers stand last.
    answered = len(adapter.trade)
    asked = shares[:answered] / max(float(shares[:answered].sum()), 1e-6)
    trade = adapter.trade @ adapted
    return Reading(
        none_share=float(shares[answered:].sum()),
        trade_mean=float(trade.mean()),
        trade_spread=float(trade.std()),
        met=float(asked @ np.minimum(index.known[:answered] / _ABOUT, 1)),
    )


def _intent_overlap(index: ScriptsIndex, found: Slice, adapted: Floats) -> Floats:
    """How far a row and each script are about the same intents, 0 to 1, (scripts,)."""
    if index.adapter is None:
        return np.zeros(len(found.scripts), dtype=np.float32)
    shares = np.sqrt(_intent_shares(index, adapted))
    held = (
        index.intents if len(found.scripts) == len(index.scripts) else index.intents[found.scripts]
    )
    overlap: Floats = held @ shares
    return overlap


def _intent_shares(index: ScriptsIndex, adapted: Floats) -> Floats:
    """How likely each intent of the bank is, (intents,); of the newest rows it is remembered."""
    adapter = index.adapter
    assert adapter is not None
    shares: Floats = index.measured.get(
        ("intents", adapted.tobytes()), lambda: adapter.intent_shares(adapted[None], "query")[0]
    )
    return shares


def _part(
    index: ScriptsIndex,
    found: Slice,
    held: tuple[Vectors, Vectors],
    row: Floats,
    moved: Floats,
    text: str,
    lexical: tuple[Floats, Floats] | None,
) -> _Part:
    plain, near = held[0] @ row, held[1] @ moved
    chars, heard = (found.of(scores) for scores in lexical or _coverage(index, text))
    return _Part(
        plain=found.best(plain),
        near=found.best(near),
        chars=found.best(chars),
        sounds=found.best(heard),
        intent=_intent_overlap(index, found, moved),
        best=_best_passages(near + 0.3 * plain + 0.4 * chars, found),
    )


def _columns(understood: Understood, parts: dict[str, _Part], found: Slice, leans: float) -> Floats:
    """One column a name, in the order of NAMES."""
    own = parts[understood.text]
    blank = np.zeros(len(found.scripts), dtype=np.float32)
    missing = np.isnan(own.near[:, Kind.QUESTION]).astype(np.float32)
    columns = [*_filled(own.plain).T, *_filled(own.near).T, *_filled(own.chars).T]
    columns += [_any_kind(own.sounds), own.intent, missing]
    asks = [parts[text] for text in understood.asks]
    if asks:
        near, chars, intent = (
            np.max([_any_kind(part.near) for part in asks], axis=0),
            np.max([_any_kind(part.chars) for part in asks], axis=0),
            np.max([part.intent for part in asks], axis=0),
        )
        story = float(len(understood.text) > _STORY)
        columns += [near, chars, intent, near * story, intent * story]
    else:
        columns += [blank] * 5
    said = [parts[text] for text in reversed(understood.said)]
    columns += [
        _any_kind(said[0].near) * leans if said else blank,
        _any_kind(said[0].chars) * leans if said else blank,
        said[0].intent * leans if said else blank,
        _any_kind(said[1].near) * leans if len(said) > 1 else blank,
    ]
    answered = parts.get(understood.answered)
    columns += [
        _any_kind(answered.near) * leans if answered else blank,
        answered.intent * leans if answered else blank,
    ]
    stacked: Floats = np.stack(columns, axis=1).astype(np.float32)
    return stacked


def _any_kind(measure: Floats) -> Floats:
    best: Floats = np.fmax.reduce(measure, axis=1)
    return best


def _filled(measure: Floats) -> Floats:
    """A kind that a script lacks takes the best of its others, so that lacking costs nothing."""
    return np.where(np.isnan(measure), _any_kind(measure)[:, None], measure)


def _best_passages(dense: Floats, found: Slice) -> NDArray[np.int64]:
    """The passage of each script that speaks most for it."""
    best = np.maximum.reduceat(dense, found.starts)
    owner = np.repeat(
        np.arange(len(found.starts)), np.diff(found.starts, append=np.int64(len(dense)))
    )
    at_best = np.flatnonzero(dense == best[owner])
    owners = owner[at_best]
    new = np.ones(len(owners), dtype=bool)
    new[1:] = owners[1:] != owners[:-1]
    first = at_best[new]
    passages: NDArray[np.int64] = found.passages[first]
    return passages
