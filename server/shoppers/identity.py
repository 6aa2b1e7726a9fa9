"""What names a shopper: the page's id, else an order number; never a name that others may bear."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Where a buyer's account name is unique, so that exports name a person by it.
_UNIQUE_NAMES = frozenset({"taobao", "tmall", "1688", "jd"})
_HIDDEN = re.compile(r"[*＊•●×‹›]|\.{2,}|…")
_LIKE_AN_ID = re.compile(r"(?=.*\d)[A-Za-z0-9_.:=+/-]{4,128}")
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Who:
    """A shopper as the page tells: empty fields are not told, "" as platform means any."""

    shop: str
    platform: str = ""
    shopper_id: str = ""
    order_id: str = ""

    @property
    def is_told(self) -> bool:
        """Whether anything names somebody."""
        return bool(self.shopper_id or self.order_id)


def is_identity(text: str, platform: str) -> bool:
    """Whether a buyer's field of an export names one person of that platform.

    A masked name never does; a plain one only where account names are unique, else an id alone.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST or _HIDDEN.search(text):
        return False
    return platform in _UNIQUE_NAMES or _LIKE_AN_ID.fullmatch(text) is not None
