"""Publishing products: the file written canonically, recorded, and served."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from server.base.errors import EntryError
from server.base.yaml_files import write_text
from server.catalog.catalog import Catalog
from server.curation.curator import Curator, text_version
from server.library import Product, products_file
from server.library.product_reader import products_in
from server.library.product_save import edited, product_text
from server.library.save import read_text
from server.store.curation.history import History, NewVersion

PRODUCTS = "products"


def product_version(product: Product | None) -> str:
    """A short hash of what a product says; "" for none."""
    return text_version(product_text(product)) if product is not None else ""


class ProductDesk:
    """The one way in which the console changes products.yaml."""

    def __init__(self, catalog: Catalog, curator: Curator, history: History) -> None:
        self._catalog = catalog
        self._curator = curator
        self._history = history

    def change(
        self,
        shop_id: str,
        changes: Mapping[str, Product | None],
        *,
        who: str,
        why: str = "",
        expected: Mapping[str, str] | None = None,
        batch: tuple[str, str] | None = None,
    ) -> int | None:
        """Writes products (None removes) and serves them; returns the batch's id.

        `expected` maps ids to the version that the lead saw, "" for a new one. Raises EntryError
        when another version stands there, or when the file would not be readable any more.
        """
        with self._curator.changing:
            path = products_file(self._catalog.root / shop_id)
            old = read_text(path)
            held = {one.id: one for one in products_in(old)}
            for product_id, version in (expected or {}).items():
                _check(held.get(product_id), product_id, version)
            wanted = {i: p for i, p in changes.items() if not _same(held.get(i), p)}
            if not wanted:
                return None
            self._write(path, old, edited(old, wanted), shop_id)
            new = read_text(path)
            made = NewVersion("", text_version(new), PRODUCTS, {"text": new, "before": old})
            number = self._history.record(shop_id, [made], who=who, why=why, batch=batch)
            names = {"products": sorted(wanted)[:200], "count": len(wanted), "why": why}
            self._curator.note(who, f"{shop_id}/{path.name}", names)
        return number

    def undo(self, shop_id: str, batch: int, *, who: str) -> list[str]:
        """Takes a batch back; returns the ids of products changed since, which stay."""
        [made] = self._history.recent(shop_id, 1, batch)
        before = {one.id: one for one in products_in(str(made.fields["before"]))}
        after = {one.id: one for one in products_in(str(made.fields["text"]))}
        touched = [i for i in {**before, **after} if not _same(before.get(i), after.get(i))]
        with self._curator.changing:
            text = read_text(products_file(self._catalog.root / shop_id))
            now = {one.id: one for one in products_in(text)}
            left = [i for i in touched if not _same(now.get(i), after.get(i))]
            back = {i: before.get(i) for i in touched if i not in left}
            self.change(shop_id, back, who=who, why=f"undo {batch}")
            self._history.mark_undone(batch, who)
        return left

    def _write(self, path: Path, old: str, new: str, shop_id: str) -> None:
        write_text(path, new)
        if self._catalog.reload(shop_id):
            return
        if old:
            write_text(path, old)
        else:
            path.unlink()
        self._catalog.reload()
        raise EntryError(
            "the change would break products.yaml; nothing was changed", "products_would_break"
        )


def _same(one: Product | None, other: Product | None) -> bool:
    return product_version(one) == product_version(other)


def _check(now: Product | None, product_id: str, version: str) -> None:
    if version and product_version(now) != version:
        raise EntryError(
            f"product {product_id!r} was changed meanwhile; compare, then save again",
            "product_changed", found=product_id,
        )  # fmt: skip
    if not version and now is not None:
        raise EntryError(
            f"product id {product_id!r} is already used; choose another", "product_id_used", "id",
            found=product_id,
        )  # fmt: skip
