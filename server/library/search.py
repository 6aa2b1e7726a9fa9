"""Looking through a shop's scripts by words, pinyin and initials; meaning fills up the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from server.base.pinyin import spoken
from server.library import Script

_LATIN = re.compile(r"[a-z0-9]+")


def find(
    scripts: Sequence[Script],
    query: str,
    category: str = "",
    near: Sequence[str] = (),
) -> list[Script]:
    """Scripts whose title, id, category, tags, questions or reply hold every word of the query.

    A word of latin letters also matches pinyin and initials of titles and questions
    (`kd`, `kuaidi` for 快递). A match in the title comes first, by letters or as written; then
    `near` decides: ids of scripts as suggestions rank them.
    """
    words = query.casefold().split()
    chosen = [script for script in scripts if not category or script.category == category]
    if not words:
        return chosen
    rank = {script_id: place for place, script_id in enumerate(near)}
    ranked = []
    for position, script in enumerate(chosen):
        places = [_place(script, word) for word in words]
        found = [place for place in places if place is not None]
        if len(found) == len(words):
            in_title = max(found) == 0
            meant = rank.get(script.id, len(rank))
            ranked.append((not in_title, meant, max(found), sum(found), position, script))
    return [script for *_, script in sorted(ranked, key=lambda row: row[:5])]


def _place(script: Script, word: str) -> int | None:
    """Where a word stands, 0 for the title; None where it does not."""
    latin = _LATIN.fullmatch(word) is not None
    if word in script.title.casefold() or (latin and _spells(script.title, word)):
        return 0
    if word in script.id.casefold():
        return 1
    if word in " ".join((script.category, *script.tags)).casefold():
        return 2
    if any(word in question.casefold() for question in script.questions):
        return 3
    if latin and any(_spells(question, word) for question in script.questions):
        return 4
    if any(word in text.casefold() for text in script.wordings):
        return 5
    return 6 if latin and any(_spells(text, word) for text in script.wordings) else None


def written(scripts: Sequence[Script], query: str) -> str:
    """A query of latin letters in the signs that the shop mostly writes for them: 发货 for fahuo.

    The query itself where its letters spell nothing.
    """
    return " ".join(_written(scripts, word) for word in query.casefold().split())


def _written(scripts: Sequence[Script], word: str) -> str:
    if not _LATIN.fullmatch(word):
        return word
    counts: Counter[str] = Counter()
    for script in scripts:
        for text in (script.title, *script.questions):
            counts.update(_spelled_by(text, word))
    return max(counts, key=lambda signs: counts[signs], default=word)


def _spelled_by(text: str, word: str) -> set[str]:
    """The signs of a text that spell a word, whole syllables or their first letters."""
    syllables = _syllables(text)
    if len(syllables) != len(text):
        return set()
    found = set()
    for spelled in (syllables, tuple(syllable[:1] for syllable in syllables)):
        for start in range(len(spelled)):
            joined = ""
            for end in range(start, len(spelled)):
                joined += spelled[end]
                if joined == word and not text[start : end + 1].isascii():
                    found.add(text[start : end + 1])
                if len(joined) >= len(word):
                    break
    return found


def _spells(text: str, word: str) -> bool:
    return any(word in spelling for spelling in spellings(text))


def spell_out(script: Script) -> None:
    """Works out and remembers how a script's texts are spelled: searching by letters asks it."""
    for text in (script.title, *script.questions, *script.wordings):
        spellings(text)


@lru_cache(maxsize=50_000)
def spellings(text: str) -> tuple[str, str]:
    """Pinyin without tones and initials of a text: 快递 gives kuaidi and kd."""
    syllables = _syllables(text)
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)


@lru_cache(maxsize=50_000)
def _syllables(text: str) -> tuple[str, ...]:
    """Pinyin of each sign, other signs as they are."""
    return tuple(spoken(text.casefold()))
