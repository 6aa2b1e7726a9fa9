"""The writer's transaction on PostgreSQL, sent in a pipeline.

Statements go out one behind the other and their results are waited for when somebody asks for one:
a job that asks twice costs two ways to the database and back, however many statements it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from server.store.contract import MISSED, Dialect, Found, Values, Writing
from server.store.postgres.dialect import PostgresDialect, words_of
from server.store.postgres.sql import plain, translated

# What PostgreSQL passes on in one piece; of longer news only that there was some is told.
_LONGEST_NEWS = 7_900


class _Found:
    """See Found. What is still under way is waited for when it is asked for."""

    def __init__(self, cursor: psycopg.Cursor[Any], pipeline: psycopg.Pipeline | None) -> None:
        self._cursor = cursor
        self._pipeline = pipeline

    @property
    def rowcount(self) -> int:
        if self._pipeline is not None and self._cursor.pgresult is None:
            self._pipeline.sync()
        return int(self._cursor.rowcount)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        rows: list[Any] = self._cursor.fetchall()
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


class PostgresWriting(Writing):
    """The writer's transaction."""

    dialect: Dialect = PostgresDialect()

    def __init__(
        self, conn: psycopg.Connection[Any], server: str, pipeline: psycopg.Pipeline | None = None
    ) -> None:
        self._conn = conn
        self._server = server
        self._pipeline = pipeline
        self.news: list[str] = []
        """What is told with the commit, all at once."""

    def execute(self, sql: str, values: Values = ()) -> Found:
        """See Writing."""
        return _Found(self._conn.execute(translated(sql), plain(values)), self._pipeline)

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """See Writing."""
        made = [plain(row) for row in rows]
        if len(made) == 1:
            self._conn.execute(translated(sql), made[0])
        elif made:
            with self._conn.cursor() as cursor:
                cursor.executemany(translated(sql), made)

    def add_words(self, rows: Sequence[tuple[int, str]]) -> None:
        """See Writing."""
        sql = (
            "INSERT INTO message_words (rowid, words) VALUES (?, CAST(? AS TSVECTOR)) "
            "ON CONFLICT (rowid) DO UPDATE SET words = excluded.words"
        )
        self.executemany(sql, [(message, words_of(words)) for message, words in rows])

    def forget_words(self, rows: Sequence[tuple[int, str]]) -> None:
        """See Writing."""
        self.executemany("DELETE FROM message_words WHERE rowid = ?", [row[:1] for row in rows])

    def tidy_words(self) -> None:
        """See Writing. What was deleted is cleared away by `scrub`."""

    def reserve(self, table: str, n: int) -> int:
        """See Writing."""
        sql = (
            "SELECT min(v), max(v) FROM (SELECT nextval(pg_get_serial_sequence(?, 'id')) AS v "
            "FROM generate_series(1, CAST(? AS INTEGER))) AS numbers"
        )
        while True:
            first, last = self.execute(sql, [table, n]).fetchone()
            if last - first + 1 == n:  # else somebody else took one in between
                return int(first)

    def last_number(self, table: str) -> int:
        """See Writing."""
        sequence = self.execute("SELECT pg_get_serial_sequence(?, 'id')", [table]).fetchone()[0]
        sql = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608
        return int(self.execute(sql).fetchone()[0])

    def go_on_from(self, table: str, number: int) -> None:
        """See Writing."""
        if number > self.last_number(table):
            self.execute("SELECT setval(pg_get_serial_sequence(?, 'id'), ?)", [table, number])

    def in_turn(self, name: str) -> None:
        """See Writing."""
        sql = "SELECT pg_advisory_xact_lock(hashtext('bangda turn'), hashtext(?))"
        self.execute(sql, [name])

    def notify(self, kind: str, **fields: Any) -> None:
        """See Writing."""
        told = json.dumps(fields | {"kind": kind, "from": self._server}, ensure_ascii=False)
        if len(told.encode()) > _LONGEST_NEWS:
            told = json.dumps({"kind": MISSED, "from": self._server})
        if told not in self.news:
            self.news.append(told)
