"""What the sample shops sell, where their library names no products; and who buys it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

from server.library import Shop

_GOODS: Final[Mapping[str, tuple[str, ...]]] = {
    "beauty-care": ("补水面膜 10 片", "护手霜 三支装", "氨基酸洁面乳", "防晒乳 50ml", "丝绒口红"),
}
_OTHERS: Final = ("收纳箱 55L", "四件套 1.8 米", "小夜灯", "沥水架", "护手霜 三支装")


def goods_of(shop: Shop) -> Sequence[str]:
    """Names as orders bear them."""
    return [product.name for product in shop.products] or _GOODS.get(shop.id, _OTHERS)


def order_number(chance: random.Random, series: int) -> str:
    """A made-up order number; `series` is a digit that tells what it was made for."""
    return f"SAMPLE{series}{chance.randrange(10**11):011d}"
