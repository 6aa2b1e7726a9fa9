"""How long something takes, as people wait and as this process works."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.bench.report import Row

RUNS: Final = 5


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds: `wall` as people wait, `processor` as this process worked."""

    wall: float
    processor: float


def timed_ms(call: Callable[[], object]) -> Times:
    """One run."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return Times((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000)


def medians_ms(call: Callable[[], object]) -> Times:
    """The medians of RUNS runs, after one that counts for none."""
    call()
    times = [timed_ms(call) for _ in range(RUNS)]
    return Times(
        statistics.median(run.wall for run in times),
        statistics.median(run.processor for run in times),
    )


def time_rows(what: str, times: Times) -> list[Row]:
    """Two lines of a report."""
    return [Row(what, times.wall, "ms"), Row("  of it processor time", times.processor, "ms")]
