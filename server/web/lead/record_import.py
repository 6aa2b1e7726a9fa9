"""The import page for what is no script: orders, shoppers, products, looked at before written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, request, url_for

from server.base.errors import EntryError, UsageError
from server.base.platforms import PLATFORMS
from server.exchange import orders as order_files
from server.exchange import products as product_files
from server.exchange import shoppers as shopper_files
from server.exchange.grids import Grid
from server.exchange.headed import Chosen, Refused
from server.exchange.orders import order_field
from server.exchange.products import ATTRIBUTE, product_field
from server.exchange.shoppers import shopper_field
from server.exchange.tables import Sheet, sheet_of
from server.exchange.uploads import ORDERS, PRODUCTS, SHOPPERS, Upload, Uploads
from server.library import Product, Shop
from server.text.normal import normalize
from server.web import entries
from server.web.lead.common import Console, say, show
from server.web.lead.jobs import Progress
from server.web.lead.scripts import PAGE_SIZE
from server.web.said import said
from server.web.texts import t

_KINDS = ("", "new", "changed", "same", "refused", "conflict")
_UNUSED = "-"
_SHOWN_ORDER = (
    "shopper",
    "agent",
    "fen",
    "paid",
    "day",
    "product",
    "variant",
    "quantity",
    "status",
)
_SHOWN_SHOPPER = (
    "name",
    "given_level",
    "fen",
    "orders",
    "last_day",
    "given_groups",
    "remark",
)
_SHOWN_PRODUCT = ("name", "aliases", "links", "goes_with", "pushed", "images")
_MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is previewed: what it becomes, and how that differs from what is there."""

    number: int
    kind: str
    key: str
    title: str
    changes: tuple[tuple[str, str, str], ...] = ()
    refused: Refused | None = None
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    rows: list[Row]
    items: Any


def records_page(console: Console, shop: Shop, uploads: Uploads, upload: Upload) -> Any:
    """The preview of an orders or products file; the deed, when one was chosen."""
    grids = uploads.grids(upload)
    chosen = _chosen_columns()
    error = ""
    read = _Read([], None)
    try:
        read = _READERS[upload.kind](console, shop, grids, upload, chosen)
        if request.form.get("do") == "take":
            console.must_publish(shop)
            return _start(console, shop, uploads, upload, read)
    except UsageError as problem:
        error = said(problem)
    rows, kind = read.rows, request.form.get("show", request.values.get("kind", ""))
    shown = [row for row in rows if _is(row, kind)]
    pages = max(1, -(-len(shown) // PAGE_SIZE))
    number = min(max(1, entries.number("page", 1)), pages)
    return show(
        "records.html",
        "exchange",
        key=upload.key,
        upload=upload,
        error=error,
        sheet=_sheet(grids, upload, chosen),
        field_of=_field_of(upload, chosen),
        fields=_fields(upload),
        platforms=shop.platforms or tuple(PLATFORMS),
        platform_names=PLATFORMS,
        platform=_platform(shop),
        rows=shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        counts=[(one, sum(_is(row, one) for row in rows)) for one in _KINDS],
        kind=kind if kind in _KINDS else "",
        number=number,
        pages=pages,
        query={name: values for name, values in request.args.lists() if name != "page"},
        may_publish=console.may_publish(shop),
    )


def _is(row: Row, kind: str) -> bool:
    return bool(row.rivals) if kind == "conflict" else kind in ("", row.kind)


def _chosen_columns() -> Chosen:
    """Head to field, as the address says; what it does not say is known by its name."""
    pairs = list(zip(request.args.getlist("head"), request.args.getlist("field"), strict=False))
    return {head: "" if field == _UNUSED else field for head, field in pairs[:_MOST_COLUMNS]}


def _sheet(grids: Sequence[Grid], upload: Upload, chosen: Chosen) -> Sheet | None:
    """The sheet whose columns are shown: the first that holds rows."""
    known = _field_of(upload, chosen)
    plain = lambda head: "" if known(head).startswith(ATTRIBUTE) else known(head)  # noqa: E731
    found = (sheet_of(grid, known=plain) for grid in grids if grid.rows and not grid.hidden)
    return next((sheet for sheet in found if sheet is not None), None)


def _field_of(upload: Upload, chosen: Chosen) -> Any:
    known = {ORDERS: order_field, SHOPPERS: shopper_field, PRODUCTS: product_field}[upload.kind]
    return lambda head: known(head, chosen)


def _fields(upload: Upload) -> list[str]:
    files = {ORDERS: order_files, SHOPPERS: shopper_files, PRODUCTS: product_files}
    heads = files[upload.kind].HEADS
    return [*heads, *([ATTRIBUTE] if upload.kind == PRODUCTS else [])]


def _platform(shop: Shop) -> str:
    named = request.args.get("platform", "")
    if named in PLATFORMS:
        return named
    return shop.platforms[0] if len(shop.platforms) == 1 else ""


def _orders(
    console: Console, shop: Shop, grids: Sequence[Grid], upload: Upload, chosen: Chosen
) -> _Read:
    platform = _platform(shop)
    if not platform:
        raise EntryError("orders are of one platform; say which", "no_platform", "platform")
    read = order_files.orders_of(grids, upload.name, shop.zone, chosen)
    rows = [_refused(one) for one in read.refused]
    for one in console.orders.compared(read.orders, shop.id, platform):
        order, changes = one.order, _changed(one.before, one.order, _SHOWN_ORDER)
        title = " ".join(part for part in (order.product, order.variant) if part)
        rows.append(Row(read.rows.get(order.order_id, 0), one.kind, order.order_id, title, changes))
    return _Read(sorted(rows, key=lambda row: row.number), read.orders)


def _shown(name: str, value: object) -> str:
    if name == "fen":
        return f"{int(str(value)) / 100:.2f}"
    if name in ("paid", "pushed"):
        return t("exchange.yes") if value else t("exchange.no")
    return "、".join(value) if isinstance(value, tuple) else str(value)


def _shoppers(
    console: Console, shop: Shop, grids: Sequence[Grid], upload: Upload, chosen: Chosen
) -> _Read:
    platform = _platform(shop)
    if not platform:
        raise EntryError("shoppers are of one platform; say which", "no_platform", "platform")
    read = shopper_files.shoppers_of(grids, upload.name, platform, chosen)
    rows = [_refused(one) for one in read.refused]
    compared = console.parts.members.compared(read.members, shop.id, platform)
    for typed, one in zip(read.members, compared, strict=True):
        member, changes = one.member, _changed(one.before, one.member, _SHOWN_SHOPPER)
        number = read.rows[typed.shopper_id]
        rows.append(Row(number, one.kind, member.shopper_id, member.name, changes))
    return _Read(sorted(rows, key=lambda row: row.number), read.members)


def _changed(
    before: object | None, after: object, names: Sequence[str]
) -> tuple[tuple[str, str, str], ...]:
    if before is None:
        return ()
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in names]
    return tuple((name, _shown(name, a), _shown(name, b)) for name, a, b in pairs if a != b)


def _products(
    _console: Console, shop: Shop, grids: Sequence[Grid], upload: Upload, chosen: Chosen
) -> _Read:
    held = {product.id: product for product in shop.products}
    read = product_files.products_of(grids, upload.name, held, chosen)
    rows = [_refused(one) for one in read.refused]
    owners = _owners({**held, **read.products})
    for product_id, product in read.products.items():
        before = held.get(product_id)
        kind = "new" if before is None else "same" if before == product else "changed"
        changes = _changed_product(before, product) if before else ()
        rivals = _rivals(product, before, owners)
        rows.append(
            Row(read.rows[product_id], kind, product_id, product.name, changes, rivals=rivals)
        )
    return _Read(sorted(rows, key=lambda row: row.number), read.products)


def _owners(products: Mapping[str, Product]) -> dict[str, list[Product]]:
    found: dict[str, list[Product]] = {}
    for product in products.values():
        for name in {normalize(name) for name in (*product.names, *product.links)}:
            found.setdefault(name, []).append(product)
    return found


def _rivals(
    product: Product, before: Product | None, owners: Mapping[str, list[Product]]
) -> tuple[str, ...]:
    """New names that another product has, too: which of them is meant could not be told."""
    known = {*before.names, *before.links} if before is not None else set()
    return tuple(
        t("exchange.also_named", name=name, other=other.id)
        for name in dict.fromkeys((*product.names, *product.links))
        if name not in known
        for other in owners[normalize(name)]
        if other.id != product.id
    )


def _changed_product(before: Product, product: Product) -> tuple[tuple[str, str, str], ...]:
    pairs = [(name, getattr(before, name), getattr(product, name)) for name in _SHOWN_PRODUCT]
    changed = [(name, _shown(name, a), _shown(name, b)) for name, a, b in pairs if a != b]
    for name in {**before.attributes, **product.attributes}:
        old, new = before.attributes.get(name), product.attributes.get(name)
        values = (old.value if old else "", new.value if new else "")
        if values[0] != values[1]:
            changed.append((f"{ATTRIBUTE}{name}", *values))
    return tuple(changed)


def _refused(one: Refused) -> Row:
    return Row(one.row, "refused", "", "", refused=one)


_READERS = {ORDERS: _orders, SHOPPERS: _shoppers, PRODUCTS: _products}


def _start(console: Console, shop: Shop, uploads: Uploads, upload: Upload, read: _Read) -> Any:
    """Writes what was previewed, in a job that can be left alone."""
    keep_changed = request.form.get("changed") == "keep"
    who, why = g.account.name, request.form.get("why", "").strip()
    if upload.kind == ORDERS:
        platform = _platform(shop)

        def write() -> tuple[int, int | None]:
            taken = console.orders.take(
                read.items, shop.id, platform, who, keep_changed=keep_changed, title=upload.name
            )
            return taken.new + (0 if keep_changed else taken.changed), taken.batch
    elif upload.kind == SHOPPERS:
        platform = _platform(shop)

        def write() -> tuple[int, int | None]:
            taken = console.parts.members.take(
                read.items, shop.id, platform, who, keep_changed=keep_changed, title=upload.name
            )
            return taken.new + taken.changed, taken.batch
    else:
        wanted = ("new",) if keep_changed else ("new", "changed")
        clashing = request.form.get("conflicts") == "take"
        ids = [r.key for r in read.rows if r.kind in wanted and (clashing or not r.rivals)]

        def write() -> tuple[int, int | None]:
            changes = {product_id: read.items[product_id] for product_id in ids}
            batch = console.goods.change(
                shop.id, changes, who=who, why=why, batch=("products", upload.name)
            )
            return len(changes), batch

    step = t("lead.import_writing")

    def work(progress: Progress) -> dict[str, Any]:
        progress(step, 0, 0)
        count, batch = write()
        uploads.drop(upload)
        return {"taken": count, "what": upload.kind, "batch": batch if count else None}

    if not any(row.kind in ("new", "changed") for row in read.rows):
        say("import_nothing", "medium")
        return redirect(url_for("lead.exchange", shop=shop.id))
    job = console.jobs.start("import", shop.id, g.account.name, work)
    return redirect(url_for("lead.job_page", shop=shop.id, number=job.id))
