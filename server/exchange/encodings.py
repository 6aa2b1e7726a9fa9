"""Bytes to text: which encoding a file is in, told by what its characters are.

A byte order mark decides, then valid UTF-8. Anything else is read every way it could be meant, and
the reading with the most everyday characters wins; a byte that cannot be read becomes U+FFFD, and
the row it stands in is refused, not the file.
"""

from __future__ import annotations

import codecs
from functools import cache
from typing import Final

from server.exchange.limits import Guard

UNREADABLE: Final = "\ufffd"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Below this share of everyday characters a text is taken for something else.
_PLAUSIBLE = 0.2
_JUDGED = 200_000
_SIGNS = "，。！？、；：“”‘’（）《》【】…—～·￥％＋－＝「」『』〖〗①②③④⑤⑥⑦⑧⑨★☆●○◆■△▲→←↑↓√×℃"


def decoded(content: bytes, guard: Guard) -> tuple[str, str]:
    """Text and encoding. Raises FileError when it is no text that can be read."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(content.decode(encoding, "replace"), guard), encoding
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(content, guard)
    if "\x00" in text:
        return _guessed(content, guard)
    return text, "utf-8"


def _checked(text: str, guard: Guard) -> str:
    if "\x00" in text or text.count(UNREADABLE) * 4 > len(text):
        raise guard.problem("encoding")
    return text


def _guessed(content: bytes, guard: Guard) -> tuple[str, str]:
    if b"\x00" in content:
        names: tuple[str, ...] = ("utf-16-le", "utf-16-be")
    else:
        names = ("utf-8", "gb18030", "big5hkscs")
    sample = content[:_JUDGED]
    judged = [(_everyday(sample.decode(name, "replace"), name), name) for name in names]
    score, encoding = max(judged, key=lambda pair: pair[0])
    if score < _PLAUSIBLE:
        raise guard.problem("encoding")
    return _checked(content.decode(encoding, "replace"), guard), encoding


def _everyday(text: str, encoding: str) -> float:
    """From 1 (only characters that people use) down; a text with a NUL is none."""
    if "\x00" in text:
        return -9.0
    foreign = [sign for sign in text if not sign.isascii()]
    if not foreign:
        return 0.0
    common = _common_big5() if encoding == "big5hkscs" else _common_gb()
    if encoding.startswith("utf"):
        # What is valid there is hardly so by chance, whatever language it is.
        good = sum(sign != UNREADABLE and not "\ue000" <= sign <= "\uf8ff" for sign in foreign)
        if encoding != "utf-8":
            good = sum(sign in _common_gb() or sign in _common_big5() for sign in foreign)
    else:
        good = sum(sign in common or ord(sign) > 0x1F000 for sign in foreign)
    bad = foreign.count(UNREADABLE)
    return (2 * good - len(foreign) - bad) / len(foreign)


@cache
def _common_gb() -> frozenset[str]:
    """The 3,755 characters of the first level of GB 2312, and the signs beside them."""
    return frozenset(_level("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))) | frozenset(_SIGNS)


@cache
def _common_big5() -> frozenset[str]:
    """The 5,401 characters of the first level of Big5, and the signs beside them."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    return frozenset(_level("big5", range(0xA4, 0xC7), trails)) | frozenset(_SIGNS)


def _level(encoding: str, leads: range, trails: range | list[int]) -> str:
    pairs = b"".join(bytes((lead, trail)) for lead in leads for trail in trails)
    return pairs.decode(encoding, "ignore")
