"""A shop's index, in memory while it is used; which shops a server holds, and which it lets go."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from server.scripts_index import ScriptsIndex

log = logging.getLogger("bangda.catalog")
# Whose shop was used within this time has agents at work: it stays, however many are held.
REST_S = 300.0


class HeldIndex:
    """Gives the index, which is made when it is first asked for, and again after `let_go`."""

    def __init__(
        self,
        make: Callable[[], ScriptsIndex],
        used: Callable[[HeldIndex, bool], None],
        index: ScriptsIndex | None = None,
    ) -> None:
        """`used` is told of every use, and whether the index was made for it."""
        self._make = make
        self._used = used
        self._index = index
        self._lock = threading.Lock()

    def get(self) -> ScriptsIndex:
        """The index; who asks first waits until it is made, others wait with him."""
        with self._lock:
            fresh = self._index is None
            index = self._index = self._index or self._make()
        self._used(self, fresh)
        return index

    def peek(self) -> ScriptsIndex | None:
        """The index, None while it is not in memory. Counts as no use."""
        return self._index

    def let_go(self) -> None:
        """Frees the memory; requests that are under way keep theirs until they are done."""
        with self._lock:
            self._index = None


class Shelf:
    """The indexes in memory by shop, the one that was not used for longest first."""

    def __init__(self, most: int) -> None:
        """`most` shops are held, 0 for all there are."""
        self.most = most
        self.clock: Callable[[], float] = time.monotonic
        self._held: dict[str, tuple[HeldIndex, float]] = {}
        self._lock = threading.Lock()
        self._listeners: list[Callable[[str], None]] = []

    @property
    def shops(self) -> tuple[str, ...]:
        """Which shops are held."""
        with self._lock:
            return tuple(self._held)

    def on_let_go(self, listener: Callable[[str], None]) -> None:
        """Calls `listener` with a shop that is no longer held."""
        self._listeners.append(listener)

    def note(self, shop: str, held: HeldIndex) -> None:
        """The shop is used."""
        with self._lock:
            fresh = shop not in self._held
            self._held.pop(shop, None)
            self._held[shop] = held, self.clock()
        if fresh:
            self.rest()

    def rest(self) -> None:
        """Lets go of what is too much and was not used for a while."""
        if not self.most:
            return
        limit = self.clock() - REST_S
        with self._lock:
            spare = list(self._held.items())[: max(0, len(self._held) - self.most)]
            gone = [(shop, held) for shop, (held, used_at) in spare if used_at < limit]
            for shop, _ in gone:
                del self._held[shop]
        for shop, held in gone:
            held.let_go()
            log.info("shop %s was not used for a while and is no longer held", shop)
            for listener in self._listeners:
                listener(shop)
