"""`bangda import --as orders|shoppers|products`: what platforms export that is no script."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from server.base.config import prepare_data_dir
from server.base.errors import UsageError
from server.base.platforms import PLATFORMS, platform_code
from server.cli.parser import data_of, database_of, library_of

if TYPE_CHECKING:
    from server.exchange.headed import Refused
    from server.library import Shop
    from server.store import Database
    from server.store.quality.audit import Audit
    from server.store.quality.orders import Taken

_WHO = "(command line)"


def import_records(arguments: argparse.Namespace) -> int:
    """Imports orders, shoppers or products; exit 1 when a row was refused."""
    from server.library import load_library

    shop = load_library(library_of(arguments), only=arguments.shop).shop(arguments.shop)
    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{arguments.file} cannot be read ({error.strerror}); expected an export"
        ) from error
    take = {"orders": _orders, "shoppers": _shoppers, "products": _products}[arguments.as_what]
    return take(arguments, shop, content)


def _orders(arguments: argparse.Namespace, shop: Shop, content: bytes) -> int:
    from server.exchange.orders import read_orders
    from server.store.quality.orders import Orders

    platform = _platform(arguments.platform, shop)
    read = read_orders(content, arguments.file.name, shop.zone)
    taken = _into_database(
        arguments,
        len(read.orders),
        lambda database, audit, dry: Orders(database, audit).take(
            read.orders, shop.id, platform, _WHO, dry_run=dry
        ),
    )
    return _told(arguments, f"orders of {platform}", len(read.orders), taken, read.refused)


def _shoppers(arguments: argparse.Namespace, shop: Shop, content: bytes) -> int:
    from server.exchange.shoppers import read_shoppers
    from server.store.shoppers import Members

    platform = _platform(arguments.platform, shop)
    read = read_shoppers(content, arguments.file.name, platform)
    taken = _into_database(
        arguments,
        len(read.members),
        lambda database, audit, dry: Members(database, audit).take(
            read.members, shop.id, platform, _WHO, dry_run=dry
        ),
    )
    return _told(arguments, f"shoppers of {platform}", len(read.members), taken, read.refused)


def _into_database(
    arguments: argparse.Namespace, rows: int, take: Callable[[Database, Audit, bool], Taken]
) -> Taken:
    """What became of the rows; a dry run makes no database where there is none."""
    from server.store import Database
    from server.store.quality.audit import Audit
    from server.store.quality.orders import Taken

    where = database_of(arguments)
    if arguments.dry_run and isinstance(where, Path) and not where.exists():
        return Taken(rows, 0, 0)
    database = Database(where, prepare_data_dir(data_of(arguments)))
    try:
        return take(database, Audit(database), arguments.dry_run)
    finally:
        database.close()


def _told(
    arguments: argparse.Namespace, what: str, rows: int, taken: Taken, refused: Sequence[Refused]
) -> int:
    _tell(arguments.file.name, refused)
    counts = f"{taken.new} new, {taken.changed} changed, {taken.same} same"
    verb = "would be" if arguments.dry_run else "were"
    print(
        f"{rows} {what}: {counts}, {len(refused)} rows refused; "
        f"{taken.new + taken.changed} {verb} written"
    )
    return 1 if refused else 0


def _products(arguments: argparse.Namespace, shop: Shop, content: bytes) -> int:
    from server.exchange.products import read_products
    from server.library import products_file
    from server.library.product_save import save_products

    held = {product.id: product for product in shop.products}
    read = read_products(content, arguments.file.name, held)
    changes = {i: product for i, product in read.products.items() if held.get(i) != product}
    new = sum(product_id not in held for product_id in changes)
    path = products_file(library_of(arguments) / shop.id)
    if changes and not arguments.dry_run:
        save_products(path, changes)
    _tell(arguments.file.name, read.refused)
    same = len(read.products) - len(changes)
    counts = f"{new} new, {len(changes) - new} changed, {same} same"
    verb = "would be" if arguments.dry_run else "were"
    print(
        f"{len(read.products)} products: {counts}, {len(read.refused)} rows refused; "
        f"{len(changes)} {verb} written to {path}"
    )
    return 1 if read.refused else 0


def _tell(name: str, refused: Sequence[Refused]) -> None:
    for one in refused:
        print(f"{name}:{one.row} refused {one.reason}")


def _platform(named: str, shop: Shop) -> str:
    """The platform that the export is of. Raises UsageError when nothing says which."""
    if named:
        code = platform_code(named)
        if code not in PLATFORMS:
            raise UsageError(f"unknown platform {named!r}; expected one of: {', '.join(PLATFORMS)}")
        return code
    if len(shop.platforms) == 1:
        return shop.platforms[0]
    known = ", ".join(shop.platforms) or ", ".join(PLATFORMS)
    raise UsageError(
        f"shop {shop.id} sells on more than one platform; an export is of one; say which: "
        f"--platform NAME, one of: {known}"
    )
