"""What the parts of masking find, and what is shown instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

PHONE: Final = "‹手机号›"
CARD: Final = "‹银行卡号›"
RESIDENT_ID: Final = "‹证件号›"
PLATE: Final = "‹车牌号›"
EMAIL: Final = "‹邮箱›"
ACCOUNT: Final = "‹账号›"
ADDRESS: Final = "‹地址›"
CODE: Final = "‹验证码›"
_STRETCH: Final = 600
_SHARED: Final = 200


@dataclass(frozen=True, slots=True)
class Secret:
    """A stretch [start, end) of the folded text, and what stands there instead."""

    start: int
    end: int
    shown: str


class Late:
    """A pattern that is compiled when it is first used: that costs a start a tenth of a second."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self._pattern)


def matches(pattern: re.Pattern[str], text: str, shown: str) -> Iterator[Secret]:
    """What `pattern` finds: its last group that took part, else the whole match."""
    for first, last in _stretches(len(text)):
        for match in pattern.finditer(text, first, last):
            inner = match.lastindex or 0
            yield Secret(match.start(inner), match.end(inner), shown)


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    """Parts of a long text that lie over each other, so that no secret is cut in both.

    A search holds the interpreter until it ends, and everybody waits: 20 ms for 3,000 signs.
    """
    first = 0
    while first + _STRETCH + _SHARED < length:
        yield first, first + _STRETCH + _SHARED
        first += _STRETCH
    yield first, length
