"""Where golden questions stand, and which of them a changed script could move. Pure.

Ranking one question takes 5 to 10 ms, so ten thousand of them cannot be ranked while a lead waits.
What a changed script scores for all of them can: a question keeps its place unless the script stood
among its first ten before, or now scores enough to come among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.base.conversation import Turn
from server.indexing.passages import Kind
from server.ranking.evidence import NAMES, gather
from server.ranking.fusion import Fusion, load_fusion
from server.scripts_index import ScriptsIndex
from server.suggest import Query, Terms, suggest, understood_in
from server.text.normal import grams, sounds

Floats = NDArray[np.float32]

TOP = 10
# A change moves the rarity of words for all scripts a little: scores of others by up to 0.1 when
# one of 300 scripts was rewritten.
_SLACK = 0.5
_STORY = 30


@dataclass(frozen=True, slots=True)
class Question:
    """A message and the script that must be within the first three ("": none may be shown)."""

    message: str
    expected: str
    turns: tuple[Turn, ...] = ()
    saved: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message without a conversation is compared by; its own row first, then its asks'."""

    plain: Floats
    adapted: Floats
    intents: Floats
    chars: tuple[tuple[str, ...], ...]
    sounds: tuple[tuple[str, ...], ...]
    story: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """Place of the expected script (1 is first, 0 is not among ten), and who stands there.

    `floor` is the lowest score among the first ten. `asked` is None for a question that only a
    whole ranking can judge: one with a conversation, or one that expects silence.
    """

    rank: int
    ids: tuple[str, ...]
    floor: float
    asked: Asked | None

    @property
    def first(self) -> str:
        """The id of the first."""
        return self.ids[0] if self.ids else ""


def place_of(question: Question, index: ScriptsIndex, terms: Terms) -> tuple[int, tuple[str, ...]]:
    """Place of the expected script (1 is first, 0 is not among ten), and the ids of the ten.

    A question that expects silence stands first when nothing is shown.
    """
    query = Query(question.message, question.turns, audience=_audience(question, index))
    ranking = suggest(query, index, top_k=TOP, terms=terms)
    ids = tuple(candidate.script.id for candidate in ranking.candidates)
    if not question.expected:
        return (0 if ranking.shown else 1), ids
    return (ids.index(question.expected) + 1 if question.expected in ids else 0), ids


def _audience(question: Question, index: ScriptsIndex) -> frozenset[str] | None:
    """Who asks: one of those that the expected script is for; somebody unknown for everybody's."""
    for script in index.scripts:
        if script.id == question.expected and script.audience:
            return frozenset(name.casefold() for name in script.audience)
    return None


def stand_of(question: Question, index: ScriptsIndex, terms: Terms) -> Stand:
    """Where the question stands in this index, and what would move it."""
    rank, ids = place_of(question, index, terms)
    if not question.expected or question.turns or len(ids) < TOP:
        return Stand(rank, ids, -np.inf, None)
    return Stand(rank, ids, *_compared(question.message, index, frozenset(ids)))


def _compared(message: str, index: ScriptsIndex, ids: frozenset[str]) -> tuple[float, Asked]:
    understood = understood_in(Query(message), index)
    plain, adapted = index.embed(understood.texts)
    evidence = gather(understood, index, plain, adapted)
    scores = load_fusion(index.built.model, index.built.dimension).scores(evidence.values)
    inside = [index.scripts[number].id in ids for number in evidence.numbers]
    shares = index.adapter.intent_shares(adapted, "query") if index.adapter else adapted[:, :0]
    texts = understood.texts
    asked = Asked(
        plain,
        adapted,
        np.sqrt(shares),
        tuple(tuple(dict.fromkeys(grams(text))) for text in texts),
        tuple(tuple(dict.fromkeys(sounds(text))) for text in texts),
        len(understood.text) > _STORY,
    )
    return float(scores[inside].min()), asked


def moved(
    stands: Sequence[Stand], changed: Sequence[str], index: ScriptsIndex
) -> NDArray[np.bool_]:
    """Which of these could stand elsewhere in `index`, where the scripts `changed` are new."""
    ids = frozenset(changed)
    found = np.asarray([s.asked is None or not ids.isdisjoint(s.ids) for s in stands], dtype=bool)
    rest = np.flatnonzero(~found)
    asked = [s.asked for s, m in zip(stands, found, strict=True) if not m and s.asked is not None]
    floors = np.asarray([stand.floor for stand in stands])[rest]
    for number, script in enumerate(index.scripts):
        if asked and script.id in ids:
            found[rest[scores_of(asked, number, index) >= floors - _SLACK]] = True
    return found


def scores_of(asked: Sequence[Asked], number: int, index: ScriptsIndex) -> Floats:
    """What script `number` scores for each: the same figures as `evidence.gather`, at once."""
    rows = np.arange(index.first[number], index.first[number + 1])
    texts = np.concatenate([np.full(len(one.plain), n) for n, one in enumerate(asked)])
    own = np.flatnonzero(np.diff(texts, prepend=-1))
    kinds = index.passages.kind[rows]
    measures = {
        "plain": np.concatenate([one.plain for one in asked]) @ index.plain[rows].T,
        "near": np.concatenate([one.adapted for one in asked]) @ index.adapted[rows].T,
        "chars": index.chars.shares_in(rows, [terms for one in asked for terms in one.chars]),
    }
    heard = index.sounds.shares_in(rows, [terms for one in asked for terms in one.sounds])
    intent = np.concatenate([one.intents for one in asked]) @ index.intents[number]
    values = dict.fromkeys(NAMES, np.zeros(len(asked), dtype=np.float32))
    best: dict[str, Floats] = {"intent": intent}
    for name, measure in measures.items():
        best[name] = measure.max(axis=1)
        for kind in Kind:
            held = measure[:, kinds == kind]
            column = held.max(axis=1) if held.shape[1] else best[name]
            values[f"{name}_{kind.name.lower()}"] = column[own]
    values["sounds"] = heard.max(axis=1)[own]
    values["intent"] = intent[own]
    values["no_question"] = np.full(len(asked), float(Kind.QUESTION not in kinds))
    story = np.asarray([one.story for one in asked])
    for name in ("near", "chars", "intent"):
        asks = _best_ask(best[name], texts, own)
        values[f"asks_{name}"] = asks
        if name != "chars":
            values[f"story_{name}"] = asks * story
    fusion: Fusion = load_fusion(index.built.model, index.built.dimension)
    return fusion.scores(np.stack([values[name] for name in NAMES], axis=1).astype(np.float32))


def _best_ask(measure: Floats, texts: NDArray[np.int64], own: NDArray[np.int64]) -> Floats:
    """The best over each message's asks; 0 for one that is a single ask."""
    asks = np.ones(len(measure), dtype=bool)
    asks[own] = False
    best = np.full(len(own), -np.inf, dtype=np.float32)
    np.maximum.at(best, texts[asks], measure[asks])
    return np.where(np.isinf(best), np.float32(0), best)
