"""The bundled model, a sentence-transformers model made here, batches, the vector cache."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.base.errors import EncoderError
from server.indexing.encoder import BatchingEncoder, Identity, encode, identity_of, load_encoder
from server.indexing.vector_cache import VectorCache
from tests.support import CharacterEncoder


class Counting(CharacterEncoder):
    """Notes the size of every call; waits for `gate` so that a test can queue callers."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()

    def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.calls.append(len(sentences))
        self.entered.set()
        assert self.gate.wait(10)
        return super()._rows(sentences)


def test_bundled_model_gives_unit_rows_and_cuts_long_text() -> None:
    encoder = load_encoder()
    rows = encode(encoder, ["什么时候发货", "退" * 10_000, "\x00", ""], "query")
    assert rows.shape == (4, 384)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    near, far = encode(encoder, ["今天能发出吗", "怎么开发票"], "query") @ rows[0]
    assert near > far


def test_batches_of_the_bundled_model_equal_singles() -> None:
    encoder = load_encoder()
    texts = ["发什么快递", "能开发票吗", "怎么退货"]
    batch = encode(encoder, texts, "query")
    singles = np.concatenate([encode(encoder, [text], "query") for text in texts])
    assert np.array_equal(batch, singles)


def test_callers_that_wait_share_a_batch_and_get_their_own_row() -> None:
    inner = Counting()
    batching = BatchingEncoder(inner, largest=8)
    inner.gate.clear()
    inner.entered.clear()
    rows: dict[str, NDArray[np.float32]] = {}

    def ask(text: str) -> None:
        rows[text] = batching.encode_query([text])[0]

    first = threading.Thread(target=ask, args=("甲",))
    first.start()
    assert inner.entered.wait(10)
    others = [threading.Thread(target=ask, args=(text,)) for text in "乙丙丁"]
    for thread in others:
        thread.start()
    while len(batching._waiting) < 3:  # all three queued behind the first
        threading.Event().wait(0.001)
    inner.gate.set()
    for thread in (first, *others):
        thread.join(10)
    assert inner.calls[-2:] == [1, 3]
    for text in "甲乙丙丁":
        assert np.array_equal(rows[text], CharacterEncoder().encode_query([text])[0])


def test_a_failing_batch_fails_its_callers_only() -> None:
    class Failing(CharacterEncoder):
        def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
            if "坏" in sentences:
                raise EncoderError("broken")
            return super()._rows(sentences)

    batching = BatchingEncoder(Failing())
    with pytest.raises(EncoderError):
        batching.encode_query(["坏"])
    assert batching.encode_query(["好"]).shape == (1, 64)


def test_wrong_shape_is_named() -> None:
    class Flat(CharacterEncoder):
        def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
            return np.zeros(3, dtype=np.float32)

    with pytest.raises(EncoderError, match="one finite row a text"):
        encode(Flat(), ["发货"], "query")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of one embedding layer over a handful of words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import BoW, Normalize

    folder = tmp_path_factory.mktemp("model") / "tiny"
    words = BoW(vocab=["ship", "today", "invoice", "refund"])
    SentenceTransformer(modules=[words, Normalize()], device="cpu").save(str(folder))
    return folder


def test_any_sentence_transformers_folder_works(model_folder: Path) -> None:
    encoder = load_encoder(str(model_folder))
    rows = encode(encoder, ["ship today", "invoice"], "query")
    assert identity_of(encoder).model == "tiny"
    assert identity_of(encoder).dimension == rows.shape[1] == 4
    assert float(rows[0] @ rows[1]) == 0.0


def test_a_folder_that_is_no_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="is not a model"):
        load_encoder(str(tmp_path))


def test_cache_embeds_nothing_twice_even_after_a_restart(tmp_path: Path) -> None:
    first = VectorCache(tmp_path, CharacterEncoder())
    rows = first.vectors(["发货", "退款", "发货"], "query")
    assert first.embedded == 2
    inner = Counting()
    again = VectorCache(tmp_path, inner)
    assert np.array_equal(again.vectors(["发货", "退款", "发货"], "query"), rows)
    assert inner.calls == []
    again.vectors(["发货"], "document")
    assert inner.calls == [1]


@pytest.mark.parametrize("damage", ["torn", "flipped", "header"])
def test_damaged_cache_records_are_embedded_again(tmp_path: Path, damage: str) -> None:
    rows = VectorCache(tmp_path, CharacterEncoder()).vectors(["发货", "退款"], "query")
    (path,) = tmp_path.glob("vectors-*.bin")
    content = bytearray(path.read_bytes())
    if damage == "torn":
        content = content[:-10]
    elif damage == "flipped":
        content[-10] ^= 0xFF
    else:
        content[3] ^= 0xFF
    path.write_bytes(bytes(content))
    again = VectorCache(tmp_path, CharacterEncoder())
    assert np.array_equal(again.vectors(["发货", "退款"], "query"), rows)
    assert again.embedded == (2 if damage == "header" else 1)


def test_another_model_has_a_cache_of_its_own(tmp_path: Path) -> None:
    class Other(CharacterEncoder):
        identity = Identity("other", "1", 64)

    VectorCache(tmp_path, CharacterEncoder()).vectors(["发货"], "query")
    other = VectorCache(tmp_path, Other())
    other.vectors(["发货"], "query")
    assert other.embedded == 1
    assert len(list(tmp_path.glob("vectors-*.bin"))) == 2
