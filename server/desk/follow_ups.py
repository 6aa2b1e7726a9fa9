"""Whom to write to after a purchase: one list for the page of work and for the panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.base.errors import EntryError
from server.base.times import moment
from server.goods.naming import meant
from server.library import Product, Shop
from server.store.database import Row
from server.store.quality.settings import Settings
from server.store.work.contacts import Contacts, claim_holds
from server.store.work.follow_ups import FollowUps
from server.store.work.persons import conversation_of, is_known
from server.work.contact import is_held_out
from server.work.follow_ups import (
    INTERVAL,
    KINDS,
    OPEN_FOR,
    Window,
    days_of,
    interval_of,
    may_follow_up,
    window_of,
)

# What becomes due within a day is shown as coming.
_AHEAD = timedelta(days=1)
VIEWS: Final = ("now", "later", "mine", "done")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One that is due or coming; `view` is the list of VIEWS that it stands in."""

    row: Row
    kind: str
    window: Window
    product: Product | None
    view: str
    taken: bool
    capped: bool
    conversation: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Orders of these goods (None: of any) are due so many days after the sign-off."""

    kind: str
    days: int
    products: Sequence[str] | None


class FollowUpLists:
    """Works out what is due; takes one on for an agent."""

    def __init__(self, store: FollowUps, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._named: dict[str, tuple[Sequence[Product], dict[str, Product | None]]] = {}

    def entries(self, shop: Shop, now: datetime, agent: str, shopper: str = "") -> list[FollowUp]:
        """What is due, comes within a day, or was done lately; the dearest first, none held out.

        Each known shopper stands in it once. `shopper` is the page's id, '' for everybody.
        """
        busy = self._store.with_open_requests(shop.id)
        held = self.holds_out(shop)
        contacts = self._store.contacts(shop.id, now)
        found: list[FollowUp] = []
        seen: set[tuple[str, str]] = set()
        for span in self._spans(shop, now):
            since = now - timedelta(days=span.days) - OPEN_FOR[span.kind]
            until = now - timedelta(days=span.days) + _AHEAD
            rows = self._store.listed(shop.id, span.kind, since, until, span.products, shopper)
            for row in rows:
                whose = (row["platform"], row["who"])
                known = is_known(row)
                if (known and whose in busy) or (span.kind == "again" and not known):
                    continue
                if held and is_held_out(row["order_id"]) and not row["done_at"]:
                    continue
                entry = self._entry(row, span, shop, now, contacts, agent)
                if entry.view in ("now", "later"):
                    if now >= entry.window.ends or (known and whose in seen):
                        continue
                    if known:
                        seen.add(whose)
                found.append(entry)
        return sorted(found, key=lambda one: (-one.row["fen"], one.row["order_id"]))

    def claim(
        self, shop: Shop, now: datetime, agent: str, named: tuple[str, str, str], shopper: str = ""
    ) -> int:
        """Takes on the one named by platform, order and kind; its number. Raises EntryError."""
        for entry in self.entries(shop, now, agent, shopper):
            if (entry.row["platform"], entry.row["order_id"], entry.kind) != named:
                continue
            if entry.view == "done":
                break
            if not may_follow_up(now, entry.window, shop.zone):
                raise EntryError("it is not the time to write; wait", "follow_up_early")
            return self._store.claim(entry.row, shop.id, entry.kind, agent, now)
        raise EntryError("this is not due any more; load the list again", "follow_up_over")

    def days(self, shop: Shop, kind: str) -> int:
        """The shop's own setting of a kind, in days after the sign-off."""
        return self._settings.number(shop.id, f"{kind}_days")

    def holds_out(self, shop: Shop) -> bool:
        """Whether one order in ten is left alone, to see what writing changes."""
        return bool(self._settings.get(shop.id, "follow_up_holdout"))

    @staticmethod
    def unread(shop: Shop) -> list[tuple[str, str]]:
        """Products whose interval is no length that can be read: name, and what it says."""
        return [
            (product.name, product.attributes[INTERVAL].value)
            for product in shop.products
            if INTERVAL in product.attributes
            and days_of(product.attributes[INTERVAL].value) is None
        ]

    def _spans(self, shop: Shop, now: datetime) -> list[_Span]:
        usual = self.days(shop, "again")
        own = [
            days_of(p.attributes[INTERVAL].value) for p in shop.products if INTERVAL in p.attributes
        ]
        longest = max([usual, *(days or 0 for days in own)])
        found = [_Span("care", self.days(shop, "care"), None)]
        if not longest:
            return found
        since = now - timedelta(days=longest) - OPEN_FOR["again"]
        by_days: dict[int, list[str]] = {}
        for title in self._store.products(shop.id, since):
            days = interval_of(self._product(shop, title), shop.local_now(now), usual)
            by_days.setdefault(days, []).append(title)
        return found + [_Span("again", days, titles) for days, titles in by_days.items() if days]

    def _product(self, shop: Shop, title: str) -> Product | None:
        """The library's product that an order's title names; remembered until products change."""
        products, known = self._named.get(shop.id, ((), {}))
        if products is not shop.products:
            known = {}
            self._named[shop.id] = shop.products, known
        if title not in known:
            known[title] = meant(shop.products, {"product": title}, "")
        return known[title]

    def _entry(
        self, row: Row, span: _Span, shop: Shop, now: datetime, contacts: Contacts, agent: str
    ) -> FollowUp:
        window = window_of(span.kind, moment(row["received_at"]), span.days, shop.zone)
        done, claimed = row["done_at"] or "", row["claimed_at"] or ""
        taken = not done and claim_holds(claimed, now)
        capped = not contacts.bear(row["platform"], row["who"], row["order_id"], span.kind)
        if done:
            view = "done"
        elif taken and row["agent"] == agent:
            view = "mine"
        else:
            view = "now" if may_follow_up(now, window, shop.zone) and not capped else "later"
        product = self._product(shop, row["product"])
        return FollowUp(row, span.kind, window, product, view, taken, capped, conversation_of(row))


def counts_of(entries: Sequence[FollowUp]) -> Mapping[str, int]:
    """How many stand in each list."""
    return {view: sum(entry.view == view for entry in entries) for view in VIEWS}


__all__ = ["KINDS", "VIEWS", "FollowUp", "FollowUpLists", "counts_of"]
