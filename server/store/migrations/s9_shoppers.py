"""Shoppers: the platform's list of members, what is given by hand, notes, orders seen in chats."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0009_shoppers")
def shoppers(db: Database) -> None:
    """Names and texts are masked before writing; a shopper is one by the platform's own id."""
    db.executescript("""
        CREATE TABLE shoppers (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            shopper_id TEXT NOT NULL,
            listed INTEGER NOT NULL DEFAULT 0,
            name TEXT NOT NULL DEFAULT '',
            fen INTEGER NOT NULL DEFAULT 0,
            orders INTEGER NOT NULL DEFAULT 0,
            last_day TEXT NOT NULL DEFAULT '',
            given_level TEXT NOT NULL DEFAULT '',
            given_groups TEXT NOT NULL DEFAULT '',
            remark TEXT NOT NULL DEFAULT '',
            hand_level TEXT NOT NULL DEFAULT '',
            hand_groups TEXT NOT NULL DEFAULT '',
            UNIQUE (shop, platform, shopper_id)
        );
        CREATE TABLE shopper_notes (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            shopper_id TEXT NOT NULL DEFAULT '',
            order_id TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL,
            author TEXT NOT NULL,
            at TEXT NOT NULL
        );
        CREATE INDEX shopper_notes_of ON shopper_notes (shop, shopper_id, order_id);
        CREATE TABLE order_sightings (
            shop TEXT NOT NULL,
            platform TEXT NOT NULL DEFAULT '',
            order_id TEXT NOT NULL,
            shopper_id TEXT NOT NULL DEFAULT '',
            product TEXT NOT NULL DEFAULT '',
            status TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL,
            PRIMARY KEY (shop, platform, order_id)
        );
        CREATE INDEX order_sightings_of ON order_sightings (shop, shopper_id);
        CREATE TABLE met_platforms (
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            PRIMARY KEY (shop, platform)
        );
        CREATE INDEX orders_of ON orders (shop, shopper);
        CREATE INDEX orders_numbered ON orders (shop, order_id);
        CREATE INDEX conversations_of ON conversations (shop, shopper_id);
    """)
