"""Any sentence-transformers model by name or folder; the only file that knows that package.

It is imported when first used, so a start on the bundled model imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from server.base.errors import EncoderError
from server.indexing.bundled_model import BUNDLED
from server.indexing.encoder import MAX_TOKENS, Identity, Vectors


class SentenceTransformersEncoder:
    """Any sentence-transformers model, by hub name or folder."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                f"model '{model}' needs sentence-transformers, which is not installed; "
                "install it: pip install 'bangda[models]', "
                f"or use the bundled model: --model {BUNDLED}"
            ) from error
        folder = Path(model)
        if folder.is_dir() and not _looks_like_model(folder):
            raise EncoderError(
                f"folder {model} is not a model (no modules.json or config.json in it); expected a "
                f"sentence-transformers model; name its folder: --model DIR, or --model {BUNDLED}"
            )
        try:
            self._model: Any = SentenceTransformer(model, device="cpu")
        except Exception as error:  # the library raises anything from KeyError to OSError
            raise EncoderError(
                f"model '{model}' cannot be loaded ({type(error).__name__}: {_first_line(error)}); "
                "expected the name or folder of a sentence-transformers model; "
                f"check it, or use the bundled one: --model {BUNDLED}"
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
    return f"{version}+{sha256(repr(stats).encode()).hexdigest()[:12]}"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")[:200]
