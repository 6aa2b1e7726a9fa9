"""A shop's health, worked out once a version and minute; what takes long is done in a thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from server.base.errors import BangdaError
from server.catalog.served import Served
from server.curation.health import (
    Health,
    Marks,
    Own,
    health,
    holds_for,
    lasting_marks,
    near_marks,
    passing_marks,
)
from server.curation.near import Near, comparisons, near_pairs
from server.library import Shop

log = logging.getLogger("bangda.health")
# Pairs of questions that are compared while a lead waits: some tenths of a second.
_AT_ONCE: Final = 20_000_000

Uses = Callable[[str], Mapping[str, int]]
Young = Callable[[str], frozenset[str]]


@dataclass
class _Held:
    """What is known of one shop, and of which version."""

    lasting: tuple[tuple[str, int], Marks] | None = None
    passing: tuple[tuple[str, datetime], Marks] | None = None
    whole: tuple[tuple[object, ...], Health] | None = None
    near: tuple[Near, ...] = ()
    compared: frozenset[tuple[str, str]] = frozenset()
    comparing: threading.Thread | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    own: Own = field(default_factory=dict)
    own_for: tuple[object, ...] = ()

    def own_of(self, shop: Shop, served: Served) -> Own:
        """What is known of single scripts, as far as it still holds."""
        now = holds_for(shop, served.clearance)
        there = {(script.id, script.version) for script in shop.scripts}
        kept = self.own if self.own_for == now else {}
        self.own = {key: marks for key, marks in kept.items() if key in there}
        self.own_for = now
        return self.own


class HealthBook:
    """The health of every shop. `uses` and `young` read the database: (shop) → counts, ids."""

    def __init__(self, uses: Uses, young: Young) -> None:
        self._uses = uses
        self._young = young
        self._shops: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def of(self, shop: Shop, served: Served) -> Health:
        """The shop's marks as they are now; near ones follow when they are compared."""
        held = self._held(shop.id)
        minute = shop.local_now().replace(second=0, microsecond=0)
        with held.lock:
            # Its number tells a set of rules and facts from the next: served ones are never freed
            # while they are in use here.
            key = (shop.version, id(served.clearance))
            if held.lasting is None or held.lasting[0] != key:
                held.lasting = (
                    key,
                    lasting_marks(shop, served.clearance, held.own_of(shop, served)),
                )
            if held.passing is None or held.passing[0] != (shop.version, minute):
                marks = passing_marks(shop, minute, self._uses(shop.id), self._young(shop.id))
                held.passing = ((shop.version, minute), marks)
            self._compare(held, served)
            near = held.near
            whole = (held.lasting[0], held.passing[0], near)
            if held.whole is None or held.whole[0] != whole:
                several = held.lasting[1], held.passing[1], near_marks(near)
                held.whole = (whole, health(shop, *several))
            return held.whole[1]

    def comparing(self, shop_id: str) -> bool:
        """Whether near scripts are still being looked for."""
        thread = self._held(shop_id).comparing
        return thread is not None and thread.is_alive()

    def _held(self, shop_id: str) -> _Held:
        with self._lock:
            return self._shops.setdefault(shop_id, _Held())

    def _compare(self, held: _Held, served: Served) -> None:
        there = frozenset((script.id, script.version) for script in served.index.scripts)
        if there == held.compared or (held.comparing is not None and held.comparing.is_alive()):
            return
        if served.index.waiting:
            return  # rows that are not embedded yet are alike to nothing

        def work() -> None:
            try:
                found = near_pairs(served.index, held.near, held.compared)
            except BangdaError as error:
                log.error("near scripts of %s are not known: %s", served.shop.id, error)
                return
            held.near, held.compared = tuple(found), there

        if comparisons(served.index, held.compared) <= _AT_ONCE:
            work()
            return
        held.comparing = threading.Thread(target=work, name="near-scripts", daemon=True)
        held.comparing.start()
