"""Who asks, for which shop, on which platform."""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.rights import covers
from server.base.errors import AuthError
from server.base.platforms import platform_code
from server.catalog.catalog import Catalog
from server.store import Account

_PLATFORM_LENGTH = 40


@dataclass(frozen=True)
class Seat:
    """Who asks, for which shop, on which platform."""

    account: Account
    shop: str
    platform: str = ""


def seat_for(account: Account, shop: str, platform: str, catalog: Catalog) -> Seat:
    """The seat of a request. Raises AuthError for a foreign shop, UsageError for an unknown one.

    An account bound to one shop needs not name it. One for all shops that names none gets the first
    by name; `welcome` says which, and the panel lets the agent choose another.
    """
    shops = catalog.snapshot.library.shops
    if shop and not covers(account, shop):
        raise AuthError(
            f"account {account.name} works for shop {account.shop!r}, not {shop!r}; "
            "leave the shop out, or ask a lead for an account of that shop"
        )
    chosen = account.shop or shop or next(iter(shops))
    catalog.snapshot.library.shop(chosen)
    return Seat(account, chosen, platform_code(platform)[:_PLATFORM_LENGTH])
