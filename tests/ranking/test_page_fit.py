"""What card, product and measures do to the ranking, on the sample shops and in small."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server.base.config import shipped
from server.evaluation.evaluate import query_of, read_labelled
from server.goods import Stated
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import Script, load_library
from server.ranking.page_fit import page_fit
from server.scripts_index import build_index
from server.suggest import suggest

CARDS = Path(__file__).parents[2] / "knowledge" / "cards" / "messages.jsonl"
COAT = Script("coat", "防风", products=("外套",))
PANTS = Script("pants", "有弹力", products=("裤子",))
SIZE = Script("size", "建议拍{推荐尺码}")
ASK = Script("ask", "请说一下{尺码所需}")
PLAIN = Script("plain", "好的")
ALL = (COAT, PANTS, SIZE, ASK, PLAIN)


def odds(page: dict[str, str], stated: Stated) -> dict[str, float]:
    fit = page_fit(ALL, np.arange(len(ALL), dtype=np.int32), page, stated, own_product=2.0)
    return {script.id: float(odd) for script, odd in zip(ALL, fit.odds, strict=True) if odd}


@pytest.mark.parametrize(
    ("page", "stated", "expected"),
    [
        ({}, Stated(), {}),
        ({"product": "防风外套 男"}, Stated(), {"coat": 2, "pants": -2}),
        ({"product": "防风外套 男"}, Stated(("p1", "裤子")), {"coat": -2, "pants": 2}),
        ({}, Stated(("外套", "裤子")), {"coat": 2, "pants": 2}),
        ({}, Stated(("帽子",), sized=True), {"coat": -2, "pants": -2, "size": 1, "ask": -1}),
        ({}, Stated(("帽子",), unsized=True), {"coat": -2, "pants": -2, "size": -1, "ask": 1}),
    ],
)
def test_odds(page: dict[str, str], stated: Stated, expected: dict[str, float]) -> None:
    assert odds(page, stated) == expected


def test_cards_bring_the_script_of_their_product_first() -> None:
    cache = VectorCache(None, load_encoder())
    with_card, without = [], []
    for shop in load_library(shipped("scripts_library")).shops.values():
        index = build_index(shop.scripts, cache)
        for labelled in read_labelled(CARDS, shop.id):
            query = query_of(labelled, shop)
            bare = query_of(replace(labelled, page={}))
            for asked, first in ((query, with_card), (bare, without)):
                best = suggest(asked, index, top_k=1).candidates[0].script.id
                first.append(best in labelled.expected)
    assert len(with_card) >= 60
    assert sum(with_card) >= 0.9 * len(with_card)
    assert sum(with_card) >= sum(without) + 10
