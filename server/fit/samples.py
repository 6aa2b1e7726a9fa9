"""The vectors of the sample shops, embedded in advance."""

from __future__ import annotations

from pathlib import Path

from server.indexing.models import load_encoder
from server.indexing.shipped_vectors import write_shipped
from server.indexing.vector_cache import VectorCache
from server.library import load_library
from server.scripts_index import build_index


def fit_samples(library: Path) -> int:
    """Embeds every text of the sample shops with the bundled model; returns how many texts."""
    cache = VectorCache(None, load_encoder(), shipped=False)
    for shop in load_library(library).shops.values():
        build_index(shop.scripts, cache)
    write_shipped(cache.identity, cache.known())
    return cache.embedded
