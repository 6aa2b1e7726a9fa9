"""Verdicts that were taken back or corrected, and who is to judge what."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations


@migrations(name="quality_0005_second_thoughts")
def second_thoughts(db: Database) -> None:
    """A verdict is never changed: one that holds no more is named. `assigned` is a reviewer."""
    db.executescript("""
        CREATE TABLE withdrawn_verdicts (
            id INTEGER PRIMARY KEY REFERENCES verdicts(id),
            reason TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL
        );
        CREATE TRIGGER withdrawals_kept BEFORE UPDATE ON withdrawn_verdicts
            BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END;
        CREATE TRIGGER withdrawals_never_deleted BEFORE DELETE ON withdrawn_verdicts
            BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END;
        ALTER TABLE review_items ADD COLUMN assigned TEXT NOT NULL DEFAULT '';
        CREATE INDEX review_assigned ON review_items (assigned, state, weight DESC, at DESC);
    """)
