"""Folding: what it undoes, what it must leave alone, and the way back to the original text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.compliance.matching import levels_of
from server.compliance.numbers import with_numbers
from server.text.undisguise import everyday, plain, tight


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＶＸ同号", "vx同号"),
        ("①③⑧零零", "138零零"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("Ⓥ信", "v信"),
        ("🅥🅧", "vx"),
        ("🇻🇽", "vx"),
        ("🆅❤信", "v信"),
        ("微\u200b信", "微信"),
        ("收\u00ad款\u2060码", "收款码"),
        ("薇訊", "薇讯"),
        ("νх", "vx"),
        ("薇❤信", "薇信"),
        ("口⃝令🧧", "口令红包"),
        ("jì点纸 qián", "ji点纸 qian"),
        ("５🌟", "5星"),
    ],
)
def test_plain_signs(text, folded):
    assert plain(text).text == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("微.信.号 shop", "微信号shop"),
        ("好·评·返·现", "好评返现"),
        ("V-X", "vx"),
        ("e x a m p l e", "example"),
        ("加您 彳攵亻言", "加您微信"),
        ("腰围 68-72", "腰围68-72"),
        ("一、三、八号链接", "一、三、八号链接"),
        ("V 领 X 型版型", "v领x型版型"),
    ],
)
def test_separators_inside_words(text, folded):
    assert tight(plain(text)).text == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("幺三八，零零零零，零零零零", "13800000000"),
        ("1 3 8 o o o o 4 4 5 5", "13800004455"),
        ("一三八0000四四五五", "13800004455"),
        ("一、三、八号链接", "一、三、八号链接"),
        ("三五天到", "三五天到"),
        ("hello world", "hello world"),
    ],
)
def test_spelled_numbers(text, folded):
    assert with_numbers(plain(text)).text == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("加wei xin聊", "微信"),
        ("发个kou令", "口令"),
        ("tui款给您", "退款"),
        ("交葆证金", "保证金"),
        ("给个好坪吧", "好评"),
    ],
)
def test_sound_disguises(text, found):
    assert found in levels_of(text)[-1].text


@pytest.mark.parametrize(
    "text",
    [
        "尺码 M L XL 都有",
        "充电宝65W的头",
        "大V领加绒",
        "嘉兴发货",
        "威风凛凛的造型",
        "vivo 和小米都能用",
        "A4纸",
        "iPhone15 Pro",
    ],
)
def test_ordinary_words_keep_their_sound(text):
    levels = levels_of(text)
    assert levels[-1].text == levels[2].text


@pytest.mark.parametrize("fold", [everyday, plain], ids=["everyday", "plain"])
@settings(deadline=None)
@given(st.text(max_size=60))
def test_every_folded_sign_points_into_the_original(fold, text):
    folded = fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_all_levels_map_back(text):
    for folded in levels_of(text):
        for index in range(len(folded.text)):
            start, end = folded.span(index, index + 1)
            assert 0 <= start < end <= len(text)


def test_span_covers_what_stood_between():
    folded = tight(plain("加薇 ❤ 信吧"))
    start = folded.text.index("薇")
    assert folded.span(start, start + 2) == (1, 6)
