"""How often shoppers were written to first of late, whatever for: the platforms' caps count that.

A shopper is who the order names. A masked name counts as one shopper here: where it hides several,
they are written to less often, never more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.base.times import moment, utc_text
from server.store.database import Database, Row, Writing
from server.work.contact import CLAIM_HOLDS, DAY, WEEK, within_cap

_SQL = """
    SELECT platform, shopper, order_id, 'pay' AS kind, claimed_at FROM reminders
    WHERE shop = ? AND claimed_at >= ? AND shopper != '' AND (reminded_at != '' OR claimed_at >= ?)
    UNION ALL
    SELECT platform, shopper, order_id, kind, claimed_at FROM follow_ups
    WHERE shop = ? AND claimed_at >= ? AND shopper != '' AND (done_at != '' OR claimed_at >= ?)
"""
Contact = Sequence[Any] | Row


@dataclass(frozen=True, slots=True)
class Contacts:
    """Who was written to in the last week, or is about to be: (order, kind, when) by shopper."""

    by_shopper: dict[tuple[str, str], list[tuple[str, str, str]]]
    since_day: str

    def bear(self, platform: str, shopper: str, order_id: str, kind: str) -> bool:
        """Whether the platform's cap bears one more contact of this kind about this order."""
        if not shopper:
            return True
        others = [
            at
            for order, of, at in self.by_shopper.get((platform, shopper), ())
            if (order, of) != (order_id, kind)
        ]
        return within_cap(platform, sum(at >= self.since_day for at in others), len(others))


def recent_contacts(database: Database, shop: str, now: datetime) -> Contacts:
    """Of the week before `now`."""
    return _counted(database.rows(_SQL, _values(shop, now)), now)


def recent_in(db: Writing, shop: str, now: datetime) -> Contacts:
    """The same inside a writer's job, one at a time: whoever comes second sees the first."""
    db.in_turn("contacts")
    return _counted(db.execute(_SQL, _values(shop, now)), now)


def claim_holds(claimed_at: str, now: datetime) -> bool:
    """Whether an entry is still whose who took it on."""
    return bool(claimed_at) and moment(claimed_at) >= now - CLAIM_HOLDS


def _values(shop: str, now: datetime) -> list[str]:
    one = [shop, utc_text(now - WEEK), utc_text(now - CLAIM_HOLDS)]
    return one + one


def _counted(rows: Iterable[Contact], now: datetime) -> Contacts:
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for platform, shopper, order_id, kind, at in rows:
        found.setdefault((platform, shopper), []).append((order_id, kind, at))
    return Contacts(found, utc_text(now - DAY))
