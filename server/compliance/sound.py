"""Undoing of sound disguises: pinyin, initials and homophones where a known word must come out.

`kou令` is read as 口令, `葆证金` as 保证金, `wei xin` as 微信. A stretch is rewritten only when the
lexicon (words of ordinary shop talk with their counts) knows the outcome and does not know what
stands there; names, sizes and models stay as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from server.base.pinyin import syllables
from server.text.undisguise import Folded, Piece, folded_from, is_han, pieces_of

_LONGEST = 4
_LEAST_COUNT = 3
_LEAST_COUNT_HAN = 8
_LEAST_COUNT_INITIAL = 15
_STRANGE = 2
_SIZES = frozenset("smlxctavno")
"""Letters that stand for sizes, sockets and models far more often than for a word's first sound."""
_LATIN = re.compile(r"[a-z]+")
_TECHNICAL = re.compile(r"[_{}@/$%<>\[\]]|\d[a-z](?![a-z])|(?<![a-z])[a-z]\d")
"""65w, a4, {{shop_name}}: letters that are no sound."""


_RARE = frozenset("侕汸亽沵伱妳氺祂呺煋咗")
"""Characters outside of GB 2312 that disguises are written with."""
_LOOKS = {"朂": "zui"}
"""Characters that stand for one that looks like them, and are read so."""


@lru_cache(maxsize=1)
def sounds() -> Mapping[str, str]:
    """Character → toneless pinyin as a disguise is read: GB 2312 and what disguises add to it."""
    common = {
        character: syllable
        for character, syllable in syllables().items()
        if character in _RARE or character.encode("gb2312", "ignore")
    }
    return {**common, **_LOOKS}


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    return frozenset(sounds().values())


@dataclass(frozen=True)
class _Unit:
    """One character, or one pinyin syllable or initial, with the pieces it stands on."""

    shown: str
    sound: str
    first: int
    last: int

    @property
    def latin(self) -> bool:
        return not is_han(self.shown[0])


class Lexicon:
    """Words (and single characters) with their counts in ordinary shop talk, found by sound.

    A character that shop talk hardly knows is strange, and may stand for one that sounds alike.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        table = sounds()
        by_sound: dict[tuple[str, ...], list[str]] = defaultdict(list)
        by_initial: dict[tuple[str, str, int], str] = {}
        for word in sorted(counts, key=lambda w: (-counts[w], w)):
            if len(word) == 1:
                continue
            spoken = tuple(table.get(sign, "") for sign in word)
            if not all(spoken):
                continue
            by_sound[spoken].append(word)
            if len(word) == 2:
                by_initial.setdefault((spoken[0][0], word[1], 0), word)
                by_initial.setdefault((spoken[1][0], word[0], 1), word)
        self._by_sound = dict(by_sound)
        self._by_initial = by_initial

    def decoded(self, folded: Folded) -> Folded:
        """`folded` with sound disguises written as the words they stand for."""
        pieces = pieces_of(folded)
        units = _units(folded.text)
        suspects = [unit.latin or self.counts.get(unit.shown, 0) <= _STRANGE for unit in units]
        if not any(suspects):
            return folded
        result: list[Piece] = []
        index = position = 0
        while index < len(units):
            near = any(suspects[index : index + _LONGEST])
            word, size = self._word_at(units, index, suspects) if near else ("", 0)
            if not word:
                index += 1
                continue
            first, last = units[index].first, units[index + size - 1].last
            result += pieces[position:first]
            result += _spread(word, units[index : index + size], pieces)
            position = last
            index += size
        return folded_from([*result, *pieces[position:]])

    def _word_at(self, units: list[_Unit], index: int, suspects: list[bool]) -> tuple[str, int]:
        for size in range(min(_LONGEST, len(units) - index), 1, -1):
            window = units[index : index + size]
            if not any(suspects[index : index + size]) or not _adjoining(window):
                continue
            word = self._reading(window)
            if word:
                return word, size
        return "", 0

    def _reading(self, window: list[_Unit]) -> str:
        shown = "".join(unit.shown for unit in window)
        latin = sum(unit.latin for unit in window)
        if not latin and (shown in self.counts or len(window) > 3):
            return ""
        for word in self._by_sound.get(tuple(unit.sound for unit in window), ()):
            if self._plausible(word, window, latin):
                return word
        if len(window) == 2 and latin == 1:
            place = 0 if window[0].latin else 1
            letter, han = window[place].shown, window[1 - place].shown
            word = self._by_initial.get((letter, han, place), "") if len(letter) == 1 else ""
            if word and letter not in _SIZES and self.counts[word] >= _LEAST_COUNT_INITIAL:
                return word
        return ""

    def _plausible(self, word: str, window: list[_Unit], latin: int) -> bool:
        same = sum(unit.shown == sign for unit, sign in zip(window, word, strict=True))
        count = self.counts[word]
        if latin == len(window):
            return count >= _LEAST_COUNT_HAN and sum(len(unit.shown) for unit in window) > 3
        if any(len(unit.shown) == 1 and unit.latin for unit in window):
            return False
        if latin:
            return same + latin == len(window) and count >= _LEAST_COUNT
        strange = all(
            unit.shown == sign or self.counts.get(unit.shown, 0) <= _STRANGE
            for unit, sign in zip(window, word, strict=True)
        )
        return strange and same > 0 and count >= _LEAST_COUNT_HAN


def _adjoining(window: list[_Unit]) -> bool:
    """Whether nothing but spaces between Latin syllables stands between the units."""
    return all(
        left.last == right.first or (left.latin and right.latin and right.first - left.last == 1)
        for left, right in pairwise(window)
    )


def _units(text: str) -> list[_Unit]:
    table = sounds()
    units: list[_Unit] = []
    position = 0
    while position < len(text):
        sign = text[position]
        if is_han(sign):
            units.append(_Unit(sign, table.get(sign, sign), position, position + 1))
            position += 1
            continue
        latin = _LATIN.match(text, position)
        if latin is None:
            position += 1
            continue
        if not _TECHNICAL.search(text[max(0, position - 1) : latin.end() + 1]):
            units += _latin_units(latin.group(), position)
        position = latin.end()
    return units


def _latin_units(run: str, position: int) -> list[_Unit]:
    split = _split(run) if len(run) <= 24 else None
    parts = split or ((run,) if len(run) == 1 else ())
    units: list[_Unit] = []
    for part in parts:
        units.append(_Unit(part, part, position, position + len(part)))
        position += len(part)
    return units


@lru_cache(maxsize=4096)
def _split(run: str) -> tuple[str, ...] | None:
    """`run` as pinyin syllables, longest first; None when it is no pinyin."""
    if not run:
        return ()
    for size in range(min(6, len(run)), 0, -1):
        if run[:size] in _syllables():
            rest = _split(run[size:])
            if rest is not None:
                return (run[:size], *rest)
    return None


def _spread(word: str, units: list[_Unit], pieces: list[Piece]) -> list[Piece]:
    return [
        (sign, pieces[unit.first][1], pieces[unit.last - 1][2])
        for sign, unit in zip(word, units, strict=True)
    ]
