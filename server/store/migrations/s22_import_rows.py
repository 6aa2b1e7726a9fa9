"""What imports of orders and shoppers wrote, so that they can be taken back."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0022_import_rows")
def import_rows(db: Database) -> None:
    """`key` is an order's number or a shopper's id; `held` the row as it stood before, in JSON."""
    db.execute("ALTER TABLE shoppers ADD COLUMN batch INTEGER")
    db.executescript("""
        CREATE INDEX shoppers_batch ON shoppers (batch);
        CREATE TABLE import_rows (
            batch INTEGER NOT NULL,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            key TEXT NOT NULL,
            held TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (batch, platform, key)
        );
        CREATE INDEX import_rows_of ON import_rows (shop, key);
        INSERT INTO import_rows (batch, shop, platform, key)
            SELECT batch, shop, platform, order_id FROM orders WHERE batch IS NOT NULL;
    """)
