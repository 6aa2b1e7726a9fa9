"""The server itself: start, memory, a turn against its encoding, a library edit, ranking alone."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from server.base.config import shipped
from server.bench.report import Report, Row
from server.indexing.encoder import encode
from server.indexing.models import load_encoder
from server.library import Script, load_library

MESSAGES = (
    "什么时候发货呀",
    "发什么快递",
    "我昨天买的怎么还没动静",
    "可以开发票吗",
    "尺寸买小了想换个大的",
    "显示签收了但是我没收到",
    "能便宜点吗 多买几个",
    "这个洗了会缩水吗",
)
_ROUNDS = 25


def start() -> Report:
    """Time from the command to the first answer of `/healthz`, cold and with a warm cache."""
    with tempfile.TemporaryDirectory() as folder:
        cold = _started(Path(folder))
        warm = [_started(Path(folder)) for _ in range(3)]
    seconds = median(s for s, _ in warm)
    memory = median(m for _, m in warm)
    rows = (
        Row("sample shops, cold cache: to /healthz", cold[0], "s", cold[0] / seconds),
        Row("sample shops, warm cache: to /healthz", seconds, "s", 1.0),
        Row("resident memory of the serving process", memory, "MB"),
    )
    return Report("start", "bangda serve on the sample shops, bundled model.", rows)


def _started(data: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    with serving(data) as (url, _):
        took = time.perf_counter() - begun
        with urllib.request.urlopen(f"{url}/healthz") as answer:  # noqa: S310 - own server
            pid = json.load(answer)["pid"]
        return took, resident_mb(pid)


@contextmanager
def started(
    library: Path, data: Path, database: str = ""
) -> Iterator[tuple[int, int, Callable[[], str]]]:
    """`bangda serve` in a process of its own: port, the pid that serves, and its next line."""
    command = ["serve", "--port", "0", "--library", str(library), "--data", str(data)]
    process = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", "server", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "BANGDA_DATABASE": database},
    )
    output = process.stdout
    try:
        if output is None:
            raise RuntimeError("the server gave no output")
        port = int(output.readline().strip().rsplit(":", 1)[1])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            yield port, json.load(answer)["pid"], output.readline
    finally:
        process.terminate()
        process.wait()
        if output is not None:
            output.close()


@contextmanager
def serving(
    data: Path, *, library: Path | None = None, database: str = ""
) -> Iterator[tuple[str, str]]:
    """`bangda serve` on the sample shops in a process of its own: its address and pairing code."""
    shelf = library or shipped("scripts_library")
    with started(shelf, data, database) as (port, _, line):
        yield f"http://127.0.0.1:{port}", line().strip().rsplit(": ", 1)[1]


def resident_mb(pid: int) -> float:
    """Resident memory by `ps`, which Linux and macOS have."""
    answer = subprocess.run(  # noqa: S603 - fixed command
        ["ps", "-o", "rss=", "-p", str(pid)],  # noqa: S607 - found on the path, as users would
        capture_output=True,
        text=True,
        check=True,
    )
    return int(answer.stdout) / 1024


def turn() -> Report:
    """One message through the desk (rank, check, fill, queue) against encoding it alone."""
    from server.app import create_app
    from server.base.config import Config
    from server.desk.seat import Seat
    from server.parts import parts_of
    from server.protocol.frames import Message
    from server.store import Account

    with tempfile.TemporaryDirectory() as folder:
        library = shipped("scripts_library")
        parts = parts_of(create_app(Config(library, Path(folder))))
        encoder = load_encoder()
        shop = next(iter(parts.catalog.snapshot.shops))
        seat = Seat(Account(1, "bench", "agent", shop), shop)
        number = iter(range(10**6))

        def ask(text: str) -> None:
            made = str(next(number))
            parts.desk.message(seat, Message(conversation_id=made, message_id=made, text=text))

        alone, whole = _side_by_side(lambda text: encode(encoder, [text], "query"), ask)
        parts.close()
    rows = (
        Row("encoding one message, p50", alone[0], "ms", 1.0),
        Row("whole turn, p50", whole[0], "ms", whole[0] / alone[0]),
        Row("encoding one message, p95", alone[1], "ms"),
        Row("whole turn, p95", whole[1], "ms", whole[1] / alone[1]),
    )
    return Report("turn", "Eight messages, 25 rounds, both measured in turns.", rows)


def _side_by_side(
    one: Callable[[str], object], other: Callable[[str], object]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """p50 and p95 in ms of two ways over the same messages, alternating so that noise hits both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for text in MESSAGES:  # once unmeasured: caches and lazy imports
        one(text)
        other(text)
    for number in range(_ROUNDS):
        for text in MESSAGES:
            for way, times, mark in zip((one, other), taken, "甲乙", strict=True):
                # Never the same text twice: recent queries are remembered.
                fresh = f"{text}{mark}{number}"
                begun = time.perf_counter()
                way(fresh)
                times.append((time.perf_counter() - begun) * 1000)
    first, second = (
        (float(np.percentile(times, 50)), float(np.percentile(times, 95))) for times in taken
    )
    return first, second


def library() -> Report:
    """From saving one script of 5,000 to the new snapshot serving it."""
    from server.base.yaml_files import dump_yaml, write_text
    from server.catalog.catalog import Catalog

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "library" / "big"
        scripts = [
            {
                "id": f"s.{number}",
                "questions": [f"第{number}款{word}" for word in ("有货吗", "多大", "怎么用")],
                "reply": f"第{number}款的情况是这样的，详情页写明",
            }
            for number in range(5000)
        ]
        for part in range(50):
            rows = scripts[part * 100 : part * 100 + 100]
            write_text(root / f"part{part:02}.yaml", dump_yaml({"scripts": rows}))
        encoder = FastEncoder()
        begun = time.perf_counter()
        catalog = Catalog(root.parent, encoder, Path(folder) / "cache")
        first = time.perf_counter() - begun
        rows = [dict(row) for row in scripts[:100]]
        rows[7]["reply"] = "改过的回复"
        write_text(root / "part00.yaml", dump_yaml({"scripts": rows}))
        served: list[float] = []
        catalog.on_change(lambda snapshot: served.append(time.perf_counter()))
        begun, worked = time.perf_counter(), time.process_time()
        catalog.reload()
        edit, worked = served[0] - begun, time.process_time() - worked
        catalog.close()
    return Report(
        "library",
        "5,000 scripts, 15,000 questions; encoding left out (a stand-in encoder).",
        (
            Row("first load", first, "s"),
            Row("one edited script to served", edit, "s", edit / first),
            Row("the same, processor time with saving the index", worked, "s"),
        ),
    )


def suggesting() -> Report:
    """Ranking without encoding, in a shop of 300 scripts and in one of 5,000."""
    from server.indexing.domain_adapter import load_adapter
    from server.indexing.vector_cache import VectorCache
    from server.scripts_index import build_index
    from server.suggest import Query, suggest

    adapter = load_adapter(load_encoder().identity)
    cache = VectorCache(None, FastEncoder())
    rows: list[Row] = []
    for size in (300, 5000):
        index = build_index(shop_of(size), cache, adapter=adapter)
        taken: list[float] = []
        for number in range(_ROUNDS):
            for text in MESSAGES:
                begun = time.perf_counter()
                suggest(Query(f"{text}{number}"), index)
                taken.append((time.perf_counter() - begun) * 1000)
        named = f"{size} scripts, {len(index.passages)} texts"
        rows += [Row(f"{named}, p{p}", float(np.percentile(taken, p)), "ms") for p in (50, 95)]
    return Report("suggest", "Encoding left out (a stand-in encoder).", tuple(rows))


def shop_of(size: int) -> tuple[Script, ...]:
    """The sample shops' scripts over and over, five questions each, every copy's texts its own."""
    held = [
        s for shop in load_library(shipped("scripts_library")).shops.values() for s in shop.scripts
    ]
    scripts: list[Script] = []
    for number in range(size):
        script = held[number % len(held)]
        asked = (*script.questions, *script.tests, script.title)[:5]
        scripts.append(
            dataclasses.replace(
                script,
                id=f"{script.id}.{number}",
                title=f"{script.title}{number}",
                questions=tuple(f"{text}{number}" for text in asked),
                reply=f"{script.reply}{number}",
            )
        )
    return tuple(scripts)


class FastEncoder:
    """Vectors from a hash: the benchmark asks for everything but encoding."""

    def encode_query(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """As an Encoder."""
        return self._rows(sentences)

    def encode_document(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """As an Encoder."""
        return self._rows(sentences)

    def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        rows = np.empty((len(sentences), 384), dtype=np.float32)
        for row, text in zip(rows, sentences, strict=True):
            row[:] = np.random.default_rng(crc32(text.encode())).standard_normal(384)
        return rows
