"""The bundled model, a sentence-transformers model made here, batches, the vector cache."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.base.errors import EncoderError
from server.indexing.encoder import BatchingEncoder, Identity, encode, identity_of, load_encoder
from server.indexing.vector_cache import VectorCache
from server.indexing.vector_table import FILE, KEY_FILE
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


@pytest.mark.parametrize("damage", ["a row", "the head", "a page", "emptied", "no key"])
def test_what_is_damaged_is_embedded_again(tmp_path: Path, damage: str) -> None:
    texts = [f"第{n}句" for n in range(200)]
    rows = VectorCache(tmp_path, CharacterEncoder()).vectors(texts, "query")
    path = tmp_path / FILE
    content = bytearray(path.read_bytes())
    if damage == "a row":
        with closing(sqlite3.connect(path)) as db:
            db.execute("UPDATE vectors SET crc = 0 WHERE key = (SELECT max(key) FROM vectors)")
            db.commit()
    elif damage == "no key":
        (tmp_path / KEY_FILE).write_bytes(b"")
    else:
        if damage == "the head":
            content[3] ^= 0xFF
        elif damage == "a page":
            content[4096:8192] = bytes(4096)
        path.write_bytes(b"" if damage == "emptied" else bytes(content))
    again = VectorCache(tmp_path, CharacterEncoder())
    assert np.array_equal(again.vectors(texts, "query"), rows)
    assert again.embedded == 1 if damage == "a row" else again.embedded > 1
    assert VectorCache(tmp_path, Counting()).vectors(texts, "query").shape == rows.shape


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    class Other(CharacterEncoder):
        identity = Identity("other", "1", 64)

    VectorCache(tmp_path, CharacterEncoder()).vectors(["发货"], "query")
    other = VectorCache(tmp_path, Other())
    other.vectors(["发货"], "query")
    assert other.embedded == 1


def test_nobody_tries_texts_without_the_secret(tmp_path: Path) -> None:
    """A phone number has so few digits that all of them can be hashed in seconds."""
    one, other = (VectorCache(tmp_path / name, CharacterEncoder()) for name in "ab")
    for cache in (one, other):
        cache.vectors(["13800000000"], "query")
    shared = VectorCache(None, CharacterEncoder(), shipped=False)
    shared.vectors(["13800000000"], "query")
    keys = [set(cache.known()) for cache in (one, other, shared)]
    assert not keys[0] & keys[1]
    assert not keys[0] & keys[2]
    assert (tmp_path / "a" / KEY_FILE).stat().st_mode & 0o077 == 0


def test_what_nobody_used_for_a_season_goes(tmp_path: Path) -> None:
    VectorCache(tmp_path, CharacterEncoder()).vectors(["旧", "新"], "query")
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("UPDATE vectors SET used_on = '2020-01-01'")
        db.commit()
    cache = VectorCache(tmp_path, CharacterEncoder())
    cache.vectors(["新"], "query")
    assert cache.embedded == 1
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone() == (1,)
