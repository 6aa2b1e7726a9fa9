"""Query and conversation in, ranked scripts with confidence and a reason out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from server.conversation import Turn
from server.evidence import Evidence, gather
from server.fusion import Fusion, load_fusion, shares
from server.library import Script
from server.memory import Memory
from server.passages import Kind
from server.scripts_index import ScriptsIndex
from server.understanding import understand

_NOTHING: Mapping[str, str] = MappingProxyType({})
_WHY_LENGTH = 20
_FALL = 0.15


@dataclass(frozen=True, slots=True)
class Query:
    """A shopper's message with what is known around it; earlier turns stand first."""

    text: str
    turns: tuple[Turn, ...] = ()
    page: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    platform: str = ""


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


EMPTY = Ranking((), 0)
_SHOWN = 3


def suggest(
    query: Query,
    index: ScriptsIndex,
    *,
    memory: Memory | None = None,
    top_k: int = 10,
    threshold: float | None = None,
    local_now: datetime | None = None,
    fusion: Fusion | None = None,
) -> Ranking:
    """Scripts that answer the query, best first; `local_now` leaves out those not valid then.

    `threshold` is the confidence from which a script is shown, by default the fitted one.
    """
    fusion = fusion or load_fusion()
    understood = understand(query.text, (*query.turns, *_product(query)))
    if not understood.text or not index.scripts:
        return EMPTY
    plain, adapted = index.embed(understood.texts)
    evidence = gather(understood, index, plain, adapted)
    scores = fusion.scores(evidence.values)
    confidence = fusion.confidence(evidence, scores)
    allowed = [
        place
        for place in np.argsort(-scores, kind="stable")
        if _offered(index.scripts[evidence.numbers[place]], query, local_now)
    ][:top_k]
    candidates = _candidates(index, evidence, scores, confidence, allowed)
    limit = fusion.threshold if threshold is None else threshold
    shown = sum(1 for candidate in candidates[:_SHOWN] if candidate.confidence >= limit)
    return Ranking(candidates, shown)


def _product(query: Query) -> tuple[Turn, ...]:
    """The product card as something the shopper said: 那这个呢 is about it."""
    name = str(query.page.get("product", ""))
    return (Turn("shopper", name),) if name and not query.turns else ()


def _offered(script: Script, query: Query, local_now: datetime | None) -> bool:
    """Whether the script may be suggested now and on this platform."""
    fits = not query.platform or not script.platforms or query.platform in script.platforms
    return fits and (local_now is None or script.is_live(local_now))


def _candidates(
    index: ScriptsIndex,
    evidence: Evidence,
    scores: NDArray[np.float32],
    confidence: float,
    places: list[int],
) -> tuple[Candidate, ...]:
    """The scripts at `places`; confidence falls with the distance of shares to the first."""
    if not places:
        return ()
    held = shares(scores)
    first = float(held[places[0]])
    return tuple(
        Candidate(
            script=index.scripts[evidence.numbers[place]],
            score=float(scores[place]),
            confidence=confidence * (float(held[place]) / first) ** _FALL,
            why=_why(index, int(evidence.best[place])),
        )
        for place in places
    )


def _why(index: ScriptsIndex, passage: int) -> str:
    names = {Kind.QUESTION: "常见问法", Kind.TITLE: "话术标题", Kind.REPLY: "回复内容"}
    text = index.passages.texts[passage]
    short = text if len(text) <= _WHY_LENGTH else text[: _WHY_LENGTH - 1] + "…"
    return f"{names[Kind(index.passages.kind[passage])]}“{short}”"
