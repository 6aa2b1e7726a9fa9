"""When orders were placed and paid, and who was reminded of one."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="work_0002_unpaid")
def unpaid(db: Database) -> None:
    """`ordered_at` is UTC, empty where a day alone is told; `pay_minutes` where both are."""
    for column, kind in (
        ("ordered_at", "TEXT NOT NULL DEFAULT ''"),
        ("pay_minutes", "INTEGER"),
        ("closed", "INTEGER NOT NULL DEFAULT 0"),
    ):
        db.execute(f"ALTER TABLE orders ADD COLUMN {column} {kind}")
    db.executescript("""
        CREATE INDEX orders_unpaid ON orders (shop, paid, closed, ordered_at);
        CREATE INDEX orders_paying ON orders (shop, paid, ordered_at, pay_minutes);
        CREATE INDEX orders_bought ON orders (shop, platform, shopper, paid);
        CREATE TABLE reminders (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            order_id TEXT NOT NULL,
            shopper TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL,
            claimed_at TEXT NOT NULL,
            reminded_at TEXT NOT NULL DEFAULT '',
            reason TEXT NOT NULL DEFAULT '',
            reason_by TEXT NOT NULL DEFAULT '' CHECK (reason_by IN ('', 'hand', 'read')),
            UNIQUE (shop, platform, order_id)
        );
        CREATE INDEX reminders_at ON reminders (shop, reminded_at);
        CREATE INDEX reminders_of ON reminders (shop, platform, shopper, claimed_at);
    """)
