"""What servers of one database share beside what happened: passes, secrets, the library's files."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0011_servers")
def servers(db: Database) -> None:
    """`passes` are pairing codes and tickets; a version of a library file is never changed."""
    db.executescript("""
        CREATE TABLE passes (
            kind TEXT NOT NULL, secret TEXT NOT NULL, body TEXT NOT NULL, expires_at REAL NOT NULL,
            PRIMARY KEY (kind, secret)
        );
        CREATE TABLE shared_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE library_files (
            id INTEGER PRIMARY KEY, path TEXT NOT NULL, content BLOB NOT NULL,
            gone INTEGER NOT NULL DEFAULT 0, who TEXT NOT NULL DEFAULT '', at TEXT NOT NULL
        );
        CREATE INDEX library_files_path ON library_files (path, id);
    """)
