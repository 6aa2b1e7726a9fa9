"""Ids for scripts that come without one: pinyin, so that files and logs stay readable."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIGNS = re.compile(r"[^a-z0-9]+")
_LONGEST = 32


def slug(text: str, longest: int = _LONGEST) -> str:
    """Pinyin syllables joined by `-`, cut at a syllable; empty when nothing can be spelled."""
    # Imported when an id is made: its tables cost 55 MB that a serving process never needs.
    from pypinyin import lazy_pinyin

    # A sign is at least a letter: what comes after is cut anyway.
    syllables = lazy_pinyin(
        text[: 2 * longest].casefold(), errors=lambda sign: _SIGNS.sub("-", sign)
    )
    joined = _SIGNS.sub("-", "-".join(syllables)).strip("-")
    if len(joined) <= longest:
        return joined
    cut = joined[: longest + 1]
    return cut.rsplit("-", 1)[0] if "-" in cut else joined[:longest]


class Ids:
    """Gives out ids that no script has, ever had, or was given here before."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._next: dict[str, int] = {}

    def new(self, category: str, words: str) -> str:
        """`<category>.<words>`, numbered when it is taken."""
        parts = [part for part in (slug(category, 16), slug(words)) if part]
        base = ".".join(parts) or "script"
        number, found = self._next.get(base, 2), base
        while found in self._taken:
            found, number = f"{base}-{number}", number + 1
        # Thousands of rows of one title would each count from two.
        self._next[base] = number
        self._taken.add(found)
        return found

    def take(self, script_id: str) -> None:
        """Notes an id that a file gives itself."""
        self._taken.add(script_id)


def new_id(category: str, words: str, taken: Iterable[str]) -> str:
    """One id that is not among those taken."""
    return Ids(set(taken)).new(category, words)
