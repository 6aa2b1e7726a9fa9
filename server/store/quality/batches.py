"""What an import of rows wrote, and what stood there before: so that it can be taken back.

Rows are orders or shoppers; a row's `batch` is the import that wrote it last. What somebody or
another import changed since stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.base.times import utc_now
from server.store.database import Row, Writing


@dataclass(frozen=True, slots=True)
class Undone:
    """How many rows went, were put back as they stood, and stay since they changed meanwhile."""

    removed: int
    restored: int
    left: int


def begin(db: Writing, shop: str, kind: str, title: str, who: str) -> int:
    """Notes an import; returns its batch."""
    row = {"shop": shop, "kind": kind, "title": title, "who": who, "at": utc_now()}
    return int(db.insert("change_batches", row))


def keep_before(
    db: Writing,
    batch: int,
    shop: str,
    platform: str,
    before: Sequence[tuple[str, Mapping[str, Any] | None]],
) -> None:
    """Notes each row that the import writes: its key, and what stood there (None for nothing)."""
    sql = "INSERT INTO import_rows (batch, shop, platform, key, held) VALUES (?, ?, ?, ?, ?)"
    values = (
        (batch, shop, platform, key, json.dumps(held, ensure_ascii=False) if held else "")
        for key, held in before
    )
    db.executemany(sql, values)


def take_back(
    db: Writing, shop: str, batch: int, table: str, key: str, columns: Sequence[str]
) -> Undone:
    """Removes what was new and puts back what was changed, but for rows that changed since.

    `key` is the table's column of keys, `columns` those that an import writes.
    """
    counted = "SELECT count(*) FROM import_rows WHERE shop = ? AND batch = ?"
    written = int(db.execute(counted, [shop, batch]).fetchone()[0])
    restored = 0
    sets = ", ".join(f"{name} = ?" for name in (*columns, "batch"))
    sql = f"UPDATE {table} SET {sets} WHERE shop = ? AND platform = ? AND {key} = ? AND batch = ?"
    changed = (
        "SELECT platform, key, held FROM import_rows WHERE shop = ? AND batch = ? AND held != ''"
    )
    for platform, name, text in db.execute(changed, [shop, batch]).fetchall():
        held = json.loads(text)
        values = [held[column] for column in (*columns, "batch")]
        restored += db.execute(sql, [*values, shop, platform, name, batch]).rowcount
    new = (
        "SELECT 1 FROM import_rows r WHERE r.held = '' AND r.batch = t.batch "
        f"AND r.platform = t.platform AND r.key = t.{key}"
    )
    gone = f"DELETE FROM {table} AS t WHERE t.shop = ? AND t.batch = ? AND EXISTS ({new})"
    removed = db.execute(gone, [shop, batch]).rowcount
    return Undone(removed, restored, written - removed - restored)


def end(db: Writing, shop: str, batch: int, who: str) -> None:
    """Notes that an import was taken back; what stood before is not kept any longer."""
    done = "UPDATE change_batches SET undone_at = ?, undone_by = ? WHERE id = ? AND shop = ?"
    db.execute(done, [utc_now(), who, batch, shop])
    db.execute("DELETE FROM import_rows WHERE shop = ? AND batch = ?", [shop, batch])


def state_of(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    """A row's columns and the import that wrote it, as `keep_before` takes them."""
    return {name: row[name] for name in (*columns, "batch")}
