"""Vectors that servers of one database share."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0021_shared_vectors")
def shared_vectors(db: Database) -> None:
    """`key` is a keyed hash of a text and its role; `vector` float32, little-endian."""
    db.executescript("""
        CREATE TABLE shared_vectors (
            model TEXT NOT NULL,
            key TEXT NOT NULL,
            vector BLOB NOT NULL,
            made_on TEXT NOT NULL,
            PRIMARY KEY (model, key)
        );
        CREATE INDEX shared_vectors_made_on ON shared_vectors (made_on);
    """)
