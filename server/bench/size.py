"""A shop of 100,000 questions beside one of 1,000: build, load, one edit, a turn, memory."""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from server.bench.report import Report, Row
from server.bench.serving import MESSAGES, FastEncoder, resident_mb, shop_of
from server.catalog.index_files import load_index, save_index
from server.catalog.index_update import update_index
from server.indexing.domain_adapter import load_adapter
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import Query, suggest

T = TypeVar("T")

_QUESTIONS = 5  # a script
_ROUNDS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of processor time, milliseconds a turn, megabytes of memory and on disk."""

    build_s: float
    load_s: float
    edit_s: float
    turn_ms: float
    ranked_ms: float
    memory: float
    on_disk: float


def size(small: int = 1_000, large: int = 100_000) -> Report:
    """Both shops, each figure of the large one against the small one's."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = (_measured(questions, Path(folder)) for questions in (small, large))
    rows: list[Row] = []
    for what, name, unit in (
        ("built", "build_s", "s"),
        ("loaded", "load_s", "s"),
        ("one script edited", "edit_s", "s"),
        ("a message encoded and ranked, p50", "turn_ms", "ms"),
        ("the same, encoding left out", "ranked_ms", "ms"),
        ("resident memory, vectors included", "memory", "MB"),
        ("saved index", "on_disk", "MB"),
    ):
        before, after = getattr(one, name), getattr(other, name)
        rows.append(Row(f"{small:,} questions: {what}", before, unit, 1.0))
        rows.append(Row(f"{large:,} questions: {what}", after, unit, after / before))
    about = "Processor time; the shop's own vectors are a stand-in encoder's and are there."
    return Report("size", about, tuple(rows))


def _measured(questions: int, folder: Path) -> Measured:
    adapter = load_adapter(load_encoder().identity)
    cache = VectorCache(None, FastEncoder())
    scripts = shop_of(questions // _QUESTIONS)
    before = resident_mb(os.getpid())
    build_index(scripts, cache, adapter=adapter)  # embeds: what is measured finds the vectors there
    index, build_s = _timed(lambda: build_index(scripts, cache, adapter=adapter))
    grown = resident_mb(os.getpid()) - before
    path = folder / f"{questions}.npz"
    save_index(index, path)
    _, load_s = _timed(lambda: load_index(path, scripts, cache, adapter=adapter))
    edited = [dataclasses.replace(scripts[0], reply="改过的回复"), *scripts[1:]]
    _, edit_s = _timed(lambda: update_index(index, edited, cache))
    on_disk = path.stat().st_size / 1e6
    ranked_ms = _turn_ms(index)
    turn_ms = _turn_ms(dataclasses.replace(index, encoder=load_encoder()))
    return Measured(build_s, load_s, edit_s, turn_ms, ranked_ms, grown, on_disk)


def _turn_ms(index: ScriptsIndex) -> float:
    taken = []
    for number in range(_ROUNDS):
        for text in MESSAGES:
            _, seconds = _timed(lambda: suggest(Query(f"{text}{number}"), index))  # noqa: B023
            taken.append(seconds * 1000)
    return float(np.percentile(taken, 50))


def _timed(made: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    found = made()
    return found, time.process_time() - begun
