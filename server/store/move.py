"""A shop's data carried from one database to another, either way: resumable, counted, verified.

Rows go in chunks, each with its mark in one commit: what broke off goes on where it stood. At the
end both sides are read through and every table's rows compared.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlite_utils

from server.base.errors import UsageError
from server.store.contract import Row, Writing
from server.store.database import HEAD_FILE, Database
from server.store.ids import KEY
from server.store.migrations import migrations
from server.store.quality.words import split

_CHUNK = 2_000
_MARK = "move:"
_SECRETS = (KEY, "session.key")
# What is short-lived stays behind, secrets go by name; the search's words are made anew.
_LEFT = ("passes", "shared_secrets", "jobs", "uploads", "upload_parts", "shared_vectors")
_MARKS = "figure_marks"
_SET_MARK = (
    "INSERT INTO figure_marks (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; rows are read in the order of `order`, and known by `key`."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows by table, as both sides hold them."""

    rows: dict[str, int]


def tables() -> list[Table]:
    """Every table that is carried over, those that others refer to first."""
    db = sqlite_utils.Database(memory=True)
    migrations.apply(db)
    names = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'message_words%' ORDER BY rowid"
    ).fetchall()
    found = [_table(db, name) for (name,) in names if name not in _LEFT]
    # Marks say how far others were read: they come when all else is there.
    return sorted(found, key=lambda table: table.name == _MARKS)


def _table(db: sqlite_utils.Database, name: str) -> Table:
    columns = db.execute(f"SELECT name, pk FROM pragma_table_info('{name}')").fetchall()  # noqa: S608
    key = tuple(column for column, _ in sorted((c for c in columns if c[1]), key=lambda c: c[1]))
    # The order in which suggestions came in is read later on: it goes over with them.
    order = ("rowid",) if name == "suggestions" else key
    return Table(name, tuple(column for column, _ in columns), key, order)


def move(source: Database, target: Database, say: Say = lambda line: None) -> Moved:
    """Copies everything; returns the rows of each table once both sides are proven equal.

    Raises UsageError when the target holds something else, or what arrived is not what was sent.
    """
    known = tables()
    _refuse_a_full_one(target, known)
    for table in known:
        _copy(source, target, table)
    for name in _SECRETS:
        # Hashes of ids are made with one of them: they must go on matching.
        target.secret(name, partial(source.secret, name, lambda: secrets.token_hex(32)))
    target.write(lambda db: _go_on(db, source, known))
    _index_words(target)
    moved = Moved(_compared(source, target, known, say))
    target.write(lambda db: _finish(db))
    row = target.row("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1")
    if row is not None:
        head = target.folder / HEAD_FILE
        head.write_text(f"{row['id']} {row['hash']}", encoding="ascii")
    return moved


def _refuse_a_full_one(target: Database, known: Sequence[Table]) -> None:
    begun = target.row(f"SELECT 1 FROM figure_marks WHERE name LIKE '{_MARK}%'")  # noqa: S608
    if begun is not None:
        return
    for table in known:
        found = table.name != _MARKS and target.row(f"SELECT 1 FROM {table.name} LIMIT 1")  # noqa: S608
        if found:
            raise UsageError(
                f"{target.shown} holds {table.name} already; expected a database without data; "
                "make a new one"
            )


def _copy(source: Database, target: Database, table: Table) -> None:
    mark = f"{_MARK}{table.name}"
    row = target.row("SELECT value FROM figure_marks WHERE name = ?", [mark])
    after = json.loads(row["value"]) if row else []
    names = ", ".join(f'"{column}"' for column in table.columns)
    marks = ", ".join("?" * len(table.columns))
    later = "UPDATE SET value = excluded.value" if table.name == _MARKS else "NOTHING"
    put = (
        f"INSERT INTO {table.name} ({names}) VALUES ({marks}) "  # noqa: S608 - the schema's own names
        f"ON CONFLICT ({', '.join(table.key)}) DO {later}"
    )
    for chunk in _chunks(source, table, table.order, after):
        rows = [[row[column] for column in table.columns] for row in chunk]
        reached = json.dumps([chunk[-1][column] for column in table.order])

        def job(db: Writing, rows: list[list[Any]] = rows, reached: str = reached) -> None:
            db.executemany(put, rows)
            db.execute(_SET_MARK, [mark, reached])

        target.write(job)


def _chunks(
    database: Database, table: Table, order: tuple[str, ...], after: list[Any]
) -> Iterator[list[Row]]:
    """All rows behind a key, in order; the marks of a move are no rows of anybody."""
    names = ", ".join(order)
    read = ", ".join(f'"{column}"' for column in dict.fromkeys((*table.columns, *order)))
    while True:
        limits = [f"name NOT LIKE '{_MARK}%'"] if table.name == _MARKS else []
        if after:
            limits.append(f"({names}) > ({', '.join('?' * len(order))})")
        where = f"WHERE {' AND '.join(limits)}" if limits else ""
        sql = f"SELECT {read} FROM {table.name} {where} ORDER BY {names} LIMIT ?"  # noqa: S608
        rows = database.rows(sql, [*after, _CHUNK])
        if not rows:
            return
        yield rows
        after = [rows[-1][column] for column in order]


def _go_on(db: Writing, source: Database, known: Sequence[Table]) -> None:
    """Numbers go on where they stood: none comes back."""
    last = source.write(
        lambda old: {t.name: old.last_number(t.name) for t in known if t.key == ("id",)}
    )
    for name, number in last.items():
        db.go_on_from(name, number)
    # Suggestions have other row numbers here: their days are looked at once more.
    db.execute(_SET_MARK, ["suggestions", "0"])


def _index_words(target: Database) -> None:
    """Makes the messages findable that the source had made findable."""
    row = target.row("SELECT value FROM figure_marks WHERE name = 'words'")
    until, after = int(row["value"]) if row else 0, 0
    sql = (
        "SELECT m.id, coalesce(c.old, m.text) AS text FROM messages m LEFT JOIN changed_messages c "
        "ON c.message = m.id WHERE m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ?"
    )
    while rows := target.rows(sql, [after, until, _CHUNK]):
        words = [(int(row["id"]), split(row["text"])) for row in rows]
        target.write(lambda db, words=words: db.add_words(words))  # type: ignore[misc]
        after = words[-1][0]


def _compared(
    source: Database, target: Database, known: Sequence[Table], say: Say
) -> dict[str, int]:
    found = {}
    for table in known:
        there, here = _digest(source, table), _digest(target, table)
        if there != here:
            raise UsageError(
                f"table {table.name} arrived with {here[0]} rows that are not the {there[0]} that "
                "were sent; is a server running on either side? stop it, and move into a new "
                "database"
            )
        found[table.name] = here[0]
        say(f"{table.name}: {here[0]}")
    return found


def _digest(database: Database, table: Table) -> tuple[int, str]:
    """How many rows, and a hash over all of them in the order of their key."""
    total, n = hashlib.sha256(), 0
    for rows in _chunks(database, table, table.key, []):
        for row in rows:
            values = [_plain(row[column]) for column in table.columns]
            if table.name == _MARKS and row["name"] in ("suggestions", "written"):
                continue  # the target's own
            total.update(json.dumps(values, ensure_ascii=False).encode())
            n += 1
    return n, total.hexdigest()


def _plain(value: Any) -> Any:
    """A value that both sides hold the same: PostgreSQL's texts have no character NUL."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.replace("\0", "") if isinstance(value, str) else value


def _finish(db: Writing) -> None:
    db.execute(f"DELETE FROM figure_marks WHERE name LIKE '{_MARK}%'")  # noqa: S608
