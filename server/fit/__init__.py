"""`bangda fit`: makes what ships in `server/knowledge/` from `knowledge/`. Needs torch."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from server.base.errors import EncoderError

if TYPE_CHECKING:
    from server.fit.shops import Example
    from server.ranking.fusion import Fusion

_REPOSITORY = Path(__file__).resolve().parents[2]
DATA = _REPOSITORY / "knowledge"
SHIPPED = _REPOSITORY / "server" / "knowledge"
FOLDS = 3


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
        import torch  # noqa: F401
    except ImportError as error:
        raise EncoderError(
            f"fitting needs {error.name}, which is not installed; expected the extra `fit`; "
            "install it: pip install 'bangda[fit]'"
        ) from error
    from server.fit.bank import embed_bank, read_bank
    from server.fit.pinyin_table import write_pinyin_table
    from server.fit.shops import examples_under, labelled_shops, scripts_as_intents
    from server.fit.towers import fit_adapters
    from server.fit.weights import fit_fusion
    from server.indexing.domain_adapter import adapter_path, unpack
    from server.indexing.models import load_encoder
    from server.indexing.vector_cache import VectorCache
    from server.ranking.fusion import fusion_path

    cache = VectorCache(cache_dir, load_encoder(model))
    write_pinyin_table(out)
    say("embedding the bank and the labelled shops")
    intents = embed_bank(read_bank(data / "bank"), cache)
    shops = list(labelled_shops(data / "shops"))
    asked = {s.shop: scripts_as_intents(s, cache) for s in shops if s.form == "written"}
    # Evidence that the adapter learned by heart would be weighed too heavily: what the fusion is
    # fitted on comes from shops that the adapter behind it did not see; what ships saw them all.
    groups = folds(asked)
    seen = [[held for shop, held in asked.items() if shop not in group] for group in groups]
    say(
        f"fitting adapters on {len(intents)} intents and {len(asked)} shops: the one that ships, "
        f"and {len(groups)} without a part of the shops"
    )
    shipped, *unseen = fit_adapters(intents, [list(asked.values()), *seen])
    examples: list[Example] = []
    for group, arrays in zip(groups, unseen, strict=True):
        part = [shop for shop in shops if shop.shop in group]
        examples += examples_under(part, cache, unpack(arrays))
    say(f"fitting the fusion on {len(examples)} messages of shops that its adapter did not see")
    identity = cache.identity
    write_fusion(fit_fusion(examples), fusion_path(identity.model, identity.dimension, out))
    path = adapter_path(identity, out)
    np.savez(path, **shipped)  # type: ignore[arg-type]
    return {"adapter": str(path), "intents": len(intents), "examples": len(examples)}


def folds(shops: Iterable[str]) -> list[frozenset[str]]:
    """The shops in FOLDS groups, each to be looked at by what was fitted on the others."""
    ordered = sorted(shops)
    return [frozenset(ordered[start::FOLDS]) for start in range(FOLDS)]


def write_fusion(fusion: Fusion, path: Path) -> None:
    """Writes the parameters where a person can read them."""
    held = dataclasses.asdict(fusion)
    path.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
