"""Long work in a thread of its own, with progress that a page can ask for and leave."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from server.base.errors import BangdaError

log = logging.getLogger("bangda.jobs")
_KEPT = 50
State = Literal["running", "done", "failed"]
Progress = Callable[[str, int, int], None]


@dataclass
class Job:
    """One piece of work: what step it is at, how far, what came of it."""

    id: int
    kind: str
    shop: str
    who: str
    state: State = "running"
    step: str = ""
    done: int = 0
    total: int = 0
    error: BangdaError | None = None
    result: Any = None
    seen: bool = False
    started: float = field(default_factory=time.monotonic)
    finished: threading.Event = field(default_factory=threading.Event)

    def progress(self, step: str, done: int, total: int) -> None:
        """Notes how far the work is."""
        self.step, self.done, self.total = step, done, total


class Jobs:
    """Runs work, keeps the last results. One job a kind and shop at a time is the caller's care."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start(self, kind: str, shop: str, who: str, work: Callable[[Progress], Any]) -> Job:
        """Starts work; it is handed a function to report progress to."""
        with self._lock:
            job = Job(next(self._numbers), kind, shop, who)
            self._jobs[job.id] = job
            for old in [n for n, j in self._jobs.items() if j.finished.is_set()][:-_KEPT]:
                del self._jobs[old]
        threading.Thread(
            target=self._run, args=(job, work), name=f"job-{kind}", daemon=True
        ).start()
        return job

    def job(self, number: int) -> Job | None:
        """A job by its number."""
        return self._jobs.get(number)

    def running(self, shop: str) -> list[Job]:
        """The shop's unfinished jobs."""
        return [j for j in list(self._jobs.values()) if j.shop == shop and not j.finished.is_set()]

    def done(self, kind: str, shop: str) -> list[Job]:
        """The shop's jobs of a kind that ended well, oldest first."""
        jobs = list(self._jobs.values())
        return [j for j in jobs if (j.kind, j.shop, j.state) == (kind, shop, "done")]

    def _run(self, job: Job, work: Callable[[Progress], Any]) -> None:
        try:
            job.result = work(job.progress)
            job.state = "done"
        except BangdaError as error:
            job.error, job.state = error, "failed"
        except Exception as error:
            job.error, job.state = BangdaError(f"{type(error).__name__}: {error}"), "failed"
            log.exception("job %s failed", job.kind)
        finally:
            job.finished.set()
