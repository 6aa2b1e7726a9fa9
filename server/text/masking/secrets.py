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
    for match in pattern.finditer(text):
        inner = match.lastindex or 0
        yield Secret(match.start(inner), match.end(inner), shown)
