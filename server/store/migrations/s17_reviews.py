"""Reviews and public questions of the shop's goods."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="work_0005_reviews")
def reviews(db: Database) -> None:
    """`words` is masked before writing; `shopper` is an id as conversations keep it."""
    db.executescript("""
        CREATE TABLE reviews (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('review', 'question')),
            key TEXT NOT NULL,
            order_id TEXT NOT NULL,
            shopper TEXT NOT NULL,
            product TEXT NOT NULL,
            stars INTEGER NOT NULL,
            bad INTEGER NOT NULL,
            cause TEXT NOT NULL,
            words TEXT NOT NULL,
            day TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done')),
            done_by TEXT NOT NULL DEFAULT '',
            done_at TEXT NOT NULL DEFAULT '',
            UNIQUE (shop, platform, key)
        );
        CREATE INDEX reviews_open ON reviews (shop, state, bad, day);
        CREATE INDEX reviews_order ON reviews (shop, platform, order_id);
        CREATE INDEX reviews_shopper ON reviews (shop, platform, shopper);
    """)
