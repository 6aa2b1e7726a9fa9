"""Long work in a thread of its own; its progress can be asked for at any server, and left."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from server.base.errors import BangdaError, EntryError, StoreError
from server.store.shared_work import JobRow, JobRows, State
from server.web.lead.job_outcome import error_text, read_error, read_result, result_text

log = logging.getLogger("bangda.jobs")
_BEAT_S = 10.0
# Several beats, and what clocks of servers may differ by.
_DEAD_AFTER_S = 60.0
_NOTE_EVERY_S = 0.5
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: what step it is at, how far, what came of it."""

    id: int
    kind: str
    shop: str
    who: str
    state: State
    step: str
    done: int
    total: int
    error: BangdaError | None
    result: Any
    seen: bool


class Jobs:
    """Runs work, keeps the results of a week. One job a kind and shop is the caller's care."""

    def __init__(self, rows: JobRows) -> None:
        self._rows = rows

    def start(self, kind: str, shop: str, who: str, work: Callable[[Progress], Any]) -> Job:
        """Starts work; it is handed a function to report progress to.

        What the work returns is what JSON holds, or of the kind's own type (`job_outcome.py`).
        """
        number = self._rows.begin(kind, shop, who, time.time())
        job = self.job(number)
        assert job is not None
        threading.Thread(
            target=self._run, args=(number, kind, work), name=f"job-{kind}", daemon=True
        ).start()
        return job

    def job(self, number: int) -> Job | None:
        """A job by its number."""
        row = self._rows.find(number)
        return None if row is None else _job(row)

    def look(self, job: Job) -> None:
        """Notes that somebody has seen what came of it."""
        if job.state != "running" and not job.seen:
            self._rows.look(job.id)

    def running(self, shop: str) -> list[Job]:
        """The shop's unfinished jobs."""
        jobs = [_job(row) for row in self._rows.all(shop, "running")]
        return [job for job in jobs if job.state == "running"]

    def done(self, kind: str, shop: str) -> list[Job]:
        """The shop's jobs of a kind that ended well, oldest first."""
        return [_job(row) for row in self._rows.all(shop, "done") if row.kind == kind]

    def _run(self, number: int, kind: str, work: Callable[[Progress], Any]) -> None:
        over = threading.Event()
        beating = threading.Thread(target=self._beat, args=(number, over), daemon=True)
        beating.start()
        outcome: dict[str, str] = {}
        try:
            outcome["result"] = result_text(work(self._progress(number)))
        except BangdaError as error:
            outcome["error"] = error_text(error)
        except Exception as error:
            outcome["error"] = error_text(BangdaError(f"{type(error).__name__}: {error}"))
            log.exception("job %s failed", kind)
        over.set()
        beating.join()
        try:
            self._rows.end(number, time.time(), **outcome)
        except StoreError as error:
            log.error("what came of job %s could not be noted: %s", kind, error)

    def _beat(self, number: int, over: threading.Event) -> None:
        while not over.wait(_BEAT_S):
            try:
                self._rows.beat(number, time.time())
            except StoreError as error:
                log.warning("a job's beat was not noted: %s", error)
                return

    def _progress(self, number: int) -> Progress:
        at_step, noted_at = "", 0.0

        def progress(step: str, done: int, total: int) -> None:
            nonlocal at_step, noted_at
            now = time.time()
            if step != at_step or now - noted_at >= _NOTE_EVERY_S:
                at_step, noted_at = step, now
                self._rows.note(number, step, done, total, now)

        return progress


def _job(row: JobRow) -> Job:
    state, error = row.state, read_error(row.error)
    if state == "running" and row.beat_at < time.time() - _DEAD_AFTER_S:
        state = "failed"
        error = EntryError("the server that did this has stopped; start it again", "job_stopped")
    return Job(
        row.id,
        row.kind,
        row.shop,
        row.who,
        state,
        row.step,
        row.done,
        row.total,
        error,
        read_result(row.kind, row.result),
        row.seen,
    )
