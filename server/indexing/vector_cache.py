"""Vectors by text: a restart embeds nothing, an edit embeds what changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Encoder, Role, Vectors, encode, identity_of
from server.indexing.shipped_vectors import shipped_vectors
from server.indexing.vector_table import VectorTable

_CHUNK = 512
_FEW = 8


class Shared(Protocol):
    """Vectors that other servers have made and may take; float32 bytes by a text's plain hash."""

    def find(self, model: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        """Which of these are there."""

    def add(self, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """Hands new ones on."""

    def turn(self) -> AbstractContextManager[None]:
        """Waits until no other server embeds; others wait for as long as it lasts."""


class VectorCache:
    """Embeds each text once; keeps the vectors in a folder when one is named."""

    def __init__(
        self,
        folder: Path | None,
        encoder: Encoder,
        *,
        shipped: bool = True,
        kept: int | None = None,
        shared: Shared | None = None,
    ) -> None:
        """`shipped` starts with the vectors of the sample shops that come with the program.

        Where new texts come one by one all day, `kept` says how many vectors stay in memory; the
        others are looked up in the folder, and what is new is written there some at a time.
        `shared` is asked before anything is embedded.
        """
        self.encoder = encoder
        self._kept = kept
        self.identity = identity_of(encoder)
        self._table = VectorTable(folder, self.identity) if folder else None
        self._shared = shared
        self._model = f"{self.identity.model}/{self.identity.version}/{self.identity.dimension}"
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
                part = {key: new[key] for key in missing[start : start + _CHUNK]}
                self._take(part, role)
                self._make(part, role)
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

    def _take(self, part: dict[bytes, str], role: Role) -> None:
        """Takes over what other servers have made; what is left in `part` nobody has."""
        if self._shared is None or not part:
            return
        hashes = {_text_hash(text, role): key for key, text in part.items()}
        found = self._shared.find(self._model, list(hashes))
        size = 4 * self.identity.dimension
        whole = {hashes[one]: row for one, row in found.items() if len(row) == size}
        for key in whole:
            del part[key]
        if whole:
            rows = np.stack([np.frombuffer(row, dtype="<f4") for row in whole.values()])
            self._hold(list(whole), rows)

    def _make(self, part: dict[bytes, str], role: Role) -> None:
        if not part:
            return
        with self._shared.turn() if self._shared is not None else nullcontext():
            self._take(part, role)  # somebody else may just have had the turn
            if not part:
                return
            texts = list(part.values())
            rows = encode(self.encoder, texts, role)
            self._hold(list(part), rows)
            self.embedded += len(part)
            if self._shared is not None:
                contents = (np.ascontiguousarray(row, dtype="<f4").tobytes() for row in rows)
                hashes = [_text_hash(text, role) for text in texts]
                self._shared.add(self._model, dict(zip(hashes, contents, strict=True)))

    def _hold(self, keys: Sequence[bytes], rows: Vectors) -> None:
        self._known.update(zip(keys, rows, strict=True))
        if self._table and keys:
            self._table.add(keys, rows, later=self._kept is not None)

    def forget(self, texts: Sequence[str], role: Role) -> None:
        """Drops the vectors of these texts, on disk too."""
        with self._lock:
            keys = [self._key(_text_hash(text, role)) for text in texts]
            held = [key for key in keys if self._known.pop(key, None) is not None]
            if self._table and (held or self._kept is not None):
                self._table.drop(keys)

    def there(self, texts: Sequence[str], role: Role) -> NDArray[np.bool_]:
        """Which texts were embedded before, (len(texts),)."""
        keys = [self._key(_text_hash(text, role)) for text in texts]
        with self._lock:
            self._look_up(keys)
            there = np.asarray([key in self._known for key in keys], dtype=bool)
            self._let_go()
            return there

    def _look_up(self, keys: Sequence[bytes]) -> None:
        """Takes into memory what the folder alone has of these; of a few it is not asked.

        Those come while agents work, one by one: asking takes longer than embedding them again,
        which the encoder mostly remembers.
        """
        if self._table and self._kept is not None and len(keys) > _FEW:
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
