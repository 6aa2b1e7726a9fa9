"""Rules over a shop's products: what reads well but would name the wrong thing, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from server.base.errors import Problem
from server.library import PRODUCTS_FILE, Product, Script, Shop
from server.lint.rules import at, before, rule, same
from server.work.follow_ups import INTERVAL, days_of


def at_product(product: Product, code: str, what: str, fix: str) -> Problem:
    """A finding about a product."""
    return Problem(product.file, product.line, product.id, code, what, fix)


@rule("L113")
def unknown_companion(shop: Shop) -> Iterator[Problem]:
    """`goes_with` names a product that the shop does not have, or the product itself."""
    known = {product.id for product in shop.products}
    for product in shop.products:
        for other in product.goes_with:
            if other == product.id or other not in known:
                what = f"goes_with {other!r} is " + ("itself" if other == product.id else "unknown")
                yield at_product(product, "L113", what, "name another product's id, or remove it")


@rule("L114")
def name_of_two(shop: Shop) -> Iterator[Problem]:
    """Two products share a name, an alias or a link.

    Which of them a shopper means could not be told, so neither would fill a reply.
    """
    owners: dict[str, Product] = {}
    for product in shop.products:
        for name in dict.fromkeys((*product.names, *product.links)):
            owner = owners.setdefault(same(name), product)
            if owner is not product:
                what = f"{name!r} also names {owner.id}"
                yield at_product(product, "L114", what, "leave it to one of them")


@rule("L115")
def script_without_product(shop: Shop) -> Iterator[Problem]:
    """A script's `products` names nothing in products.yaml: no product would bring it up.

    Shops without products.yaml name products as they like.
    """
    if not shop.products:
        return
    known = {same(name) for product in shop.products for name in product.names}
    for script in shop.scripts:
        for name in _unknown(script, known):
            fix = f"write an id, a name or an alias of {PRODUCTS_FILE}"
            yield at(script, "L115", f"product {name!r} is unknown", fix)


def _unknown(script: Script, known: set[str]) -> list[str]:
    return [name for name in script.products if same(name) not in known]


@rule("L116")
def unsound_attribute(shop: Shop) -> Iterator[Problem]:
    """An attribute of a product without a value, or one whose end lies before its start."""
    for product in shop.products:
        for fact in product.attributes.values():
            file, name = product.file, f"{product.id} {fact.name}"
            if not fact.value:
                what, fix = f"attribute {fact.name!r} has no value", "write it, or remove it"
                yield Problem(file, fact.line, name, "L116", what, fix)
            elif before(fact.valid_until, fact.valid_from):
                what = f"{fact.name!r} holds from {fact.valid_from} until {fact.valid_until}"
                yield Problem(file, fact.line, name, "L116", what, "swap or mend the dates")


@rule("L117")
def size_twice(shop: Shop) -> Iterator[Problem]:
    """A size chart lists a size twice: shoppers between its rows would be told one size only."""
    for product in shop.products:
        sizes = [row.size for row in product.size_chart.rows] if product.size_chart else []
        for size in {size for size in sizes if sizes.count(size) > 1}:
            what = f"size {size!r} has two rows"
            yield at_product(product, "L117", what, "join them, or name one another size")


@rule("L118")
def unread_interval(shop: Shop) -> Iterator[Problem]:
    """An attribute 复购周期 that is no length of time: nobody would be invited to buy it again."""
    for product in shop.products:
        fact = product.attributes.get(INTERVAL)
        if fact is not None and fact.value and days_of(fact.value) is None:
            what = f"{INTERVAL} {fact.value!r} is no length of time up to two years"
            fix = "write it as 45天, 6周, 2个月 or 半年"
            yield Problem(product.file, fact.line, f"{product.id} {fact.name}", "L118", what, fix)
