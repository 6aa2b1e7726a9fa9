"""What a lead has begun and any server goes on with: long jobs, files to be imported."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0018_shared_work")
def shared_work(db: Database) -> None:
    """Times are seconds since 1970; a running job that does not beat has no server any more."""
    db.executescript("""
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            shop TEXT NOT NULL,
            who TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
            step TEXT NOT NULL DEFAULT '',
            done INTEGER NOT NULL DEFAULT 0,
            total INTEGER NOT NULL DEFAULT 0,
            error TEXT NOT NULL DEFAULT '',
            result TEXT NOT NULL DEFAULT '',
            seen INTEGER NOT NULL DEFAULT 0,
            beat_at REAL NOT NULL
        );
        CREATE INDEX jobs_shop ON jobs (shop, state);
        CREATE TABLE uploads (key TEXT PRIMARY KEY, told BLOB NOT NULL, at REAL NOT NULL);
        CREATE TABLE upload_parts (
            key TEXT NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (key, number)
        );
    """)
