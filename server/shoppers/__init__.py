"""Who a shopper is to the shop, from what is known of purchases: pure."""

from server.shoppers.crowd import Counts, Move, Placed, counts, group_moves, level_moves
from server.shoppers.identity import Who, is_identity
from server.shoppers.orders import Purchase, fen_shown, is_closed, is_settled
from server.shoppers.standing import NOTHING, UNKNOWN, Bought, Standing, standing_of
from server.shoppers.tiers import group_names, level_of

__all__ = [
    "NOTHING",
    "UNKNOWN",
    "Bought",
    "Counts",
    "Move",
    "Placed",
    "Purchase",
    "Standing",
    "Who",
    "counts",
    "fen_shown",
    "group_moves",
    "group_names",
    "is_closed",
    "is_identity",
    "is_settled",
    "level_moves",
    "level_of",
    "standing_of",
]
