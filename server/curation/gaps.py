"""Messages without an answer, and replies typed again and again, joined by meaning. Pure."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from server.lint.rules import same
from server.metrics.clock import local_day
from server.scripts_index import ScriptsIndex
from server.text.normal import grams, normalize

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Why = Literal["nothing", "passed", "request", "typed", "edited"]

# Questions of 40 scripts of a sample shop, drawn three times from each of three shops: 77 % of the
# pairs in one cluster belong to one script, 71 % of the clusters hold one script alone, 28 % of a
# script's pairs are found; at 0.44 it is 72 %, 65 % and 34 % (docs/benchmarks.md, Gaps).
JOIN = 0.50
_NEAR_SHARE, _INTENT_SHARE = 0.4, 0.4
# Without an adapter there is no intent, and only what differs from the shop's centre tells apart.
_CENTRED_SHARE = 0.7
_GRAM_DIMENSIONS = 1024
_SHORTEST = 2
_EXAMPLES = 5
QUESTIONS = 8
"""So many wordings of a cluster become questions of a new script."""


@dataclass(frozen=True, slots=True)
class Item:
    """One message (or typed reply): where it comes from, what it says, when.

    `beside` is what goes with it: the reply for a message, the message for a typed reply.
    """

    source: Literal["message", "event"]
    ref: int
    text: str
    at: str
    why: Why
    beside: str = ""
    script_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One wording of a cluster, and the items that say it."""

    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Items that mean the same, newest first; `text` is the one most often said."""

    text: str
    items: tuple[Item, ...]
    texts: tuple[tuple[str, int], ...] = field(default=())

    @classmethod
    def made_of(cls, items: Sequence[Item]) -> Cluster:
        """A cluster of these items, whatever they say."""
        return _cluster(list(items))

    def of(self, items: tuple[Item, ...]) -> Cluster:
        """The same cluster with fewer items."""
        return _cluster(list(items))

    @property
    def count(self) -> int:
        """How many items."""
        return len(self.items)

    @property
    def examples(self) -> tuple[str, ...]:
        """The most frequent wordings."""
        return tuple(text for text, _ in self.texts[:_EXAMPLES])

    @property
    def lines(self) -> tuple[Line, ...]:
        """Different wordings, most frequent first, each with its items."""
        said: dict[str, list[Item]] = {}
        for item in self.items:
            said.setdefault(same(item.text), []).append(item)
        first: dict[str, str] = {}
        for text, _ in self.texts:
            first.setdefault(same(text), text)
        return tuple(Line(text, tuple(said[form])) for form, text in first.items())

    def why(self) -> dict[Why, int]:
        """How often each reason."""
        return dict(Counter(item.why for item in self.items))

    def per_day(self, days: Sequence[str], zone: ZoneInfo) -> list[int]:
        """Counts for the given days (YYYY-MM-DD) of a time zone."""
        counts = Counter(local_day(item.at, zone) for item in self.items)
        return [counts[day] for day in days]


def meaning_rows(texts: Sequence[str], index: ScriptsIndex) -> NDArray[np.float32]:
    """Unit rows for clustering: adapted vectors, what each text is about, and word marks.

    Rare words count more, since they name the thing that is asked for.
    """
    _, adapted = index.embed([normalize(text) for text in texts])
    if index.adapter is None:
        # Sentence vectors of short Chinese messages all lie close together.
        centre = index.adapted.mean(axis=0) if len(index.adapted) else adapted.mean(axis=0)
        parts = [(_CENTRED_SHARE, _unit(adapted - centre))]
    else:
        about = np.sqrt(index.adapter.intent_shares(adapted, "query"))
        parts = [(_NEAR_SHARE, adapted), (_INTENT_SHARE, about)]
    parts.append((1 - sum(share for share, _ in parts), _gram_rows(texts)))
    rows = [np.sqrt(np.float32(share)) * part for share, part in parts]
    return _unit(np.concatenate(rows, axis=1))


def _gram_rows(texts: Sequence[str]) -> NDArray[np.float32]:
    marks = [
        {zlib.crc32(g.encode()) % _GRAM_DIMENSIONS for g in grams(normalize(t))} for t in texts
    ]
    rows = np.zeros((len(texts), _GRAM_DIMENSIONS), dtype=np.float32)
    for row, held in zip(rows, marks, strict=True):
        row[list(held)] = 1
    rarity = np.log((1 + len(texts)) / (1 + rows.sum(axis=0))) + 0.2
    return _unit(rows * rarity)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit.astype(np.float32)


def cluster(items: Sequence[Item], embed: Embed, join: float = JOIN) -> list[Cluster]:
    """Clusters by meaning, largest first. The same words always stand together."""
    by_form: dict[str, list[Item]] = {}
    for item in items:
        form = same(item.text)
        if len(form) >= _SHORTEST:
            by_form.setdefault(form, []).append(item)
    forms = sorted(by_form, key=lambda form: (-len(by_form[form]), form))
    if not forms:
        return []
    rows = embed([by_form[form][0].text for form in forms])
    groups = _joined(rows, join)
    made = [_cluster([item for n in group for item in by_form[forms[n]]]) for group in groups]
    return sorted(made, key=lambda c: (-c.count, c.text))


def _joined(rows: NDArray[np.float32], join: float) -> list[list[int]]:
    """Row numbers by group: the two likest groups join as long as their mean likeness allows."""
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -np.inf)
    groups = [[number] for number in range(len(rows))]
    nearest, best = likeness.argmax(axis=1), likeness.max(axis=1)
    while best.max() >= join:
        one = int(best.argmax())
        two = int(nearest[one])
        weight = len(groups[one]) / (len(groups[one]) + len(groups[two]))
        mean = weight * likeness[one] + (1 - weight) * likeness[two]
        groups[one] += groups[two]
        groups[two] = []
        likeness[one] = likeness[:, one] = mean
        likeness[two] = likeness[:, two] = -np.inf
        # A mean is never above the likeness it replaces: only who was nearest to one of the two
        # looks again.
        again = np.flatnonzero((nearest == one) | (nearest == two))
        again = np.union1d(again, [one, two])
        nearest[again] = likeness[again].argmax(axis=1)
        best[again] = likeness[again].max(axis=1)
    return [group for group in groups if group]


def _cluster(items: list[Item]) -> Cluster:
    texts = Counter(item.text for item in items).most_common()
    newest = sorted(items, key=lambda item: item.at, reverse=True)
    return Cluster(texts[0][0], tuple(newest), tuple(texts))


def repeated(items: Sequence[Item], embed: Embed, least: int = 3) -> list[Cluster]:
    """Typed replies that were typed at least `least` times."""
    return [found for found in cluster(items, embed) if found.count >= least]


def often_edited(items: Sequence[Item], least: int = 3) -> list[tuple[str, Cluster]]:
    """(script id, its edits) for scripts that were edited before sending at least `least` times."""
    by_script: dict[str, list[Item]] = {}
    for item in items:
        if item.script_id:
            by_script.setdefault(item.script_id, []).append(item)
    found = [(i, _cluster(held)) for i, held in by_script.items() if len(held) >= least]
    return sorted(found, key=lambda pair: -pair[1].count)
