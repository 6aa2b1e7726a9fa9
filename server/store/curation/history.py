"""Versions of scripts: who, when, why, and what was live at a given moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.base.times import utc_now
from server.store.database import Database, Row, Writing

_COLUMNS = "id, shop, script_id, version, action, fields, who, why, at, batch"
_WORDS = 6
# The newest version of every script up to a moment; removed ones are among them.
_AT = f"""
    SELECT {_COLUMNS} FROM script_versions v JOIN (
        SELECT max(id) AS newest FROM script_versions WHERE shop = ? AND at <= ? GROUP BY script_id
    ) AS last ON v.id = last.newest ORDER BY script_id
"""  # noqa: S608 - only the column list is put in


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a script. `fields` is empty for a removal; `action` says what was done.

    Actions: first, added, changed, removed, restored, by_hand (the file was edited outside).
    """

    id: int
    shop: str
    script_id: str
    version: str
    action: str
    fields: Mapping[str, Any]
    who: str
    why: str
    at: str
    batch: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes that were made, and can be undone, together."""

    id: int
    shop: str
    kind: str
    title: str
    who: str
    why: str
    at: str
    undone_at: str | None
    undone_by: str | None
    scripts: int


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to record."""

    script_id: str
    version: str
    action: str
    fields: Mapping[str, Any]


class History:
    """Writes and reads versions."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def record(
        self,
        shop: str,
        versions: Sequence[NewVersion],
        *,
        who: str,
        why: str = "",
        batch: tuple[str, str] | None = None,
    ) -> int | None:
        """Writes versions in one commit; `batch` (kind, title) makes them undoable together.

        Returns the batch's id.
        """
        at = utc_now()

        def job(db: Writing) -> int | None:
            batch_id = None
            if batch is not None:
                row = {"shop": shop, "kind": batch[0], "title": batch[1], "who": who, "why": why}
                batch_id = db.insert("change_batches", row | {"at": at})
            db.executemany(
                "INSERT INTO script_versions (shop, script_id, version, action, fields, who, why, "
                "at, batch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        shop,
                        v.script_id,
                        v.version,
                        v.action,
                        _json(v.fields),
                        who,
                        why,
                        at,
                        batch_id,
                    )
                    for v in versions
                ],
            )
            return int(batch_id) if batch_id is not None else None

        return self._db.write(job)

    def newest(self, shop: str) -> dict[str, tuple[str, str]]:
        """(version, action) of every script that was ever there, by id."""
        sql = (
            "SELECT script_id, version, action FROM script_versions WHERE id IN "
            "(SELECT max(id) FROM script_versions WHERE shop = ? GROUP BY script_id)"
        )
        rows = self._db.rows(sql, [shop])
        return {row["script_id"]: (row["version"], row["action"]) for row in rows}

    def of_script(self, shop: str, script_id: str) -> list[Version]:
        """All versions of a script, newest first."""
        sql = f"SELECT {_COLUMNS} FROM script_versions WHERE shop = ? AND script_id = ? ORDER BY id DESC"  # noqa: S608, E501
        return [_version(row) for row in self._db.rows(sql, [shop, script_id])]

    def version(self, shop: str, number: int) -> Version | None:
        """One version by its number."""
        sql = f"SELECT {_COLUMNS} FROM script_versions WHERE shop = ? AND id = ?"  # noqa: S608
        row = self._db.row(sql, [shop, number])
        return _version(row) if row else None

    def by_hash(self, shop: str, script_id: str, version: str) -> Version | None:
        """The newest version of a script with this content hash."""
        found = [v for v in self.of_script(shop, script_id) if v.version == version]
        return found[0] if found else None

    def recent(self, shop: str, last: int = 100, batch: int | None = None) -> list[Version]:
        """The newest changes of a shop (of one batch), first recordings left out."""
        sql = f"SELECT {_COLUMNS} FROM script_versions WHERE shop = ? AND action != 'first'"  # noqa: S608
        values: list[Any] = [shop]
        if batch is not None:
            sql, values = sql + " AND batch = ?", [shop, batch]
        return [
            _version(row)
            for row in self._db.rows(f"{sql} ORDER BY id DESC LIMIT ?", [*values, last])
        ]

    def search(
        self, shop: str, text: str, between: tuple[str, str], last: int, skip: int = 0
    ) -> list[Version]:
        """Changes that hold a text (who, why, id or content), newest first; first ones left out.

        `between` are UTC moments, the later one exclusive, "" for open.
        """
        where, values = _wanted(shop, text, between)
        sql = f"SELECT {_COLUMNS} FROM script_versions WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?"  # noqa: S608, E501
        return [_version(row) for row in self._db.rows(sql, [*values, last, skip])]

    def count(self, shop: str, text: str, between: tuple[str, str]) -> int:
        """How many changes `search` finds."""
        where, values = _wanted(shop, text, between)
        row = self._db.row(f"SELECT count(*) AS n FROM script_versions WHERE {where}", values)  # noqa: S608
        return int(row["n"]) if row else 0

    def live_at(self, shop: str, moment: str) -> list[Version]:
        """What was live at a moment (UTC, as `utc_now` writes it), by id."""
        rows = self._db.rows(_AT, [shop, moment])
        return [_version(row) for row in rows if row["action"] != "removed" and row["script_id"]]

    def added_since(self, shop: str, moment: str) -> frozenset[str]:
        """Ids of scripts that came in, or came back, from a moment (UTC) on."""
        sql = (
            "SELECT DISTINCT script_id FROM script_versions WHERE shop = ? AND at >= ? "
            "AND action IN ('added', 'by_hand', 'restored')"
        )
        return frozenset(row["script_id"] for row in self._db.rows(sql, [shop, moment]))

    def before_batch(self, shop: str, batch: int) -> dict[str, Version | None]:
        """For every script of a batch: the version before it, None when there was none."""
        sql = (
            f"SELECT {_COLUMNS} FROM script_versions WHERE shop = ? AND script_id = ? "  # noqa: S608
            "AND id < ? ORDER BY id DESC LIMIT 1"
        )
        found: dict[str, Version | None] = {}
        for row in self._db.rows(
            "SELECT id, script_id FROM script_versions WHERE batch = ?", [batch]
        ):
            earlier = self._db.row(sql, [shop, row["script_id"], row["id"]])
            gone = earlier is None or earlier["action"] == "removed"
            found[row["script_id"]] = None if gone else _version(earlier)
        return found

    def batches(self, shop: str, last: int = 30) -> list[Batch]:
        """The newest batches first."""
        sql = (
            "SELECT b.*, (SELECT count(*) FROM script_versions v WHERE v.batch = b.id) AS scripts "
            "FROM change_batches b WHERE b.shop = ? ORDER BY b.id DESC LIMIT ?"
        )
        return [Batch(**dict(row)) for row in self._db.rows(sql, [shop, last])]

    def batch(self, shop: str, number: int) -> Batch | None:
        """One batch."""
        return next((b for b in self.batches(shop, 10_000) if b.id == number), None)

    def mark_undone(self, batch: int, who: str) -> None:
        """Notes that a batch was taken back."""
        sql = "UPDATE change_batches SET undone_at = ?, undone_by = ? WHERE id = ?"
        self._db.write(lambda db: db.execute(sql, [utc_now(), who, batch]))


def _wanted(shop: str, text: str, between: tuple[str, str]) -> tuple[str, list[Any]]:
    """The condition of a search, and its values."""
    where, values = ["shop = ?", "action != 'first'"], [shop]
    for sign, moment in (("at >= ?", between[0]), ("at < ?", between[1])):
        if moment:
            where.append(sign)
            values.append(moment)
    for word in text.split()[:_WORDS]:
        like = "%" + "".join(f"!{c}" if c in "!%_" else c for c in word) + "%"
        columns = ("who", "why", "script_id", "fields")
        where.append("(" + " OR ".join(f"{name} LIKE ? ESCAPE '!'" for name in columns) + ")")
        values += [like] * len(columns)
    return " AND ".join(where), values


def _json(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False)


def _version(row: Row | None) -> Version:
    assert row is not None
    values = dict(row)
    return Version(**(values | {"fields": json.loads(values["fields"])}))
