"""One shopper's rows beside the conversations: found for an export, deleted, or gone with age."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from server.store.database import Database, Writing

Found = dict[str, list[dict[str, Any]]]
_TABLES = ("shoppers", "shopper_notes", "order_sightings")


def rows_of(database: Database, shop: str, platform: str, ids: Collection[str]) -> Found:
    """What is kept under these ids of the page, by table; orders are those of the buyer too."""
    found: Found = {name: [] for name in ("orders", *_TABLES)}
    for shopper_id in dict.fromkeys(name for name in ids if name):
        scope = [shop, platform, shopper_id]
        for table in _TABLES:
            sql = f"SELECT * FROM {table} WHERE shop = ? AND ? IN ('', platform) AND shopper_id = ?"
            found[table] += [dict(row) for row in database.rows(sql, scope)]
        sql = "SELECT * FROM orders WHERE shop = ? AND ? IN ('', platform) AND shopper = ?"
        found["orders"] += [dict(row) for row in database.rows(sql, scope)]
    seen = [row["order_id"] for row in found["order_sightings"]]
    known = {row["id"] for row in found["orders"]}
    numbers = dict.fromkeys([*seen, *(row["order_id"] for row in found["orders"])])
    for number in numbers:
        scope = [shop, platform, number]
        sql = "SELECT * FROM orders WHERE shop = ? AND ? IN ('', platform) AND order_id = ?"
        rows = [dict(row) for row in database.rows(sql, scope)]
        found["orders"] += [row for row in rows if row["id"] not in known]
        sql = (
            "SELECT * FROM shopper_notes WHERE shop = ? AND ? IN ('', platform) "
            "AND shopper_id = '' AND order_id = ?"
        )
        found["shopper_notes"] += [dict(row) for row in database.rows(sql, scope)]
    keys = dict.fromkeys([*ids, *numbers, *(row["order_id"] for row in found["orders"])])
    sql = "SELECT * FROM import_rows WHERE shop = ? AND ? IN ('', platform) AND key = ?"
    found["import_rows"] = [
        dict(row) for key in keys if key for row in database.rows(sql, [shop, platform, key])
    ]
    return found


def delete_rows(db: Writing, found: Found) -> None:
    """Removes what `rows_of` found, for a writer's job; orders are the caller's."""
    for table in ("shoppers", "shopper_notes"):
        keys = [(row["id"],) for row in found[table]]
        db.executemany(f"DELETE FROM {table} WHERE id = ?", keys)
    written = [(row["batch"], row["platform"], row["key"]) for row in found["import_rows"]]
    db.executemany("DELETE FROM import_rows WHERE batch = ? AND platform = ? AND key = ?", written)
    places = [(row["shop"], row["platform"], row["order_id"]) for row in found["order_sightings"]]
    db.executemany(
        "DELETE FROM order_sightings WHERE shop = ? AND platform = ? AND order_id = ?", places
    )


def expire(db: Writing, shop: str, before: str) -> int:
    """Removes notes, what pages showed and what stood before imports, from before a moment (UTC).

    Returns how many rows.
    """
    gone = 0
    for table in ("shopper_notes", "order_sightings"):
        sql = f"DELETE FROM {table} WHERE shop = ? AND at < ?"
        gone += int(db.execute(sql, [shop, before]).rowcount)
    old = "SELECT id FROM change_batches WHERE shop = ? AND at < ?"
    sql = f"DELETE FROM import_rows WHERE shop = ? AND batch IN ({old})"
    gone += int(db.execute(sql, [shop, shop, before]).rowcount)
    return gone
