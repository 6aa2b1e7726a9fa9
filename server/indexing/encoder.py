"""What an encoder is: texts to unit vectors, a role each, an identity that no two models share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from server.base.errors import EncoderError

Vectors = NDArray[np.float32]
Role = Literal["query", "document"]

MAX_TOKENS = 512  # what e5 was trained on; positions beyond it carry no meaning


class Encoder(Protocol):
    """Two towers, named as sentence-transformers names them; its models fit unwrapped.

    Both return float32, (n, dim), one row a text; rows of unit length.
    """

    def encode_query(self, sentences: Sequence[str]) -> Any:
        """Vectors of what shoppers type."""
        ...

    def encode_document(self, sentences: Sequence[str]) -> Any:
        """Vectors of titles and replies."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Which model made a vector: vectors of different identities are never compared."""

    model: str
    version: str
    dimension: int

    def __str__(self) -> str:
        return f"'{self.model}' {self.version} ({self.dimension} dims)"


def identity_of(encoder: Encoder) -> Identity:
    """The encoder's own `identity`, or one made from its class and the length of a probe."""
    own = getattr(encoder, "identity", None)
    if isinstance(own, Identity):
        return own
    probe = encode(encoder, ["你好"], "query")
    return Identity(type(encoder).__qualname__, "", int(probe.shape[1]))


def encode(encoder: Encoder, texts: Sequence[str], role: Role) -> Vectors:
    """Float32 (len(texts), dim), rows of unit length, whatever the encoder itself returns.

    Raises EncoderError when the encoder returns another shape or numbers that are none.
    """
    call = encoder.encode_query if role == "query" else encoder.encode_document
    if not texts:
        return np.zeros((0, call([" "]).shape[1]), dtype=np.float32)
    rows = np.asarray(call(list(texts)), dtype=np.float32)
    if rows.ndim != 2 or rows.shape[0] != len(texts) or not np.isfinite(rows).all():
        raise EncoderError(
            f"encoder returned {rows.shape} for {len(texts)} texts; "
            "expected one finite row a text; choose another model: --model"
        )
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(norms, 1e-12)
    return unit
