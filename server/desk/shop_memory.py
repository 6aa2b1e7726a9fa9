"""The memory of each shop: built from the store on first use, kept up to date by the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from server.indexing.encoder import Encoder
from server.indexing.vector_cache import CachedEncoder, VectorCache
from server.ranking.memory import Memory
from server.ranking.own_reading import own_reading
from server.scripts_index import ScriptsIndex
from server.store import Acceptance
from server.text.understanding import bare_text

_COUNTED = 10_000
_IN_MEMORY = 1_000  # vectors: a memory holds its rows itself, they are read when it is built
# Acceptances since a history was last weighed, and their share of it, from which on it is again.
_NEW, _NEW_SHARE = 20, 0.1


class Memories:
    """What agents of each shop accepted, edited or rejected before."""

    def __init__(
        self,
        encoder: Encoder,
        load: Callable[[str], Sequence[Acceptance]],
        cache_dir: Path | None = None,
    ) -> None:
        """`load` gives a shop's stored history; `cache_dir` keeps its vectors over a restart."""
        self._cache = VectorCache(cache_dir, encoder, shipped=False, kept=_IN_MEMORY)
        self._encoder = CachedEncoder(self._cache)
        self._load = load
        self._lock = threading.Lock()
        self._of: dict[str, Memory] = {}
        self._counted: dict[str, None] = {}
        self._read: dict[str, int] = {}

    def of(self, shop: str) -> Memory:
        """The memory of a shop."""
        with self._lock:
            if shop not in self._of:
                self._of[shop] = memory_from(self._encoder, self._load(shop))
            return self._of[shop]

    def accept(self, shop: str, acceptance: Acceptance) -> None:
        """Adds one acceptance, so that the next message already profits."""
        memory = self.of(shop)
        with self._lock:
            known = acceptance.suggestion_id in self._counted
            self._counted[acceptance.suggestion_id] = None
            while len(self._counted) > _COUNTED:
                del self._counted[next(iter(self._counted))]
        # Inserted, then sent, is one use of a suggestion; a change of mind still counts.
        if known and acceptance.suggestion_id and acceptance.kind != "rejected":
            return
        memory.add([(acceptance.message, acceptance.script_id, acceptance.kind)])

    def let_go(self, shop: str) -> None:
        """Frees a shop's memory; it is read again when it is needed."""
        with self._lock:
            self._of.pop(shop, None)
            self._read.pop(shop, None)

    def accept_elsewhere(self, shop: str, acceptance: Acceptance) -> None:
        """Adds what another server has stored; a shop that is not held reads it in its time."""
        with self._lock:
            held = shop in self._of
        if held:
            self.accept(shop, acceptance)

    def forget(self, shop: str, messages: Iterable[str]) -> None:
        """These messages of a shop's stored history were deleted: memory and vectors follow."""
        self.let_go(shop)
        # What was said by others too is embedded again when it is asked for.
        texts = sorted({bare_text(message) for message in messages} - {""})
        self._cache.forget(texts, "query")

    def forget_all(self) -> None:
        """Every shop's history is read again when it is needed."""
        with self._lock:
            self._of.clear()
            self._read.clear()

    def close(self) -> None:
        """Writes the vectors of what was accepted last."""
        self._cache.flush()

    def read_anew(self, shop: str, index: ScriptsIndex) -> None:
        """Finds how the shop's own history is best read, when enough of it is new.

        Until then, and where nothing is proven, it is read cautiously.
        """
        memory = self.of(shop)
        size = len(memory)
        before = self._read.get(shop, 0)
        if abs(size - before) >= max(_NEW, before * _NEW_SHARE):
            memory.reading = own_reading(memory, index)
            self._read[shop] = size


def memory_from(encoder: Encoder, acceptances: Sequence[Acceptance]) -> Memory:
    """A memory that holds these acceptances, oldest first."""
    memory = Memory(encoder)
    memory.add([(a.message, a.script_id, a.kind) for a in acceptances])
    return memory
