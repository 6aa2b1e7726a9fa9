"""Which import brought an order in, so that an import can be taken back."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0014_order_batches")
def order_batches(db: Database) -> None:
    """`batch` is the import (`change_batches`) that made the row; null for the command line."""
    db.execute("ALTER TABLE orders ADD COLUMN batch INTEGER")
    db.execute("CREATE INDEX orders_batch ON orders (batch)")
