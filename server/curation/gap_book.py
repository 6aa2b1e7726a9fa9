"""Which gaps a shop has, without what asks nothing and what is answered; typed replies are checked.

Working it out takes seconds for a month of traffic, so it is kept and renewed in a thread; a page
shows what is known, without what was dealt with since.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.base.errors import BangdaError
from server.catalog.served import Served
from server.compliance.findings import Finding
from server.curation.gaps import Cluster, Item, cluster, meaning_rows, often_edited, repeated
from server.library import Script
from server.lint.rules import same
from server.scripts_index import ScriptsIndex
from server.suggest import Query, suggest
from server.text.understanding import asks_nothing

log = logging.getLogger("bangda.gaps")
# More texts than this are not embedded while somebody waits for a page.
_AT_ONCE: Final = 300
# What took no longer than this is worked out anew for every page.
_QUICK_S: Final = 0.25
_RENEW_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Messages that a script's own question answers, and that got nothing, or were not used."""

    script_id: str
    cluster: Cluster


@dataclass(frozen=True, slots=True)
class Typed:
    """A reply that was typed again and again, with what keeps it from becoming a script."""

    cluster: Cluster
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of a window; `small` messages asked nothing, `answered` ones have a script now."""

    unanswered: tuple[Cluster, ...] = ()
    faults: tuple[Fault, ...] = ()
    typed: tuple[Typed, ...] = ()
    edited: tuple[tuple[str, Cluster], ...] = ()
    small: int = 0
    answered: int = 0

    def without(self, done: Collection[tuple[str, int]]) -> Gaps:
        """The same without the items (source, id) that were dealt with."""
        typed = ((one, _left(one.cluster, done)) for one in self.typed)
        faults = ((one, _left(one.cluster, done)) for one in self.faults)
        edited = ((script, _left(one, done)) for script, one in self.edited)
        left = [found for one in self.unanswered if (found := _left(one, done)) is not None]
        return replace(
            self,
            unanswered=tuple(left),
            faults=tuple(replace(one, cluster=c) for one, c in faults if c is not None),
            typed=tuple(replace(one, cluster=c) for one, c in typed if c is not None),
            edited=tuple((script, c) for script, c in edited if c is not None),
        )


@dataclass(frozen=True, slots=True)
class Raw:
    """What the database holds of a window: messages without an answer, requests, sent replies."""

    missed: Sequence[Item]
    asked: Sequence[Item]
    typed: Sequence[Item]
    edited: Sequence[Item]

    def __len__(self) -> int:
        return len(self.missed) + len(self.asked) + len(self.typed)


def _left(found: Cluster, done: Collection[tuple[str, int]]) -> Cluster | None:
    items = tuple(item for item in found.items if (item.source, item.ref) not in done)
    return None if not items else found if len(items) == found.count else found.of(items)


def gaps_of(raw: Raw, served: Served, index: ScriptsIndex) -> Gaps:
    """The gaps of a shop; `index` is the served one, whose queries may be remembered."""

    def rows(texts: Sequence[str]) -> NDArray[np.float32]:
        return meaning_rows(texts, index)

    speaking = [item for item in raw.missed if not asks_nothing(item.text)]
    live = served.terms()
    owners = _owners([script for script in index.scripts if live.allow(script, "")])
    faults: dict[str, list[Item]] = {}
    open_items: list[Item] = []
    for item in speaking:
        owner = owners.get(same(item.text))
        (open_items if owner is None else faults.setdefault(owner, [])).append(item)
    clusters, answered = [], 0
    for found in cluster([*raw.asked, *open_items], rows):
        if _is_answered(found, served, index):
            answered += found.count
        else:
            clusters.append(found)
    ranked = sorted(faults.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return Gaps(
        tuple(clusters),
        tuple(Fault(script, Cluster.made_of(items)) for script, items in ranked),
        tuple(_checked(found, served) for found in repeated(raw.typed, rows)),
        tuple(often_edited(raw.edited)),
        len(raw.missed) - len(speaking),
        answered,
    )


def _owners(scripts: Sequence[Script]) -> dict[str, str]:
    """The script of each question, by the question's form."""
    owners: dict[str, str] = {}
    for script in scripts:
        for question in script.questions:
            owners.setdefault(same(question), script.id)
    return owners


def _is_answered(found: Cluster, served: Served, index: ScriptsIndex) -> bool:
    """Whether a script is shown today for what got nothing then; what agents asked for stays."""
    if any(item.why != "nothing" for item in found.items):
        return False
    return suggest(Query(found.text), index, top_k=3, terms=served.terms()).shown > 0


def _checked(found: Cluster, served: Served) -> Typed:
    findings = served.checker.check(found.text, direction="outgoing", platform="", shop=served.shop)
    return Typed(found, next((one for one in findings if one.severity == "high"), None))


@dataclass
class _Held:
    gaps: Gaps
    index: ScriptsIndex
    made_at: float
    took_s: float


@dataclass
class GapBook:
    """Keeps the gaps of each shop and window; `raw` reads what they are made of."""

    raw: Callable[[str, int], Raw]
    remembering: Callable[[ScriptsIndex], ScriptsIndex]
    clock: Callable[[], float] = time.monotonic
    _held: dict[tuple[str, int], _Held] = field(default_factory=dict)
    _running: dict[tuple[str, int], threading.Thread] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, served: Served, days: int) -> Gaps | None:
        """The gaps of the last days; None while they are worked out for the first time."""
        key = (served.shop.id, days)
        held = self._held.get(key)
        if held is None:
            raw = self.raw(*key)
            if len(raw) > _AT_ONCE:
                self._renew(key, served, raw)
                return None
            return self._work(key, served, raw)
        if held.took_s <= _QUICK_S:
            return self._work(key, served, self.raw(*key))
        if held.index is not served.index or self.clock() - held.made_at > _RENEW_S:
            self._renew(key, served, None)
        return held.gaps

    def _renew(self, key: tuple[str, int], served: Served, raw: Raw | None) -> None:
        with self._lock:
            running = self._running.get(key)
            if running is not None and running.is_alive():
                return

            def work() -> None:
                try:
                    self._work(key, served, raw or self.raw(*key))
                except BangdaError as error:
                    log.error("gaps of %s are not renewed: %s", key[0], error)

            thread = threading.Thread(target=work, name="gaps", daemon=True)
            self._running[key] = thread
            thread.start()

    def _work(self, key: tuple[str, int], served: Served, raw: Raw) -> Gaps:
        start = self.clock()
        found = gaps_of(raw, served, self.remembering(served.index))
        end = self.clock()
        self._held[key] = _Held(found, served.index, end, end - start)
        return found
