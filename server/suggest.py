"""Query and conversation in, ranked scripts with confidence and a reason out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from server.base.conversation import Turn
from server.goods import NOTHING_STATED, Stated
from server.indexing.encoder import Vectors
from server.indexing.passages import Kind
from server.library import Script
from server.ranking.audience_fit import audience_fit, audiences_of, by_audience, told_audience
from server.ranking.code_fit import code_fit
from server.ranking.evidence import NAMES, gather
from server.ranking.fusion import Fusion, load_fusion, shares
from server.ranking.memory import Memory, Vote, weigh
from server.ranking.page_fit import page_fit
from server.scripts_index import ScriptsIndex
from server.text.normal import shared_words
from server.text.understanding import Understood, understand

_NOTHING: Mapping[str, str] = MappingProxyType({})
_WHY_LENGTH = 20
# How fast confidence falls behind the first: a script with a hundredth of its share keeps 80 %.
_FALL = 0.05
_SHOWN = 3
# Of 62 messages with two asks this brings both scripts among three in 86 % (82 % without it); a
# lower share lifts clauses that ask nothing and costs other messages.
_SURE_ASK = 0.45
_HISTORY_SPEAKS = 0.3
# A script about 2046 is no answer about 2064, however alike they read, and one about the trousers
# none about the coat: it is not shown.
_OTHER_THING = 0.4


@dataclass(frozen=True, slots=True)
class Query:
    """A shopper's message with what is known around it; earlier turns stand first.

    `stated` is what the shop's products tell: which one is meant, and whether a size fits.
    `audience` holds, folded, what the shopper belongs to; None for somebody unknown.
    """

    text: str
    turns: tuple[Turn, ...] = ()
    page: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    platform: str = ""
    stated: Stated = NOTHING_STATED
    audience: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A script with its `score` (higher is better), `confidence` (0 to 1) and reason in Chinese."""

    script: Script
    score: float
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first; the first `shown` of them pass the threshold."""

    candidates: tuple[Candidate, ...]
    shown: int


def _nothing_barred(_script: Script, _platform: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a shop offers scripts.

    `threshold` is the confidence from which one is shown, None for the fitted one. Scripts that
    are not valid at `local_now`, `barred` on the query's platform, or `silent` (by id: they name a
    fact that does not hold now), are left out.
    """

    threshold: float | None = None
    local_now: datetime | None = None
    barred: Callable[[Script, str], bool] = _nothing_barred
    silent: frozenset[str] = frozenset()

    def allow(self, script: Script, platform: str) -> bool:
        """Whether the script may be offered now and on this platform ("" for any)."""
        fits = not platform or not script.platforms or platform in script.platforms
        live = self.local_now is None or script.is_live(self.local_now)
        return fits and live and script.id not in self.silent and not self.barred(script, platform)


ANY = Terms()
EMPTY = Ranking((), 0)


def embeds(query: Query, understood: Understood, index: ScriptsIndex) -> tuple[str, ...]:
    """What ranking will embed, so that a caller can embed it along with other texts."""
    typed = _typed(query, understood, index)
    return (*understood.texts, typed) if typed else understood.texts


def understood_in(query: Query, index: ScriptsIndex) -> Understood:
    """What a shop searches for: the query in the shop's own words."""
    words = index.synonyms
    return understand(words.said(query.text), words.turns((*_product(query), *query.turns)))


def suggest(
    query: Query,
    index: ScriptsIndex,
    *,
    memory: Memory | None = None,
    top_k: int = 10,
    terms: Terms = ANY,
    fusion: Fusion | None = None,
    understood: Understood | None = None,
) -> Ranking:
    """Scripts that answer the query and that the terms allow, best first.

    `understood` is what `understood_in` made of it, where a caller asked already.
    """
    fusion = fusion or load_fusion(index.built.model, index.built.dimension)
    understood = understood or understood_in(query, index)
    if not understood.text or not index.scripts:
        return EMPTY
    plain, adapted = index.embed(understood.texts)
    found: _Found = index.measured.get(
        ("found", understood, id(fusion), plain.tobytes()),
        lambda: _find(understood, index, fusion, plain, adapted),
    )
    vote = None
    if memory is not None:
        ids = tuple([index.scripts[number].id for number in found.numbers])
        row, moved = _rows_as_typed(query, understood, index) or (plain[0], adapted[0])
        vote = memory.vote(row, moved, ids)
    coded = code_fit(understood.text, index.codes, found.numbers)
    paged = page_fit(index.scripts, found.numbers, query.page, query.stated)
    audiences = index.measured.get(
        "audiences", lambda: audiences_of(index.scripts, _questions(index))
    )
    for_whom = index.measured.get(
        ("audience", query.audience),
        lambda: audience_fit(audiences, len(index.scripts), query.audience),
    )
    odds = found.scores + paged.odds + coded.odds + for_whom.odds[found.numbers]
    held = weigh(shares(odds), vote, found.bare)
    ranked = np.argsort(-held, kind="stable")
    open_to = (_allowed(index, terms, query.platform) & ~for_whom.others)[found.numbers]
    allowed = ranked[open_to[ranked]].tolist()
    other = coded.other | paged.other
    places = _each_ask(found.asks, allowed)
    if places and not other[places[0]]:
        # Something else answers: what is about another thing stands behind all of that. Where it
        # stands first, nothing here is about what was asked for.
        places = sorted(places, key=lambda place: bool(other[place]))
    places = by_audience(places, found.numbers, audiences, query.audience)[:top_k]
    if not places:
        return EMPTY
    sure = _sure(found.confidence, vote, places[0])
    if other[places[0]]:
        sure *= _OTHER_THING
    first = float(held[places[0]])
    candidates = tuple(
        Candidate(
            script=index.scripts[found.numbers[place]],
            score=float(np.log(held[place] + 1e-12)),
            confidence=sure
            * (_OTHER_THING if other[place] and not other[places[0]] else 1.0)
            * min(1.0, float(held[place]) / first) ** _FALL,
            why=_for_whom(
                told_audience(index.scripts[found.numbers[place]], query.audience),
                _why(index, int(found.best[place]), vote, place, understood.text),
            ),
        )
        for place in places
    )
    limit = fusion.threshold if terms.threshold is None else terms.threshold
    shown = sum(1 for candidate in candidates[:_SHOWN] if candidate.confidence >= limit)
    if understood.takes_note:
        # 好的 asks nothing: at most the one script that closes a talk, where it stands out.
        shown = int(shown > 0 and first >= _SURE_ASK)
    return Ranking(candidates, shown)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is remembered of a message: everything but history, page, terms and time.

    The scripts `numbers` with their `scores`, whether they have no question (`bare`), the passage
    that speaks most for each, the scores for each ask. `fusion` goes along, so that its id stays
    its own.
    """

    numbers: NDArray[np.int32]
    scores: NDArray[np.float32]
    bare: NDArray[np.float32]
    best: NDArray[np.int64]
    asks: tuple[NDArray[np.float32], ...]
    confidence: float
    fusion: Fusion


def _find(
    understood: Understood, index: ScriptsIndex, fusion: Fusion, plain: Vectors, adapted: Vectors
) -> _Found:
    evidence = gather(understood, index, plain, adapted)
    scores = fusion.scores(evidence.values)
    return _Found(
        evidence.numbers,
        scores,
        evidence.values[:, NAMES.index("no_question")].copy(),
        evidence.best,
        tuple(fusion.scores(values) for values in evidence.asks),
        fusion.confidence(evidence, scores),
        fusion,
    )


def _questions(index: ScriptsIndex) -> Iterator[tuple[int, str]]:
    """Script number and folded text of every question."""
    passages = index.passages
    asked = passages.kind == Kind.QUESTION
    return zip(
        passages.owner[asked].tolist(), compress(passages.folded, asked.tolist()), strict=True
    )


def _allowed(index: ScriptsIndex, terms: Terms, platform: str) -> NDArray[np.bool_]:
    """Which scripts the terms allow, (scripts,); what no clock changes is asked once."""

    def always() -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        timeless = replace(terms, local_now=None, silent=frozenset())
        fits = [timeless.allow(script, platform) for script in index.scripts]
        dated = [s.valid_from is not None or s.valid_until is not None for s in index.scripts]
        return np.asarray(fits, dtype=bool), np.flatnonzero(dated)

    held: NDArray[np.bool_]
    held, dated = index.measured.get(("allowed", platform, terms.barred), always)
    if terms.silent:
        spoken: NDArray[np.bool_] = index.measured.get(
            ("spoken", terms.silent),
            lambda: np.asarray([script.id not in terms.silent for script in index.scripts]),
        )
        held = held & spoken
    if terms.local_now is None or not len(dated):
        return held
    now = held.copy()
    now[dated] &= [index.scripts[number].is_live(terms.local_now) for number in dated]
    return now


def _rows_as_typed(
    query: Query, understood: Understood, index: ScriptsIndex
) -> tuple[Vectors, Vectors] | None:
    """Plain and adapted row of what was typed; None when no word of it was exchanged.

    History holds what shoppers typed, so the same message again must meet itself there.
    """
    typed = _typed(query, understood, index)
    if not typed:
        return None
    plain, adapted = index.embed([typed])
    return plain[0], adapted[0]


def _typed(query: Query, understood: Understood, index: ScriptsIndex) -> str:
    if not index.synonyms.words:
        return ""
    typed = understand(query.text).text
    return "" if typed == understood.text else typed


def _product(query: Query) -> tuple[Turn, ...]:
    """The product card as something the shopper said: 那这个呢 is about it."""
    name = str(query.page.get("product", ""))
    return (Turn("shopper", name),) if name else ()


def _each_ask(asks: Sequence[NDArray[np.float32]], places: list[int]) -> list[int]:
    """`places` with the script that each of two or three asks is sure of among the first three."""
    if not 2 <= len(asks) <= _SHOWN or len(places) <= _SHOWN:
        return places
    wanted: list[int] = []
    for scores in asks:
        held = shares(scores[places])
        best = int(np.argmax(held))
        if held[best] >= _SURE_ASK and places[best] not in wanted:
            wanted.append(places[best])
    top = places[:_SHOWN]
    if all(place in top for place in wanted):
        return places
    # The first stays first, then what an ask is sure of, then the rest in order.
    lifted = [top[0], *(place for place in wanted if place != top[0])][:_SHOWN]
    return [*lifted, *(place for place in places if place not in lifted)]


def _sure(confidence: float, vote: Vote | None, place: int) -> float:
    """Confidence with history weighed in: agreed history raises it, rejections lower it."""
    if vote is None:
        return confidence
    raised = confidence + (1 - confidence) * vote.trust * float(vote.held.max())
    return raised / (1 + float(vote.against[place]))


def _why(index: ScriptsIndex, passage: int, vote: Vote | None, place: int, text: str) -> str:
    """The strongest reason, as a short Chinese phrase."""
    if vote is not None and vote.trust * float(vote.held[place]) > _HISTORY_SPEAKS:
        return "本店常用于类似问题"
    kind = Kind(index.passages.kind[passage])
    if kind is Kind.QUESTION:
        return f"常见问法“{_short(index.passages.texts[passage])}”"
    keywords = shared_words(text, index.passages.folded[passage])
    if keywords:
        return f"关键词 {'、'.join(keywords)}"
    if kind is Kind.TITLE:
        return f"话术标题“{_short(index.passages.texts[passage])}”"
    return "回复内容相近"


def _for_whom(audience: str, why: str) -> str:
    return f"{audience}；{why}" if audience else why


def _short(text: str) -> str:
    return text if len(text) <= _WHY_LENGTH else text[: _WHY_LENGTH - 1] + "…"
