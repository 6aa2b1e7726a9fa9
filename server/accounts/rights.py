"""Who may do what to which account, shop, conversation or task: every route and frame asks here.

Pure. An account of no shop works for all shops of the server; one of a shop for that shop alone,
and never for something that belongs to all.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.store import Account


def covers(who: Account, shop: str) -> bool:
    """Whether everything of `shop` ("" for all shops) is within what the account works for."""
    return who.shop == "" or who.shop == shop


def may_manage(who: Account, role: str, shop: str) -> bool:
    """Whether `who` may make, pair, change or end an account of this role and shop.

    Admins do so within their shops; a lead pairs agents of the own shop and nobody else.
    """
    if who.role == "admin":
        return covers(who, shop)
    return who.role == "lead" and role == "agent" and covers(who, shop)


def own_lines(who: Account, shop: str, seats: Sequence[str]) -> list[int]:
    """The places of the lines that came to or from the account's own seat, of a conversation.

    `seats` are the names that each line was handled by. An event that merely names a colleague's
    conversation opens none of its lines.
    """
    if not covers(who, shop):
        return []
    return [place for place, name in enumerate(seats) if name == who.name]
