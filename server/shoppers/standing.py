"""A shopper's standing: new or returning, level, groups, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from server.library import Tier
from server.shoppers.orders import Purchase
from server.shoppers.tiers import group_names, level_of

Known = Literal["", "id", "order"]


@dataclass(frozen=True, slots=True)
class Bought:
    """What the shop's data say of one shopper.

    `known` tells by what the shopper was found; found by an order alone, the purchases are those
    that are known, maybe not all. `listed` says that an import names the shopper by this id, `met`
    that page and imports name shoppers alike on this platform, so that whoever is in no import has
    bought nothing. `told_*` come from the platform's list of members, which may reach further back
    than the orders, and so does `remark`.
    """

    known: Known = ""
    listed: bool = False
    met: bool = False
    purchases: tuple[Purchase, ...] = ()
    told_fen: int = 0
    told_orders: int = 0
    told_day: str = ""
    given_level: str = ""
    hand_level: str = ""
    hand_groups: tuple[str, ...] = ()
    remark: str = ""


NOTHING = Bought()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a shopper is to the shop; `standing` is empty where the data do not say."""

    known: Known = ""
    standing: Literal["", "new", "returning"] = ""
    level: str = ""
    level_by_hand: bool = False
    groups: tuple[str, ...] = ()
    orders: int = 0
    settled: int = 0
    spend_fen: int = 0
    last_day: str = ""

    @property
    def audience(self) -> frozenset[str] | None:
        """Every audience that the shopper belongs to, folded; None where nothing is known."""
        names = {name for name in (self.standing, self.level, *self.groups) if name}
        return frozenset(name.casefold() for name in names) or None


UNKNOWN = Standing()


def standing_of(
    bought: Bought, levels: Sequence[Tier], groups: Sequence[Tier], today: date
) -> Standing:
    """The standing. Spending and last purchase are those of settled orders."""
    if not bought.known:
        return UNKNOWN
    settled = [one for one in bought.purchases if one.is_settled]
    fen = max(sum(one.fen or 0 for one in settled), bought.told_fen)
    count = max(len(settled), bought.told_orders)
    last_day = max([one.day for one in settled] + [bought.told_day])
    reached = level_of(levels, fen, count) or bought.given_level
    by_rule = group_names(groups, fen, count, last_day, today)
    return Standing(
        known=bought.known,
        standing=_new_or_returning(bought, count),
        level=bought.hand_level or reached,
        level_by_hand=bool(bought.hand_level),
        groups=tuple(dict.fromkeys((*by_rule, *bought.hand_groups))),
        orders=max(len(bought.purchases), bought.told_orders),
        settled=count,
        spend_fen=fen,
        last_day=last_day,
    )


def _new_or_returning(bought: Bought, settled: int) -> Literal["", "new", "returning"]:
    # A platform's list may tell what was spent and not in how many orders.
    if settled or bought.told_fen or bought.told_day:
        return "returning"
    told = bought.listed or bool(bought.purchases) or bought.met
    return "new" if bought.known == "id" and told else ""
