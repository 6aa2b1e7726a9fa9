"""Named marks: how far the derived tables have read."""

from __future__ import annotations

from server.store.contract import Writing


def mark(db: Writing, name: str, default: str) -> str:
    """The value of a mark."""
    row = db.execute("SELECT value FROM figure_marks WHERE name = ?", [name]).fetchone()
    return str(row[0]) if row else default


def set_mark(db: Writing, name: str, value: object) -> None:
    """Sets a mark; one that stands so already is not written, so that nothing is flushed for it."""
    sql = (
        "INSERT INTO figure_marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE "
        "SET value = excluded.value WHERE figure_marks.value <> excluded.value"
    )
    db.execute(sql, [name, str(value)])
