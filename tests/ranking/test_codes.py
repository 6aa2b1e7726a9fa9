"""Codes and sizes that differ in one sign name different things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.catalog.index_update import update_index
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import EMPTY, Query, suggest
from tests.support import CharacterEncoder

SHOP = (
    Script("stock-2046", "2046这款现货，今天发", title="2046有货"),
    Script("stock-2146", "2146这款要等到下周", title="2146缺货"),
    Script("size-xl", "XL码有现货，适合130到145斤", title="XL码库存"),
    Script("sizes", "尺码有S、M、L、XL", title="有哪些尺码"),
    Script("batch", "批号在瓶底，发我可以查", questions=("帮我查批号gs0826a", "生产批号在哪看")),
    Script("ship", "今天16点前付款当天发出", title="什么时候发货"),
    Script("invoice", "订单详情里申请电子发票", title="怎么开发票"),
)


@pytest.fixture(scope="module")
def index() -> ScriptsIndex:
    return build_index(SHOP, VectorCache(None, load_encoder()))


def shown(index: ScriptsIndex, text: str) -> list[str]:
    ranking = suggest(Query(text), index)
    return [candidate.script.id for candidate in ranking.candidates[: ranking.shown]]


@pytest.mark.parametrize(
    ("asked", "first"), [("2046有货吗", "stock-2046"), ("2146有货吗", "stock-2146")]
)
def test_the_named_article_stands_first(index: ScriptsIndex, asked: str, first: str) -> None:
    assert shown(index, asked)[0] == first


@pytest.mark.parametrize(
    ("asked", "mistaken"),
    [
        ("2064有货吗", "stock-2046"),
        ("2064有货吗", "stock-2146"),
        ("XXXL码有货吗", "size-xl"),
        ("有xxxl吗", "size-xl"),
    ],
)
def test_another_article_is_not_offered_for_it(
    index: ScriptsIndex, asked: str, mistaken: str
) -> None:
    assert mistaken not in shown(index, asked)


def test_a_number_in_one_question_is_an_example(index: ScriptsIndex) -> None:
    assert shown(index, "帮我查批号gs0826b")[0] == "batch"


def test_a_table_of_sizes_answers_for_any(index: ScriptsIndex) -> None:
    assert index.codes.held["xl"] == {2, 3}
    assert index.codes.about["xl"] == {2}


def test_nothing_is_suggested_for_a_line_of_the_page(index: ScriptsIndex) -> None:
    assert suggest(Query("对方撤回了一条消息"), index) == EMPTY


@pytest.mark.parametrize(
    "change",
    [
        lambda held: [held[0], replace(held[1], reply="2147这款到了"), *held[2:]],
        lambda held: [*held[3:], Script("new", "型号XK-20有货", title="XL怎么选"), *held[:2]],
        lambda held: [replace(held[3], reply="只有均码"), held[2]],
        lambda held: [],
    ],
    ids=["edited", "moved, removed and added", "no longer of sizes", "emptied"],
)
def test_codes_follow_a_change_as_if_read_anew(
    change: Callable[[tuple[Script, ...]], list[Script]],
) -> None:
    cache, scripts = VectorCache(None, CharacterEncoder()), change(SHOP)
    updated = update_index(build_index(SHOP, cache), scripts, cache)
    assert updated.codes == build_index(scripts, cache).codes
