"""What the product on the page decides: messages with a card, each asked with and without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from server.base.config import shipped
from server.bench.report import Report, Row
from server.evaluation.evaluate import Labelled, query_of, read_labelled
from server.fit import DATA
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import Shop, load_library
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import suggest

MESSAGES = DATA / "cards" / "messages.jsonl"
_SHOWN = 3


def cards() -> Report:
    """Hit rates on the sample shops; ratios against the same messages without their card."""
    cache = VectorCache(None, load_encoder())
    ranks: dict[str, list[int]] = {"with the card": [], "without it": []}
    other = 0
    for shop in load_library(shipped("scripts_library")).shops.values():
        index = build_index(shop.scripts, cache)
        for labelled in read_labelled(MESSAGES, shop.id):
            rank, elsewhere = _asked(labelled, shop, index)
            other += elsewhere
            ranks["with the card"].append(rank)
            ranks["without it"].append(_asked(replace(labelled, page={}), shop, index)[0])
    rows = []
    for most in (1, _SHOWN):
        shares = {name: _share(held, most) for name, held in ranks.items()}
        base = shares["without it"]
        for name, share in shares.items():
            rows.append(Row(f"{name}, hit@{most}", share, "", share / base if base else None))
    rows.append(Row("for another product shown first", other / len(ranks["with the card"]), ""))
    about = f"{len(ranks['with the card'])} messages with a card, knowledge/cards"
    return Report("cards", about, tuple(rows))


def _asked(labelled: Labelled, shop: Shop, index: ScriptsIndex) -> tuple[int, bool]:
    """The expected script's place (0: none), and whether what is shown first is another's."""
    query = query_of(labelled, shop)
    ranking = suggest(query, index)
    found = [candidate.script for candidate in ranking.candidates]
    places = [n for n, script in enumerate(found, 1) if script.id in labelled.expected]
    first = found[0] if ranking.shown and found else None
    names = set(query.stated.names)
    elsewhere = bool(first and first.products and names and not names & set(first.products))
    return (places[0] if places else 0), elsewhere


def _share(ranks: list[int], most: int) -> float:
    return float(np.mean([0 < rank <= most for rank in ranks]))
