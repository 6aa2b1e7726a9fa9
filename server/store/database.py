"""The database: written by one thread, read by any.

All writes go through one writer thread that commits what has gathered in one transaction (a
savepoint a job), so ten agents cost one flush to disk instead of ten, and a slow disk never blocks
a suggestion. Which engine holds it is decided here, by its address, and nowhere else.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from server.base.errors import StoreUnavailableError
from server.base.times import utc_now
from server.store.contract import Dialect, Engine, Job, News, Row, Writing
from server.store.ids import KEY, Ids
from server.store.sqlite.engine import HEAD_FILE, SqliteEngine

__all__ = ["HEAD_FILE", "Database", "Job", "News", "Row", "Writing"]

log = logging.getLogger("bangda.store")
T = TypeVar("T")
_BATCH = 256
_GATHER_S = 0.1
# While nothing can be written, so many jobs are kept that nobody waits for: hours of a busy shop.
_MOST_KEPT = 20_000
_TRY_AGAIN_S = 1.0
_PROOF = (
    "INSERT INTO figure_marks (name, value) VALUES ('written', ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class _Item:
    """One job in the queue; `kept` when nobody waits for it, so that it may be written later."""

    job: Job[Any]
    future: Future[Any]
    kept: bool


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
        self._jobs: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self.ids = Ids(lambda: self.secret(KEY, lambda: secrets.token_hex(32)))
        self._kept: deque[_Item] = deque()
        self.trouble = ""
        """Why the last commit failed for want of room or of the database, "" while all is well."""
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

    @property
    def is_shared(self) -> bool:
        """Whether other servers may be using it."""
        return self._engine.is_shared

    def submit(self, job: Job[T]) -> Future[T]:
        """Queues a job that nobody waits for; jobs run in the order they were handed in.

        While nothing can be written (a full disk, another program's lock) it is kept and tried
        again. A job may run more than once: what it does besides writing must bear that.
        """
        return self._hand_in(job, kept=True)

    def write(self, job: Job[T]) -> T:
        """Runs the job and returns its result once it is committed and flushed to disk.

        Raises StoreUnavailableError when nothing can be written now; the caller may try later.
        """
        return self._hand_in(job, kept=False).result()

    def _hand_in(self, job: Job[T], *, kept: bool) -> Future[T]:
        if self._closed.is_set():
            # Who comes again finds another server, or this one started anew.
            raise StoreUnavailableError("the server is shutting down; try again in a moment")
        future: Future[T] = Future()
        self._jobs.put(_Item(job, future, kept))
        return future

    @property
    def waiting(self) -> int:
        """How many jobs are kept until something can be written again."""
        return len(self._kept)

    def prove(self) -> None:
        """Writes a little. Raises StoreUnavailableError when nothing can be written."""
        self.write(lambda db: db.execute(_PROOF, [utc_now()]))

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

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Waits until no other server is in this turn; others wait for as long as it lasts."""
        return self._engine.turn(name)

    def tell(self, kind: str, **fields: Any) -> None:
        """Tells the other servers of this database, after everything that is queued already."""
        self.submit(lambda db: db.notify(kind, **fields))

    def listen(self, heard: Callable[[News], None], back: Callable[[], None]) -> None:
        """Calls `heard` with what other servers tell, until closed; at once over with no others.

        `back` is called when it begins to listen, and again after a gap: something may have been
        missed then.
        """
        self._engine.listen(heard, back)

    def secret(self, name: str, make: Callable[[], str]) -> str:
        """A secret that all servers of the database share; made where there is none yet."""
        return self._engine.secret(name, make)

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
            batch, last = self._gathered()
            if self._kept:
                held = [self._kept.popleft() for _ in range(min(_BATCH, len(self._kept)))]
                self._kept.extendleft(reversed(self._commit(held)))
            if batch:
                self._kept.extend(self._commit(batch))
                self._drop_what_is_too_much()
        if self._kept:
            log.error("%d jobs could not be written: %s", len(self._kept), self.trouble)

    def _gathered(self) -> tuple[list[_Item], bool]:
        """The next jobs to commit together, and whether they are the last.

        Jobs that nobody waits for are held back for a moment: most commits then take several.
        """
        batch: list[_Item] = []
        until: float | None = None
        try:
            while len(batch) < _BATCH:
                item = self._jobs.get(timeout=self._patience(until))
                if item is None:
                    return batch, True
                batch.append(item)
                now = time.monotonic()
                until = min(until or now + _GATHER_S, now + _GATHER_S if item.kept else now)
        except queue.Empty:
            log.debug("nothing more to commit with %d jobs", len(batch))
        return batch, False

    def _patience(self, until: float | None) -> float | None:
        """How long the next job is waited for, in seconds; None for ever."""
        if until is not None:
            return max(0.0, until - time.monotonic())
        return _TRY_AGAIN_S if self._kept else None

    def _commit(self, batch: list[_Item]) -> list[_Item]:
        """Writes a batch; returns what is to be tried again, in order."""
        try:
            outcomes = self._engine.run([item.job for item in batch])
        except StoreUnavailableError as error:
            return self._untaken(batch, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            for item in batch:
                item.future.set_exception(error)
            return []
        if self.trouble:
            log.warning("the database can be written again; %d jobs were kept", len(self._kept))
            self.trouble = ""
        for item, outcome in zip(batch, outcomes, strict=True):
            if outcome.error is not None:
                item.future.set_exception(outcome.error)
            else:
                item.future.set_result(outcome.result)
        return []

    def _untaken(self, batch: list[_Item], error: StoreUnavailableError) -> list[_Item]:
        """Tells those who wait; returns what nobody waits for."""
        if not self.trouble:
            log.error("%s", error)
        self.trouble = str(error)
        for item in batch:
            if not item.kept:
                item.future.set_exception(error)
        return [item for item in batch if item.kept]

    def _drop_what_is_too_much(self) -> None:
        while len(self._kept) > _MOST_KEPT:
            dropped = self._kept.popleft()
            dropped.future.set_exception(StoreUnavailableError(self.trouble))
            log.error("more waits to be written than can be kept; the oldest was dropped")
