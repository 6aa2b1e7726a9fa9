"""Follow-ups on disk: whose goods are there, who was written to, and who came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.base.errors import EntryError
from server.base.times import moment, utc_text
from server.store.database import Database, Row, Writing
from server.store.work.contacts import Contacts, recent_contacts, recent_in
from server.store.work.persons import COLUMNS, SIGHTED, WHO, is_known
from server.work.contact import CLAIM_HOLDS, is_held_out
from server.work.unpaid import Rate

_MOST = 1000
_SPAN = timedelta(days=90)
_BACK_WITHIN = timedelta(days=30)
_MOST_COMPARED = 5000
# Who has a case, or was angry in public, is not asked how it pleases.
_CALM: Final = {
    "care": """
        AND NOT EXISTS (SELECT 1 FROM requests q WHERE q.shop = o.shop
            AND q.platform = o.platform AND q.order_id = o.order_id)
        AND NOT EXISTS (SELECT 1 FROM reviews v WHERE v.shop = o.shop
            AND v.platform = o.platform AND v.order_id = o.order_id AND v.bad = 1)
    """,
    "again": """
        AND NOT EXISTS (SELECT 1 FROM requests q WHERE q.shop = o.shop
            AND q.platform = o.platform AND q.order_id = o.order_id AND q.closed_at = '')
        AND NOT EXISTS (SELECT 1 FROM orders n WHERE n.shop = o.shop AND n.platform = o.platform
            AND n.shopper = o.shopper AND n.shopper != '' AND n.paid = 1
            AND n.product = o.product AND (n.day || '') > o.day)
    """,
}
_LISTED = f"""
    SELECT {COLUMNS}, o.received_at, f.id AS number, f.agent, f.claimed_at, f.done_at
    FROM orders o {SIGHTED} LEFT JOIN follow_ups f ON f.shop = o.shop
        AND f.platform = o.platform AND f.order_id = o.order_id AND f.kind = ?
    WHERE o.shop = ? AND o.paid = 1 AND o.closed = 0
        AND o.received_at >= ? AND o.received_at <= ?
"""
_CLAIM = """
    INSERT INTO follow_ups (shop, platform, order_id, kind, shopper, agent, claimed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (shop, platform, order_id, kind) DO UPDATE
        SET agent = excluded.agent, claimed_at = excluded.claimed_at
        WHERE follow_ups.done_at = ''
            AND (follow_ups.agent = excluded.agent OR follow_ups.claimed_at < ?)
"""


@dataclass(frozen=True, slots=True)
class CameBack:
    """Who bought again within 30 days, by what was done.

    `held_out` are those left alone by their order's number, whether or not a shop meant to.
    """

    written_to: Rate
    alone: Rate
    held_out: Rate


class FollowUps:
    """Lists them; lets one agent at a time take one on."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def products(self, shop: str, since: datetime) -> list[str]:
        """What is bought, as the orders since then name it."""
        sql = (
            "SELECT DISTINCT product FROM orders WHERE shop = ? AND paid = 1 AND received_at >= ? "
            "AND product != ''"
        )
        return [row["product"] for row in self._db.rows(sql, [shop, utc_text(since)])]

    def listed(
        self,
        shop: str,
        kind: str,
        since: datetime,
        until: datetime,
        products: Collection[str] | None = None,
        shopper: str = "",
    ) -> list[Row]:
        """Orders whose goods came in a span, the dearest first; at most a thousand.

        `products` are the names that orders bear, None for all; `shopper` the page's id.
        """
        if products is not None and not products:
            return []
        sql, values = _LISTED + _CALM[kind], [kind, shop, utc_text(since), utc_text(until)]
        if products is not None:
            sql += f" AND o.product IN ({', '.join('?' * len(products))})"
            values += list(products)
        if shopper:
            sql += (
                " AND (o.shopper = ? OR o.order_id IN (SELECT z.order_id FROM order_sightings z "
                f"WHERE z.shop = ? AND z.shopper_id = ?)) AND {WHO} = ?"
            )
            values += [shopper, shop, shopper, shopper]
        sql += " ORDER BY o.fen DESC, o.order_id LIMIT ?"
        return self._db.rows(sql, [*values, _MOST])

    def contacts(self, shop: str, now: datetime) -> Contacts:
        """Who was written to of late, whatever for."""
        return recent_contacts(self._db, shop, now)

    def with_open_requests(self, shop: str) -> frozenset[tuple[str, str]]:
        """Platform and id of shoppers who have a case, about whichever order."""
        sql = (
            "SELECT DISTINCT platform, shopper FROM requests "
            "WHERE shop = ? AND closed_at = '' AND shopper != ''"
        )
        return frozenset((row[0], row[1]) for row in self._db.rows(sql, [shop]))

    def claim(self, row: Row, shop: str, kind: str, agent: str, now: datetime) -> int:
        """Takes a listed one on; its number. Raises EntryError where that may not be."""

        def job(db: Writing) -> int | str:
            where = [shop, row["platform"], row["order_id"]]
            contacts = recent_in(db, shop, now)
            if not contacts.bear(row["platform"], row["who"], row["order_id"], kind):
                return "follow_up_cap"
            values = [*where, kind, row["who"], agent, utc_text(now)]
            won = db.execute(_CLAIM, [*values, utc_text(now - CLAIM_HOLDS)]).rowcount
            sql = (
                "SELECT id FROM follow_ups "
                "WHERE shop = ? AND platform = ? AND order_id = ? AND kind = ?"
            )
            return int(db.execute(sql, [*where, kind]).fetchone()[0]) if won else "follow_up_taken"

        found = self._db.write(job)
        if found == "follow_up_cap":
            raise EntryError("this shopper was written to often enough; try later", "reminder_cap")
        if found == "follow_up_taken":
            raise EntryError("somebody else writes to this shopper", "follow_up_taken")
        assert isinstance(found, int)
        return found

    def one(self, number: int) -> Row | None:
        """A follow-up that somebody took on."""
        return self._db.row("SELECT * FROM follow_ups WHERE id = ?", [number])

    def done(self, number: int, now: datetime) -> None:
        """The agent has written. Raises EntryError when that was told before."""
        sql = "UPDATE follow_ups SET done_at = ? WHERE id = ? AND done_at = ''"
        if not self._db.write(lambda db: db.execute(sql, [utc_text(now), number]).rowcount):
            raise EntryError("this is closed already; load the list again", "closed_already")

    def release(self, number: int) -> None:
        """Gives one back that nobody wrote about."""
        sql = "DELETE FROM follow_ups WHERE id = ? AND done_at = ''"
        self._db.write(lambda db: db.execute(sql, [number]))

    def by_agent(self, shop: str, now: datetime) -> list[tuple[str, str, int]]:
        """Agent, kind and how often they wrote, of the last 90 days; the most first."""
        sql = (
            "SELECT agent, kind, count(*) AS n FROM follow_ups WHERE shop = ? AND done_at >= ? "
            "GROUP BY agent, kind ORDER BY count(*) DESC, agent, kind"
        )
        return [(r[0], r[1], int(r[2])) for r in self._db.rows(sql, [shop, utc_text(now - _SPAN)])]

    def came_back(self, shop: str, kind: str, now: datetime, days: int) -> CameBack:
        """What became of shoppers to whom a follow-up of a kind was due, by whether it was done.

        `days` is how long after the sign-off it is due. Only those count whose 30 days are over,
        who are known by an id, and who had not bought again before it was due.
        """
        due = timedelta(days=days)
        since, until = now - _SPAN - _BACK_WITHIN - due, now - _BACK_WITHIN - due
        sql = f"""
            SELECT {COLUMNS}, o.received_at, coalesce(f.done_at, '') AS done_at,
                (SELECT min(n.ordered_at || '') FROM orders n WHERE n.shop = o.shop
                    AND n.platform = o.platform AND n.shopper = o.shopper AND n.shopper != ''
                    AND n.paid = 1 AND (n.ordered_at || '') > o.received_at) AS next_at
            FROM orders o {SIGHTED} LEFT JOIN follow_ups f ON f.shop = o.shop
                AND f.platform = o.platform AND f.order_id = o.order_id AND f.kind = ?
            WHERE o.shop = ? AND o.paid = 1 AND o.closed = 0
                AND o.received_at >= ? AND o.received_at < ?
            ORDER BY o.received_at DESC LIMIT ?
        """
        values = [kind, shop, utc_text(since), utc_text(until), _MOST_COMPARED]
        counts: dict[str, list[int]] = {"written_to": [0, 0], "alone": [0, 0], "held_out": [0, 0]}
        for row in self._db.rows(sql, values):
            begins = moment(row["received_at"]) + due
            back = moment(row["next_at"]) if row["next_at"] else None
            if not is_known(row) or (back is not None and back <= begins):
                continue
            left = "held_out" if is_held_out(row["order_id"]) else "alone"
            one = counts["written_to" if row["done_at"] else left]
            one[0] += 1
            one[1] += back is not None and back <= begins + _BACK_WITHIN
        return CameBack(**{name: Rate(*both) for name, both in counts.items()})
