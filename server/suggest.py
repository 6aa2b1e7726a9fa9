"""Query and conversation in, ranked scripts with confidence and a reason out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from server.conversation import Turn
from server.library import Script
from server.passages import Kind
from server.scripts_index import ScriptsIndex
from server.wording import fold, grams

DEFAULT_THRESHOLD = 0.5
_NOTHING: Mapping[str, str] = MappingProxyType({})


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
_WEIGHTS = {Kind.QUESTION: 1.0, Kind.TITLE: 0.97, Kind.REPLY: 0.95}


def suggest(
    query: Query,
    index: ScriptsIndex,
    *,
    memory: object | None = None,
    top_k: int = 10,
    threshold: float | None = None,
    local_now: datetime | None = None,
) -> Ranking:
    """Scripts that answer the query, best first; `local_now` leaves out those not valid then."""
    text = fold(query.text)
    if not text or not index.scripts:
        return EMPTY
    plain, adapted = index.embed([text])
    scores, reasons = _scores(index, plain[0], adapted[0], text)
    order = np.argsort(-scores, kind="stable")
    live = [
        int(n)
        for n in order
        if (local_now is None or index.scripts[n].is_live(local_now))
        and _on_platform(index.scripts[n], query.platform)
    ][:top_k]
    candidates = tuple(
        Candidate(
            index.scripts[n],
            float(scores[n]),
            float(1 / (1 + np.exp(-(scores[n] - 0.95) * 25))),
            reasons[n],
        )
        for n in live
    )
    limit = DEFAULT_THRESHOLD if threshold is None else threshold
    shown = sum(1 for candidate in candidates[:3] if candidate.confidence >= limit)
    return Ranking(candidates, shown)


def _on_platform(script: Script, platform: str) -> bool:
    return not platform or not script.platforms or platform in script.platforms


def _scores(
    index: ScriptsIndex, plain: NDArray[np.float32], adapted: NDArray[np.float32], text: str
) -> tuple[NDArray[np.float32], list[str]]:
    dense = 0.3 * (index.plain @ plain) + 0.7 * (index.adapted @ adapted)
    lexical, ceiling = index.lexical.scores(grams(text))
    weights = np.asarray([_WEIGHTS[Kind(kind)] for kind in index.passages.kind], dtype=np.float32)
    score = (dense + 0.25 * lexical / max(ceiling, 1e-6)) * weights
    best = np.full(len(index.scripts), -1.0, dtype=np.float32)
    np.maximum.at(best, index.passages.owner, score)
    reasons = []
    for number in range(len(index.scripts)):
        span = slice(index.first[number], index.first[number + 1])
        start = int(span.start)
        passage = start + int(np.argmax(score[span])) if span.stop > start else -1
        reasons.append(_reason(index, passage))
    return best, reasons


def _reason(index: ScriptsIndex, passage: int) -> str:
    if passage < 0:
        return ""
    names = {Kind.QUESTION: "常见问法", Kind.TITLE: "话术标题", Kind.REPLY: "回复内容"}
    text = index.passages.texts[passage]
    short = text if len(text) <= 20 else text[:19] + "…"
    return f"{names[Kind(index.passages.kind[passage])]}“{short}”"
