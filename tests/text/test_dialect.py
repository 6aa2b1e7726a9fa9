"""Cantonese and Wu words are read as Mandarin where a text is written in them, and nowhere else."""

from __future__ import annotations

import pytest

from server.compliance.disguises import hides_words
from server.compliance.matching import levels_of
from server.text.dialect import mandarin
from server.text.undisguise import everyday


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("你哋几时得闲，唔好喺度俾钱", "你们什么时候有空，不要在这里付钱"),
        ("佢過數畀我老細", "他转账给我老板"),
        ("冇人识嘅，揾第二度啦", "没人识的，找别的地方啦"),
        ("侬勿要急，阿拉今朝发", "你不要急，我们今天发"),
        ("等侬", "等你"),
        ("呢度冇货，嗰度有", "这里没有货，那里有"),
        ("系统话唔得，联系平台啦", "系统话不行，联系平台啦"),
        ("好評返現畀你，关系唔大", "好评返现给你，关系不大"),
        ("好平台唔讲究户口本", "好平台不讲究户口本"),
    ],
)
def test_a_dialect_is_read_as_mandarin(written: str, read: str) -> None:
    assert mandarin(everyday(written)).text == read


@pytest.mark.parametrize(
    "text",
    ["系统显示今天发货", "倾斜的架子", "按一下返回键", "请勿倒置，户口本套", "平价款", "讲究的人"],
)
def test_mandarin_stays_as_it_is(text: str) -> None:
    assert mandarin(everyday(text)).text == text


def test_places_lead_back_to_what_was_written() -> None:
    text = "唔该，畀个电话我"
    read = mandarin(everyday(text))
    at = read.text.index("给")
    assert text[slice(*read.span(at, at + 1))] == "畀"


def test_a_stretch_is_read_as_the_text_around_it_is() -> None:
    assert mandarin(everyday("唔该，过数啦")).read(3, 5) == "转账"


def test_a_dialect_is_no_disguise() -> None:
    text = "呢件我哋有货，听日发畀你"
    assert not hides_words(text, levels_of(text))
