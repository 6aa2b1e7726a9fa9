"""The domain adapter: frozen sentence vectors moved to where shop talk is told apart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.encoder import Identity, Role, Vectors

KNOWLEDGE = Path(__file__).resolve().parent / "knowledge"


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
    """One tower for what shoppers type, one for what shops write."""

    version: str
    query: Tower
    document: Tower

    def apply(self, rows: Vectors, role: Role) -> Vectors:
        """Float32 (n, out), unit rows."""
        return (self.query if role == "query" else self.document)(rows)


def gelu(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The tanh form, as in the fit."""
    inner = np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)
    grown: NDArray[np.float32] = np.float32(0.5) * x * (np.float32(1.0) + np.tanh(inner))
    return grown


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def load_adapter(identity: Identity, folder: Path = KNOWLEDGE) -> Adapter | None:
    """The adapter fitted for this encoder, None when none was."""
    path = folder / f"adapter-{Path(identity.model).name}-{identity.dimension}.npz"
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as held:
        towers = {
            role: Tower(
                **{
                    name: held[f"{role}.{name}"].astype(np.float32)
                    for name in ("w1", "b1", "w2", "b2", "project")
                }
            )
            for role in ("query", "document")
        }
        return Adapter(str(held["version"]), towers["query"], towers["document"])
