"""What an order is about: its goods and its state, beside what figures read."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0005_what_an_order_is_about")
def what_an_order_is_about(db: Database) -> None:
    """Texts are masked before writing; receivers, phones and addresses are never kept."""
    for column, kind in (
        ("product", "TEXT NOT NULL DEFAULT ''"),
        ("variant", "TEXT NOT NULL DEFAULT ''"),
        ("quantity", "INTEGER NOT NULL DEFAULT 0"),
        ("status", "TEXT NOT NULL DEFAULT ''"),
    ):
        db.execute(f"ALTER TABLE orders ADD COLUMN {column} {kind}")
