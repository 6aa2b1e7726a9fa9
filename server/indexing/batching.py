"""Queries of several callers in one place: shared batches, side by side, the newest remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
from cachetools import LRUCache

from server.indexing.encoder import Encoder, Vectors, encode, identity_of


class BatchingEncoder:
    """Joins queries that arrive while the model is busy into one call; each caller gets its rows.

    A lone caller encodes at once and waits for nobody. As many callers encode at a time as the
    model runs side by side (`side_by_side` of the inner encoder, else one); each takes the oldest
    `largest` of what waits, since texts cost less together.

    The newest `kept` queries are remembered (in memory alone): ranking and judging ask for the same
    message, and shoppers for the same things. Texts that the model reads alike (`read_as` of the
    inner encoder, if it has one: ， and ,) are one query. Documents pass straight through.
    """

    def __init__(self, inner: Encoder, *, largest: int = 16, kept: int = 8192) -> None:
        self.inner = inner
        self.identity = identity_of(inner)
        self.side_by_side = int(getattr(inner, "side_by_side", 1))
        self._recent: LRUCache[str, Vectors] = LRUCache(kept)
        self._read_as: Callable[[str], str] = getattr(inner, "read_as", str)
        self._largest = largest
        self._turns = threading.BoundedSemaphore(self.side_by_side)
        self._queue = threading.Lock()
        self._waiting: list[tuple[str, Future[Vectors]]] = []

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """As the inner encoder."""
        return encode(self.inner, sentences, "document")

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """As the inner encoder; calls from several threads share batches."""
        if not sentences:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        read = [self._read_as(text) for text in sentences]
        with self._queue:
            rows = {one: self._recent[one] for one in read if one in self._recent}
        new = [one for one in dict.fromkeys(read) if one not in rows]
        rows.update(zip(new, self._encode_new(new), strict=True))
        with self._queue:
            self._recent.update((one, rows[one]) for one in new)
        return np.stack([rows[one] for one in read])

    def forget(self) -> None:
        """Drops the queries that are remembered."""
        with self._queue:
            self._recent.clear()

    def _encode_new(self, sentences: Sequence[str]) -> list[Vectors]:
        futures: list[Future[Vectors]] = [Future() for _ in sentences]
        with self._queue:
            self._waiting.extend(zip(sentences, futures, strict=True))
        while not all(future.done() for future in futures):
            with self._turns:
                if not self._encode_batch():
                    break  # others are at work on what is left of these
        return [future.result() for future in futures]

    def _encode_batch(self) -> bool:
        """Encodes the oldest waiting texts; a failure goes to every caller of the batch.

        False when nothing waited.
        """
        with self._queue:
            batch = self._waiting[: self._largest]
            del self._waiting[: self._largest]
        if not batch:
            return False
        try:
            rows = encode(self.inner, [text for text, _ in batch], "query")
        except Exception as error:  # noqa: BLE001 - handed to every caller of this batch
            for _, future in batch:
                future.set_exception(error)
            return True
        for (_, future), row in zip(batch, rows, strict=True):
            future.set_result(row)
        return True
