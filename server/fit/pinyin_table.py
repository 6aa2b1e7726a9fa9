"""Writes how Chinese characters sound: `pinyin.txt` and `pinyin_phrases.txt`.

The first holds a syllable a line, then the characters that sound so; the second a word a line that
sounds otherwise than its characters one by one, then its syllables. Both cost 3 MB at run time,
importing pypinyin 55.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

_FIRST, _LAST = 0x4E00, 0x9FFF


def pinyin_table() -> str:
    """The table as text, syllables in order. One reading a character: its commonest."""
    from pypinyin import Style, pinyin

    by_sound: dict[str, list[str]] = defaultdict(list)
    for code in range(_FIRST, _LAST + 1):
        sound = pinyin(chr(code), style=Style.NORMAL, errors="ignore")
        if sound:
            by_sound[sound[0][0]].append(chr(code))
    return "".join(f"{sound} {''.join(by_sound[sound])}\n" for sound in sorted(by_sound))


def pinyin_phrases() -> str:
    """The words of pypinyin's list that neither their characters nor shorter words explain."""
    from pypinyin import lazy_pinyin
    from pypinyin.constants import PHRASES_DICT

    alone: dict[str, str] = {}
    for line in pinyin_table().splitlines():
        sound, characters = line.split(" ")
        alone.update(dict.fromkeys(characters, sound))
    kept: dict[str, list[str]] = {}
    for phrase in sorted(PHRASES_DICT, key=lambda phrase: (len(phrase), phrase)):
        said = lazy_pinyin(phrase)
        if len(said) == len(phrase) and said != _said(phrase, alone, kept):
            kept[phrase] = said
    return "".join(f"{phrase} {' '.join(said)}\n" for phrase, said in kept.items())


def _said(phrase: str, alone: dict[str, str], kept: dict[str, list[str]]) -> list[str]:
    """What a phrase sounds like by the words that are kept so far."""
    found: list[str] = []
    while len(found) < len(phrase):
        start = len(found)
        ends = range(len(phrase), start + 1, -1)
        word = next((phrase[start:end] for end in ends if phrase[start:end] in kept), "")
        found += kept[word] if word else [alone.get(phrase[start], phrase[start])]
    return found


def write_pinyin_table(folder: Path) -> tuple[Path, Path]:
    """The paths written."""
    table, phrases = folder / "pinyin.txt", folder / "pinyin_phrases.txt"
    table.write_text(pinyin_table(), encoding="utf-8")
    phrases.write_text(pinyin_phrases(), encoding="utf-8")
    return table, phrases
