"""Reviews: their stars, what they are about, and exports with wrong rows."""

from __future__ import annotations

import pytest

from server.base.errors import UsageError
from server.exchange.reviews import read_reviews
from server.work.reviews import cause_of, is_bad, stars_of


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("4", 4),
        ("5星", 5),
        ("3.0", 3),
        ("★★☆☆☆", 2),
        ("好评", 5),
        ("差评", 1),
        ("", 0),
        ("六", None),
    ],
)
def test_stars(text: str, stars: int | None) -> None:
    assert stars_of(text) == stars


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("快递放驿站也不打电话，等了一个星期才到", "carrier"),
        ("洗一次就掉色，线头一堆", "quality"),
        ("按推荐买的还是偏小，穿不上", "size"),
        ("问了三次客服没人理", "service"),
        ("实物和图片不一样，色差大", "expectation"),
        ("就那样吧", "other"),
        ("客服说换，结果又发错", "service"),
    ],
)
def test_causes(text: str, cause: str) -> None:
    assert cause_of(text) == cause


def test_what_is_bad() -> None:
    assert is_bad(3, "还行")
    assert is_bad(0, "太失望了")
    assert not is_bad(5, "坏了马上换新，客服很好")
    assert not is_bad(0, "很喜欢")


def test_an_export_is_read_and_wrong_rows_are_named() -> None:
    text = (
        "订单编号,买家昵称,评分,评价内容,评价时间\n"
        "A1001,小A,1,质量太差,2026-11-20 10:00\n"
        "A1002,小B,九,还行,2026-11-20\n"
        "A1003,小C,5,,2026-11-20\n"
        "1.23E+17,小D,5,好,2026-11-20\n"
        "A1005,小E,5,好,前天\n"
    )
    found = read_reviews(text.encode("gb18030"), "reviews.csv")
    assert [(one.order_id, one.stars, one.day) for one in found.reviews] == [
        ("A1001", 1, "2026-11-20")
    ]
    assert [(one.row, one.code) for one in found.refused] == [
        (3, "stars"), (4, "no_words"), (5, "cut"), (6, "time"),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="no column of reviews"):
        read_reviews(b"a,b\n1,2\n", "x.csv")


def test_questions_are_told_from_reviews() -> None:
    text = "问题,商品标题,提问时间\n会起球吗,针织衫,2026-11-20\n"
    (one,) = read_reviews(text.encode(), "q.csv").reviews
    assert (one.kind, one.text, one.product) == ("question", "会起球吗", "针织衫")
