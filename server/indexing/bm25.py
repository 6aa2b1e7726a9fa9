"""BM25 over the texts of a library, as plain arrays: characters, pairs, and pinyin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

# Short texts: how often a term comes back says little, how long the text is says some.
K1 = 0.9
B = 0.4


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts as counted terms: text n holds `numbers[starts[n]:starts[n+1]]`, each `counts` times.

    `lengths` (n,) are in terms. A term that no text holds any more keeps its number.
    """

    terms: Mapping[str, int]
    starts: NDArray[np.int64]
    numbers: Ints
    counts: Floats
    lengths: Floats


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Postings by term: texts `rows[starts[t]:starts[t+1]]`, each with its BM25 `impact`."""

    terms: Mapping[str, int]
    idf: Floats
    starts: NDArray[np.int64]
    rows: Ints
    impacts: Floats
    size: int
    unseen_idf: float
    counted: Counted

    def scores(self, query: Iterable[str]) -> tuple[Floats, float]:
        """BM25 of every text, float32 (size,), and the most that this query could reach.

        A term that no text holds counts towards what could be reached.
        """
        known, ceiling = self._known(query)
        if not known:
            return np.zeros(self.size, dtype=np.float32), ceiling
        spans = [slice(self.starts[t], self.starts[t + 1]) for t in known]
        rows = np.concatenate([self.rows[span] for span in spans])
        impacts = np.concatenate([self.impacts[span] for span in spans])
        scores = np.bincount(rows, weights=impacts, minlength=self.size).astype(np.float32)
        return scores, ceiling

    def shares_in(self, rows: NDArray[np.int64], queries: Sequence[Sequence[str]]) -> Floats:
        """Of what each query could reach, how much each of these rows holds, (queries, rows).

        Many queries at once against few rows; no query holds a term twice.
        """
        owner = np.repeat(np.arange(len(queries)), [len(query) for query in queries])
        terms = np.asarray([self.terms.get(t, -1) for query in queries for t in query], np.int64)
        known = terms >= 0
        weight = np.where(known, self.idf[terms] if len(self.idf) else 0, self.unseen_idf)
        most = np.bincount(owner, weights=weight, minlength=len(queries))
        scores = np.zeros((len(queries), len(rows)), dtype=np.float32)
        for column, row in enumerate(rows):
            held = np.flatnonzero(self.rows == row)
            impact = np.zeros(len(self.terms), dtype=np.float32)
            impact[np.searchsorted(self.starts, held, side="right") - 1] = self.impacts[held]
            scores[:, column] = np.bincount(
                owner[known], weights=impact[terms[known]], minlength=len(queries)
            )
        shares: Floats = scores / np.maximum(most, 1e-6).astype(np.float32)[:, None]
        return shares

    def _known(self, query: Iterable[str]) -> tuple[list[int], float]:
        known: list[int] = []
        ceiling = 0.0
        for term in dict.fromkeys(query):
            number = self.terms.get(term)
            ceiling += self.unseen_idf if number is None else float(self.idf[number])
            if number is not None:
                known.append(number)
        return known, ceiling


def build_lexical(texts: Sequence[Sequence[str]]) -> LexicalIndex:
    """The index of texts that are given as their terms."""
    terms: dict[str, int] = {}
    numbers: list[int] = []
    counts: list[int] = []
    starts = [0]
    for text in texts:
        for term, count in Counter(text).items():
            numbers.append(terms.setdefault(term, len(terms)))
            counts.append(count)
        starts.append(len(numbers))
    return weighed(
        Counted(
            terms,
            np.asarray(starts, dtype=np.int64),
            np.asarray(numbers, dtype=np.int32),
            np.asarray(counts, dtype=np.float32),
            np.asarray([len(text) for text in texts], dtype=np.float32),
        )
    )


def spliced(old: LexicalIndex, added: LexicalIndex, rows: NDArray[np.int64]) -> LexicalIndex:
    """The index of the texts `rows`, numbered through the old texts and then the added ones."""
    one, two = old.counted, added.counted
    terms = dict(one.terms)
    renumbered = np.asarray([terms.setdefault(term, len(terms)) for term in two.terms], np.int32)
    starts = np.concatenate([one.starts[:-1], len(one.numbers) + two.starts])
    sizes = np.diff(starts)[rows]
    places = np.repeat(starts[rows] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    return weighed(
        Counted(
            terms,
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.concatenate([one.numbers, renumbered[two.numbers]])[places],
            np.concatenate([one.counts, two.counts])[places],
            np.concatenate([one.lengths, two.lengths])[rows],
        )
    )


def weighed(counted: Counted) -> LexicalIndex:
    """The index of counted texts."""
    size, terms = len(counted.lengths), counted.terms
    by_term = _stable_order(counted.numbers)
    row_of = np.repeat(np.arange(size, dtype=np.int32), np.diff(counted.starts))[by_term]
    number_of, count_of = counted.numbers[by_term], counted.counts[by_term]
    frequency = np.bincount(number_of, minlength=len(terms))
    idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    mean = float(counted.lengths.mean()) if size else 1.0
    norm = K1 * (1 - B + B * counted.lengths[row_of] / max(mean, 1.0))
    impacts = idf[number_of] * count_of * (K1 + 1) / (count_of + norm)
    starts = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(frequency, out=starts[1:])
    return LexicalIndex(
        terms=terms,
        idf=idf,
        starts=starts,
        rows=row_of,
        impacts=impacts.astype(np.float32),
        size=size,
        unseen_idf=float(np.log1p((size + 0.5) / 0.5)),
        counted=counted,
    )


def _stable_order(numbers: Ints) -> NDArray[np.int64]:
    """What `np.argsort(numbers, kind="stable")` returns for numbers from 0 on.

    numpy counts where values have 16 bits and compares where they have more: ten times as long.
    """
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    high = (numbers >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order
