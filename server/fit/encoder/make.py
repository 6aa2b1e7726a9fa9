"""`bangda fit encoder`: from the borrowed weights to the folder that ships.

In order: cut the pieces, fit the upper layers, choose how far to go from the borrowed weights,
round to eight bits, write. Everything random has a seed; one thread computes, so that sums add up
alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from server.fit import FITTED
from server.fit.bank import read_bank
from server.fit.encoder.choice import Encode, Share, best_share, measured
from server.fit.encoder.folder import write_folder
from server.fit.encoder.graph import graph_of
from server.fit.encoder.material import Asked, Material, material, without
from server.fit.encoder.network import Network
from server.fit.encoder.origin import Array, Shape, origin_file, read_origin
from server.fit.encoder.pieces import kept_pieces, tokenizer_json
from server.fit.encoder.training import STEPS, Tokens, fit_upper
from server.fit.shops import labelled_shops
from server.indexing.bundled_model import PROMPTS, BundledEncoder
from server.library import load_library
from server.text.normal import normalize

FROZEN = 8  # of twelve layers
SEED = 0
_LONGEST = 48  # tokens of a text in the fit: longer replies say the rest elsewhere
_UNSEEN = 3  # every third shop is kept from the fit
_SEEN_RANGES = 600  # texts that the ranges of whole numbers are measured on
_LATIN = re.compile("[a-z]{2,12}")


def make_encoder(
    data: Path,
    library: Path,
    out: Path,
    *,
    steps: int = STEPS,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Writes the model folder `out`; what was fitted and how far the fit was followed."""
    torch.set_num_threads(1)
    origin = read_origin(origin_file())
    kept = kept_pieces(origin.pieces, origin.scores, sorted(_texts(data, library)))
    pieces = tokenizer_json([origin.pieces[n] for n in kept], [origin.scores[n] for n in kept])
    words = "embeddings.word_embeddings.weight"
    before = origin.weights | {words: origin.weights[words][kept]}
    tokens = tokens_of(pieces)
    shops = list(labelled_shops(data / "shops"))
    names = sorted({shop.shop for shop in shops})
    unseen = frozenset(names[::_UNSEEN])
    written = [s for s in shops if s.form == "written" and s.shop not in unseen]
    seen, kept_back = without(material(read_bank(data / "bank"), written))
    say(f"{len(kept)} pieces, {len(seen.intents)} intents, {len(written)} shops")
    network = Network(before, origin.shape, FROZEN, half=True)
    fit_upper(network, seen, tokens, steps=steps, seed=SEED, say=say)
    after = network.weights()

    def encode_at(share: float) -> Encode:
        moved = Network(between(before, after, share), origin.shape, FROZEN)
        return lambda given: moved.encode(given)

    left = [shop for shop in shops if shop.shop in unseen]
    found = [Share(s, measured(encode_at(s), left, kept_back, tokens)) for s in (0.5, 0.75, 1.0)]
    chosen = best_share(found)
    weights = between(before, after, chosen.share)
    write_model(out, weights, origin.shape, pieces, seen, tokens)
    rounding = rounding_loss(out, weights, origin.shape, kept_back, tokens)
    fitted = {
        "shops": sorted(shop.shop for shop in written),
        "intents": len(seen.intents),
        "steps": steps,
        "share": chosen.share,
        "rounding": rounding,
        "measured": {str(one.share): one.found for one in found},
    }
    write_fitted(out, fitted)
    return fitted


def between(before: dict[str, Array], after: dict[str, Array], share: float) -> dict[str, Array]:
    """Weights that follow the fit by this share: steadier on what the fit did not see."""
    moved = np.float32(share)
    return {name: held + moved * (after[name] - held) for name, held in before.items()}


def write_model(
    out: Path,
    weights: dict[str, Array],
    shape: Shape,
    pieces: str,
    seen: Material,
    tokens: Tokens,
) -> None:
    """Rounds and writes; the ranges are those of texts of the fit."""
    queries, documents = seen.texts()
    rng = np.random.default_rng(SEED)
    given = [tokens(text, "query") for text in _some(queries, rng)]
    given += [tokens(text, "document") for text in _some(documents, rng)]
    ranges = Network(weights, shape, FROZEN).ranges(given)
    count = len(weights["embeddings.word_embeddings.weight"])
    write_folder(out, graph_of(weights, shape, ranges), pieces, shape, count)


def rounding_loss(
    out: Path, weights: dict[str, Array], shape: Shape, held: Sequence[Asked], tokens: Tokens
) -> dict[str, float]:
    """Cosines of the written model's rows with those before rounding, plain and centred."""
    asks = [ask for one in held for ask in one.asks][: _SEEN_RANGES // 2]
    before = Network(weights, shape, FROZEN).encode([tokens(ask, "query") for ask in asks])
    after = BundledEncoder(out).encode_query(asks)
    plain = float((before * after).sum(axis=1).mean())
    one, other = (_unit(rows - rows.mean(axis=0)) for rows in (before, after))
    centred = float((one * other).sum(axis=1).mean())
    return {"cosine": round(plain, 4), "centred cosine": round(centred, 4)}


def _unit(rows: Array) -> Array:
    unit: Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def write_fitted(out: Path, fitted: dict[str, Any]) -> None:
    """Notes beside the model what it was fitted on."""
    text = json.dumps(fitted, ensure_ascii=False, indent=1) + "\n"
    (out / FITTED).write_text(text, encoding="utf-8")


def tokens_of(pieces: str) -> Tokens:
    """Texts to tokens with their role's prompt, remembered."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(pieces)

    @cache
    def tokens(text: str, role: str) -> tuple[int, ...]:
        ids = tokenizer.encode(PROMPTS[role] + text).ids
        return tuple(ids if len(ids) <= _LONGEST else [*ids[: _LONGEST - 1], ids[-1]])

    return tokens


def _some(texts: list[str], rng: np.random.Generator) -> list[str]:
    return [texts[place] for place in rng.permutation(len(texts))[: _SEEN_RANGES // 2]]


def _texts(data: Path, library: Path) -> set[str]:
    """Everything whose pieces must not be lost: what is fitted on, the samples, common Latin."""
    held: set[str] = set()
    for path in sorted(data.rglob("*.jsonl")):
        if "heldout" not in str(path.relative_to(data)):
            for line in path.read_text(encoding="utf-8").splitlines():
                held |= set(_strings(json.loads(line)))
    for root in (data / "shops", library):
        for shop in load_library(root).shops.values():
            for script in shop.scripts:
                held |= {script.title, script.reply, *script.questions, *script.variants}
    for path in sorted((data.resolve().parent / "docs").glob("*.md")):
        held |= set(_LATIN.findall(path.read_text(encoding="utf-8").lower()))
    return held | {normalize(text) for text in held}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for held in value.values():
            yield from _strings(held)
    elif isinstance(value, list):
        for held in value:
            yield from _strings(held)
