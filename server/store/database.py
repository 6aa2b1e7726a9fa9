"""The database file: opened, migrated, written by one thread, read by any.

All writes go through one writer thread that commits what has gathered in one transaction (a
savepoint a job), so ten agents cost one flush to disk instead of ten, and a slow disk never blocks
a suggestion. `synchronous=FULL` makes a commit survive a power cut in WAL mode.
"""

from __future__ import annotations

import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from server.base.errors import StoreError
from server.store.migrations import migrations

log = logging.getLogger("bangda.store")
T = TypeVar("T")
Writing = sqlite_utils.Database
"""What a write job is handed."""
Job = Callable[[Writing], T]
HEAD_FILE = "audit.head"
"""Stands beside the database and tells how far the audit trail had come."""
_READERS = 8
_BATCH = 256


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


class Database:
    """One SQLite file. `write` returns after the commit, `submit` at once with a Future."""

    def __init__(self, path: Path) -> None:
        self.path = path
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
        self._jobs: queue.SimpleQueue[tuple[Job[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._slots = threading.BoundedSemaphore(_READERS)
        self._closed = threading.Event()
        self._writer = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._writer.start()

    def _connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("PRAGMA foreign_keys=ON")
        # What is deleted is overwritten: nothing of a shopper stays in free pages.
        conn.execute("PRAGMA secure_delete=ON")
        conn.execute("PRAGMA busy_timeout=10000")
        return conn

    def submit(self, job: Job[T]) -> Future[T]:
        """Queues a job for the writer; jobs run in the order they were handed in."""
        if self._closed.is_set():
            raise StoreError("database is closed; the server is shutting down; try again later")
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return future

    def write(self, job: Job[T]) -> T:
        """Runs the job and returns its result once it is committed and flushed to disk."""
        return self.submit(job).result()

    def flush(self) -> None:
        """Returns when everything queued before is on disk."""
        self.write(lambda db: None)

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
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

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self.reader() as conn:
            return conn.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, None when there is none."""
        with self.reader() as conn:
            row: sqlite3.Row | None = conn.execute(sql, parameters).fetchone()
            return row

    def close(self) -> None:
        """Writes what is queued, then closes."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._jobs.put(None)
        self._writer.join()
        while not self._readers.empty():
            self._readers.get_nowait().close()
        self._conn.close()

    def _run(self) -> None:
        last = False
        while not last:
            item = self._jobs.get()
            batch = []
            while item is not None:
                batch.append(item)
                if len(batch) >= _BATCH or self._jobs.empty():
                    break
                item = self._jobs.get()
            last = item is None
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[tuple[Job[Any], Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self._db.atomic():
                for job, future in batch:
                    try:
                        with self._db.atomic():
                            done.append((future, job(self._db)))
                    except Exception as error:  # noqa: BLE001 - one job's failure is its caller's
                        log.error("a write failed: %s: %s", type(error).__name__, error)
                        future.set_exception(error)
        except sqlite3.Error as error:
            log.error("a commit failed: %s", error)
            for future, _ in done:
                future.set_exception(StoreError(f"could not be written to {self.path}: {error}"))
            return
        for future, result in done:
            future.set_result(result)
