"""Row numbers that never come back, so that nothing of a deleted shopper is taken for another's."""

from __future__ import annotations

from sqlite_utils import Database

from server.store.migrations.registry import migrations

_TABLES = ("conversations", "messages", "events", "warnings", "review_items")
_PLAIN, _COUNTED = "id INTEGER PRIMARY KEY,", "id INTEGER PRIMARY KEY AUTOINCREMENT,"


@migrations(name="0004_ids_never_come_back")
def ids_never_come_back(db: Database) -> None:
    """SQLite gives the largest number again once its row is deleted, unless told otherwise.

    AUTOINCREMENT changes nothing in how rows are stored, so the tables' text is changed in place;
    copying a million messages over would keep a shop waiting. `sqlite_sequence` is made by the
    first table that counts.
    """
    version = db.execute("PRAGMA schema_version").fetchone()[0]
    db.execute("CREATE TABLE _counting (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    db.execute("DROP TABLE _counting")
    db.execute("PRAGMA writable_schema=ON")
    for table in _TABLES:
        db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            [_PLAIN, _COUNTED, table],
        )
        db.execute(
            f"INSERT INTO sqlite_sequence SELECT ?, coalesce(max(id), 0) FROM {table}",  # noqa: S608
            [table],
        )
    # Tells every connection, this one too, to read the tables' text again.
    db.execute(f"PRAGMA schema_version={version + 3}")
    db.execute("PRAGMA writable_schema=OFF")
