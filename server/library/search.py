"""Looking through a shop's scripts by words, pinyin and initials; meaning fills up the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from server.library import Script

_LATIN = re.compile(r"[a-z0-9]+")


def find(scripts: Sequence[Script], query: str, category: str = "") -> list[Script]:
    """Scripts whose title, id, category, tags, questions or reply hold every word of the query.

    A word of latin letters also matches pinyin and initials of titles and questions
    (`kd`, `kuaidi` for 快递). The place of the match decides the order: title first, reply last.
    """
    words = query.casefold().split()
    chosen = [script for script in scripts if not category or script.category == category]
    if not words:
        return chosen
    ranked = []
    for position, script in enumerate(chosen):
        places = [_place(script, word) for word in words]
        found = [place for place in places if place is not None]
        if len(found) == len(words):
            ranked.append((max(found), sum(found), position, script))
    return [script for *_, script in sorted(ranked, key=lambda row: row[:3])]


def _place(script: Script, word: str) -> int | None:
    fields = (script.title, script.id, " ".join((script.category, *script.tags)))
    for place, text in enumerate(fields):
        if word in text.casefold():
            return place
    if any(word in question.casefold() for question in script.questions):
        return len(fields)
    if _LATIN.fullmatch(word):
        if any(word in text for text in spellings(script.title)):
            return 1
        if any(word in text for text in _spelled(script)):
            return len(fields) + 1
    if any(word in text.casefold() for text in script.wordings):
        return len(fields) + 2
    return None


@lru_cache(maxsize=20_000)
def _spelled(script: Script) -> tuple[str, ...]:
    return tuple(spelling for text in script.questions for spelling in spellings(text))


@lru_cache(maxsize=50_000)
def spellings(text: str) -> tuple[str, str]:
    """Pinyin without tones and initials of a text: 快递 gives kuaidi and kd."""
    syllables = _pinyin()(text)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


@lru_cache(maxsize=1)
def _pinyin() -> Any:
    # Imported on the first search by letters: the tables cost 20 MB that most runs never need.
    from pypinyin import lazy_pinyin

    return lambda text: lazy_pinyin(text.casefold(), errors="default")
