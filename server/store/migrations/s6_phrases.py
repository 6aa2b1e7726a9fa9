"""Phrases of agents' own."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0006_phrases")
def phrases(db: Database) -> None:
    """What an agent keeps to say beside the shop's scripts; one agent's, for one shop."""
    db.executescript("""
        CREATE TABLE phrases (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            agent TEXT NOT NULL,
            title TEXT NOT NULL DEFAULT '',
            text TEXT NOT NULL,
            at TEXT NOT NULL
        );
        CREATE INDEX phrases_of ON phrases (shop, agent, id);
    """)
