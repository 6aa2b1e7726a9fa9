"""What answers one request: shops with their indexes and checkers, never changed, swapped whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from server.base.variables import PAGE_VARIABLES, variables
from server.catalog.held_index import HeldIndex
from server.compliance.checker import Checker
from server.compliance.clearance import Clearance
from server.library import Library, Shop
from server.scripts_index import ScriptsIndex
from server.suggest import Terms


@dataclass(frozen=True)
class Served:
    """One shop, ready to answer."""

    shop: Shop
    held: HeldIndex
    checker: Checker
    rules: Checker
    clearance: Clearance

    @property
    def index(self) -> ScriptsIndex:
        """The shop's index; brought into memory where it is not held."""
        return self.held.get()

    def terms(self) -> Terms:
        """On what terms agents get this shop's scripts now: every ranking that people see."""
        now = self.shop.local_now()
        return Terms(self.shop.threshold, now, self.clearance.bars, self.silent(now))

    def silent(self, local_now: datetime) -> frozenset[str]:
        """Ids of scripts whose reply names a fact that does not hold at this time."""
        facts = self.shop.facts
        gone = [name for name in self._naming if not facts[name].holds(local_now)]
        return frozenset().union(*(self._naming[name] for name in gone))

    @cached_property
    def _naming(self) -> dict[str, frozenset[str]]:
        """Ids of scripts by the dated fact that their reply names; a page's own values win."""
        dated = {f.name for f in self.shop.facts.values() if f.valid_from or f.valid_until}
        found: dict[str, set[str]] = {}
        for script in self.shop.scripts if dated else ():
            for name in dated.intersection(variables(script.reply)) - PAGE_VARIABLES.keys():
                found.setdefault(name, set()).add(script.id)
        return {name: frozenset(ids) for name, ids in found.items()}


@dataclass(frozen=True)
class Snapshot:
    """Everything that answers one request; a request never sees two snapshots."""

    library: Library
    shops: Mapping[str, Served]

    def shop(self, shop_id: str) -> Served:
        """The shop's serving parts. Raises UsageError for a shop that does not exist."""
        self.library.shop(shop_id)
        return self.shops[shop_id]
