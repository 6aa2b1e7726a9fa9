"""One SQLite file in WAL mode. `synchronous=FULL` makes a commit survive a power cut."""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import sqlite_utils

from server.base.errors import StoreError, StoreRuleError, StoreUnavailableError
from server.store.contract import Dialect, Found, Job, News, Outcome, Row, Values, Writing
from server.store.migrations import migrations
from server.store.sqlite.dialect import SqliteDialect

log = logging.getLogger("bangda.store")
HEAD_FILE = "audit.head"
"""Stands beside the database and tells how far the audit trail had come."""
_READERS = 8
_SHORTEST_SECRET = 32
_LARGEST = 2**63 - 1
_BUSY_MS = 10_000
# What passes: no room, another program's lock, a disk that is away. The same works later.
_PASSING = {
    sqlite3.SQLITE_FULL: "there is no room on the disk; make room",
    sqlite3.SQLITE_BUSY: "another program holds it; close that one",
    sqlite3.SQLITE_LOCKED: "another program holds it; close that one",
    sqlite3.SQLITE_IOERR: "the disk refuses; look whether it is full or was taken away",
    sqlite3.SQLITE_READONLY: "it may not be written; look at the folder's rights",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; look at the folder's rights",
}


def _touch_privately(path: Path) -> None:
    """Lets this account alone read the file; SQLite gives its log the same rights."""
    path.touch(mode=0o600)
    if os.name == "posix":
        path.chmod(0o600)


def _refuse_a_lost_one(path: Path) -> None:
    """An empty database is never put silently where a full one stood.

    The head of the audit trail stands beside the database from its first entry on.
    """
    lost = not path.exists() or path.stat().st_size == 0
    if lost and path.with_name(HEAD_FILE).exists():
        raise StoreError(
            f"database {path} is {'missing' if not path.exists() else 'empty'}, though this data "
            f"folder had one; run: bangda restore FILE; or, to begin anew, delete {HEAD_FILE} there"
        )


def _refuse_a_newer_one(db: sqlite_utils.Database, path: Path) -> None:
    known = {step.name for step in migrations.pending(sqlite_utils.Database(memory=True))}
    unknown = {step.name for step in migrations.applied(db)} - known
    if unknown:
        raise StoreError(
            f"database {path} was made by a newer bangda (it knows {min(unknown)}); update this "
            "program, or restore a backup of this version"
        )


class SqliteWriting(Writing):
    """The writer's transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self.dialect = SqliteDialect()

    def execute(self, sql: str, values: Values = ()) -> Found:
        """See Writing."""
        return self._conn.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """See Writing."""
        self._conn.executemany(sql, rows)

    def add_words(self, rows: Sequence[tuple[int, str]]) -> None:
        """See Writing."""
        self.executemany("INSERT INTO message_words (rowid, words) VALUES (?, ?)", rows)

    def forget_words(self, rows: Sequence[tuple[int, str]]) -> None:
        """See Writing. The table holds no texts: FTS5 must be told which words to take out."""
        sql = "INSERT INTO message_words (message_words, rowid, words) VALUES ('delete', ?, ?)"
        self.executemany(sql, rows)

    def tidy_words(self) -> None:
        """See Writing."""
        self.execute("INSERT INTO message_words(message_words) VALUES ('optimize')")

    def reserve(self, table: str, n: int) -> int:
        """See Writing. Numbers of deleted rows count too: they never come back."""
        sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0) + 1"
        return int(self.execute(sql, [table]).fetchone()[0])

    def last_number(self, table: str) -> int:
        """See Writing. Where rows are not counted, the largest number may come again."""
        sql = f"SELECT coalesce(max(id), 0) FROM {table}"  # noqa: S608 - the schema's own names
        counted = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        found = self.execute(counted, [table]).fetchone()
        return max(int(self.execute(sql).fetchone()[0]), int(found[0]) if found else 0)

    def go_on_from(self, table: str, number: int) -> None:
        """See Writing."""
        sql = "UPDATE sqlite_sequence SET seq = ? WHERE name = ? AND seq < ?"
        self.execute(sql, [number, table, number])

    def in_turn(self, name: str) -> None:
        """See Writing. One writer a database: nobody else is writing."""

    def notify(self, kind: str, **fields: Any) -> None:
        """See Writing. One server a database: nobody else is to be told."""


class SqliteEngine:
    """See Engine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown = str(path)
        self.is_shared = False
        self.dialect: Dialect = SqliteDialect()
        _refuse_a_lost_one(path)
        try:
            _touch_privately(path)
            self._conn = self._connect()
            self._db = sqlite_utils.Database(self._conn)
            self._db.enable_wal()
            _refuse_a_newer_one(self._db, path)
            migrations.apply(self._db)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"database {path} cannot be used ({error}); expected a SQLite file that this "
                "account may write; restore a backup or name another folder: --data DIR"
            ) from error
        self._writing = SqliteWriting(self._conn)
        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._slots = threading.BoundedSemaphore(_READERS)

    def _connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("PRAGMA foreign_keys=ON")
        # What is deleted is overwritten: nothing of a shopper stays in free pages.
        conn.execute("PRAGMA secure_delete=ON")
        conn.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        return conn

    def run(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        """See Engine."""
        try:
            with self._db.atomic():
                return [self._run_one(job) for job in jobs]
        except sqlite3.Error as error:
            passing = self._passing(error)
            if passing is not None:
                raise passing from error
            log.error("a commit failed: %s", error)
            raise StoreError(f"could not be written to {self.path}: {error}") from error

    def _passing(self, error: Exception) -> StoreUnavailableError | None:
        """The error as one that passes, None for any other."""
        code = getattr(error, "sqlite_errorcode", None)
        said = _PASSING.get(code & 0xFF) if code is not None else None
        if said is None:
            return None
        return StoreUnavailableError(
            f"database {self.path} cannot be written now ({error}): {said}; what is to be written "
            "is kept and tried again"
        )

    def _run_one(self, job: Job[Any]) -> Outcome:
        try:
            with self._db.atomic():
                return Outcome(job(self._writing))
        except sqlite3.IntegrityError as error:
            log.info("a write was refused: %s", error)
            refused = StoreRuleError(str(error))
            refused.__cause__ = error
            return Outcome(error=refused)
        except sqlite3.OperationalError as error:
            if self._passing(error) is not None:
                raise  # it is no job's own fault: none of this transaction is written
            log.error("a write failed: %s", error)
            return Outcome(error=error)
        except Exception as error:  # noqa: BLE001 - one job's failure is its caller's
            log.error("a write failed: %s: %s", type(error).__name__, error)
            return Outcome(error=error)

    def read(self, sql: str, values: Values, *, first: bool) -> list[Row]:
        """See Engine."""
        try:
            with self._reader() as conn:
                found = conn.execute(sql, values)
                if first:
                    row = found.fetchone()
                    return [] if row is None else [row]
                return cast("list[Row]", found.fetchall())
        except sqlite3.OperationalError as error:
            passing = self._passing(error)
            if passing is None:
                raise
            raise passing from error

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading, rows as `sqlite3.Row`; sees everything committed."""
        with self._slots:
            try:
                conn = self._readers.get_nowait()
            except queue.Empty:
                conn = self._connect()
                conn.execute("PRAGMA query_only=ON")
                conn.row_factory = sqlite3.Row
            try:
                yield conn
            finally:
                self._readers.put(conn)

    def horizon(self, tables: Mapping[str, str]) -> dict[str, int]:
        """See Engine. One writer: what is committed is all there is."""
        return dict.fromkeys(tables, _LARGEST)

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """See Engine. One server a data folder, which `alone_in` sees to."""
        yield True

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """See Engine. There is no other server."""
        yield

    def listen(self, heard: Callable[[News], None], back: Callable[[], None]) -> None:
        """See Engine. There is no other server."""

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """See Engine. A file beside the database, readable by this account alone.

        One that a crash left empty is none: with it nobody could sign in, or anybody.
        """
        path = self.path.with_name(name)
        held = path.read_text(encoding="ascii", errors="replace") if path.exists() else ""
        if len(held) < _SHORTEST_SECRET:
            if path.exists():
                log.warning(
                    "%s is empty or damaged; a new one is made: what it signed or hashed so far "
                    "(sign-ins, ids of pages) matches no more. A backup holds the old one",
                    path,
                )
            held = make()
            try:
                path.touch(mode=0o600)
                path.write_text(held, encoding="ascii")
            except OSError as error:
                raise StoreUnavailableError(
                    f"{path} cannot be written ({error.strerror}); make room on the disk, or look "
                    "at the folder's rights"
                ) from error
        return held

    def scrub(self) -> None:
        """See Engine. Empties the log; the file's own pages are overwritten as rows go.

        `secure_delete` does the latter: rewriting the file (VACUUM) kept the writer waiting.
        """
        with closing(sqlite3.connect(self.path, timeout=60)) as conn:
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def size_bytes(self) -> int:
        """See Engine."""
        return self.path.stat().st_size

    def close(self) -> None:
        """See Engine."""
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._conn.close()
