"""The server's quiet work: figures up to date, old messages deleted, library changes audited."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.base.worker import Worker
from server.catalog.catalog import Catalog
from server.catalog.served import Snapshot
from server.compliance.rules import RuleSet
from server.library.model import DEFAULT_TIMEZONE
from server.metrics.clock import local
from server.store.database import Writing
from server.store.quality.audit import extend
from server.store.quality.marks import mark, set_mark
from server.store.quality.stores import Quality

log = logging.getLogger("bangda.background")
_EVERY_S = 10.0
_NAMED = 100


class ZoneOf:
    """A shop's time zone by its settings; the default for a shop that is not in the library."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def __call__(self, shop: str) -> ZoneInfo:
        """The zone."""
        known = self._catalog.snapshot.library.shops.get(shop)
        name = known.settings.get("timezone", DEFAULT_TIMEZONE) if known else DEFAULT_TIMEZONE
        return ZoneInfo(name)


class Background:
    """Wakes every ten seconds; `tick` does one round and is what tests call."""

    def __init__(self, quality: Quality, catalog: Catalog) -> None:
        self._quality = quality
        self._catalog = catalog
        self.worker = Worker("figures and retention", self.tick, _EVERY_S)
        self._expired_on = ""

    def start(self) -> None:
        """Starts the rounds."""
        self.record_library(self._catalog.snapshot)
        self.worker.start()

    def close(self) -> None:
        """Ends the rounds; returns when the running one is over."""
        self.worker.close()

    def tick(self, now: datetime | None = None) -> None:
        """Brings the figures up to date; once a UTC day deletes what is past its retention.

        Of servers that share a database one does it at a time.
        """
        with self._quality.alone("background") as mine:
            if mine:
                self._round(now or datetime.now(UTC))

    def _round(self, at: datetime) -> None:
        self._quality.rollup.refresh(at)
        today = local(at, ZoneInfo("UTC"))[0]
        if today != self._expired_on:
            self._expired_on = today
            for shop in self._quality.privacy.shops():
                # Made-up shoppers have no names to be kept from anybody.
                if not self._quality.settings.get(shop, "sample_traffic"):
                    self._quality.privacy.shorten_names(shop)
            if self._quality.clock.held(today):
                return
            # What a shop said that left the library is deleted in its time as well.
            for shop in {*self._catalog.snapshot.library.shops, *self._quality.privacy.shops()}:
                days = self._quality.settings.number(shop, "retention_days")
                gone = self._quality.privacy.expire(shop, days, self._quality.zone_of(shop), at)
                if gone.messages:
                    log.info("deleted %d messages of %s past %d days", gone.messages, shop, days)

    def record_library(self, snapshot: Snapshot) -> None:
        """Writes what changed in scripts and rules since the last time to the audit log."""
        for shop, served in snapshot.shops.items():
            scripts = {script.id: script.version for script in served.shop.scripts}
            rules = _rule_marks(served.checker.ruleset)
            self._record("library", shop, scripts)
            self._record("rules", shop, rules)

    def append(self, kind: str, who: str, what: str, details: Mapping[str, Any]) -> None:
        """Writes one entry of what somebody did."""
        self._quality.audit.append(kind, who, what, details)

    def library_changed(
        self, shop: str, who: str, versions: Mapping[str, str], details: Mapping[str, Any]
    ) -> None:
        """Writes who changed scripts ("" for a removed one); the files then tell nothing new."""

        def job(db: Writing) -> None:
            db.in_turn("library")
            name = f"library:{shop}"
            if known := mark(db, name, ""):
                now = json.loads(known) | versions
                left = {script_id: version for script_id, version in now.items() if version}
                set_mark(db, name, json.dumps(left))
            extend(db, "library", who, shop, details)

        self._quality.audit.commit(job)

    def rules_changed(self, shop: str, who: str, rules: RuleSet) -> None:
        """Writes who changed a shop's rules; call it before they are served."""
        self._record("rules", shop, _rule_marks(rules), who)

    def _record(self, kind: str, shop: str, after: Mapping[str, str], who: str = "(files)") -> None:
        name = f"{kind}:{shop}"

        def job(db: Writing) -> None:
            db.in_turn("library")
            known = mark(db, name, "")
            before: dict[str, str] = json.loads(known) if known else {}
            if before == after:
                return
            set_mark(db, name, json.dumps(after))
            changed = sorted(k for k in after.keys() & before.keys() if after[k] != before[k])
            details = {
                "shop": shop,
                "entries": len(after),
                "digest": _digest(json.dumps(after, sort_keys=True)),
                "first": not known,
                "added": sorted(after.keys() - before.keys())[:_NAMED] if known else [],
                "removed": sorted(before.keys() - after.keys())[:_NAMED],
                "changed": changed[:_NAMED],
            }
            extend(db, kind, who, shop, details)

        self._quality.audit.commit(job)


def _rule_marks(rules: RuleSet) -> dict[str, str]:
    return {rule.id: _digest(repr(rule)) for rule in rules.rules}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
