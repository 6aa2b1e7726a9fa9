"""`bangda fit`: makes what ships in `server/knowledge/` from `knowledge/`. Needs torch."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from server.errors import EncoderError

if TYPE_CHECKING:
    from server.fit.shops import Example
    from server.fusion import Fusion

_REPOSITORY = Path(__file__).resolve().parents[2]
DATA = _REPOSITORY / "knowledge"
SHIPPED = _REPOSITORY / "server" / "knowledge"


def fit(
    model: str,
    *,
    data: Path = DATA,
    out: Path = SHIPPED,
    cache_dir: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Fits adapter, readings, fusion and threshold for `model`; what was written, from how much.

    `cache_dir` keeps the embeddings for the next fit. Raises EncoderError without torch.
    """
    try:
        import sklearn  # noqa: F401
        import torch
    except ImportError as error:
        raise EncoderError(
            f"fitting needs {error.name}, which is not installed; expected the extra `fit`; "
            "install it: pip install 'bangda[fit]'"
        ) from error
    from server.adapter import adapter_path, unpack
    from server.encoder import load_encoder
    from server.fit.bank import embed_bank, read_bank
    from server.fit.pinyin_table import write_pinyin_table
    from server.fit.shops import labelled_shops, scripts_as_intents
    from server.fit.towers import fit_towers, pack
    from server.fit.weights import fit_fusion
    from server.fusion import fusion_path
    from server.vector_cache import VectorCache

    torch.use_deterministic_algorithms(True)
    cache = VectorCache(cache_dir, load_encoder(model))
    write_pinyin_table(out)
    say("embedding the bank")
    intents = embed_bank(read_bank(data / "bank"), cache)
    # Evidence that the adapter learned by heart would be weighed too heavily: the fusion is fitted
    # on shops under an adapter of the bank alone, what ships has seen the shops, too.
    say(f"fitting an adapter on {len(intents)} intents, and the fusion under it")
    unseen = unpack(pack(fit_towers(intents), intents))
    examples = development_examples(data / "shops", cache, unseen)
    identity = cache.identity
    held = fusion_path(identity.model, identity.dimension, out)
    write_fusion(fit_fusion(examples), held)
    say("fitting the adapter that ships on the intents and the development shops")
    shops = [
        scripts_as_intents(shop, cache)
        for shop in labelled_shops(data / "shops")
        if shop.form == "written"
    ]
    path = adapter_path(cache.identity, out)
    np.savez(path, **pack(fit_towers(intents, shops), intents))  # type: ignore[arg-type]
    return {"adapter": str(path), "intents": len(intents), "examples": len(examples)}


def development_examples(root: Path, cache: Any, adapter: Any) -> list[Example]:
    """The evidence for every labelled message of every form of the development shops."""
    from server.fit.shops import examples_of, index_of, labelled_shops

    return [
        example
        for shop in labelled_shops(root)
        for example in examples_of(shop, index_of(shop, cache, adapter))
    ]


def write_fusion(fusion: Fusion, path: Path) -> None:
    """Writes the parameters where a person can read them."""
    held = dataclasses.asdict(fusion)
    path.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
