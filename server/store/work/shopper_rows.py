"""What work keeps of one shopper: found for an export, deleted, gone with age."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from server.store.database import Database, Writing

Found = dict[str, list[dict[str, Any]]]
# By the order that they are about; each has its own `id`.
_TABLES = ("reminders", "follow_ups", "requests", "reviews")


def rows_of(
    database: Database,
    orders: Sequence[dict[str, Any]],
    shop: str,
    platform: str,
    ids: Collection[str],
) -> Found:
    """What is kept about these orders, and reviews of these shoppers, by table."""
    found: Found = {name: [] for name in _TABLES}
    for order in orders:
        scope = [order["shop"], order["platform"], order["order_id"]]
        for table in _TABLES:
            sql = f"SELECT * FROM {table} WHERE shop = ? AND platform = ? AND order_id = ?"
            found[table] += [dict(row) for row in database.rows(sql, scope)]
    known = {row["id"] for row in found["reviews"]}
    for shopper in sorted(ids):
        sql = "SELECT * FROM reviews WHERE shop = ? AND platform = ? AND shopper = ?"
        own = (dict(row) for row in database.rows(sql, [shop, platform, shopper]))
        found["reviews"] += [row for row in own if row["id"] not in known]
    return found


def add_talks(found: Found, requests: Sequence[dict[str, Any]], database: Database) -> None:
    """Adds requests that were made from the shopper's talks, and the steps of all of them."""
    known = {row["id"] for row in found["requests"]}
    found["requests"] += [row for row in requests if row["id"] not in known]
    sql = "SELECT * FROM request_steps WHERE request = ?"
    found["request_steps"] = [
        dict(step) for row in found["requests"] for step in database.rows(sql, [row["id"]])
    ]


def delete_rows(db: Writing, found: Found) -> None:
    """Removes what `rows_of` found, for a writer's job."""
    for table in (*_TABLES, "request_steps"):
        db.executemany(f"DELETE FROM {table} WHERE id = ?", [(r["id"],) for r in found[table]])


def expire(db: Writing, shop: str, before: str) -> None:
    """Removes entries of work that nobody touched since a moment (UTC)."""
    db.execute("DELETE FROM promises WHERE shop = ? AND said_at < ?", [shop, before])
    db.execute("DELETE FROM reminders WHERE shop = ? AND claimed_at < ?", [shop, before])
    db.execute("DELETE FROM follow_ups WHERE shop = ? AND claimed_at < ?", [shop, before])
    db.execute("DELETE FROM reviews WHERE shop = ? AND day < ?", [shop, before[:10]])
    db.execute("DELETE FROM day_notes WHERE shop = ? AND changed_at < ?", [shop, before])
    old = "SELECT id FROM requests WHERE shop = ? AND changed_at < ?"
    db.execute(f"DELETE FROM request_steps WHERE request IN ({old})", [shop, before])
    db.execute("DELETE FROM requests WHERE shop = ? AND changed_at < ?", [shop, before])
