"""Reading `<library>/<shop>/products.yaml`: the products under `products`, each with its line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from server.base.errors import LibraryError
from server.base.yaml_files import Listing, Node, Scalar, Table, parse_yaml
from server.library.fields import CHART_FIELDS, PRODUCT_FIELDS
from server.library.folders import PRODUCTS_FILE
from server.library.products import MEASURES, Product, SizeChart, SizeRow
from server.library.reading import TableReader

SIZE_KEY = "尺码"
_YES = frozenset({"true", "yes", "是", "主推"})
_NO = frozenset({"", "false", "no", "否"})


class ProductReader(TableReader):
    """Reads one shop's products; a product that cannot be read is named and left out."""

    def products(self, path: Path) -> tuple[Product, ...]:
        """The products in the file's order; none when the file holds only scripts."""
        table, file = self._table(path), self._shown(path)
        node = table.entries.get("products")
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return ()
        if not isinstance(node, Listing):
            self._problem(file, node.line, "", "L002", "`products` is no list", "write `- id: …`")
            return ()
        return tuple(self._each(node, file))

    def _each(self, listing: Listing, file: str) -> Iterator[Product]:
        seen: dict[str, int] = {}
        for item in listing.items:
            product = self._product(item, file)
            if product is None:
                continue
            if product.id in seen:
                what = f"id {product.id!r} is already used in line {seen[product.id]}"
                self._problem(file, item.line, product.id, "L023", what, "give one another id")
                continue
            seen[product.id] = item.line
            yield product

    def _product(self, node: Node, file: str) -> Product | None:
        if not isinstance(node, Table):
            self._problem(file, node.line, "", "L002", "a product is no table", "write `id: …`")
            return None
        texts = self._texts(node, "id", "name", "pushed")
        product_id, name = texts.get("id", ""), texts.get("name", "")
        if not product_id or not name:
            what = f"a product has no {'name' if product_id else 'id'}"
            fix = "write `id: …` (the page's number will do) and `name: …`"
            self._problem(file, node.line, product_id, "L023", what, fix)
            return None
        self._unknown_keys(node, PRODUCT_FIELDS, file, product_id)
        return Product(
            id=product_id,
            name=name,
            aliases=self._list(node, "aliases", file, product_id),
            links=self._list(node, "links", file, product_id),
            attributes=MappingProxyType(dict(self._facts(node, "attributes", file))),
            size_chart=self._chart(node, file, product_id),
            goes_with=self._list(node, "goes_with", file, product_id),
            pushed=self._pushed(node, file, product_id, texts.get("pushed", "")),
            images=self._list(node, "images", file, product_id),
            file=file,
            line=node.line,
        )

    def _pushed(self, node: Table, file: str, product_id: str, text: str) -> bool:
        if text.lower() not in _YES | _NO:
            line = node.key_lines["pushed"]
            what = f"pushed is {text!r}"
            self._problem(file, line, product_id, "L023", what, "write true or false")
        return text.lower() in _YES

    def _chart(self, product: Table, file: str, product_id: str) -> SizeChart | None:
        node = product.entries.get("size_chart")
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return None
        before = len(self.problems)
        if not isinstance(node, Table):
            self._bad_chart(file, node.line, product_id, "size_chart is no table")
            return None
        self._unknown_keys(node, CHART_FIELDS, file, product_id)
        measures = self._measures(node, file, product_id)
        rows = node.entries.get("rows")
        if not isinstance(rows, Listing) or not rows.items:
            self._bad_chart(file, node.line, product_id, "a size chart has no rows")
            return None
        found = [self._row(row, measures, file, product_id) for row in rows.items]
        if len(self.problems) > before:
            return None
        note = self._texts(node, "note").get("note", "")
        return SizeChart(MappingProxyType(measures), tuple(r for r in found if r), note)

    def _measures(self, chart: Table, file: str, product_id: str) -> dict[str, str]:
        node = chart.entries.get("measures")
        if not isinstance(node, Table) or not node.entries:
            self._bad_chart(file, chart.line, product_id, "a size chart has no measures")
            return {}
        found = self._texts(node, *node.entries)
        for name, line in node.key_lines.items():
            unit = found.get(name, "")
            if name not in MEASURES:
                what = f"a size chart cannot measure {name!r}; it measures {'、'.join(MEASURES)}"
                self._bad_chart(file, line, product_id, what)
            elif unit not in MEASURES[name]:
                what = f"{name} is in {unit!r}; its units are {'、'.join(MEASURES[name])}"
                self._bad_chart(file, line, product_id, what)
        return found

    def _row(
        self, node: Node, measures: dict[str, str], file: str, product_id: str
    ) -> SizeRow | None:
        if not isinstance(node, Table):
            self._bad_chart(file, node.line, product_id, "a row of the size chart is no table")
            return None
        size = self._texts(node, SIZE_KEY).get(SIZE_KEY, "")
        if not size:
            self._bad_chart(file, node.line, product_id, f"a row without {SIZE_KEY}")
            return None
        ranges: dict[str, tuple[float, float]] = {}
        for name, value in node.entries.items():
            if name == SIZE_KEY:
                continue
            line = node.key_lines[name]
            if name not in measures:
                self._bad_chart(file, line, product_id, f"{name!r} is not among its measures")
                continue
            span = _span(value)
            if span is None:
                what = f"{name} of size {size} is no range"
                self._bad_chart(file, line, product_id, what)
            else:
                ranges[name] = span
        if not ranges:
            self._bad_chart(file, node.line, product_id, f"size {size} has no range at all")
        return SizeRow(size, MappingProxyType(ranges))

    def _bad_chart(self, file: str, line: int, product_id: str, what: str) -> None:
        fix = "write measures: {身高: cm} and rows: - {尺码: M, 身高: [155, 162]}"
        self._problem(file, line, product_id, "L024", what, fix)


def products_in(text: str) -> tuple[Product, ...]:
    """The products of a file's text; none for an empty one. Raises LibraryError when broken."""
    if not text.strip():
        return ()
    root = Path()
    reader = ProductReader(root, root, lambda _path, shown: parse_yaml(text, shown))
    found = reader.products(root / PRODUCTS_FILE)
    if reader.problems:
        raise LibraryError(reader.problems)
    return found


def _span(node: Node) -> tuple[float, float] | None:
    """Lowest and highest of `[155, 162]`; None when it is no range of numbers."""
    if not isinstance(node, Listing) or len(node.items) != 2:
        return None
    texts = [item.text or "" for item in node.items if isinstance(item, Scalar)]
    try:
        low, high = (float(text) for text in texts)
    except ValueError:
        return None
    sound = math.isfinite(low) and math.isfinite(high) and 0 <= low <= high
    return (low, high) if sound else None
