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
class LexicalIndex:
    """Postings by term: texts `rows[starts[t]:starts[t+1]]`, each with its BM25 `impact`."""

    terms: Mapping[str, int]
    idf: Floats
    starts: NDArray[np.int64]
    rows: Ints
    impacts: Floats
    size: int
    unseen_idf: float

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
    rows: list[int] = []
    counts: list[int] = []
    for row, text in enumerate(texts):
        for term, count in Counter(text).items():
            numbers.append(terms.setdefault(term, len(terms)))
            rows.append(row)
            counts.append(count)
    by_term = np.argsort(np.asarray(numbers, dtype=np.int64), kind="stable")
    number_of = np.asarray(numbers, dtype=np.int64)[by_term]
    row_of = np.asarray(rows, dtype=np.int32)[by_term]
    count_of = np.asarray(counts, dtype=np.float32)[by_term]
    frequency = np.bincount(number_of, minlength=len(terms)) if terms else np.zeros(0)
    idf = np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    lengths = np.asarray([len(text) for text in texts], dtype=np.float32)
    mean = float(lengths.mean()) if lengths.size else 1.0
    norm = K1 * (1 - B + B * lengths[row_of] / max(mean, 1.0))
    impacts = idf[number_of] * count_of * (K1 + 1) / (count_of + norm)
    starts = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(frequency, out=starts[1:])
    return LexicalIndex(
        terms=terms,
        idf=idf,
        starts=starts,
        rows=row_of,
        impacts=impacts.astype(np.float32),
        size=len(texts),
        unseen_idf=float(np.log1p((len(texts) + 0.5) / 0.5)),
    )
