"""Every shopper of a shop with what counts for levels and groups: for counts over all of them."""

from __future__ import annotations

from functools import cache

from server.shoppers import Placed, is_identity, is_settled
from server.store.database import Database

# An order of a masked buyer is theirs whose page showed it.
_ORDERS = """
    SELECT o.platform, coalesce(nullif(nullif(s.shopper_id, ''), '?'), o.shopper)
        AS shopper_id,
        o.status, o.paid, count(*) AS orders, sum(o.fen) AS fen, max(o.day) AS day
    FROM orders o LEFT JOIN order_sightings s
        ON s.shop = o.shop AND s.platform = o.platform AND s.order_id = o.order_id
    WHERE o.shop = ? GROUP BY 1, 2, 3, 4
"""
_LISTED = """
    SELECT platform, shopper_id, fen, orders, last_day, given_level, given_groups, hand_level,
        hand_groups FROM shoppers WHERE shop = ?
"""
_settled = cache(lambda status, paid: is_settled(status, paid=bool(paid)))


class Crowd:
    """Reads a whole shop."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, shop: str) -> list[Placed]:
        """Everybody who can be told apart, with totals of successful orders; by platform and id."""
        found: dict[tuple[str, str], Placed] = {}
        for row in self._db.rows(_ORDERS, [shop]):
            platform, shopper_id = row["platform"], row["shopper_id"]
            if not is_identity(shopper_id, platform):
                continue
            one = found.setdefault((platform, shopper_id), Placed(platform, shopper_id))
            if _settled(row["status"], row["paid"]):
                one.fen += int(row["fen"])
                one.orders += int(row["orders"])
                one.last_day = max(one.last_day, row["day"])
        for row in self._db.rows(_LISTED, [shop]):
            key = (row["platform"], row["shopper_id"])
            one = found.setdefault(key, Placed(*key))
            one.fen = max(one.fen, row["fen"])
            one.orders = max(one.orders, row["orders"])
            one.last_day = max(one.last_day, row["last_day"])
            one.given_level, one.hand_level = row["given_level"], row["hand_level"]
            groups = f"{row['given_groups']}\n{row['hand_groups']}".split("\n")
            one.hand_groups = tuple(name for name in groups if name)
        return [found[key] for key in sorted(found)]
