"""Writing products.yaml: one canonical form, and edits that leave other products as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from server.base.yaml_edit import (
    apply_cuts,
    child,
    entry_text,
    is_block,
    items,
    line_end,
    line_start,
    root_of,
    value_end,
)
from server.base.yaml_files import write_text
from server.library.fields import PRODUCT_FIELDS
from server.library.product_reader import SIZE_KEY
from server.library.products import Product, SizeChart
from server.library.save import fact_fields, read_text

_COLUMN = 4
_PLAIN = re.compile(r"\w[\w./+-]*")


def dump_products(products: Iterable[Product]) -> str:
    """The canonical text of a file with these products, in this order."""
    texts = [product_text(product) for product in products]
    return "products:\n" + "".join(texts) if texts else "products: []\n"


def product_text(product: Product) -> str:
    """One product as an item of the list, two spaces deep; empty fields left out."""
    fields = [_field(product, name) for name in PRODUCT_FIELDS]
    lines = [" " * _COLUMN + text for text in fields if text]
    return "  - " + "".join(lines)[_COLUMN:]


def _field(product: Product, name: str) -> str:
    value = getattr(product, name)
    if not value:
        return ""
    if name == "size_chart":
        return _chart_text(value)
    if name == "pushed":
        return "pushed: true\n"
    if name == "attributes":
        return entry_text(name, {key: fact_fields(fact) for key, fact in value.items()}, _COLUMN)
    return entry_text(name, value if isinstance(value, str) else list(value), _COLUMN)


def _chart_text(chart: SizeChart) -> str:
    """Measures and rows a line each: a chart is read as the table that it is."""
    pad = " " * (_COLUMN + 2)
    measures = ", ".join(f"{name}: {unit}" for name, unit in chart.measures.items())
    lines = ["size_chart:", f"{pad}measures: {{{measures}}}", f"{pad}rows:"]
    for row in chart.rows:
        spans = [f"{name}: [{_number(a)}, {_number(b)}]" for name, (a, b) in row.ranges.items()]
        lines.append(f"{pad}  - {{{', '.join([f'{SIZE_KEY}: {_flow(row.size)}', *spans])}}}")
    note = pad + entry_text("note", chart.note, _COLUMN + 2) if chart.note else ""
    return "\n".join(lines) + "\n" + note


def _flow(text: str) -> str:
    """A text inside `{…}`; quoted where a sign could mean something there."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number(value: float) -> str:
    return f"{value:g}" if value < 100_000 else str(int(value))


def edit_products(text: str, changes: Mapping[str, Product | None]) -> str:
    """`text` with these products written anew, added at the end or (None) removed.

    Every byte of the others stays. Raises LibraryError when `text` is not readable.
    """
    root = root_of(text, "products.yaml")
    listing = child(root, "products")
    nodes = items(listing)
    held = {str(getattr(child(node, "id"), "value", "")).strip(): node for node in nodes}
    cuts = []
    for product_id, product in changes.items():
        new = product_text(product) if product else ""
        if product_id in held:
            node = held[product_id]
            start = line_start(text, int(node.start_mark.index))
            cuts.append((start, line_end(text, value_end(node, text)), new))
        elif listing is not None and is_block(listing):
            end = line_end(text, value_end(nodes[-1], text))
            lead = "" if text[:end].endswith("\n") else "\n"
            cuts.append((end, end, lead + new))
    if listing is None or not is_block(listing):
        new = "".join(product_text(product) for product in changes.values() if product)
        return _with_list(text, listing, new)
    after = apply_cuts(text, cuts)
    left = set(held) - {name for name, product in changes.items() if product is None}
    if left or any(changes.values()):
        return after
    return after.replace("products:", "products: []", 1)


def _with_list(text: str, listing: object, items_text: str) -> str:
    """A file whose list is missing or empty: it is written as blocks."""
    kept = text
    if listing is not None:
        kept = re.sub(r"(?m)^products:.*\n?", "", text, count=1)
    lead = "" if not kept or kept.endswith("\n") else "\n"
    return f"{kept}{lead}products:\n{items_text}" if items_text else text


def edited(text: str, changes: Mapping[str, Product | None]) -> str:
    """As `edit_products`, also of a file that is not there yet."""
    if text:
        return edit_products(text, changes)
    listed = [product for product in changes.values() if product is not None]
    return dump_products(listed) if listed else ""


def save_products(path: Path, changes: Mapping[str, Product | None]) -> bool:
    """Writes changed, new and (None) removed products in one step; False when nothing differs."""
    old = read_text(path)
    new = edited(old, changes)
    if new == old:
        return False
    write_text(path, new)
    return True
