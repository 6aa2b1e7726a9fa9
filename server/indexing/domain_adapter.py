"""The domain adapter: frozen sentence vectors moved to where shop talk is told apart."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.base.remembered import Remembered
from server.indexing.encoder import Identity, Role, Vectors

log = logging.getLogger("bangda.vectors")
_KEPT_ROWS = 4096
KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"


@dataclass(frozen=True, slots=True)
class Tower:
    """Residual networks of one hidden layer, side by side: x + gelu(x·w1 + b1)·w2 + b2 for each.

    `w1` (members, dim, hidden), `b1` (members, hidden), `w2` (members, hidden, dim),
    `b2` (members, dim), `project` (members·dim, out).
    """

    w1: NDArray[np.float32]
    b1: NDArray[np.float32]
    w2: NDArray[np.float32]
    b2: NDArray[np.float32]
    project: NDArray[np.float32]

    def __call__(self, rows: Vectors) -> Vectors:
        """Float32 (n, out), unit rows."""
        members = [
            _unit(rows + gelu(rows @ self.w1[m] + self.b1[m]) @ self.w2[m] + self.b2[m])
            for m in range(len(self.w1))
        ]
        return _unit(np.concatenate(members, axis=1) @ self.project)


@dataclass(frozen=True, slots=True)
class Adapter:
    """One tower for what shoppers type, one for what shops write, and what is read off them.

    `intents` are the bank's intents, the ones that no script answers last; `query_intents` and
    `document_intents` (out, intents) score them; `trade` (answered intents, out) is where the asks
    of each answered intent lie, unit rows.
    """

    version: str
    query: Tower
    document: Tower
    intents: tuple[str, ...]
    query_intents: NDArray[np.float32]
    document_intents: NDArray[np.float32]
    trade: NDArray[np.float32]
    _asked: Remembered[Vectors] = field(
        default_factory=lambda: Remembered(_KEPT_ROWS), init=False, compare=False, repr=False
    )

    def apply(self, rows: Vectors, role: Role) -> Vectors:
        """Float32 (n, out), unit rows."""
        return (self.query if role == "query" else self.document)(rows)

    def asked(self, rows: Vectors) -> Vectors:
        """`apply` to what shoppers typed, the latest of it remembered; float32 (n, out).

        Each row by itself: beside others a product may round its last digit otherwise.
        """
        if not len(rows):
            return self.apply(rows, "query")
        return np.stack([self._asked_row(row) for row in rows])

    def _asked_row(self, row: Vectors) -> Vectors:
        return self._asked.get(row.tobytes(), lambda: self.apply(row[None], "query")[0])

    def intent_shares(self, adapted: Vectors, role: Role) -> NDArray[np.float32]:
        """How likely each intent is, float32 (n, intents), rows that sum to 1."""
        heads = self.query_intents if role == "query" else self.document_intents
        logits = adapted @ heads
        grown = np.exp(logits - logits.max(axis=1, keepdims=True)).astype(np.float32)
        shares: NDArray[np.float32] = np.divide(grown, grown.sum(axis=1, keepdims=True))
        return shares


def gelu(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The tanh form, as in the fit."""
    inner = 0.7978845608 * (x + 0.044715 * x * x * x)
    grown: NDArray[np.float32] = (0.5 * x * (1.0 + np.tanh(inner))).astype(np.float32, copy=False)
    return grown


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def adapter_path(identity: Identity, folder: Path = KNOWLEDGE) -> Path:
    """Where the adapter for this encoder stands, if there is one."""
    return folder / f"adapter-{Path(identity.model).name}-{identity.dimension}.npz"


@cache
def load_adapter(identity: Identity, folder: Path = KNOWLEDGE) -> Adapter | None:
    """The adapter fitted for this encoder, None when none was; one of another version is none."""
    path = adapter_path(identity, folder)
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    fitted = str(arrays.get("encoder", identity))
    if fitted != str(identity):
        log.warning("%s was fitted for %s, not %s; run: bangda fit ranking", path, fitted, identity)
        return None
    return unpack(arrays)


def unpack(arrays: Mapping[str, NDArray[np.generic]]) -> Adapter:
    """The adapter whose arrays `bangda fit` wrote, half precision made single."""
    floats = {n: a.astype(np.float32) for n, a in arrays.items() if a.dtype.kind == "f"}
    query, document = (
        Tower(**{part: floats[f"{role}.{part}"] for part in ("w1", "b1", "w2", "b2", "project")})
        for role in ("query", "document")
    )
    return Adapter(
        version=str(arrays["version"]),
        query=query,
        document=document,
        intents=tuple(str(name) for name in arrays["intents"]),
        query_intents=floats["query_intents"],
        document_intents=floats["document_intents"],
        trade=floats["trade"],
    )
