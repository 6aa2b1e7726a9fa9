"""Named marks: how far the derived tables have read."""

from __future__ import annotations

import sqlite_utils


def mark(db: sqlite_utils.Database, name: str, default: str) -> str:
    """The value of a mark."""
    row = db.execute("SELECT value FROM figure_marks WHERE name = ?", [name]).fetchone()
    return str(row[0]) if row else default


def set_mark(db: sqlite_utils.Database, name: str, value: object) -> None:
    """Sets a mark; one that stands so already is not written, so that nothing is flushed for it."""
    sql = (
        "INSERT INTO figure_marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE "
        "SET value = excluded.value WHERE value IS NOT excluded.value"
    )
    db.execute(sql, [name, str(value)])
