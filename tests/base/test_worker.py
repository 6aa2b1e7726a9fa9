"""Threads that nobody waits for: they go on, and say so when they cannot."""

from __future__ import annotations

import threading

import pytest

from server.base import worker
from server.base.worker import Worker


def test_a_failure_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_FIRST_PAUSE_S", 0.01)
    failed, works, over = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        if not works.is_set():
            failed.set()
            raise OSError("disk I/O error")
        over.set()

    made = Worker("figures", work, 0.01)
    made.start()
    assert failed.wait(10)
    while not made.trouble:
        failed.wait(0.01)
    assert made.trouble == "figures: disk I/O error"
    works.set()
    assert over.wait(10)
    while made.trouble:
        over.wait(0.01)
    made.close()


def test_closing_ends_a_long_pause() -> None:
    made = Worker("figures", lambda: None, 3600)
    made.start()
    made.close(within_s=10)
    assert made.stop.is_set()
