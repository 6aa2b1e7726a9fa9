"""Reading what was typed: folding, terms, sounds, asks."""

from __future__ import annotations

import numpy as np
import pytest

from server.base.conversation import Turn
from server.indexing.bm25 import build_lexical
from server.text.normal import grams, normalize, shared_words, sounds
from server.text.understanding import understand


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("這個幾天到", "这个几天到"),
        ("ＡＢＣ１２３", "abc123"),
        ("啊啊啊啊好慢！！！！", "啊好慢!"),
        ("收到了[微笑]😂#E-s23", "收到了"),
        ("看 https://example.com/x?y=1 这个", "看 这个"),
        ("发\x00货\u200b吗", "发 货 吗"),
        ("2000元 1111", "2000元 1111"),
        ("😂😂", ""),
    ],
    ids=["traditional", "full width", "repeats", "stickers", "link", "control", "digits", "emoji"],
)
def test_fold(typed: str, folded: str) -> None:
    assert normalize(typed) == folded


def test_grams_hold_characters_pairs_and_whole_words() -> None:
    assert grams("发货 sf12") == ["发", "货", "发货", "sf12"]


@pytest.mark.parametrize(
    ("typo", "meant"), [("快弟", "快递"), ("法票", "发票"), ("操做", "操作"), ("退快", "退款")]
)
def test_sounds_meet_where_characters_do_not(typo: str, meant: str) -> None:
    heard = set(sounds(typo)) & set(sounds(meant))
    assert bool(heard) == (typo != "退快")


def test_bm25_by_hand() -> None:
    index = build_lexical([["发", "货"], ["发", "票"], ["退", "款"]])
    scores, ceiling = index.scores(["货"])
    # one of three texts holds it: idf = ln(1 + 2.5/1.5); equal lengths and one occurrence: tf 1
    assert scores == pytest.approx([np.log1p(2.5 / 1.5), 0, 0], rel=1e-5)
    assert ceiling == pytest.approx(np.log1p(2.5 / 1.5), rel=1e-5)


def test_bm25_counts_unseen_terms_towards_what_could_be_reached() -> None:
    index = build_lexical([["发", "货"]])
    scores, ceiling = index.scores(["鲸"])
    assert scores.tolist() == [0.0]
    assert ceiling > 0


def test_order_card_and_greeting_go() -> None:
    card = "你好 咨询订单号:240911000123 订单金额:88 下单时间:2026-01-01 能开发票吗"
    assert understand(card).text == "能开发票吗"


def test_an_order_card_alone_stays() -> None:
    assert understand("咨询订单号:[订单x] 订单金额:[金额x]").text == "咨询订单号: 订单金额:"


def test_a_greeting_alone_stays() -> None:
    assert understand("在吗").text == "在吗"


def test_two_asks_are_parted() -> None:
    assert understand("发什么快递，能开发票吗").asks == ("发什么快递", "能开发票吗")


def test_a_long_story_keeps_its_end() -> None:
    story = "上周的事情说来话长。" * 1000 + "能不能给我退运费"
    understood = understand(story)
    assert understood.text.endswith("能不能给我退运费")
    assert len(understood.text) <= 160
    assert len(understood.asks) <= 5


def test_earlier_turns_are_told_apart() -> None:
    turns = (Turn("shopper", "这件有黑色吗"), Turn("agent", "有的"), Turn("shopper", "L码呢"))
    understood = understand("那多久到", turns)
    assert understood.said == ("这件有黑色吗", "l码呢")
    assert understood.answered == "有的"
    assert understood.leans == 1.0


def test_a_message_that_speaks_for_itself_needs_no_earlier_turns() -> None:
    turns = (Turn("shopper", "这件有黑色吗"), Turn("agent", "有的"))
    understood = understand("请问你们家平时默认发的是什么快递", turns)
    assert (understood.said, understood.answered, understood.leans) == ((), "", 0.0)


@pytest.mark.parametrize("nothing", ["", "   ", "😂👍", "\x00\x01\x02", "[图片]"])
def test_nothing_said(nothing: str) -> None:
    assert understand(nothing).text == ""


def test_shared_words_in_order_longest_kept() -> None:
    assert shared_words("快递单号在哪查", "请在订单里查快递单号") == ["快递单号"]
    assert shared_words("今日发货吗", "当天发货") == ["发货"]
