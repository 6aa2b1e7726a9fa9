"""Vectors by text: a restart embeds nothing, an edit embeds what changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Encoder, Role, Vectors, encode, identity_of
from server.indexing.shipped_vectors import shipped_vectors
from server.indexing.vector_table import VectorTable

_CHUNK = 512


class VectorCache:
    """Embeds each text once; keeps the vectors in a folder when one is named."""

    def __init__(
        self,
        folder: Path | None,
        encoder: Encoder,
        *,
        shipped: bool = True,
        kept: int | None = None,
    ) -> None:
        """`shipped` starts with the vectors of the sample shops that come with the program.

        Where new texts come one by one all day, `kept` says how many vectors stay in memory; the
        others are looked up in the folder, and what is new is written there some at a time.
        """
        self.encoder = encoder
        self._kept = kept
        self.identity = identity_of(encoder)
        self._table = VectorTable(folder, self.identity) if folder else None
        self._lock = threading.Lock()
        ready = shipped_vectors(self.identity) if shipped else {}
        self._known = {self._key(text_hash): row for text_hash, row in ready.items()}
        if self._table and kept is None:
            self._known |= self._table.read()
        self.embedded = 0

    def known(self) -> dict[bytes, NDArray[np.float32]]:
        """Every vector by its key; for a cache without a folder that is the text's plain hash."""
        with self._lock:
            return dict(self._known)

    def vectors(self, texts: Sequence[str], role: Role) -> Vectors:
        """Float32 (len(texts), dim), unit rows; embeds only what was never embedded before."""
        keys = [self._key(_text_hash(text, role)) for text in texts]
        with self._lock:
            self._look_up(keys)
            named = zip(keys, texts, strict=True)
            new = {key: text for key, text in named if key not in self._known}
            missing = list(new)
            for start in range(0, len(missing), _CHUNK):
                part = missing[start : start + _CHUNK]
                rows = encode(self.encoder, [new[key] for key in part], role)
                self._known.update(zip(part, rows, strict=True))
                if self._table:
                    self._table.add(part, rows, later=self._kept is not None)
                self.embedded += len(part)
            if not keys:
                return np.zeros((0, self.identity.dimension), dtype=np.float32)
            if self._table:
                self._table.use(keys)
            found = np.stack([self._known[key] for key in keys])
            self._let_go()
            return found

    def flush(self) -> None:
        """Writes what waits to be written."""
        with self._lock:
            if self._table:
                self._table.flush()

    def forget(self, texts: Sequence[str], role: Role) -> None:
        """Drops the vectors of these texts, on disk too."""
        with self._lock:
            keys = [self._key(_text_hash(text, role)) for text in texts]
            self._look_up(keys)
            held = [key for key in keys if self._known.pop(key, None) is not None]
            if self._table and held:
                self._table.drop(held)

    def there(self, texts: Sequence[str], role: Role) -> NDArray[np.bool_]:
        """Which texts were embedded before, (len(texts),)."""
        keys = [self._key(_text_hash(text, role)) for text in texts]
        with self._lock:
            self._look_up(keys)
            there = np.asarray([key in self._known for key in keys], dtype=bool)
            self._let_go()
            return there

    def _look_up(self, keys: Sequence[bytes]) -> None:
        """Takes into memory what the folder alone has of these."""
        if self._table and self._kept is not None:
            away = [key for key in dict.fromkeys(keys) if key not in self._known]
            self._known |= self._table.find(away)

    def _let_go(self) -> None:
        """Keeps the newest in memory."""
        if self._kept is not None:
            for key in list(islice(self._known, max(0, len(self._known) - self._kept))):
                del self._known[key]

    def _key(self, text_hash: bytes) -> bytes:
        return self._table.key(text_hash) if self._table else text_hash


class CachedEncoder:
    """An encoder that embeds no text twice, neither queries nor documents."""

    def __init__(self, cache: VectorCache) -> None:
        self._cache = cache
        self.identity = cache.identity

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """As the cache's encoder."""
        return self._cache.vectors(sentences, "query")

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """As the cache's encoder."""
        return self._cache.vectors(sentences, "document")


class RememberingEncoder:
    """An encoder that keeps its queries in a cache; documents pass through to the cache's own."""

    def __init__(self, cache: VectorCache) -> None:
        self._cache = cache
        self.identity = cache.identity

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """As the cache's encoder; each text is embedded once, ever."""
        return self._cache.vectors(sentences, "query")

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """As the cache's encoder."""
        return encode(self._cache.encoder, sentences, "document")


def _text_hash(text: str, role: Role) -> bytes:
    return blake2b(f"{role}\x00{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
