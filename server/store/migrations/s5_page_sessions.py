"""Page sessions as tokens of their own kind: what revokes one revokes the other."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="0003_page_sessions")
def page_sessions(db: Database) -> None:
    """`kind`: 'token' for what an extension or a program holds, 'page' for a signed-in browser."""
    db.executescript("""
        ALTER TABLE tokens ADD COLUMN kind TEXT NOT NULL DEFAULT 'token';
        CREATE INDEX tokens_account ON tokens (account_id);
    """)
