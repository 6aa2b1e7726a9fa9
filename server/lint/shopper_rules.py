"""Rules over a shop's levels and groups, and over scripts that are for some shoppers only."""

from __future__ import annotations

from collections.abc import Iterator

from server.base.errors import Problem
from server.library import SHOP_FILE, Script, Shop, Tier
from server.lint.rules import at, rule, same

_EVERYWHERE = frozenset({"new", "returning"})


@rule("L120")
def level_out_of_order(shop: Shop) -> Iterator[Problem]:
    """A level asks for no more than the one before it: nobody could ever be in the lower one.

    Levels stand lowest first; a shopper has the highest that is reached.
    """
    for place, level in enumerate(shop.levels):
        for lower in shop.levels[:place]:
            if _covers(level, lower):
                what = f"level {level.name!r} is reached no later than {lower.name!r} before it"
                fix = "put levels lowest first, or raise its thresholds"
                yield Problem(f"{shop.id}/{SHOP_FILE}", level.line, level.name, "L120", what, fix)
                break


def _covers(higher: Tier, lower: Tier) -> bool:
    """Whether whoever reaches `lower` has reached `higher` as well."""
    if lower.by_hand or higher.by_hand:
        return False
    reached = higher.conditions
    return all(name in reached and reached[name] <= n for name, n in lower.conditions.items())


@rule("L121")
def audience_without_tier(shop: Shop) -> Iterator[Problem]:
    """A script is for a level or group that the shop does not have: nobody would be offered it.

    Shops without levels and groups name audiences as they like.
    """
    known = {same(tier.name) for tier in (*shop.levels, *shop.groups)}
    if not known:
        return
    for script in shop.scripts:
        for name in _unknown(script, known):
            what = f"audience {name!r} is no level and no group of the shop"
            yield at(script, "L121", what, f"define it in {SHOP_FILE}, or name another")


def _unknown(script: Script, known: set[str]) -> list[str]:
    return [n for n in script.audience if n not in _EVERYWHERE and same(n) not in known]
