"""Writes `server/knowledge/pinyin.txt`: a syllable a line, then the characters that sound so.

The table costs 2 MB at run time where importing pypinyin costs 55 MB.
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


def write_pinyin_table(folder: Path) -> Path:
    """The path written."""
    path = folder / "pinyin.txt"
    path.write_text(pinyin_table(), encoding="utf-8")
    return path
