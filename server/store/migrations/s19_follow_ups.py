"""When goods were signed for, and who wrote to a shopper after a purchase."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="work_0006_follow_ups")
def follow_ups(db: Database) -> None:
    """`received_at` is UTC, empty where it is not known; `shopper` is as the order keeps it."""
    db.execute("ALTER TABLE orders ADD COLUMN received_at TEXT NOT NULL DEFAULT ''")
    db.executescript("""
        CREATE INDEX orders_received ON orders (shop, paid, received_at);
        CREATE INDEX reminders_claimed ON reminders (shop, claimed_at);
        CREATE TABLE follow_ups (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            order_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('care', 'again')),
            shopper TEXT NOT NULL DEFAULT '',
            agent TEXT NOT NULL,
            claimed_at TEXT NOT NULL,
            done_at TEXT NOT NULL DEFAULT '',
            UNIQUE (shop, platform, order_id, kind)
        );
        CREATE INDEX follow_ups_claimed ON follow_ups (shop, claimed_at);
    """)
