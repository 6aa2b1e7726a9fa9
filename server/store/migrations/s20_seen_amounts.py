"""What a chat page shows that an order came to."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0020_seen_amounts")
def seen_amounts(db: Database) -> None:
    """`fen` is null where no page showed an amount."""
    db.execute("ALTER TABLE order_sightings ADD COLUMN fen INTEGER")
