"""Tables for the lead's console.

`fields` are scripts as library files hold them, in JSON. Files stay the truth: these tables say
who changed them when and why, and hold what is not yet in a file.
"""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="curation_0001_history")
def history(db: Database) -> None:
    """Every version of every script, and the batches (imports, bulk edits) they came in."""
    db.executescript("""
        CREATE TABLE change_batches (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            who TEXT NOT NULL,
            why TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL,
            undone_at TEXT,
            undone_by TEXT
        );
        CREATE TABLE script_versions (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            script_id TEXT NOT NULL,
            version TEXT NOT NULL,
            action TEXT NOT NULL,
            fields TEXT NOT NULL,
            who TEXT NOT NULL,
            why TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL,
            batch INTEGER REFERENCES change_batches(id)
        );
        CREATE INDEX script_versions_script ON script_versions (shop, script_id, id);
        CREATE INDEX script_versions_at ON script_versions (shop, at);
        CREATE INDEX script_versions_batch ON script_versions (batch);
    """)


@migrations(name="curation_0002_inbox")
def inbox(db: Database) -> None:
    """What waits for a lead: proposals, gaps; and golden questions beyond the files' `tests`."""
    db.executescript("""
        CREATE TABLE proposals (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            script_id TEXT NOT NULL,
            base_version TEXT NOT NULL DEFAULT '',
            fields TEXT NOT NULL,
            source TEXT NOT NULL,
            who TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            at TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'open',
            decided_by TEXT NOT NULL DEFAULT '',
            decided_at TEXT,
            comment TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX proposals_open ON proposals (shop, status, id);
        CREATE TABLE golden_questions (
            id INTEGER PRIMARY KEY,
            shop TEXT NOT NULL,
            message TEXT NOT NULL,
            turns TEXT NOT NULL DEFAULT '[]',
            expected TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            removed_at TEXT
        );
        CREATE INDEX golden_shop ON golden_questions (shop, removed_at);
        CREATE TABLE gap_marks (
            shop TEXT NOT NULL,
            source TEXT NOT NULL,
            ref INTEGER NOT NULL,
            state TEXT NOT NULL,
            script_id TEXT NOT NULL DEFAULT '',
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (shop, source, ref)
        );
    """)
