"""Article numbers, models and sizes in a text: with one sign changed they name another thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.base.remembered import remembers

SIZES: Final = frozenset(
    ["s", "m", "l", "xs", "xl", *(f"{n}x{end}" for n in range(2, 9) for end in "sl")]
)
_TOKEN: Final = re.compile(r"(?<![a-z0-9.])[a-z0-9]+(?:-[a-z0-9]+)*(?![a-z0-9]|\.\d)")
_QUANTITY: Final = re.compile(
    r"\d+(?:mm|cm|m|km|mg|g|kg|ml|l|w|kw|v|a|ma|mah|wh|kwh|h|min|s|d|k|gb?|mb|tb|px|p|pcs|hz|inch|in|"
    r"rmb|yuan|x|rd|th|st|nd)|\d+x\d+(?:x\d+)?(?:mm|cm|m)?"
)
_COUNTED: Final = re.compile(
    r"\s*(?:元|块|毛|角|斤|公斤|千克|克|两|吨|米|厘米|毫米|公分|寸|升|毫升|瓦|伏|安|度|天|日|小时|分|秒|年|"
    r"岁|人|件|个|次|条|张|支|片|包|箱|盒|瓶|本|颗|粒|套|双|只|份|单|步|里|公里|%|多|以上|以下|左右|积分)"
)
_MONEY: Final = re.compile(r"(?:满|减|返|付|价|花|[¥￥$])\s*$")
_SIGNS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHORTEST_NUMBER, _LONGEST_NUMBER = 4, 8
_SHORTEST_MODEL, _LONGEST_MODEL = 3, 16


@remembers(1_000_000)
def codes_in(folded: str) -> frozenset[str]:
    """The codes and sizes of a folded text, without hyphens. Quantities, money, dates are none."""
    return frozenset(_codes(folded))


def _codes(folded: str) -> Iterator[str]:
    for match in _TOKEN.finditer(folded):
        code = match[0].replace("-", "")
        if code in SIZES:
            yield code
        elif code.isdecimal():
            usual = _SHORTEST_NUMBER <= len(code) <= _LONGEST_NUMBER and "-" not in match[0]
            counted = _COUNTED.match(folded, match.end())
            if usual and not counted and not _MONEY.search(folded[: match.start()]):
                yield code
        elif _SHORTEST_MODEL <= len(code) <= _LONGEST_MODEL and _names_a_model(code):
            yield code


def _names_a_model(code: str) -> bool:
    return any(sign.isdecimal() for sign in code) and not _QUANTITY.fullmatch(code)


def twins_of(code: str) -> frozenset[str]:
    """What a code is easily taken for: another size, one sign changed, lost, added, two swapped."""
    if code in SIZES:
        return SIZES - {code}
    cuts = [(code[:place], code[place:]) for place in range(len(code) + 1)]
    found = {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    found |= {head + sign + tail[1:] for head, tail in cuts if tail for sign in _SIGNS}
    found |= {head + sign + tail for head, tail in cuts for sign in _SIGNS}
    return frozenset(found - {code})
