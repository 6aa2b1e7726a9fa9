"""What replies and ranking need of the goods in one turn: product, its values, its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.base.conversation import Turn
from server.goods.measures import SELF, said_measures
from server.goods.naming import meant, named_in, perhaps
from server.goods.sizes import Advice, advise
from server.library import Product, Shop
from server.library.products import (
    COMPANION_VARIABLE,
    MISSING_MEASURES_VARIABLE,
    SIZE_VARIABLE,
)

_UNNAMED = "您"


@dataclass(frozen=True, slots=True)
class Stated:
    """What ranking needs to know: names of the products that are meant, and how the size stands.

    `sized`: a size fits; `unsized`: the product has a chart and none can be told yet.
    """

    names: tuple[str, ...] = ()
    sized: bool = False
    unsized: bool = False


NOTHING_STATED = Stated()


@dataclass(frozen=True, slots=True)
class Goods:
    """The product that is meant, if any, the variables it fills, and the advice a person.

    `also` names further products that the message itself speaks of, beside the page's card;
    `perhaps` are those that could be meant where none is certain.
    """

    product: Product | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()
    also: tuple[str, ...] = ()
    perhaps: tuple[Product, ...] = ()

    @property
    def stated(self) -> Stated:
        """What ranking needs to know of them."""
        if self.product is None:
            return NOTHING_STATED
        return Stated(
            names=(*self.product.names, *self.also),
            sized=SIZE_VARIABLE in self.values,
            unsized=bool(self.advice) and SIZE_VARIABLE not in self.values,
        )


NO_GOODS = Goods()


def goods_of(shop: Shop, page: Mapping[str, str], text: str, turns: Sequence[Turn] = ()) -> Goods:
    """The goods of one turn; empty for a shop without products."""
    if not shop.products:
        return NO_GOODS
    product = meant(shop.products, page, text, turns)
    if product is None:
        return Goods(perhaps=perhaps(shop.products, page, text, turns))
    values = product.values_at(shop.local_now())
    values["商品名"] = product.name
    companion = _companion(shop, product)
    if companion is not None:
        values[COMPANION_VARIABLE] = companion.name
    spoken = named_in(shop.products, text)
    also = tuple(name for other in spoken if other is not product for name in other.names)
    if product.size_chart is None:
        return Goods(product, values, also=also)
    advice = tuple(advise(product.size_chart, said) for said in said_measures(text, turns))
    size = _sizes(advice)
    if size:
        values[SIZE_VARIABLE] = size
    missing = dict.fromkeys(name for one in advice for name in one.missing)
    if missing:
        values[MISSING_MEASURES_VARIABLE] = "、".join(missing)
    return Goods(product, values, advice, also)


def _companion(shop: Shop, product: Product) -> Product | None:
    """What goes with it: one that is pushed, else the first."""
    held = {other.id: other for other in shop.products}
    others = [held[i] for i in product.goes_with if i in held and i != product.id]
    return next((other for other in others if other.pushed), next(iter(others), None))


def _sizes(advice: Sequence[Advice]) -> str:
    """The sizes as a reply holds them; empty unless every person who was measured has one."""
    if not advice or not all(one.sizes for one in advice):
        return ""
    if len(advice) == 1:
        return advice[0].text
    return "、".join((_UNNAMED if one.person == SELF else one.person) + one.text for one in advice)
