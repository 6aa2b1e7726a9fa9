"""An index made from one of nearly the same scripts: only what is new is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from server.indexing.bm25 import spliced
from server.indexing.codes import spliced_codes
from server.indexing.encoder import Vectors
from server.indexing.passages import Passages
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.scripts_index import ScriptsIndex, assemble, build_index


def update_index(
    index: ScriptsIndex, scripts: Sequence[Script], cache: VectorCache, at_once: int | None = None
) -> ScriptsIndex:
    """What `build_index(scripts, cache)` returns; `index` was made with the same cache.

    Scripts that wait for their vectors are worked out anew, up to `at_once` texts.
    """
    known = {script.id: number for number, script in enumerate(index.scripts)}
    source = np.asarray([known.get(script.id, -1) for script in scripts], dtype=np.int64)
    fresh = [
        n
        for n, o in enumerate(source)
        if o < 0 or index.scripts[o] != scripts[n] or scripts[n].id in index.waiting
    ]
    added = build_index([scripts[n] for n in fresh], cache, adapter=index.adapter, at_once=at_once)
    source[fresh] = len(index.scripts) + np.arange(len(fresh))
    first = np.concatenate([index.first[:-1], len(index.passages) + added.first])
    sizes = np.diff(first)[source]
    rows = np.repeat(first[source] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    owner = np.repeat(np.arange(len(source), dtype=np.int32), sizes)
    updated = assemble(
        tuple(scripts),
        _passages(index.passages, added.passages, rows, owner),
        _taken(index.plain, added.plain, rows),
        _taken(index.adapted, added.adapted, rows),
        np.concatenate([index.intents, added.intents])[source],
        spliced(index.chars, added.chars, rows),
        spliced(index.sounds, added.sounds, rows),
        spliced_codes(index.codes, added.codes, source, len(index.scripts)),
        cache,
        index.adapter,
    )
    return replace(updated, synonyms=index.synonyms, waiting=added.waiting)


def _taken(old: Vectors, added: Vectors, rows: NDArray[np.int64]) -> Vectors:
    """The rows of both in one, copied once: they are most of what an index holds."""
    if not len(old):
        return added[rows]
    found: Vectors = np.take(old, np.minimum(rows, len(old) - 1), axis=0)
    late = rows >= len(old)
    found[late] = added[rows[late] - len(old)]
    return found


def _passages(
    old: Passages, added: Passages, rows: NDArray[np.int64], owner: NDArray[np.int32]
) -> Passages:
    texts, folded = old.texts + added.texts, old.folded + added.folded
    chosen = rows.tolist()
    return Passages(
        tuple([texts[n] for n in chosen]),
        tuple([folded[n] for n in chosen]),
        owner,
        np.concatenate([old.kind, added.kind])[rows],
    )
