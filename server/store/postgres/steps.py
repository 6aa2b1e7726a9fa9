"""The tables on PostgreSQL: the same steps in the same order as on SQLite.

A step runs as it is written, statement by statement, its types translated. What only SQLite has in
them (its triggers, the search's table) is put in PostgreSQL's way here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlite_utils

from server.base.errors import StoreError
from server.store.migrations import migrations
from server.store.postgres.sql import ddl

_TABLE = """
    CREATE TABLE IF NOT EXISTS _steps (
        name TEXT COLLATE "C" PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
"""
# What each server committed last: one row a server, written anew with every commit.
_COMMITS = """
    CREATE TABLE IF NOT EXISTS _commits (
        server TEXT COLLATE "C" PRIMARY KEY, number BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL
    ) WITH (fillfactor = 20)
"""
_GONE = "DELETE FROM _commits WHERE at < now() - interval '30 days'"
_REFUSE = """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$
"""
_CHANGED = """
    CREATE FUNCTION keep_changed_message() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO changed_messages (message, old) VALUES (new.id, old.text)
        ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER messages_changed AFTER UPDATE OF text ON messages FOR EACH ROW
        WHEN (new.text IS DISTINCT FROM old.text) EXECUTE FUNCTION keep_changed_message()
"""
_WORDS = """
    CREATE TABLE message_words (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
    CREATE INDEX message_words_words ON message_words USING gin (words)
"""
# Suggestions are read in the order they came in, which SQLite's own row numbers tell.
_ROWID = "ALTER TABLE suggestions ADD COLUMN rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE"
_KEPT = re.compile(
    r"CREATE TRIGGER (\w+) BEFORE (UPDATE|DELETE) ON (\w+)\s+BEGIN SELECT RAISE\(ABORT, "
    r"('[^']*')\); END"
)
_STATEMENT = re.compile(r"\s*(CREATE TRIGGER.*?\bEND|[^;]+?)\s*(?:;|$)", re.DOTALL)
# Steps that are SQLite's own affair, and one that fills tables from tables which here never held
# a row.
_SQLITE_ONLY = frozenset({"0004_ids_never_come_back"})
_NOTHING_TO_MOVE = frozenset({"quality_0004_cells"})
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('bangda'), hashtext('steps'))"


class _Schema:
    """What a step calls."""

    def __init__(self, conn: Any, step: str) -> None:
        self._conn = conn
        self._step = step

    def executescript(self, script: str) -> None:
        """Runs statements one after another."""
        for statement in _STATEMENT.findall(script):
            text = statement.strip()
            if text and not (text.startswith("INSERT") and self._step in _NOTHING_TO_MOVE):
                for put in _put(text):
                    self._conn.execute(put)

    execute = executescript


def _put(statement: str) -> Iterator[str]:
    kept = _KEPT.match(statement)
    if kept is not None:
        name, deed, table, message = kept.groups()
        yield _REFUSE
        yield (
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION refuse_change({message})"
        )
    elif statement.startswith("CREATE TRIGGER messages_changed"):
        yield _CHANGED
    elif statement.startswith("CREATE VIRTUAL TABLE message_words"):
        yield _WORDS
    elif statement.startswith("CREATE TABLE suggestions"):
        yield ddl(statement)
        yield _ROWID
    else:
        yield ddl(statement)


def all_steps() -> dict[str, Any]:
    """Every step by name, in order."""
    pending = migrations.pending(sqlite_utils.Database(memory=True))
    return {step.name: step.fn for step in pending}


def apply(conn: Any, shown: str) -> None:
    """Brings the tables up to date; servers that start together take turns.

    A step adds, so servers of the version before may go on meanwhile. Raises StoreError for tables
    of a newer version than this program knows.
    """
    steps = all_steps()
    with conn.transaction():
        conn.execute(_LOCK)
        conn.execute(_TABLE)
        conn.execute(_COMMITS)
        conn.execute(_GONE)
        done = [row[0] for row in conn.execute("SELECT name FROM _steps").fetchall()]
        unknown = set(done) - set(steps)
        if unknown:
            raise StoreError(
                f"database {shown} was made by a newer bangda (it knows {min(unknown)}); update "
                "this program"
            )
        for name, step in steps.items():
            if name in done:
                continue
            if name not in _SQLITE_ONLY:
                step(_Schema(conn, name))
            conn.execute("INSERT INTO _steps (name) VALUES (%s)", [name])
