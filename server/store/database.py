"""The database: written by one thread, read by any.

All writes go through one writer thread that commits what has gathered in one transaction (a
savepoint a job), so ten agents cost one flush to disk instead of ten, and a slow disk never blocks
a suggestion. Which engine holds it is decided here, by its address, and nowhere else.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from server.base.errors import StoreError
from server.store.contract import Dialect, Engine, Job, Row, Writing
from server.store.sqlite.engine import HEAD_FILE, SqliteEngine

__all__ = ["HEAD_FILE", "Database", "Job", "Row", "Writing"]

T = TypeVar("T")
_BATCH = 256


def _engine_of(where: Path | str) -> Engine:
    if isinstance(where, Path):
        return SqliteEngine(where)
    # The driver is an extra: who keeps SQLite never needs it.
    from server.store.postgres.engine import PostgresEngine

    return PostgresEngine(where)


class Database:
    """One database. `write` returns after the commit, `submit` at once with a Future."""

    def __init__(self, where: Path | str, folder: Path | None = None) -> None:
        """`where` is a SQLite file or an address `postgresql://…`.

        `folder` holds what stands beside the database; without one it is the file's.
        Raises StoreError when it cannot be used.
        """
        self.folder = folder or (where.parent if isinstance(where, Path) else Path())
        self._engine = _engine_of(where)
        self._jobs: queue.SimpleQueue[tuple[Job[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._writer = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._writer.start()

    @property
    def dialect(self) -> Dialect:
        """Words of SQL that engines spell otherwise."""
        return self._engine.dialect

    @property
    def shown(self) -> str:
        """The database by name, for people; never a password."""
        return self._engine.shown

    def submit(self, job: Job[T]) -> Future[T]:
        """Queues a job for the writer; jobs run in the order they were handed in.

        A job may run more than once, where a commit had to be tried again: what it does besides
        writing must bear that.
        """
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

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query; sees everything committed."""
        return self._engine.read(sql, values, first=False)

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, None when there is none."""
        return next(iter(self._engine.read(sql, values, first=True)), None)

    def horizon(self, tables: Mapping[str, str]) -> dict[str, int]:
        """By table: up to which number of its column every row can be seen that ever will be.

        Rows beyond may be overtaken by rows with smaller numbers that are not committed yet: who
        reads a table in its rows' order stops there.
        """
        return self._engine.horizon(tables)

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Whether this is the only server of the database inside, for as long as it lasts."""
        return self._engine.alone(name)

    def scrub(self) -> None:
        """Lets nothing of what was deleted be read again from the database's files."""
        self.write(lambda db: db.tidy_words())
        self._engine.scrub()

    def size_bytes(self) -> int:
        """How much room the database takes."""
        return self._engine.size_bytes()

    def close(self) -> None:
        """Writes what is queued, then closes."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._jobs.put(None)
        self._writer.join()
        self._engine.close()

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
        try:
            outcomes = self._engine.run([job for job, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if outcome.error is not None:
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome.result)
