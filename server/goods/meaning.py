"""Which product words mean that are not its name: 枕头, 那个灯, 双人的帐篷, 编织的那根.

What counts is the kind of thing that a name ends in, said in it or in another word for it, and the
words before it, which tell two of a kind apart. Where words are about another thing than the
shop's (配什么鞋, 我的手机壳, 猫砂盆), or about goods in general, nothing is meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from server.goods.figures import in_figures
from server.library import Product
from server.text.normal import normalize

_KINDS = Path(__file__).with_name("kinds.txt")
_SEGMENT = re.compile(r"[\u3400-\u9fff]+")
_UNITS = {
    "毫升": "ml",
    "升": "l",
    "公斤": "kg",
    "千克": "kg",
    "克": "g",
    "毫米": "mm",
    "厘米": "cm",
    "公分": "cm",
    "米": "m",
}
_UNIT = re.compile(rf"(?<=\d)\s*({'|'.join(_UNITS)})")
_COUNTED = "支片包枚粒米升克斤件人毫寸瓦度张瓶袋只盒条抽层格寸卷杯管对副码"
_FIGURE = re.compile(rf"(\d+(?:\.\d+)?)\s*([a-z]+|[{_COUNTED}])?|[a-z]+\d[a-z0-9]*")
_LEAST_HEAD = 2
_FIGURE_SIGNS = 8
_MEASURE = "[个款件条双支套床张口把只台瓶盒袋副块根种包顶盏辆对株饼罐]"
_POINTING = re.compile(f"[这那](?:一?{_MEASURE})?$")
_ELLIPSIS = re.compile(f"的?[这那]一?{_MEASURE}|的(?![这那吗么嘛吧]|还是|$|[?,。!~])")
_ENDINGS = "子头"
# What may stand right before a kind without making another thing of it.
_NEUTRAL = frozenset(
    "的这那个款件条双支套床张口把只台瓶盒袋副块根种包顶盏对株饼罐"
    "们你您家问下买是和跟与了看想要拿对给另就店呢啊亲说到收为,。!?~、:; "
)
# What makes another thing of a kind when it follows: 猫砂盆, 枕头套.
_MORE = frozenset("盆套架袋罩芯绳柜钩夹盖纸衣裤服裙鞋")
_OTHERS = re.compile(
    r"(?:配|搭|穿|戴|平时|一般|我的|我家的?|我[有用]|我买过|家里的?|自己的?|别家|别人|隔壁|送|赠|以前|原来|"
    r"[有卖]没有|有无|还有|有|卖|找|除了|换成|别的|其[他它]|另外的|一样的|差不多的|像|类似)的?[^,。!?]{0,3}$"
)
_WHETHER = re.compile(
    r"^[^,。!?]{0,2}(?:有吗|有么|有不$|有卖|卖吗|卖不|单卖)|"
    r"^[^,。!?]*(?:有没有|有没|有吗|有卖吗)[吗呢啊?!。~ ]*$"
)
_IN_GENERAL = re.compile(
    r"推荐|哪一?[款种些个件双条]|什么好|^(?:你们?|家|店里)*有(?:什么|啥)|第一次|别家|其[他它]家|以前|之前"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Name:
    """One product: the ends of its names, the pairs and the figures in them."""

    product: Product
    heads: tuple[str, ...]
    runs: tuple[str, ...]
    pairs: frozenset[str]
    figures: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Meant:
    """Products that a line can mean: none, one, or several.

    `is_open` says that it speaks of one thing, which each of several could be: 帐篷, where the shop
    has two. 帐篷和椅子 speaks of two things and is not open.
    """

    products: tuple[Product, ...] = ()
    is_open: bool = False


NOTHING_MEANT = Meant()


class Meanings:
    """What words can mean among these products."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.names = tuple(_name(product) for product in products)

    @cached_property
    def _words(self) -> Mapping[str, tuple[_Name, ...]]:
        """A kind of thing as it may be said → the products that it can mean."""
        found: dict[str, dict[str, _Name]] = {}
        kinds = _kinds()
        for name in self.names:
            for head in name.heads:
                said = {head[-size:] for size in range(_LEAST_HEAD, len(head) + 1)}
                said |= {head[-1], *(head[-1] + ending for ending in _ENDINGS)}
                said |= {word for word, ends in kinds.items() if head.endswith(ends)}
                for word in said:
                    found.setdefault(word, {})[name.product.id] = name
        return {word: tuple(names.values()) for word, names in found.items()}

    @cached_property
    def _by_pair(self) -> Mapping[str, Sequence[_Name]]:
        """Two neighbouring characters → the products with them in a name."""
        found: dict[str, list[_Name]] = {}
        for name in self.names:
            for pair in name.pairs:
                found.setdefault(pair, []).append(name)
        return found

    @cached_property
    def _by_number(self) -> Mapping[str, Sequence[_Name]]:
        """A number → the products with it in a name."""
        found: dict[str, dict[str, _Name]] = {}
        for name in self.names:
            for number, _ in name.figures:
                found.setdefault(number, {})[name.product.id] = name
        return {number: tuple(names.values()) for number, names in found.items()}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._words), default=0)

    def meant_by(self, text: str) -> Meant:
        """The products that a line can mean."""
        said = normalize(text)
        if _IN_GENERAL.search(said):
            return NOTHING_MEANT
        mentions, rest = self._mentions(said)
        if not mentions:
            told = self._left_out(said)
            return Meant(tuple(told), len(told) > 1)
        common = [n for n in mentions[0] if all(n in mention for mention in mentions)]
        open_to = common or list(dict.fromkeys(n for mention in mentions for n in mention))
        if common:
            pairs = frozenset(rest[i : i + 2] for i in range(len(rest) - 1))
            open_to = _told_apart(open_to, pairs, _figures(rest))
        is_open = bool(common) and len(open_to) > 1
        return Meant(tuple(name.product for name in open_to), is_open)

    def _mentions(self, said: str) -> tuple[list[tuple[_Name, ...]], str]:
        """The kinds that a line speaks of, the longest reading of each place, and its rest."""
        found: list[tuple[_Name, ...]] = []
        taken, rest = 0, said
        for start in range(len(said)):
            if start < taken:
                continue
            for end in range(min(len(said), start + self._longest), start, -1):
                names = self._words.get(said[start:end], ())
                fitting = tuple(n for n in names if _stands(said, start, end, n))
                if fitting:
                    taken = end
                    rest = rest[:start] + "|" * (end - start) + rest[end:]
                    if not _of_others(said, start, end):
                        found.append(fitting)
                    break
        return found, rest

    def _left_out(self, said: str) -> list[Product]:
        """双人的能睡几个人, 编织的那根: words of a name that stand for all of it."""
        fitting: dict[str, _Name] = {}
        for match in _ELLIPSIS.finditer(said):
            before = said[: match.start()]
            if _OTHERS.search(before) or _WHETHER.search(said[match.end() :]):
                continue
            told = self._ending_in(before)
            counted = self._counting(_figures(before[-_FIGURE_SIGNS:]), told)
            fitting |= {n.product.id: n for n in counted or told}
        return [name.product for name in fitting.values()]

    def _counting(self, figures: frozenset[tuple[str, str]], among: list[_Name]) -> list[_Name]:
        """The products, of `among` if there are any, whose names hold one of the figures."""
        numbers = {number for number, _ in figures}
        names = among or [n for number in numbers for n in self._by_number.get(number, ())]
        return [n for n in names if _shares(figures, n.figures)] if figures else []

    def _ending_in(self, before: str) -> list[_Name]:
        """The products whose names hold the longest end of a text, of two characters or more."""
        told = list(self._by_pair.get(before[-_LEAST_HEAD:], ()))
        size = _LEAST_HEAD + 1
        while longer := [n for n in told if any(before[-size:] in r for r in n.runs)]:
            if size > len(before):
                break
            told, size = longer, size + 1
        return told


@cache
def _kinds() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in _KINDS.read_text(encoding="utf-8").splitlines():
        word, _, ends = line.partition(": ")
        if not line.startswith("#"):
            table[normalize(word)] = tuple(normalize(end) for end in ends.split())
    return table


def _name(product: Product) -> _Name:
    folded = [normalize(name) for name in (product.name, *product.aliases)]
    runs = [_SEGMENT.findall(name) for name in folded]
    heads = (next((r for r in run if len(r) > _LEAST_HEAD), run[0]) for run in runs if run)
    pairs = {r[i : i + 2] for run in runs for r in run for i in range(len(r) - 1)}
    figures = frozenset[tuple[str, str]]().union(*map(_figures, folded))
    held = tuple(r for run in runs for r in run)
    return _Name(product, tuple(dict.fromkeys(heads)), held, frozenset(pairs), figures)


def _figures(said: str) -> frozenset[tuple[str, str]]:
    """Numbers with what they count, and codes: 28cm, 60支, 2 is 2 of anything, air3."""
    counted = _UNIT.sub(lambda unit: _UNITS[unit[1]], in_figures(said))
    return frozenset((match[1] or match[0], match[2] or "") for match in _FIGURE.finditer(counted))


def _shares(said: frozenset[tuple[str, str]], named: frozenset[tuple[str, str]]) -> bool:
    return any(
        number == other and (not unit or not counted or unit == counted)
        for number, unit in said
        for other, counted in named
    )


def _stands(said: str, start: int, end: int, name: _Name) -> bool:
    """Whether a kind stands there as a word that can be this product's, and as no other's part."""
    if said[end : end + 1] in _MORE:
        return False
    before = said[:start]
    attached = before[-2:] in name.pairs
    if end - start == 1:
        return attached or bool(_POINTING.search(before))
    if not before or before[-1] in _NEUTRAL or attached:
        return True
    last = re.search(r"[a-z0-9.]+\s*$", before)
    return last is not None and _shares(_figures(last[0]), name.figures)


def _of_others(said: str, start: int, end: int) -> bool:
    return bool(_OTHERS.search(said[:start]) or _WHETHER.search(said[end:]))


def _told_apart(
    names: list[_Name], pairs: frozenset[str], figures: frozenset[tuple[str, str]]
) -> list[_Name]:
    """The one of a kind whose own words are said too; all where that says nothing, or two."""
    if len(names) == 1:
        return names
    shared = frozenset.intersection(*(name.pairs for name in names))
    counted = frozenset.intersection(*(name.figures for name in names))
    told = [
        name
        for name in names
        if pairs & (name.pairs - shared) or _shares(figures - counted, name.figures - counted)
    ]
    return told if len(told) == 1 else names
