"""Vectors on disk by (model, text): a restart embeds nothing, an edit embeds what changed."""

from __future__ import annotations

import json
import os
import threading
import zlib
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Encoder, Identity, Role, Vectors, encode, identity_of
from server.indexing.shipped_vectors import shipped_vectors

_MAGIC = b"BDVEC1\n"
_CHUNK = 512


class VectorCache:
    """An append-only file of fixed records (key, checksum, vector), one file a model.

    Safe to delete. A torn or damaged record is left out and embedded again.
    """

    def __init__(self, folder: Path | None, encoder: Encoder, *, shipped: bool = True) -> None:
        """`shipped` starts with the vectors of the sample shops that come with the program."""
        self.encoder = encoder
        self.identity = identity_of(encoder)
        self._record = np.dtype(
            [("key", "V16"), ("crc", "<u4"), ("vector", "<f4", (self.identity.dimension,))]
        )
        self._path = folder / _file_name(self.identity) if folder else None
        self._lock = threading.Lock()
        self._known = (shipped_vectors(self.identity) if shipped else {}) | self._read()
        self.embedded = 0

    def known(self) -> dict[bytes, NDArray[np.float32]]:
        """Every vector by its key."""
        with self._lock:
            return dict(self._known)

    def vectors(self, texts: Sequence[str], role: Role) -> Vectors:
        """Float32 (len(texts), dim), unit rows; embeds only what was never embedded before."""
        keys = [_key(text, role) for text in texts]
        with self._lock:
            named = zip(keys, texts, strict=True)
            new = {key: text for key, text in named if key not in self._known}
            missing = list(new)
            for start in range(0, len(missing), _CHUNK):
                part = missing[start : start + _CHUNK]
                rows = encode(self.encoder, [new[key] for key in part], role)
                self._known.update(zip(part, rows, strict=True))
                self._append(part, rows)
                self.embedded += len(part)
            if not keys:
                return np.zeros((0, self.identity.dimension), dtype=np.float32)
            return np.stack([self._known[key] for key in keys])

    def _header(self) -> bytes:
        named = {"model": self.identity.model, "version": self.identity.version}
        named_dim = named | {"dimension": self.identity.dimension}
        return _MAGIC + json.dumps(named_dim, ensure_ascii=False, sort_keys=True).encode() + b"\n"

    def _read(self) -> dict[bytes, NDArray[np.float32]]:
        if self._path is None or not self._path.is_file():
            return {}
        content = self._path.read_bytes()
        header = self._header()
        if not content.startswith(header):
            self._path.unlink()
            return {}
        body = content[len(header) :]
        whole = len(body) // self._record.itemsize
        records = np.frombuffer(body, dtype=self._record, count=whole)
        known = {
            bytes(record["key"]): record["vector"].astype(np.float32)
            for record in records
            if zlib.crc32(record["vector"].tobytes()) == record["crc"]
        }
        if len(known) < len(body) / self._record.itemsize:
            self._rewrite(known)
        return known

    def _rewrite(self, known: dict[bytes, NDArray[np.float32]]) -> None:
        assert self._path is not None
        aside = self._path.with_suffix(f".{os.getpid()}.tmp")
        body = self._records(list(known), list(known.values()))
        aside.write_bytes(self._header() + body)
        aside.replace(self._path)

    def _append(self, keys: Sequence[bytes], rows: Vectors) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            if file.tell() == 0:
                file.write(self._header())
            file.write(self._records(keys, rows))

    def _records(self, keys: Sequence[bytes], rows: Iterable[NDArray[np.float32]]) -> bytes:
        records = np.zeros(len(keys), dtype=self._record)
        for number, (key, row) in enumerate(zip(keys, rows, strict=True)):
            vector = np.ascontiguousarray(row, dtype="<f4")
            records[number] = (np.void(key), zlib.crc32(vector.tobytes()), vector)
        return records.tobytes()


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


def _key(text: str, role: Role) -> bytes:
    return blake2b(f"{role}\x00{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _file_name(identity: Identity) -> str:
    named = f"{identity.model}\x00{identity.version}\x00{identity.dimension}"
    return f"vectors-{blake2b(named.encode(), digest_size=6).hexdigest()}.bin"
