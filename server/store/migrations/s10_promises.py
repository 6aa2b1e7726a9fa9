"""What agents promised, and the days on which a shop is closed."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="work_0001_promises")
def promises(db: Database) -> None:
    """`words` is masked before writing. A promise outlives no conversation."""
    db.executescript("""
        CREATE TABLE promises (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            shop TEXT NOT NULL,
            platform TEXT NOT NULL,
            conversation INTEGER NOT NULL,
            message INTEGER NOT NULL,
            agent TEXT NOT NULL,
            kind TEXT NOT NULL,
            words TEXT NOT NULL,
            said_at TEXT NOT NULL,
            due_at TEXT NOT NULL,
            rings_at TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'kept', 'dropped')),
            closed_at TEXT NOT NULL DEFAULT '',
            closed_by TEXT NOT NULL DEFAULT '',
            closing_message INTEGER NOT NULL DEFAULT 0,
            note TEXT NOT NULL DEFAULT '',
            UNIQUE (message, kind)
        );
        CREATE INDEX promises_open ON promises (shop, state, due_at);
        CREATE INDEX promises_said ON promises (shop, said_at);
        CREATE INDEX promises_of ON promises (conversation, state);
        CREATE TABLE closed_days (
            shop TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (shop, day)
        );
    """)
