"""Scripts to something searchable: build and search. The only room with faiss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from server.base.remembered import Remembered
from server.indexing.bm25 import LexicalIndex, build_lexical
from server.indexing.codes import Codes, codes_of
from server.indexing.domain_adapter import Adapter, load_adapter
from server.indexing.encoder import Encoder, Identity, Role, Vectors, encode
from server.indexing.passages import Kind, Passages, passages_of
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.text.normal import grams, sounds
from server.text.synonyms import Synonyms

FORMAT = 2
# Up to here every passage is compared; above it FAISS finds the scripts that are.
WHOLE_UP_TO = 4_000
_NEAREST = 80
_SPELLED = 30
_NARROW, _ROUGHLY, _LOOKED_AT = 64, 640, 4_096
_BLOCK = 256
_REMEMBERED = 16_000_000  # bytes a shop
_AT_ONCE = 4_096  # passages: what the adapter works out about more would take a gigabyte


@dataclass(frozen=True, slots=True)
class Built:
    """What an index was made by and of; one that differs in any of it is not served."""

    model: str
    version: str
    dimension: int
    adapter: str
    library: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Slice:
    """Some scripts and all their passages, in order.

    `cells` says for each run of passages of one script and kind which (script, kind) it is;
    `starts` and `cell_starts` mark where scripts and runs begin.
    """

    scripts: NDArray[np.int32]
    passages: NDArray[np.int64]
    starts: NDArray[np.int64]
    cell_starts: NDArray[np.int64]
    cells: tuple[NDArray[np.int64], NDArray[np.uint8]]

    def of(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The rows of these passages; `values` itself when they are all there are."""
        return values if len(self.passages) == len(values) else values[self.passages]

    def best(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """The best value of each script and kind, (scripts, kinds), NaN where it has none."""
        table = np.full((len(self.scripts), len(Kind)), np.nan, dtype=np.float32)
        table[self.cells] = np.maximum.reduceat(values, self.cell_starts)
        return table


def memory_of(value: Any) -> int:
    """Bytes that the arrays in a value take, with something for what is around them."""
    if isinstance(value, np.ndarray):
        return value.nbytes + 200
    if isinstance(value, tuple):
        return 100 + sum(memory_of(part) for part in value)
    fields = getattr(value, "__dataclass_fields__", ())
    return 100 + sum(memory_of(getattr(value, name)) for name in fields)


def _slice(passages: Passages, numbers: NDArray[np.int64]) -> Slice:
    """The slice of the passages `numbers`, which are whole scripts in order."""
    owner, kind = passages.owner[numbers], passages.kind[numbers]
    begins = np.ones(len(numbers), dtype=bool)
    begins[1:] = owner[1:] != owner[:-1]
    changes = begins.copy()
    changes[1:] |= kind[1:] != kind[:-1]
    starts, cell_starts = np.flatnonzero(begins), np.flatnonzero(changes)
    row_of = np.cumsum(begins) - 1
    cells = (row_of[cell_starts], kind[cell_starts])
    return Slice(owner[starts], numbers, starts, cell_starts, cells)


@dataclass(frozen=True, slots=True)
class ScriptsIndex:
    """One shop's scripts, ready to search. `first` (n+1,) marks where each script's passages start.

    `plain` and `adapted` are float32 (passages, dim), unit rows; `intents` (scripts, intents) roots
    of how likely each script is about each intent of the bank, no columns without an adapter, and
    `known` (intents,) how likely the script is that is most about it. Scripts in `waiting` are
    found by their words alone until somebody embeds them: their rows are zero. `measured` is what
    was worked out about texts against this very index, so every change of it starts afresh.
    """

    scripts: tuple[Script, ...]
    passages: Passages
    first: NDArray[np.int64]
    plain: Vectors
    adapted: Vectors
    intents: NDArray[np.float32]
    known: NDArray[np.float32]
    near: Nearest | None
    chars: LexicalIndex
    sounds: LexicalIndex
    whole: Slice
    built: Built
    encoder: Encoder
    adapter: Adapter | None
    codes: Codes = field(default_factory=Codes)
    synonyms: Synonyms = field(default_factory=Synonyms)
    waiting: frozenset[str] = frozenset()
    measured: Remembered[Any] = field(
        default_factory=lambda: Remembered(_REMEMBERED, lambda _, value: memory_of(value)),
        init=False,
        compare=False,
        repr=False,
    )

    def embed(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Plain and adapted rows of what a shopper typed, comparable with this index's own."""
        plain = encode(self.encoder, texts, "query")
        return plain, self.adapter.asked(plain) if self.adapter else plain

    def candidates(self, adapted: Vectors, chars: NDArray[np.float32]) -> Slice:
        """The scripts worth ranking: all of them up to WHOLE_UP_TO passages, else the nearest.

        Near is a script with a passage among the nearest to any of the rows, or among the best by
        `chars` (passages,).
        """
        if len(self.passages) <= WHOLE_UP_TO:
            return self.whole
        near = self.near
        assert near is not None
        found = [
            self.measured.get(("near", row.tobytes()), partial(near.search, row, _NEAREST))
            for row in adapted
        ]
        owners = np.unique(self.passages.owner[np.concatenate([*found, largest(chars, _SPELLED)])])
        spans = [np.arange(self.first[o], self.first[o + 1]) for o in owners]
        return _slice(self.passages, np.concatenate(spans))


def build_index(
    scripts: Sequence[Script],
    cache: VectorCache,
    *,
    adapter: Adapter | None = None,
    at_once: int | None = None,
) -> ScriptsIndex:
    """The index of these scripts; embeds only texts that the cache does not hold.

    `adapter` defaults to the one fitted for the cache's encoder, if any. More than `at_once` such
    texts are not embedded: their scripts are `waiting`.
    """
    adapter = adapter or load_adapter(cache.identity)
    passages = passages_of(scripts)
    late = _late(passages, cache, at_once)
    plain = _embed(passages, cache, ~late)
    adapted = adapt(adapter, plain, passages)
    adapted[late] = 0
    index = from_rows(tuple(scripts), passages, plain, adapted, cache, adapter)
    return replace(index, waiting=frozenset(scripts[n].id for n in passages.owner[late]))


def from_rows(
    scripts: tuple[Script, ...],
    passages: Passages,
    plain: Vectors,
    adapted: Vectors,
    cache: VectorCache,
    adapter: Adapter | None,
) -> ScriptsIndex:
    """The index of scripts whose passages are embedded already."""
    return assemble(
        scripts,
        passages,
        plain,
        adapted,
        _intents(adapter, adapted, passages, len(scripts)),
        build_lexical([grams(text) for text in passages.folded]),
        build_lexical([sounds(text) for text in passages.folded]),
        codes_of(passages),
        cache,
        adapter,
    )


def assemble(
    scripts: tuple[Script, ...],
    passages: Passages,
    plain: Vectors,
    adapted: Vectors,
    intents: NDArray[np.float32],
    chars: LexicalIndex,
    heard: LexicalIndex,
    codes: Codes,
    cache: VectorCache,
    adapter: Adapter | None,
) -> ScriptsIndex:
    """An index of parts that are all worked out."""
    return ScriptsIndex(
        scripts=scripts,
        passages=passages,
        first=np.searchsorted(passages.owner, np.arange(len(scripts) + 1)).astype(np.int64),
        plain=plain,
        adapted=adapted,
        intents=intents,
        known=np.square(intents).max(axis=0, initial=0.0),
        near=Nearest(adapted) if len(passages) > WHOLE_UP_TO else None,
        chars=chars,
        sounds=heard,
        whole=_slice(passages, np.arange(len(passages))),
        built=built_of(passages, cache.identity, adapter),
        encoder=cache.encoder,
        adapter=adapter,
        codes=codes,
    )


def _late(passages: Passages, cache: VectorCache, at_once: int | None) -> NDArray[np.bool_]:
    """Which passages are left for later, (passages,): none, or all that are not embedded yet."""
    late = np.zeros(len(passages), dtype=bool)
    if at_once is None:
        return late
    for role, chosen in _by_role(passages):
        late[chosen] = ~cache.there([passages.folded[n] for n in chosen], role)
    return late if late.sum() > at_once else np.zeros(len(passages), dtype=bool)


def _embed(passages: Passages, cache: VectorCache, wanted: NDArray[np.bool_]) -> Vectors:
    rows = np.zeros((len(passages), cache.identity.dimension), dtype=np.float32)
    for role, chosen in _by_role(passages):
        taken = [n for n in chosen if wanted[n]]
        rows[taken] = cache.vectors([passages.folded[n] for n in taken], role)
    return rows


def _by_role(passages: Passages) -> list[tuple[Role, list[int]]]:
    roles: tuple[Role, ...] = ("query", "document")
    of = [Kind(kind).role for kind in passages.kind]
    return [(role, [n for n, found in enumerate(of) if found == role]) for role in roles]


def adapt(adapter: Adapter | None, plain: Vectors, passages: Passages) -> Vectors:
    """Each passage through the tower of its kind; the plain rows when there is no adapter."""
    if adapter is None:
        return plain
    asked = passages.kind == Kind.QUESTION
    adapted = np.zeros((len(plain), adapter.query.project.shape[1]), dtype=np.float32)
    for role, part in _parts(asked):
        adapted[part] = adapter.apply(plain[part], role)
    return adapted


def _parts(asked: NDArray[np.bool_]) -> Iterator[tuple[Role, NDArray[np.int64]]]:
    """The passages of either role, in parts that are worked out at once."""
    roles: tuple[tuple[Role, NDArray[np.bool_]], ...] = (("query", asked), ("document", ~asked))
    for role, chosen in roles:
        numbers = np.flatnonzero(chosen)
        for start in range(0, len(numbers), _AT_ONCE):
            yield role, numbers[start : start + _AT_ONCE]


def _intents(
    adapter: Adapter | None, adapted: Vectors, passages: Passages, scripts: int
) -> NDArray[np.float32]:
    """Roots of each script's mean intent shares over its passages, (scripts, intents)."""
    if adapter is None or not len(adapted):
        columns = 0 if adapter is None else len(adapter.intents)
        return np.zeros((scripts, columns), dtype=np.float32)
    sums = np.zeros((scripts, len(adapter.intents)), dtype=np.float32)
    for role, part in _parts(passages.kind == Kind.QUESTION):
        np.add.at(sums, passages.owner[part], adapter.intent_shares(adapted[part], role))
    counts = np.bincount(passages.owner, minlength=scripts)[:, None]
    roots: NDArray[np.float32] = np.sqrt(sums / np.maximum(counts, 1)).astype(np.float32)
    return roots


class Nearest:
    """Finds the nearest of many rows.

    All are compared roughly: turned so that their first `_NARROW` places tell them apart most, a
    byte a place. The best `_ROUGHLY` are then compared as they are. Of 16,000 rows that finds
    99.4 % of the 80 nearest and 99.8 % of the 20 nearest (docs/benchmarks.md, Size).
    """

    def __init__(self, rows: Vectors) -> None:
        self._rows = rows
        some = rows[:: max(1, len(rows) // _LOOKED_AT)]
        _, turned = np.linalg.eigh(some.T @ some)
        self._turn = np.ascontiguousarray(turned[:, ::-1][:, :_NARROW])
        narrow = rows @ self._turn
        eight = faiss.ScalarQuantizer.QT_8bit
        self._index: Any = faiss.IndexScalarQuantizer(
            narrow.shape[1], eight, faiss.METRIC_INNER_PRODUCT
        )
        if len(rows):
            self._index.train(narrow)
            self._index.add(narrow)

    def search(self, row: Vectors, most: int) -> NDArray[np.int64]:
        """The numbers of the `most` rows nearest to one, fewer where there are not so many."""
        if not len(self._rows):
            return np.zeros(0, dtype=np.int64)
        _, roughly = self._index.search((row @ self._turn)[None], min(_ROUGHLY, len(self._rows)))
        held = roughly[0][roughly[0] >= 0]
        if len(held) <= most:
            return np.asarray(held, dtype=np.int64)
        likeness = self._rows[held] @ row
        nearest: NDArray[np.int64] = held[np.argpartition(-likeness, most)[:most]]
        return nearest


def largest(values: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Places of the `most` largest values, in no order; of equal ones any."""
    blocks = len(values) // _BLOCK
    if blocks > most:
        # The largest of each block bound the rest from below, so that few are left to compare.
        tops = values[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        likely = np.flatnonzero(values >= np.partition(tops, -most)[-most])
        values = values[likely]
    else:
        likely = np.arange(len(values))
    if len(values) <= most:
        return likely
    largest: NDArray[np.int64] = likely[np.argpartition(-values, most)[:most]]
    return largest


def built_of(passages: Passages, identity: Identity, adapter: Adapter | None) -> Built:
    """What an index of these passages is made by and of."""
    texts = "\x1e".join(passages.folded).encode("utf-8", "surrogatepass")
    digest = sha256(passages.owner.tobytes() + passages.kind.tobytes() + texts)
    return Built(
        identity.model,
        identity.version,
        identity.dimension,
        adapter.version if adapter else "",
        digest.hexdigest()[:16],
    )
