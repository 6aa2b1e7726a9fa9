"""Messages without an answer, and replies typed again and again, joined by meaning. Pure."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from server.lint.rules import same
from server.scripts_index import ScriptsIndex
from server.wording import fold, grams

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
Why = Literal["nothing", "passed", "request", "typed", "edited"]

# Of the sample shops' questions, pairs above 0.45 belong to one script five times as often as
# pairs above 0.25 do, and few rewordings with shared words are lost (docs/benchmarks.md, gaps).
JOIN = 0.45
_DENSE_SHARE = 0.7
_GRAM_DIMENSIONS = 1024
_SHORTEST = 2
_EXAMPLES = 5
_QUESTIONS = 8


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
class Cluster:
    """Items that mean the same, newest first; `text` is the one most often said."""

    text: str
    items: tuple[Item, ...]
    texts: tuple[tuple[str, int], ...] = field(default=())

    @property
    def count(self) -> int:
        """How many items."""
        return len(self.items)

    @property
    def examples(self) -> tuple[str, ...]:
        """The most frequent wordings."""
        return tuple(text for text, _ in self.texts[:_EXAMPLES])

    @property
    def questions(self) -> tuple[str, ...]:
        """Wordings for a new script's `questions`: different ones, most frequent first."""
        seen: dict[str, str] = {}
        for text, _ in self.texts:
            seen.setdefault(same(text), text)
        return tuple(seen.values())[:_QUESTIONS]

    def why(self) -> dict[Why, int]:
        """How often each reason."""
        return dict(Counter(item.why for item in self.items))

    def per_day(self, days: Sequence[str]) -> list[int]:
        """Counts for the given days (YYYY-MM-DD)."""
        counts = Counter(item.at[:10] for item in self.items)
        return [counts[day] for day in days]


def meaning_rows(texts: Sequence[str], index: ScriptsIndex) -> NDArray[np.float32]:
    """Unit rows for clustering: adapted vectors around the shop's own centre, beside word marks.

    Sentence vectors of short Chinese messages all lie close together; the centre taken away, what
    differs is left. Rare words count more, since they name the thing that is asked for.
    """
    _, adapted = index.embed([fold(text) for text in texts])
    centre = index.adapted.mean(axis=0) if len(index.adapted) else adapted.mean(axis=0)
    dense = _unit(adapted - centre)
    share = np.float32(_DENSE_SHARE)
    joined = [dense * np.sqrt(share), _gram_rows(texts) * np.sqrt(1 - share)]
    return _unit(np.concatenate(joined, axis=1))


def _gram_rows(texts: Sequence[str]) -> NDArray[np.float32]:
    marks = [{zlib.crc32(g.encode()) % _GRAM_DIMENSIONS for g in grams(fold(t))} for t in texts]
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
    groups = _joined(rows, [len(by_form[form]) for form in forms], join)
    made = [_cluster([item for n in group for item in by_form[forms[n]]]) for group in groups]
    return sorted(made, key=lambda c: (-c.count, c.text))


def _joined(rows: NDArray[np.float32], weights: Sequence[int], join: float) -> list[list[int]]:
    """Row numbers by group: each row joins the nearest centre, or starts one; most said first."""
    centres = np.zeros_like(rows)
    sums = np.zeros_like(rows)
    groups: list[list[int]] = []
    for number, row in enumerate(rows):
        likeness = centres[: len(groups)] @ row
        best = int(np.argmax(likeness)) if len(groups) else -1
        if best < 0 or likeness[best] < join:
            groups.append([])
            best = len(groups) - 1
        groups[best].append(number)
        sums[best] += row * weights[number]
        centres[best] = sums[best] / max(float(np.linalg.norm(sums[best])), 1e-12)
    return groups


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
