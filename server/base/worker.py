"""Threads that nobody waits for: one that fails says so, and goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger("bangda.worker")
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


class Worker:
    """Calls `work` again and again, `every_s` apart, until it is closed.

    `trouble` says what the last call ended with, "" while all is well; after a failure the pauses
    grow to a minute.
    """

    def __init__(self, name: str, work: Callable[[], None], every_s: float) -> None:
        self.name = name
        self.trouble = ""
        self._work = work
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stop(self) -> threading.Event:
        """Set when the worker shall end: work that waits watches it."""
        return self._stop

    def start(self) -> None:
        """Starts the thread."""
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def close(self, within_s: float = 30.0) -> None:
        """Ends it; returns when the running call is over, or after a while."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=within_s)

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        while not self._stop.is_set():
            try:
                self._work()
            except Exception as error:
                # Whatever it is: a thread that ended would be missed by nobody until it matters.
                self.trouble = f"{self.name}: {error or type(error).__name__}"
                log.exception("%s failed; it is tried again in %d s", self.name, pause)
                self._stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                continue
            if self.trouble:
                log.info("%s works again", self.name)
            self.trouble, pause = "", _FIRST_PAUSE_S
            self._stop.wait(self._every_s)
