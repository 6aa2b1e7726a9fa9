"""What a review is about, and how bad it is: read from its stars and words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

CAUSES: Final = ("carrier", "quality", "size", "service", "expectation", "other")
_CAUSES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("size", re.compile(
        r"尺码|码数|偏(大|小|紧|松|长|短)|[大小]一号|穿不(上|下|进)|不合身|太(肥|瘦|紧|松)"
    )),
    ("service", re.compile(
        r"客服|态度|不理|不回|没人(理|回)|敷衍|推(脱|诿)|售后|退货难|不退|不处理"
    )),
    ("carrier", re.compile(
        r"快递|物流|发货|送货|配送|包装|压(坏|扁)|太慢|派送|驿站|少发|漏发|发错|"
        r"(半|[一两几]个?)多?(月|星期|周)才"
    )),
    ("quality", re.compile(
        r"质量|坏了?|破[了的损]?|裂|断|掉(色|毛|漆|线)|起球|开线|异味|味道(大|重|很)|做工|瑕疵|线头|"
        r"漏(水|电|气)|不(亮|转|通电|制冷|防水)|用了?(几|两|一|没几)天就|褪色|缩水|过敏|发霉|生锈"
    )),
    ("expectation", re.compile(
        r"色差|不一样|不符|货不对板|图片|照骗|没有?想象|[与和]描述|一般般?|不值|性价比|失望|"
        r"太(薄|小|轻)|骗"
    )),
)  # fmt: skip
_BAD = re.compile(
    r"差评|垃圾|太差|很差|最差|失望|后悔|上当|骗|别买|不要买|不会再|再也不|不推荐|不好|难(看|用|吃|闻)|"
    r"不(满意|值|行)|坏了|破了"
)
_WORDS: Final = {"好评": 5, "满意": 5, "中评": 3, "一般": 3, "差评": 1, "失望": 1, "不满意": 1}
_STARS = re.compile(r"([1-5])(?:\.0+)?\s*(?:星|分|颗星)?|★{1,5}☆{0,4}")


@dataclass(frozen=True, slots=True)
class Review:
    """A review or a public question of an export; `stars` 0 where it names none.

    `key` tells it from all others of the shop, so that the same file twice changes nothing.
    """

    kind: str
    key: str
    order_id: str
    shopper: str
    product: str
    stars: int
    text: str
    day: str


def stars_of(text: str) -> int | None:
    """1 to 5 from `4`, `5星`, `★★★☆☆`, `好评`; 0 from nothing, None from what says no stars."""
    text = text.strip()
    if not text:
        return 0
    if text in _WORDS:
        return _WORDS[text]
    found = _STARS.fullmatch(text)
    if found is None:
        return None
    return int(found[1]) if found[1] else text.count("★")


def is_bad(stars: int, text: str) -> bool:
    """Three stars and fewer, or words of anger where no stars are given."""
    return 0 < stars <= 3 or (stars == 0 and _BAD.search(text) is not None)


def cause_of(text: str) -> str:
    """One of CAUSES: what the first of its complaints is about."""
    found = [
        (hit.start(), place) for place, (_, p) in enumerate(_CAUSES) if (hit := p.search(text))
    ]
    return _CAUSES[min(found)[1]][0] if found else "other"
