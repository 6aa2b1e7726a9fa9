"""The sample shops as a newcomer meets them, with the real bundled model."""

from __future__ import annotations

import pytest

from server.base.config import shipped
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import Shop, load_library
from server.lint import lint_library
from server.scripts_index import build_index
from server.suggest import Query, suggest

ROOT = shipped("scripts_library")
SHOPS = load_library(ROOT).shops


@pytest.fixture(scope="module")
def cache() -> VectorCache:
    return VectorCache(None, load_encoder())


def test_there_are_two_shops_without_findings() -> None:
    assert len(SHOPS) >= 2
    assert [str(problem) for problem in lint_library(ROOT)] == []


@pytest.mark.parametrize("shop", SHOPS.values(), ids=list(SHOPS))
def test_a_shop_is_as_large_and_varied_as_a_newcomer_needs(shop: Shop) -> None:
    assert 80 <= len(shop.scripts) <= 130
    assert {script.stage for script in shop.scripts} == {"售前", "售中", "售后"}
    assert any(script.steps for script in shop.scripts)
    assert any(script.parts for script in shop.scripts)
    assert any(script.valid_until for script in shop.scripts)
    assert shop.facts


def test_a_first_start_embeds_nothing(cache: VectorCache) -> None:
    for shop in SHOPS.values():
        build_index(shop.scripts, cache)
    assert cache.embedded == 0, "the sample shops changed; run: bangda fit samples"


@pytest.mark.parametrize("shop", SHOPS.values(), ids=list(SHOPS))
def test_the_scripts_own_tests_find_them_in_the_top_three(shop: Shop, cache: VectorCache) -> None:
    index = build_index(shop.scripts, cache)
    missed = []
    asked = [(text, script) for script in shop.scripts for text in script.tests]
    for text, script in asked:
        platform = script.platforms[0] if script.platforms else ""
        audience = frozenset(name.casefold() for name in script.audience) or None
        ranking = suggest(Query(text, platform=platform, audience=audience), index, top_k=3)
        found = [candidate.script.id for candidate in ranking.candidates]
        if script.id not in found:
            missed.append((text, script.id, found))
    assert len(missed) <= 0.05 * len(asked), missed
