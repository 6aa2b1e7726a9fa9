"""Ids for scripts that come without one: pinyin, so that files and logs stay readable."""

from __future__ import annotations

import re
from collections.abc import Container

_SIGNS = re.compile(r"[^a-z0-9]+")
_LONGEST = 32


def slug(text: str, longest: int = _LONGEST) -> str:
    """Pinyin syllables joined by `-`, cut at a syllable; empty when nothing can be spelled."""
    # Imported when an id is made: its tables cost 55 MB that a serving process never needs.
    from pypinyin import lazy_pinyin

    syllables = lazy_pinyin(text.casefold(), errors=lambda sign: _SIGNS.sub("-", sign))
    joined = _SIGNS.sub("-", "-".join(syllables)).strip("-")
    if len(joined) <= longest:
        return joined
    cut = joined[: longest + 1]
    return cut.rsplit("-", 1)[0] if "-" in cut else joined[:longest]


def new_id(category: str, words: str, taken: Container[str]) -> str:
    """An id that no script has: `<category>.<words>`, numbered when it is taken."""
    parts = [part for part in (slug(category, 16), slug(words)) if part]
    base = ".".join(parts) or "script"
    number, found = 2, base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found
