"""The few lines that agents write to a day."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="work_0004_day_notes")
def day_notes(db: Database) -> None:
    """`words` is masked before writing."""
    db.executescript("""
        CREATE TABLE day_notes (
            shop TEXT NOT NULL,
            day TEXT NOT NULL,
            agent TEXT NOT NULL,
            words TEXT NOT NULL,
            changed_at TEXT NOT NULL,
            PRIMARY KEY (shop, day, agent)
        );
    """)
