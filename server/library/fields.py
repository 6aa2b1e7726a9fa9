"""The fields of library files: names, order of the canonical form, and how dates are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

VALID_ID = re.compile(r"[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*")
STAGES = ("", "售前", "售中", "售后")

# The order of the canonical form: what a reader looks for first stands first.
SCRIPT_FIELDS = (
    "id",
    "title",
    "category",
    "stage",
    "questions",
    "tests",
    "reply",
    "variants",
    "parts",
    "steps",
    "follow_ups",
    "tags",
    "products",
    "audience",
    "platforms",
    "valid_from",
    "valid_until",
    "images",
    "owner",
    "reviewed",
)
MOMENT_FIELDS = frozenset({"valid_from", "valid_until"})
TEXT_FIELDS = ("id", "title", "category", "stage", "reply", "owner", "reviewed")
LIST_FIELDS = tuple(f for f in SCRIPT_FIELDS if f not in TEXT_FIELDS and f not in MOMENT_FIELDS)
SHOP_FIELDS = (
    "name",
    "platforms",
    "facts",
    "levels",
    "groups",
    "synonyms",
    "variables",
    "timers",
    "settings",
)
PRODUCT_FIELDS = (
    "id",
    "name",
    "aliases",
    "links",
    "attributes",
    "size_chart",
    "goes_with",
    "pushed",
    "images",
)
CHART_FIELDS = ("measures", "rows", "note")
FACT_FIELDS = ("value", "valid_from", "valid_until", "owner")

_TICK = timedelta(microseconds=1)
_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S")
# 2026/11/30, 2026.11.30 and 2026年11月30日 are dates, too.
_OTHER_DATE = re.compile(r"(\d{4})\s*[/.年]\s*(\d{1,2})\s*[/.月]\s*(\d{1,2})\s*日?(.*)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a date with a time, in the shop's time zone; `text` is what the file says."""

    text: str
    first: datetime
    last: datetime

    def __str__(self) -> str:
        return self.text


@lru_cache(4096)
def parse_moment(text: str) -> Moment | None:
    """The moment a file names, None when it is none. A bare date lasts the whole day."""
    text = _with_hyphens(text.strip())
    for pattern in _FORMATS:
        try:
            first = datetime.strptime(text, pattern)
        except ValueError:
            continue
        span = timedelta(days=1) if pattern == "%Y-%m-%d" else timedelta(minutes=1)
        # 9999-12-31 stands for “always”, and nothing comes after it.
        last = datetime.max if datetime.max - first < span else first + span - _TICK
        return Moment(text, first, last)
    return None


def _with_hyphens(text: str) -> str:
    match = _OTHER_DATE.fullmatch(text)
    if not match:
        return text
    year, month, day = match[1], int(match[2]), int(match[3])
    return f"{year}-{month:02}-{day:02} {match[4].strip()}".strip()
