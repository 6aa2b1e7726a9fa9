"""Which level and which groups a shopper's purchases amount to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from server.library import Tier


def level_of(levels: Sequence[Tier], fen: int, orders: int) -> str:
    """The highest level (they stand lowest first) that spending or number reaches, '' for none."""
    reached = ""
    for level in levels:
        by_spend = level.spend_fen is not None and fen >= level.spend_fen
        by_number = level.orders is not None and orders >= level.orders
        if by_spend or by_number:
            reached = level.name
    return reached


def group_names(
    groups: Sequence[Tier], fen: int, orders: int, last_day: str, today: date
) -> tuple[str, ...]:
    """The groups all of whose conditions hold. `last_day` is the last purchase's, '' for none."""
    since = (today - date.fromisoformat(last_day)).days if last_day else None
    return tuple(g.name for g in groups if not g.by_hand and _holds(g, fen, orders, since))


def _holds(group: Tier, fen: int, orders: int, since: int | None) -> bool:
    held = [
        group.spend_fen is None or fen >= group.spend_fen,
        group.orders is None or orders >= group.orders,
        group.within_days is None or (since is not None and since <= group.within_days),
        group.idle_days is None or (since is not None and since >= group.idle_days),
    ]
    return all(held)
