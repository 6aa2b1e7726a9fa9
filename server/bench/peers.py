"""Side by side in one run: what a shop could write itself, and what ships.

Every way ranks the same messages of `knowledge/heldout_shops` over the same scripts: the vectors of
our encoder in a flat FAISS index, BM25 over characters, rapidfuzz over every text, and `suggest`.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
from rapidfuzz import fuzz, process

from server.bench.report import Report, Row
from server.bench.stream import HELD_OUT
from server.evaluation.evaluate import Labelled, read_labelled
from server.indexing.batching import BatchingEncoder
from server.indexing.encoder import Encoder, encode
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import Script, load_library
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import Query, suggest
from server.text.normal import grams, normalize

Way = Callable[[Labelled], Sequence[str]]
_CUTOFFS = (1, 3, 5)
_NEAREST = 40


def peers() -> Report:
    """hit@1, @3, @5 and processor time a message of each way."""
    hits: dict[str, list[list[bool]]] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        cache = VectorCache(Path(folder), encoder)
        for shop in load_library(HELD_OUT).shops.values():
            path = HELD_OUT / shop.id / "messages.jsonl"
            if path.is_file():
                asked = [m for m in read_labelled(path, shop.id) if m.expected]
                for name, way in _ways(shop.scripts, cache, encoder).items():
                    begun = time.process_time()
                    found = [way(message) for message in asked]
                    spent[name] += time.process_time() - begun
                    hits[name] += [
                        [bool(set(ids[:n]) & set(m.expected)) for n in _CUTOFFS]
                        for ids, m in zip(found, asked, strict=True)
                    ]
    rows: list[Row] = []
    whole = np.asarray(hits[_OURS]).mean(axis=0)
    for name, counted in hits.items():
        shares = np.asarray(counted).mean(axis=0)
        rows += [
            Row(f"{name}, hit@{n}", float(share), "", float(share / best))
            for n, share, best in zip(_CUTOFFS, shares, whole, strict=True)
        ]
        mean = spent[name] / len(counted) * 1000
        rows.append(Row(f"{name}, processor time", mean, "ms", spent[name] / spent[_OURS]))
    count = len(hits[_OURS])
    return Report(
        "peers", f"{count} messages that a script answers; ratios against ours", tuple(rows)
    )


_OURS = "as shipped"


def _ways(scripts: Sequence[Script], cache: VectorCache, encoder: Encoder) -> dict[str, Way]:
    index = build_index(scripts, cache)
    return {
        "vectors and FAISS, fifty lines": _fifty_lines(scripts, cache, encoder),
        "BM25 alone": _words(index),
        "rapidfuzz over all texts": _fuzzy(scripts),
        _OURS: _shipped(index, BatchingEncoder(encoder)),
    }


def _texts(scripts: Sequence[Script]) -> tuple[list[str], list[str]]:
    """Every title, question and reply, and the script each belongs to."""
    pairs = [(text, s.id) for s in scripts for text in (s.title, *s.questions, *s.wordings) if text]
    return [text for text, _ in pairs], [script_id for _, script_id in pairs]


def _first(ids: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ids))[: _CUTOFFS[-1]]


def _fifty_lines(scripts: Sequence[Script], cache: VectorCache, encoder: Encoder) -> Way:
    texts, owners = _texts(scripts)
    rows = np.ascontiguousarray(cache.vectors(texts, "document"))
    flat = faiss.IndexFlatIP(rows.shape[1])
    flat.add(rows)

    def way(message: Labelled) -> list[str]:
        _, near = flat.search(encode(encoder, [message.message], "query"), _NEAREST)
        return _first([owners[n] for n in near[0] if n >= 0])

    return way


def _words(index: ScriptsIndex) -> Way:
    def way(message: Labelled) -> list[str]:
        scores, _ = index.chars.scores(grams(normalize(message.message)))
        order = np.argsort(-scores, kind="stable")[:_NEAREST]
        return _first([index.scripts[index.passages.owner[n]].id for n in order])

    return way


def _fuzzy(scripts: Sequence[Script]) -> Way:
    texts, owners = _texts(scripts)

    def way(message: Labelled) -> list[str]:
        found = process.extract(message.message, texts, scorer=fuzz.partial_ratio, limit=_NEAREST)
        return _first([owners[place] for _, _, place in found])

    return way


def _shipped(index: ScriptsIndex, encoder: Encoder) -> Way:
    served = replace(index, encoder=encoder)

    def way(message: Labelled) -> list[str]:
        query = Query(message.message, message.turns, message.page)
        return [c.script.id for c in suggest(query, served, top_k=_CUTOFFS[-1]).candidates]

    return way
