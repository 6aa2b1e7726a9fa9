"""The shop's products: list, search, edit, export."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for

from server.base.errors import EntryError
from server.curation.goods import product_version
from server.exchange.product_export import products_csv
from server.library import Product, Shop
from server.library.product_save import dump_products
from server.text.normal import normalize
from server.web.lead.common import Console, page, say, show
from server.web.lead.product_form import fields_of, product_of_form
from server.web.texts import t

_EMPTY_ROWS = 3
_EXPORTS = {"csv": "text/csv; charset=utf-8", "yaml": "application/yaml; charset=utf-8"}


def add(lead: Blueprint, console: Console) -> None:
    """The products' routes."""

    def again(_console: Console, shop: Shop) -> str:
        return _form(console, shop, _by_id(shop).get(request.form.get("old", "")))

    @lead.get("/<shop>/products")
    @page(console)
    def products(shop: Shop) -> Any:
        query = request.args.get("q", "").strip()
        found = [one for one in shop.products if _matches(one, query)]
        return show("products.html", "products", products=found, query=query)

    @lead.get("/<shop>/products/edit")
    @page(console)
    def product_page(shop: Shop) -> Any:
        product_id = request.args.get("id", "")
        known = _by_id(shop).get(product_id)
        if product_id and known is None:
            abort(404, t("products.missing", id=product_id))
        return _form(console, shop, known)

    @lead.post("/<shop>/products/edit")
    @page(console, again=again)
    def product_save(shop: Shop) -> Any:
        console.must_publish(shop)
        old, why = request.form.get("old", ""), request.form.get("why", "").strip()
        known = _by_id(shop).get(old)
        if old and known is None:
            raise EntryError(f"product {old!r} is gone", "product_changed", found=old)
        base = request.form.get("base", "")
        if request.form.get("do") == "remove":
            _refuse_used(shop, old)
            changes: dict[str, Product | None] = {old: None}
        else:
            folder = console.parts.catalog.root / shop.id
            made = product_of_form(shop, folder, known)
            changes = {made.id: made}
        expected = dict.fromkeys(changes, base)
        console.goods.change(shop.id, changes, who=g.account.name, why=why, expected=expected)
        [(product_id, product)] = changes.items()
        say("product_saved" if product else "product_removed", id=product_id)
        return redirect(url_for("lead.products", shop=shop.id))

    @lead.get("/<shop>/products/export.<ending>")
    @page(console)
    def products_export(shop: Shop, ending: str) -> Any:
        if ending not in _EXPORTS:
            abort(404)
        text = dump_products(shop.products).encode()
        content = products_csv(shop.products) if ending == "csv" else text
        answer = Response(content, content_type=_EXPORTS[ending])
        name = f"{shop.id}-products-{shop.local_now():%Y%m%d}.{ending}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def _by_id(shop: Shop) -> dict[str, Product]:
    return {product.id: product for product in shop.products}


def _matches(product: Product, query: str) -> bool:
    words = normalize(query).split()
    attributes = [f"{fact.name} {fact.value}" for fact in product.attributes.values()]
    held = normalize(" ".join((*product.names, *product.links, *attributes)))
    return all(word in held for word in words)


def _refuse_used(shop: Shop, product_id: str) -> None:
    """A product that scripts or others name is not removed unless somebody says so."""
    if request.form.get("sure"):
        return
    names = {normalize(name) for name in _by_id(shop)[product_id].names}
    users = [s.id for s in shop.scripts if names & {normalize(p) for p in s.products}]
    users += [p.id for p in shop.products if product_id in p.goes_with]
    if users:
        raise EntryError(
            f"product {product_id!r} is named by {', '.join(users[:5])}", "product_used",
            found="、".join(users[:5]), n=len(users),
        )  # fmt: skip


def _form(console: Console, shop: Shop, known: Product | None) -> str:
    fields = dict(fields_of(known))
    base = product_version(known)
    if g.get("refused") is not None:
        # Everything that was typed stays.
        form = request.form
        for name in ("aliases", "links", "goes_with", "images"):
            fields[name] = [line for line in form.get(name, "").splitlines() if line.strip()]
        for name in ("id", "name", "size_chart", "chart_note", "why"):
            fields[name] = form.get(name, "")
        fields["pushed"] = bool(form.get("pushed"))
        parts = [form.getlist(f"attribute_{part}") for part in ("name", "value", "from", "until")]
        fields["attributes"] = [row for row in zip(*parts, strict=False) if any(row)]
        base = form.get("base", "")
    return show(
        "product.html",
        "products",
        known=known,
        fields=fields,
        base=base,
        empty_rows=_EMPTY_ROWS,
        may_publish=console.may_publish(shop),
    )
