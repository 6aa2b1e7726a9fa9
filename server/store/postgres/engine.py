"""PostgreSQL behind the contract: one writing connection a server, a pool for reading.

A commit is durable when the server says so (`synchronous_commit` stays on). A connection that is
lost is made anew and the jobs run again, unless the commit that was under way turns out to be done:
the database itself tells, by the transaction's number.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from server.base.errors import StoreError, StoreRuleError, StoreUnavailableError
from server.store.contract import MISSED, Dialect, Found, Job, News, Outcome, Row, Values, Writing
from server.store.postgres import steps
from server.store.postgres.address import (
    OLDEST,
    Address,
    address_of,
    explained,
    missing_database,
    too_old,
)
from server.store.postgres.dialect import PostgresDialect, words_of
from server.store.postgres.rows import NumberLoader, named_rows
from server.store.postgres.sql import plain, translated

log = logging.getLogger("bangda.store")
_CHANNEL = "bangda"
# What PostgreSQL passes on in one piece; of longer news only that there was some is told.
_LONGEST_NEWS = 7_900
_READERS = 8
_READ_WITHIN_S = 10.0
# How long a write waits for a database that restarts; then its caller hears of it.
_PATIENCE_S = 20.0
_PAUSE_S = 0.2
_TRIES = 12
_AGAIN = (errors.DeadlockDetected, errors.SerializationFailure)
# Every transaction that writes holds this in common; `horizon` waits for those under way by
# asking for it alone, for a moment.
_WRITERS = "hashtext('bangda'), hashtext('writers')"
_TELL = "SELECT pg_notify(%s, news) FROM unnest(CAST(%s AS TEXT[])) AS news"
_BEGIN = (
    f"BEGIN; SELECT pg_advisory_xact_lock_shared({_WRITERS}); "
    "SELECT CAST(pg_current_xact_id() AS TEXT)"
)


class PostgresWriting(Writing):
    """The writer's transaction."""

    dialect: Dialect = PostgresDialect()

    def __init__(self, conn: psycopg.Connection[Any], server: str) -> None:
        self._conn = conn
        self._server = server
        self.news: list[str] = []
        """What is told with the commit, all at once."""

    def execute(self, sql: str, values: Values = ()) -> Found:
        """See Writing."""
        found: Found = self._conn.execute(translated(sql), plain(values))
        return found

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


class PostgresEngine:
    """See Engine."""

    def __init__(self, where: str) -> None:
        """Connects and brings the tables up to date. Raises ConfigError or StoreError."""
        self.address: Address = address_of(where)
        self.shown = self.address.shown
        self.is_shared = True
        self.dialect: Dialect = PostgresDialect()
        self._server = uuid.uuid4().hex
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
            if 'database "' in str(error) and "does not exist" in str(error):
                raise missing_database(error, self.address) from None
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
            attempt = _Attempt()
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
        began = self._conn.execute(_BEGIN)
        while began.nextset():
            continue
        attempt.number = str(began.fetchone()[0])
        writing = PostgresWriting(self._conn, self._server)
        alone = len(jobs) == 1
        for job in jobs:
            if not alone:
                self._conn.execute("SAVEPOINT job")
            told = len(writing.news)
            outcome = _run_job(job, writing, self.address)
            attempt.outcomes.append(outcome)
            if outcome.error is not None:
                del writing.news[told:]
                if alone:
                    self._conn.execute("ROLLBACK")
                    return attempt.outcomes
                self._conn.execute("ROLLBACK TO SAVEPOINT job")
            elif not alone:
                self._conn.execute("RELEASE SAVEPOINT job")
        attempt.committing = True
        if writing.news:
            with self._conn.pipeline():  # one way to the database and back for both
                self._conn.execute(_TELL, [_CHANNEL, writing.news])
                self._conn.execute("COMMIT")
        else:
            self._conn.execute("COMMIT")
        return attempt.outcomes

    def _roll_back(self) -> None:
        try:
            self._conn.execute("ROLLBACK")
        except psycopg.Error as error:
            log.debug("nothing to roll back: %s", self.address.clean(error))

    def _reconnect(self, cause: Exception, deadline: float) -> None:
        """A fresh connection in place of a lost one; waits for a database that restarts."""
        log.warning("the database is away (%s); trying again", self.address.clean(cause))
        self._conn.close()
        while True:
            try:
                self._conn = self._connect()
            except StoreError as error:
                if time.monotonic() > deadline or self._closing.is_set():
                    raise StoreUnavailableError(str(error)) from None
                self._closing.wait(_PAUSE_S)
            else:
                log.info("the database is back")
                return

    def _is_committed(self, number: str, deadline: float) -> bool:
        """What became of a transaction whose commit was under way when its connection was lost."""
        sql = "SELECT pg_xact_status(CAST(CAST(%s AS TEXT) AS XID8))"
        while True:
            try:
                status = self._conn.execute(sql, [number]).fetchone()[0]
            except psycopg.errors.InvalidParameterValue:
                # A number of the future: a crash took the transaction before the disk knew of it.
                return False
            except psycopg.Error as error:
                if not self._conn.closed and not self._conn.broken:
                    raise StoreUnavailableError(self.address.clean(error)) from None
                self._reconnect(error, deadline)
                continue
            if status != "in progress":
                return bool(status == "committed")
            time.sleep(_PAUSE_S)

    def read(self, sql: str, values: Values, *, first: bool) -> list[Row]:
        """See Engine. A connection that a restart left behind is tried once more."""
        for last in (False, True):
            try:
                with self._pool.connection() as conn:
                    found = conn.execute(translated(sql), plain(values))
                    if first:
                        row = found.fetchone()
                        return [] if row is None else [row]
                    rows: list[Row] = found.fetchall()
                    return rows
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


class _Attempt:
    """One try at a transaction: its number and what its jobs gave."""

    def __init__(self) -> None:
        self.number = ""
        self.committing = False
        self.outcomes: list[Outcome] = []


def _run_job(job: Job[Any], writing: Writing, address: Address) -> Outcome:
    """Raises what concerns the whole transaction: a lost connection, a deadlock."""
    try:
        return Outcome(job(writing))
    except errors.IntegrityError as error:
        log.error("a write was refused: %s", address.clean(error))
        return Outcome(error=StoreRuleError(address.clean(error)))
    except (psycopg.OperationalError, *_AGAIN):
        raise
    except psycopg.Error as error:
        log.error("a write failed: %s", address.clean(error))
        return Outcome(error=StoreError(address.clean(error)))
    except Exception as error:  # noqa: BLE001 - one job's failure is its caller's
        log.error("a write failed: %s: %s", type(error).__name__, error)
        return Outcome(error=error)


def _configure(conn: psycopg.Connection[Any]) -> None:
    conn.adapters.register_loader("numeric", NumberLoader)
