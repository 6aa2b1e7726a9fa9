"""Vectors of the sample shops that ship with the program, so that a first start embeds nothing.

Half precision: a cosine moves by less than 0.001 (`tests/library/test_sample_shops.py` holds that
every text of the sample shops is among them). Made by `bangda fit samples`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Identity

FILE = Path(__file__).resolve().parents[1] / "knowledge" / "sample_vectors.npz"


def shipped_vectors(identity: Identity, path: Path = FILE) -> dict[bytes, NDArray[np.float32]]:
    """Vectors by cache key, for the model that they were made with; none for any other."""
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as held:
        if str(held["identity"]) != str(identity):
            return {}
        rows = held["rows"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return {key.tobytes(): row for key, row in zip(held["keys"], rows, strict=True)}


def write_shipped(
    identity: Identity, known: dict[bytes, NDArray[np.float32]], path: Path = FILE
) -> None:
    """Writes vectors in the order of their keys: the same input gives the same file."""
    keys = sorted(known)
    np.savez_compressed(
        path,
        identity=np.asarray(str(identity)),
        keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), -1),
        rows=np.stack([known[key] for key in keys]).astype(np.float16),
    )
