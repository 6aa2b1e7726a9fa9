"""Whose an order is: the page's own id where a chat showed the order, else the export's buyer.

A buyer's name that is masked, or that others may bear, is shown and counts for the caps; it never
joins two orders, or an order and a conversation.
"""

from __future__ import annotations

from typing import Final

from server.shoppers import is_identity
from server.store.database import Row

# For a query over `orders o`; an order that was seen beside two shoppers ('?') is nobody's.
SIGHTED: Final = """
    LEFT JOIN order_sightings s
        ON s.shop = o.shop AND s.platform = o.platform AND s.order_id = o.order_id
        AND s.shopper_id NOT IN ('', '?')
"""
WHO: Final = "coalesce(s.shopper_id, o.shopper)"
COLUMNS: Final = f"""
    o.platform, o.order_id, o.shopper, o.fen, o.product, o.variant, o.quantity, o.status,
    {WHO} AS who, s.shopper_id IS NOT NULL AS sighted,
    (SELECT max(c.id) FROM conversations c WHERE c.shop = o.shop AND c.platform = o.platform
        AND c.shopper_id = {WHO} AND {WHO} != '') AS talk
"""
# (`|| ''`: no index of days; a planner without figures takes it for the one of shoppers.)
# Whether `who` paid for another order: one of the export, or one that a chat showed beside them.
BOUGHT: Final = f"""(
    EXISTS (SELECT 1 FROM orders b WHERE b.shop = o.shop AND b.platform = o.platform
        AND b.shopper = {WHO} AND b.paid = 1 AND b.shopper != '' AND b.order_id != o.order_id
        AND (b.day || '') <= o.day)
    OR (s.shopper_id IS NOT NULL AND EXISTS (SELECT 1 FROM order_sightings z
        WHERE z.shop = o.shop AND z.shopper_id = s.shopper_id AND z.platform = o.platform
        AND z.order_id != o.order_id AND EXISTS (SELECT 1 FROM orders b WHERE b.shop = z.shop
            AND b.platform = z.platform AND b.order_id = z.order_id AND b.paid = 1
            AND (b.day || '') <= o.day))))"""


def is_known(row: Row) -> bool:
    """Whether a row of COLUMNS names one person."""
    return bool(row["sighted"]) or is_identity(row["shopper"], row["platform"])


def conversation_of(row: Row) -> int:
    """The newest conversation of a row's shopper, 0 for none that is surely theirs."""
    return int(row["talk"] or 0) if is_known(row) else 0
