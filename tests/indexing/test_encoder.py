"""The bundled model, a sentence-transformers model made here, batches, the vector cache."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from server.base.errors import EncoderError
from server.indexing.batching import BatchingEncoder
from server.indexing.bundled_model import FOLDER, GRAPH, PIECES, BundledEncoder
from server.indexing.encoder import Identity, encode, identity_of
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.indexing.vector_table import FILE, KEY_FILE
from tests.support import CharacterEncoder

GOLDEN = {
    "什么时候发货": [0.0127, -0.0192, -0.0262, -0.0332],
    "能开发票吗": [0.0373, 0.0213, -0.0283, -0.0387],
    "m码还有吗": [0.0362, 0.0255, -0.0295, 0.0010],
}


class Counting(CharacterEncoder):
    """Notes the size of every call; waits for `gate` so that a test can queue callers."""

    side_by_side = 1

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


def test_a_row_is_the_same_alone_and_among_others() -> None:
    encoder = load_encoder()
    texts = [f"{number}号什么时候发货" for number in range(40)] + ["能发吗", "怎么退货呢亲"] * 20
    together = encode(encoder, texts, "document")
    assert np.array_equal(together[-2:], encode(encoder, texts[-2:], "document"))
    assert np.array_equal(together[:1], encode(encoder, texts[:1], "document"))


def test_several_threads_get_what_one_gets() -> None:
    encoder = load_encoder()
    texts = [f"订单{number}到哪里了" for number in range(48)]
    expected = encode(encoder, texts, "query")
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda text: encode(encoder, [text], "query")[0], texts))
    assert np.array_equal(np.stack(rows), expected)


def test_vectors_are_those_that_everything_fitted_relies_on() -> None:
    """Another graph, other pieces or other rounding must not come unseen."""
    rows = encode(load_encoder(), list(GOLDEN), "query")
    assert np.abs(rows[:, :4] - np.asarray(list(GOLDEN.values()))).max() < 5e-3


@pytest.mark.parametrize(
    ("text", "count"),
    [("什么时候发货", 9), ("", 6), ("xl码还有吗?", 11), ("𠮷", 7)],
    ids=["chinese", "empty", "mixed", "unknown"],
)
def test_tokens_are_counted_as_the_original_counts_them(text: str, count: int) -> None:
    encoder = load_encoder()
    assert isinstance(encoder, BundledEncoder)
    assert encoder.token_count(text) == count


def test_no_sign_of_a_message_is_unknown() -> None:
    tokenizer = Tokenizer.from_file(str(FOLDER / PIECES))
    unknown = tokenizer.token_to_id("<unk>")
    signs = "的一是不了在有我他这中大来上个国，。！？、；：（）《》【】“”…—～￥%&*+=<>@#0123456789"
    assert [sign for sign in signs + "abcxyz" if unknown in tokenizer.encode(sign).ids] == []


def test_the_folder_is_a_sentence_transformers_model() -> None:
    """Its tokenizer, its pooling and normalising over padded batches give the product's rows."""
    import torch
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
    from transformers import AutoTokenizer

    named = [module["type"] for module in json.loads((FOLDER / "modules.json").read_text())]
    assert [name.rsplit(".", 1)[1] for name in named] == ["Transformer", "Pooling", "Normalize"]
    prompts = json.loads((FOLDER / "config_sentence_transformers.json").read_text())["prompts"]
    texts = ["什么时候发货", "退款多久到账啊我等了好几天了 真的是", "M码 160斤能穿吗?"]
    tokens = AutoTokenizer.from_pretrained(str(FOLDER))(
        [prompts["document"] + text for text in texts], padding=True, return_tensors="np"
    )
    fed = {name: tokens[name].astype(np.int64) for name in ("input_ids", "attention_mask")}
    session = onnxruntime.InferenceSession(str(FOLDER / GRAPH))
    assert [given.name for given in session.get_inputs()] == list(fed)
    (states,) = session.run(["last_hidden_state"], fed)
    pooled = Normalize()(
        Pooling.load(str(FOLDER / "1_Pooling"))(
            {
                "token_embeddings": torch.from_numpy(states),
                "attention_mask": torch.from_numpy(fed["attention_mask"]),
            }
        )
    )["sentence_embedding"].numpy()
    assert np.abs(pooled - encode(load_encoder(), texts, "document")).max() < 1e-3


def test_a_folder_like_the_bundled_one_is_the_same_model(tmp_path: Path) -> None:
    copy = tmp_path / "mine"
    shutil.copytree(FOLDER, copy)
    assert identity_of(load_encoder(str(copy))) == identity_of(load_encoder())
    pieces = copy / PIECES
    pieces.write_text(pieces.read_text() + "\n")
    assert identity_of(load_encoder(str(copy))).version != identity_of(load_encoder()).version


def test_a_damaged_model_is_a_clear_error(tmp_path: Path) -> None:
    copy = tmp_path / "mine"
    shutil.copytree(FOLDER, copy)
    (copy / GRAPH).write_bytes((copy / GRAPH).read_bytes()[:-1000])
    with pytest.raises(EncoderError, match="cannot be loaded"):
        BundledEncoder(copy)


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


@pytest.mark.parametrize(
    ("one", "other"),
    [("在吗，发货没？", "在吗,发货没?"), ("１００元", "100元"), ("在  吗", "在 吗")],
    ids=["full width signs", "full width digits", "runs of spaces"],
)
def test_texts_that_the_model_reads_alike_are_one_query(one: str, other: str) -> None:
    model = load_encoder()
    rows = model.encode_query([one, other])
    assert rows[0].tobytes() == rows[1].tobytes()
    asked: list[str] = []

    class Noting(CharacterEncoder):
        read_as = staticmethod(model.read_as)

        def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
            asked.extend(sentences)
            return super()._rows(sentences)

    batching = BatchingEncoder(Noting())
    asked.clear()
    found = batching.encode_query([one, other, "别的"])
    assert len(asked) == 2
    assert found[0].tobytes() == found[1].tobytes() != found[2].tobytes()
    batching.encode_query([other])
    assert len(asked) == 2


def test_as_many_callers_encode_at_a_time_as_the_model_runs_side_by_side() -> None:
    inner = Counting()
    inner.side_by_side = 2
    batching = BatchingEncoder(inner)
    inner.gate.clear()
    threads = [threading.Thread(target=batching.encode_query, args=([text],)) for text in "甲乙"]
    for thread in threads:
        thread.start()
    while len(inner.calls) < 2:  # both are inside; neither waits for the other
        assert inner.entered.wait(10)
        threading.Event().wait(0.001)
    inner.gate.set()
    for thread in threads:
        thread.join(10)
    assert inner.calls == [1, 1]


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


def test_a_cache_that_keeps_few_in_memory_embeds_nothing_twice(tmp_path: Path) -> None:
    texts = [f"第{n}句" for n in range(300)]
    first = VectorCache(tmp_path, CharacterEncoder(), shipped=False, kept=10)
    rows = np.concatenate([first.vectors([text], "query") for text in texts])
    assert len(first.known()) == 10
    assert np.array_equal(first.vectors(texts, "query"), rows)
    assert first.embedded == 300
    first.forget(texts[:1], "query")
    first.flush()
    again = VectorCache(tmp_path, CharacterEncoder(), shipped=False, kept=10)
    assert len(again.known()) == 0
    assert np.array_equal(again.vectors(texts, "query"), rows)
    assert again.embedded == 1


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
