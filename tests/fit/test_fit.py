"""The fit room on data small enough to reason about: it learns what it is shown, twice the same."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from server.base.errors import UsageError
from server.fit import FITTED, fit, shops_seen, towers, unseen_groups
from server.fit.bank import Intent, embed_bank, read_bank
from server.fit.shops import examples_of, index_of, labelled_shops, scripts_as_intents
from server.fit.weights import fit_fusion, threshold_for
from server.indexing.bundled_model import BUNDLED
from server.indexing.domain_adapter import adapter_path, load_adapter, unpack
from server.indexing.encoder import Identity
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.ranking.evidence import NAMES
from server.ranking.fusion import SIGNS, Fusion, fusion_path, load_fusion
from tests.support import CharacterEncoder, write_lines, write_shop

ASKS = {
    "ship": ["几时发货", "多久发", "今天发吗", "发货了没", "啥时寄出"],
    "invoice": ["能开票吗", "要发票", "票怎么弄", "开个发票", "发票在哪"],
    "none-thanks": ["谢谢", "多谢", "好的谢谢", "感谢", "辛苦了"],
}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Two intents and one that nothing answers."""
    lines = [
        {"intent": intent, "kind": "ask", "style": "plain", "trade": "general", "text": text}
        for intent, texts in ASKS.items()
        for text in texts
    ]
    for intent, title, reply in (
        ("ship", "发货时间", "当天发"),
        ("invoice", "开发票", "订单里申请"),
    ):
        for kind, text in (("title", title), ("reply", reply)):
            lines.append({"intent": intent, "kind": kind, "style": "-", "trade": "-", "text": text})
    folder = tmp_path / "bank"
    folder.mkdir()
    content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "one.jsonl").write_text(content, encoding="utf-8")
    return folder


def test_adapter_learns_intents_and_is_the_same_twice(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(towers, "STEPS", 30)
    monkeypatch.setattr(towers, "HIDDEN", 16)
    monkeypatch.setattr(towers, "OUT", 8)
    cache = VectorCache(None, CharacterEncoder())
    intents = embed_bank(read_bank(bank), cache)
    assert [intent.name for intent in intents] == ["invoice", "ship", "none-thanks"]
    one, two = (towers.pack(towers.fit_towers(intents, seeds=(0,)), intents) for _ in range(2))
    assert str(one["version"]) == str(two["version"])
    adapter = unpack(one)
    plain = cache.vectors(["今天几时发", "发票开吗", "谢谢"], "query")
    shares = adapter.intent_shares(adapter.apply(plain, "query"), "query")
    assert [adapter.intents[n] for n in shares.argmax(axis=1)] == ["ship", "invoice", "none-thanks"]
    likeness = adapter.trade @ adapter.apply(plain, "query").T
    assert likeness[:, :2].argmax(axis=0).tolist() == [1, 0]


def test_an_empty_bank_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no \*\.jsonl"):
        read_bank(tmp_path)


def write_labelled(root: Path, shop: str) -> None:
    """A shop of two scripts with sixteen messages, six of which nothing answers."""
    scripts = [
        {"id": "ship", "title": "发货时间", "questions": ["几时发货"], "reply": "当天发"},
        {"id": "invoice", "title": "开发票", "questions": ["能开票吗"], "reply": "订单里申请"},
    ]
    write_shop(root, shop, scripts)
    rows = [{"message": text, "expected": ["ship"]} for text in ASKS["ship"]]
    rows += [{"message": text, "expected": ["invoice"]} for text in ASKS["invoice"]]
    rows += [{"message": text, "expected": [], "kind": "thanks"} for text in ASKS["none-thanks"]]
    rows += [{"message": "多少钱", "expected": [], "kind": "none_out_of_scope"}]
    write_lines(root / shop / "messages.jsonl", rows)


def test_fusion_learns_from_a_labelled_shop(tmp_path: Path) -> None:
    write_labelled(tmp_path, "shop-a")
    cache = VectorCache(None, CharacterEncoder())
    shops = list(labelled_shops(tmp_path))
    assert [shop.form for shop in shops] == ["written", "titled", "reply only"]
    examples = [e for shop in shops for e in examples_of(shop, index_of(shop, cache, None))]
    moved = [e.labelled for e in examples if e.later and e.form == "written"]
    # The thanks among them: what comes later in a conversation need not ask anything.
    assert {m.kind for m in moved} == {"", "thanks", "none_out_of_scope"}
    assert all([turn.sender for turn in m.turns] == ["shopper", "agent"] for m in moved)
    fusion = fit_fusion(examples)
    assert set(fusion.weights) == set(NAMES)
    assert all(weight >= 0 for name, weight in fusion.weights.items() if name != "no_question")
    assert 0 < fusion.threshold < 1
    intents = scripts_as_intents(shops[0], cache)
    answered = [intent for intent in intents if intent.answered]
    assert [(intent.name, len(intent.asks)) for intent in answered] == [("ship", 5), ("invoice", 5)]
    idle = [intent for intent in intents if not intent.answered]
    assert [(len(i.asks), len(i.titles), len(i.replies)) for i in idle] == [(1, 0, 0)] * 6
    assert threshold_for([0.9] * len(examples), examples) == 0.9


def test_what_nothing_answers_is_kept_away_from_the_scripts(
    bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(towers, "STEPS", 100)
    monkeypatch.setattr(towers, "RATE", 1e-2)
    monkeypatch.setattr(towers, "HIDDEN", 64)
    monkeypatch.setattr(towers, "OUT", 8)
    cache = VectorCache(None, CharacterEncoder())
    intents = embed_bank(read_bank(bank), cache)
    nothing = np.zeros((0, cache.identity.dimension), dtype=np.float32)
    asked = cache.vectors(["发货到月球多久"], "query")
    idle = Intent("none-moon", asked, nothing, nothing)
    likeness = []
    for shop in ([*intents[:2], idle], intents[:2]):
        adapter = unpack(towers.pack(towers.fit_towers(intents, [shop], seeds=(0,)), intents))
        titles = adapter.apply(cache.vectors(["发货时间", "开发票"], "document"), "document")
        likeness.append(float((titles @ adapter.apply(asked, "query")[0]).max()))
    told, untold = likeness
    assert told < untold - 0.1


def test_fit_writes_what_the_server_reads(bank: Path, tmp_path: Path) -> None:
    for shop in ("shop-a", "shop-b", "shop-c"):
        write_labelled(tmp_path / "shops", shop)
    out = tmp_path / "out"
    out.mkdir()
    said: list[str] = []
    done = fit(BUNDLED, data=bank.parent, out=out, say=said.append)
    assert done["intents"] == 3
    assert "1 without a part of the shops" in "\n".join(said)
    encoder = load_encoder()
    adapter = load_adapter(encoder.identity, out)
    assert adapter is not None
    assert adapter.intents == ("invoice", "ship", "none-thanks")
    held = json.loads(fusion_path(BUNDLED, 384, out).read_text(encoding="utf-8"))
    assert set(Fusion(**held).weights) == set(NAMES)


def test_the_fusion_learns_from_shops_that_encoder_and_adapter_did_not_see(tmp_path: Path) -> None:
    identity = load_encoder().identity
    (tmp_path / FITTED).write_text(json.dumps({"shops": ["old-a", "old-b"]}), encoding="utf-8")
    seen = shops_seen(identity, tmp_path)
    assert seen == {"old-a", "old-b"}
    shops = [*sorted(seen), "new-a", "new-b"]
    assert unseen_groups(shops, seen) == [frozenset({"new-a", "new-b"})]
    assert shops_seen(Identity("other", "1", 384), tmp_path) == frozenset()
    assert [len(group) for group in unseen_groups(shops, frozenset())] == [2, 1, 1]


def test_an_adapter_of_another_version_of_the_model_is_none(tmp_path: Path) -> None:
    identity = load_encoder().identity
    shutil.copy(adapter_path(identity), tmp_path)
    assert load_adapter(identity, tmp_path) is not None
    assert load_adapter(dataclasses.replace(identity, version="older"), tmp_path) is None


def test_what_ships_is_complete() -> None:
    fusion = load_fusion()
    assert set(fusion.weights) == set(NAMES)
    assert set(fusion.signs) == set(SIGNS)
    adapter = load_adapter(load_encoder().identity)
    assert adapter is not None
    assert len(adapter.intents) > 300
    assert sum(name.startswith("none-") for name in adapter.intents) >= 15
