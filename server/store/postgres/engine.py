"""PostgreSQL behind the contract: one writing connection a server, a pool for reading.

A commit is durable when the server says so (`synchronous_commit` stays on). A connection that is
lost is made anew and the jobs run again, unless the commit that was under way turns out to be done:
the database itself tells, by the transaction's number.
"""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from server.base.errors import StoreError, StoreRuleError, StoreUnavailableError
from server.store.contract import Dialect, Job, News, Outcome, Row, Values
from server.store.postgres import steps
from server.store.postgres.address import (
    OLDEST,
    Address,
    address_of,
    explained,
    too_old,
)
from server.store.postgres.dialect import PostgresDialect
from server.store.postgres.rows import NumberLoader, named_rows
from server.store.postgres.sql import plain, translated
from server.store.postgres.writing import PostgresWriting

log = logging.getLogger("bangda.store")
_CHANNEL = "bangda"
_READERS = 8
_READ_WITHIN_S = 10.0
# How long a write waits for a database that restarts; then its caller hears of it.
_PATIENCE_S = 20.0
_PAUSE_S = 0.2
_TRIES = 12
# The last is what a prepared statement gets once a newer server has added a column to its table.
_AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.FeatureNotSupported)
# What concerns a whole transaction, whichever job meets it: a lost connection, a deadlock.
_OF_ALL = (psycopg.OperationalError, *_AGAIN)
# Every transaction that writes holds this in common; `horizon` waits for those under way by
# asking for it alone, for a moment.
_WRITERS = "hashtext('bangda'), hashtext('writers')"
_TELL = "SELECT pg_notify(%s, news) FROM unnest(CAST(%s AS TEXT[])) AS news"
# A server's last commit; one that is in doubt is looked up here.
_MARK = (
    "INSERT INTO _commits (server, number, at) VALUES (%s, %s, now()) "
    "ON CONFLICT (server) DO UPDATE SET number = excluded.number, at = excluded.at"
)
_MARKED = (
    "INSERT INTO _commits (server, number, at) VALUES (%s, 0, now()) "
    "ON CONFLICT (server) DO UPDATE SET at = excluded.at RETURNING number"
)
_WHO = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"
)


class PostgresEngine:
    """See Engine."""

    def __init__(self, where: str) -> None:
        """Connects and brings the tables up to date. Raises ConfigError or StoreError."""
        self.address: Address = address_of(where)
        self.shown = self.address.shown
        self.is_shared = True
        self.dialect: Dialect = PostgresDialect()
        self._server = uuid.uuid4().hex
        self._numbers = itertools.count(1)
        self._closing = threading.Event()
        self._conn = self._connect()
        self._prepare()
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            self.address.conninfo,
            min_size=1,
            max_size=_READERS,
            timeout=_READ_WITHIN_S,
            kwargs={"autocommit": True, "row_factory": named_rows},
            configure=_configure,
            name="bangda-readers",
            open=True,
        )

    def _connect(self) -> psycopg.Connection[Any]:
        try:
            conn = psycopg.connect(self.address.conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            raise explained(error, self.address) from None
        _configure(conn)
        return conn

    def _prepare(self) -> None:
        try:
            if self._conn.info.server_version < OLDEST * 10_000:
                raise too_old(self._conn.info.server_version, self.address)
            encoding = self._conn.info.parameter_status("server_encoding")
            if encoding != "UTF8":
                raise StoreError(
                    f"database {self.shown} keeps texts as {encoding}; expected UTF8; make one "
                    "anew: createdb --encoding UTF8 --template template0 NAME"
                )
            steps.apply(self._conn, self.shown)
            self._backend = self._conn.execute(_WHO).fetchone()
        except psycopg.Error as error:
            self._conn.close()
            raise explained(error, self.address) from None
        except StoreError:
            self._conn.close()
            raise

    def run(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        """See Engine."""
        deadline = time.monotonic() + _PATIENCE_S
        tries = 0
        while True:
            tries += 1
            attempt = _Attempt(next(self._numbers))
            try:
                return self._run_once(jobs, attempt)
            except _AGAIN as error:
                self._conn.execute("ROLLBACK")
                if tries >= _TRIES:
                    raise StoreUnavailableError(self.address.clean(error)) from None
            except psycopg.Error as error:
                if not self._conn.closed and not self._conn.broken:
                    self._roll_back()
                    said = self.address.clean(error)
                    log.error("a commit failed: %s", said)
                    raise StoreError(f"could not be written to {self.shown}: {said}") from None
                self._reconnect(error, deadline)
                if attempt.committing and self._is_committed(attempt.number, deadline):
                    return attempt.outcomes

    def _run_once(self, jobs: Sequence[Job[Any]], attempt: _Attempt) -> list[Outcome]:
        """Runs all in one pipeline; if one fails, all again, each behind a savepoint."""
        try:
            with self._conn.pipeline() as pipeline:
                writing = PostgresWriting(self._conn, self._server, pipeline)
                self._begin()
                attempt.outcomes = [Outcome(job(writing)) for job in jobs]
                self._commit(writing, attempt)
        except _OF_ALL:
            raise
        except Exception as error:  # noqa: BLE001 - one job's failure is its caller's
            self._conn.execute("ROLLBACK")
            if len(jobs) > 1:
                return self._run_apart(jobs, attempt)
            attempt.outcomes = [_failed(error, self.address)]
        return attempt.outcomes

    def _run_apart(self, jobs: Sequence[Job[Any]], attempt: _Attempt) -> list[Outcome]:
        writing = PostgresWriting(self._conn, self._server)
        attempt.outcomes, attempt.committing = [], False
        self._begin()
        for job in jobs:
            told = len(writing.news)
            self._conn.execute("SAVEPOINT job")
            try:
                attempt.outcomes.append(Outcome(job(writing)))
            except _OF_ALL:
                raise
            except Exception as error:  # noqa: BLE001 - one job's failure is its caller's
                self._conn.execute("ROLLBACK TO SAVEPOINT job")
                del writing.news[told:]
                attempt.outcomes.append(_failed(error, self.address))
            self._conn.execute("RELEASE SAVEPOINT job")
        with self._conn.pipeline():
            self._commit(writing, attempt)
        return attempt.outcomes

    def _begin(self) -> None:
        self._conn.execute("BEGIN")
        self._conn.execute(f"SELECT pg_advisory_xact_lock_shared({_WRITERS})")

    def _commit(self, writing: PostgresWriting, attempt: _Attempt) -> None:
        """The end of a transaction, in a pipeline: it is done when that is."""
        if writing.news:
            self._conn.execute(_TELL, [_CHANNEL, writing.news])
        self._conn.execute(_MARK, [self._server, attempt.number])
        attempt.committing = True
        self._conn.execute("COMMIT")

    def _roll_back(self) -> None:
        try:
            self._conn.execute("ROLLBACK")
        except psycopg.Error as error:
            log.debug("nothing to roll back: %s", self.address.clean(error))

    def _reconnect(self, cause: Exception, deadline: float) -> None:
        """A fresh connection in place of a lost one; waits for a database that restarts."""
        log.warning("the database is away (%s); trying again", self.address.clean(cause))
        lost = self._backend
        self._conn.close()
        while True:
            try:
                self._conn = self._connect()
                # Where only the network broke, the lost connection may hold its locks for hours.
                self._conn.execute(_END, lost)
                self._backend = self._conn.execute(_WHO).fetchone()
            except (StoreError, psycopg.Error) as error:
                self._conn.close()
                if time.monotonic() > deadline or self._closing.is_set():
                    raise StoreUnavailableError(self.address.clean(error)) from None
                self._closing.wait(_PAUSE_S)
            else:
                log.info("the database is back")
                return

    def _is_committed(self, number: int, deadline: float) -> bool:
        """What became of a transaction whose commit was under way when its connection was lost.

        A server's last commit leaves its number behind. Transactions' own numbers do not tell: a
        crash may take one that reached no disk, and the next server gets the same number.
        """
        while True:
            try:
                # Waits for the transaction, should it be under way still: it holds this row.
                return bool(self._conn.execute(_MARKED, [self._server]).fetchone()[0] == number)
            except psycopg.Error as error:
                if not self._conn.closed and not self._conn.broken:
                    raise StoreUnavailableError(self.address.clean(error)) from None
                self._reconnect(error, deadline)

    def read(self, sql: str, values: Values, *, first: bool) -> list[Row]:
        """See Engine. A connection that a restart left behind is tried once more."""
        for last in (False, True):
            try:
                with self._pool.connection() as conn:
                    return _read(conn, sql, values, first=first)
            except PoolTimeout as error:
                raise StoreUnavailableError(
                    f"database {self.shown} does not answer just now; try again in a moment"
                ) from error
            except psycopg.OperationalError as error:
                if last:
                    raise StoreUnavailableError(
                        f"database {self.shown} went away ({self.address.clean(error)}); "
                        "try again in a moment"
                    ) from None
                self._pool.check()
            except psycopg.Error as error:
                raise StoreError(
                    f"database {self.shown} refused a question: {self.address.clean(error)}"
                ) from error
        raise AssertionError("unreachable")

    def horizon(self, tables: Mapping[str, str]) -> dict[str, int]:
        """See Engine."""
        newest = ", ".join(
            f"(SELECT coalesce(max({column}), 0) FROM {table})"  # noqa: S608 - the code's own names
            for table, column in tables.items()
        )
        with self._connection() as conn:
            found = conn.execute(f"SELECT {newest}").fetchone()
            # Whoever has a smaller number than these began before: wait until they are done.
            conn.execute(f"SELECT pg_advisory_lock({_WRITERS})")
            conn.execute(f"SELECT pg_advisory_unlock({_WRITERS})")
        return dict(zip(tables, map(int, found), strict=True))

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """See Engine. The lock ends with the connection, so with the server."""
        lock = "hashtext('bangda alone'), hashtext(%s)"
        with self._connection() as conn:
            held = bool(conn.execute(f"SELECT pg_try_advisory_lock({lock})", [name]).fetchone()[0])
            try:
                yield held
            finally:
                if held and not conn.closed:
                    conn.execute(f"SELECT pg_advisory_unlock({lock})", [name])

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """See Engine. The turn ends with the connection, so with the server."""
        with self._connection() as conn:
            sql = "SELECT pg_advisory_lock(hashtext('bangda turn of servers'), hashtext(%s))"
            conn.execute(sql, [name])
            yield

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """See Engine."""
        put = "INSERT INTO shared_secrets (name, value) VALUES (%s, %s) ON CONFLICT DO NOTHING"
        with self._connection() as conn:
            conn.execute(put, [name, make()])
            found = conn.execute("SELECT value FROM shared_secrets WHERE name = %s", [name])
            return str(found.fetchone()[0])

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of its own, for what lasts or locks."""
        conn = self._connect()
        try:
            yield conn
        except psycopg.Error as error:
            raise StoreUnavailableError(
                f"database {self.shown}: {self.address.clean(error)}"
            ) from None
        finally:
            conn.close()

    def listen(self, heard: Callable[[News], None], back: Callable[[], None]) -> None:
        """See Engine."""
        while not self._closing.is_set():
            try:
                with psycopg.connect(self.address.conninfo, autocommit=True) as conn:
                    conn.execute(f"LISTEN {_CHANNEL}")
                    back()
                    while not self._closing.is_set():
                        for news in conn.notifies(timeout=0.5):
                            told = json.loads(news.payload)
                            if told.get("from") != self._server:
                                heard(told)
            except psycopg.Error as error:
                log.warning("news of other servers are missed: %s", self.address.clean(error))
                self._closing.wait(_PAUSE_S)

    def scrub(self) -> None:
        """See Engine. Clears rows that were deleted out of their tables' pages."""
        with self._connection() as conn:
            for table in ("messages", "message_words", "events", "warnings", "acceptances"):
                conn.execute(f"VACUUM {table}")

    def size_bytes(self) -> int:
        """See Engine."""
        with self._connection() as conn:
            return int(conn.execute("SELECT pg_database_size(current_database())").fetchone()[0])

    def close(self) -> None:
        """See Engine."""
        self._closing.set()
        self._pool.close()
        self._conn.close()


def _read(conn: psycopg.Connection[Any], sql: str, values: Values, *, first: bool) -> list[Row]:
    try:
        found = conn.execute(translated(sql), plain(values))
    except (
        errors.FeatureNotSupported
    ):  # a newer server has added a column to a prepared one's table
        conn.execute("ROLLBACK")  # at this word the driver forgets what it prepared
        found = conn.execute(translated(sql), plain(values))
    if first:
        row = found.fetchone()
        return [] if row is None else [row]
    rows: list[Row] = found.fetchall()
    return rows


class _Attempt:
    """One try at a transaction: its number and what its jobs gave."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.committing = False
        self.outcomes: list[Outcome] = []


def _failed(error: Exception, address: Address) -> Outcome:
    """What the caller of a job that failed is told."""
    if isinstance(error, errors.IntegrityError):
        log.info("a write was refused: %s", address.clean(error))
        return Outcome(error=StoreRuleError(address.clean(error)))
    if isinstance(error, psycopg.Error):
        log.error("a write failed: %s", address.clean(error))
        return Outcome(error=StoreError(address.clean(error)))
    log.error("a write failed: %s: %s", type(error).__name__, error)
    return Outcome(error=error)


def _configure(conn: psycopg.Connection[Any]) -> None:
    conn.adapters.register_loader("numeric", NumberLoader)
