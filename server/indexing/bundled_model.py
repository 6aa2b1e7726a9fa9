"""The encoder that ships: `server/knowledge/encoder`, run by onnxruntime.

One thread a call and no spinning, so that calls of several threads run side by side and a waiting
server uses no processor time; onnxruntime works outside the interpreter's lock. The folder is a
sentence-transformers model as well (backend onnx).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from server.base.errors import EncoderError
from server.indexing.encoder import MAX_TOKENS, Identity, Vectors

BUNDLED = "bangda-zh"
FOLDER = Path(__file__).resolve().parents[1] / "knowledge" / "encoder"
GRAPH, PIECES = "onnx/model.onnx", "tokenizer.json"
PROMPTS = {"query": "query: ", "document": "passage: "}

_LONGEST = MAX_TOKENS * 8  # characters that may still be tokens of the first MAX_TOKENS
_BATCH_TOKENS = 512  # of one call: more gains nothing and leaves the processor's cache
# Attention sums up over a text's padded length. In steps of this many tokens its sums are the same
# to the bit whatever stands beside the text, since the processor adds up in lanes of as many.
_STEP = 16
_OUTPUT = "sentence_embedding"


class BundledEncoder:
    """Texts to unit rows; a text's row is the same to the bit alone and among others.

    `side_by_side` says how many calls run at a time without waiting for each other.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        """Opens the model that ships, or one that `bangda fit encoder --out` wrote.

        Raises EncoderError when the folder holds no model that opens.
        """
        try:
            self._session, self._tokenizer = _opened(folder)
        except Exception as error:  # onnxruntime's and tokenizers' own kinds share no base
            raise EncoderError(
                f"the bundled model in {folder} cannot be loaded ({error}); expected {GRAPH} and "
                f"{PIECES}; install the program again, or name another model: --model"
            ) from error
        dimension = int(self._session.get_outputs()[-1].shape[-1])
        self.identity = Identity(BUNDLED, content_hash(folder), dimension)
        self.side_by_side = processors()
        self._pool = ThreadPoolExecutor(self.side_by_side, thread_name_prefix="encoder")

    def encode_query(self, sentences: Sequence[str]) -> Vectors:
        """float32 (n, dim), unit rows, of what shoppers type."""
        return self._encode(sentences, PROMPTS["query"])

    def encode_document(self, sentences: Sequence[str]) -> Vectors:
        """float32 (n, dim), unit rows, of what shops write."""
        return self._encode(sentences, PROMPTS["document"])

    def read_as(self, text: str) -> str:
        """What the model reads of a text; texts that are read alike have one row, to the bit."""
        read: str = self._tokenizer.normalizer.normalize_str(text[:_LONGEST])
        return read

    def token_count(self, text: str) -> int:
        """Tokens of a query, its prompt and the two marks at its ends included."""
        return len(self._tokens(text, PROMPTS["query"]))

    def _encode(self, sentences: Sequence[str], prompt: str) -> Vectors:
        tokens = [self._tokens(text, prompt) for text in sentences]
        found = np.zeros((len(tokens), self.identity.dimension), dtype=np.float32)
        batches = batches_of([len(ids) for ids in tokens])
        given = [[tokens[place] for place in batch] for batch in batches]
        side_by_side = self.side_by_side > 1 and len(given) > 1
        parts = (self._pool.map if side_by_side else map)(self._run, given)
        for batch, rows in zip(batches, parts, strict=True):
            found[batch] = rows
        return found

    def _run(self, texts: Sequence[Sequence[int]]) -> Vectors:
        ids = np.zeros((len(texts), _padded(max(map(len, texts)))), np.int64)
        real = np.zeros_like(ids)
        for row, tokens in enumerate(texts):
            ids[row, : len(tokens)] = tokens
            real[row, : len(tokens)] = 1
        fed = {"input_ids": ids, "attention_mask": real}
        rows: Vectors = self._session.run([_OUTPUT], fed)[0]
        return rows

    def _tokens(self, text: str, prompt: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(prompt + text[:_LONGEST]).ids
        return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


def is_ours(folder: Path) -> bool:
    """Whether this file runs the folder's model: its graph pools by itself."""
    path = folder / GRAPH
    return path.is_file() and (folder / PIECES).is_file() and _OUTPUT.encode() in path.read_bytes()


def batches_of(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts for one call each, shortest first.

    Together they are up to _BATCH_TOKENS, padding included; none is padded to more than twice its
    own length, for attention reads the padding too.
    """
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        most = _padded(lengths[place])
        if (
            not batches
            or (len(batches[-1]) + 1) * most > _BATCH_TOKENS
            or most > 2 * _padded(lengths[batches[-1][0]])
        ):
            batches.append([])
        batches[-1].append(place)
    return batches


def _padded(length: int) -> int:
    return -(-length // _STEP) * _STEP


def content_hash(folder: Path) -> str:
    """Names what the model computes: another graph or other pieces make another model."""
    digest = blake2b(digest_size=6)
    for name in (GRAPH, PIECES):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _opened(folder: Path) -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
    )
    return session, Tokenizer.from_file(str(folder / PIECES))
