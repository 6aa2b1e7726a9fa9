"""A shop's products as a table that the import reads back: fields, then a column an attribute."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from server.exchange.cells import guard
from server.exchange.products import ATTRIBUTE, HEADS
from server.library import Product

_FIELDS = tuple(HEADS)
_YES = "是"


def products_csv(products: Sequence[Product]) -> bytes:
    """UTF-8 with a byte order mark, without which Excel reads Chinese csv as GBK.

    Size charts and the time that an attribute holds are only in products.yaml.
    """
    names = list(dict.fromkeys(name for product in products for name in product.attributes))
    heads = [*(HEADS[field][0] for field in _FIELDS), *(ATTRIBUTE + name for name in names)]
    rows = [heads]
    for product in products:
        facts = [product.attributes.get(name) for name in names]
        values = [fact.value if fact else "" for fact in facts]
        rows.append([*(_cell(product, field) for field in _FIELDS), *values])
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([guard(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _cell(product: Product, field: str) -> str:
    value = getattr(product, field)
    if field == "pushed":
        return _YES if value else ""
    return value if isinstance(value, str) else "、".join(value)
