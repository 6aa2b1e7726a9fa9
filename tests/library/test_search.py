"""Looking through scripts: the title first, letters as pinyin, then as suggestions rank."""

from __future__ import annotations

import pytest

from server.library import Script
from server.library.search import find, spellings, written

SCRIPTS = (
    Script("ship.late", "这就催发货，您放心", title="催单"),
    Script("ship.split", "分两个包裹寄出", title="补拍/合并发货"),
    Script("ship.when", "今天付款今天发", title="什么时候发货", questions=("多久发货",)),
    Script("courier", "默认中通快递", title="发什么快递"),
    Script("back", "退货运费由我们承担", title="退货", questions=("退货运费谁出",)),
)
NEAR = ("ship.when", "ship.split", "back")


def titles(query: str, near: tuple[str, ...] = ()) -> list[str]:
    return [script.title for script in find(SCRIPTS, query, near=near)]


@pytest.mark.parametrize("query", ["fahuo", "fh", "发货"])
def test_titles_stand_first_and_among_them_what_suggestions_put_first(query: str) -> None:
    assert titles(query, NEAR) == ["什么时候发货", "补拍/合并发货", "催单"]


def test_a_reply_is_found_by_letters_too_but_last() -> None:
    assert titles("zhongtong") == ["发什么快递"]
    assert titles("kuaidi")[0] == "发什么快递"


@pytest.mark.parametrize(
    ("text", "letters", "initials"),
    [
        ("退还运费", "tuihuanyunfei", "thyf"),
        ("还没发货", "haimeifahuo", "hmfh"),
        ("寄到重庆", "jidaochongqing", "jdcq"),
        ("长度1.5米 L码", "changdu1.5mi lma", "cd1.5m lm"),
    ],
)
def test_letters_follow_how_words_are_said(text: str, letters: str, initials: str) -> None:
    assert spellings(text) == (letters, initials)


def test_every_word_has_to_be_there() -> None:
    assert titles("tuihuo yunfei") == ["退货"]
    assert titles("fahuo yunfei") == []


@pytest.mark.parametrize(
    ("query", "signs"),
    [
        ("fahuo", "发货"),
        ("fh", "发货"),
        ("yunfei fahuo", "运费 发货"),
        ("发货", "发货"),
        ("xyz", "xyz"),
    ],
)
def test_letters_are_read_as_the_signs_that_the_shop_writes(query: str, signs: str) -> None:
    assert written(SCRIPTS, query) == signs
