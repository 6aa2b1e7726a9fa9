"""Undoing disguises, each step with a map back to the original text.

`plain` puts every sign into its everyday form (width, case, traditional characters, pictographs,
invisible marks). `tight` also drops what was put between the characters of a word. Both keep, for
every character that comes out, the stretch of the original text it came from, so that a finding is
underlined where it stands.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from server.base.remembered import remembers
from server.text.undisguise_tables import (
    BADGE_LETTERS,
    EMOJI_WORDS,
    HEARTS,
    LOOKALIKES,
    SIMPLIFIED,
    SOFT_SEPARATORS,
    SPLIT_CHARACTERS,
)

KEPT_SIGNS = frozenset("，。！？；：（）、【】《》“”「」…￥")
"""Chinese punctuation that stays as it is, so that people's patterns may hold it."""
_INVISIBLE = frozenset("\u3164\u115f\u1160\u2800\u180e\u034f")
_SPLIT_STARTS = frozenset(parts[0] for parts in SPLIT_CHARACTERS)
_SPLIT_LENGTHS = sorted({len(parts) for parts in SPLIT_CHARACTERS}, reverse=True)

_SIGNS = 8_192
"""Characters whose forms are remembered: more than a chat ever uses, less than Unicode has."""

Piece = tuple[str, int, int]
"""A character of the folded text and the original stretch [start, end) behind it."""


@dataclass(frozen=True)
class Folded:
    """A folded text; `starts[i]`, `ends[i]` is the original stretch behind its i-th character."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original [start, end) behind the folded [start, end); empty stays empty."""
        if start >= end:
            return (0, 0)
        return self.starts[start], self.ends[end - 1]

    def read(self, start: int, end: int) -> str:
        """What the original [start, end) is folded to."""
        signs = zip(self.text, self.starts, strict=True)
        return "".join(sign for sign, begins in signs if start <= begins < end)


def folded_from(pieces: Iterable[Piece]) -> Folded:
    """The folded text made of `pieces` in order."""
    shown, starts, ends = tuple(zip(*pieces, strict=True)) or ((), (), ())
    return Folded("".join(shown), starts, ends)


def pieces_of(folded: Folded) -> list[Piece]:
    """The pieces that `folded` is made of."""
    return list(zip(folded.text, folded.starts, folded.ends, strict=True))


def everyday(text: str) -> Folded:
    """Width, case and traditional characters only: what nobody would call a disguise."""
    pieces: list[Piece] = []
    for position, sign in enumerate(text):
        pieces += [(part, position, position + 1) for part in _everyday_sign(sign)]
    return folded_from(pieces)


@lru_cache(maxsize=_SIGNS)
def _everyday_sign(sign: str) -> str:
    shown = sign
    if ("\uff01" <= sign <= "\uff5e" and sign not in KEPT_SIGNS) or sign == "\u3000":
        shown = unicodedata.normalize("NFKC", sign)
    return SIMPLIFIED.get(ord(shown), shown).lower()


@remembers(50_000)
def plain(text: str) -> Folded:
    """Every sign in its everyday form; invisible marks and combining accents are gone."""
    pieces: list[Piece] = []
    for position, sign in enumerate(text):
        pieces += [(part, position, position + 1) for part in _plain_sign(sign)]
    return folded_from(_join_hearts(pieces))


@lru_cache(maxsize=_SIGNS)
def _plain_sign(sign: str) -> str:
    if sign in EMOJI_WORDS:
        return EMOJI_WORDS[sign]
    if sign in BADGE_LETTERS:
        return BADGE_LETTERS[sign]
    if sign in HEARTS:
        return "♥"
    if sign < "\u0080":
        return sign.lower()
    if sign in KEPT_SIGNS:
        return sign
    if sign in _INVISIBLE or unicodedata.category(sign) in ("Cf", "Mn", "Me", "Cc"):
        return ""
    decomposed = unicodedata.normalize("NFKD", sign)
    kept = "".join(part for part in decomposed if unicodedata.category(part) not in ("Mn", "Me"))
    simple = kept.lower().translate(SIMPLIFIED).translate(LOOKALIKES)
    if len(simple) == 3 and simple[0] == "(" and simple[2] == ")":
        return simple[1]
    if unicodedata.category(sign) == "So" and simple == sign:
        return "♥"
    return simple


def _join_hearts(pieces: list[Piece]) -> list[Piece]:
    """Drops an ornament between two word characters, else lets a space stand for it."""
    if all(piece[0] != "♥" for piece in pieces):
        return pieces
    after = _next_signs(pieces)
    joined: list[Piece] = []
    for index, (shown, start, end) in enumerate(pieces):
        if shown != "♥":
            joined.append((shown, start, end))
            continue
        before = joined[-1][0] if joined else ""
        if not (_wordlike(before) and _wordlike(after[index])) and before != " ":
            joined.append((" ", start, end))
    return joined


def _next_signs(pieces: list[Piece]) -> list[str]:
    """For each piece the next sign behind it that is no ornament, '' for none."""
    signs = [""] * len(pieces)
    following = ""
    for index in range(len(pieces) - 1, -1, -1):
        signs[index] = following
        if pieces[index][0] != "♥":
            following = pieces[index][0]
    return signs


def _wordlike(sign: str) -> bool:
    return bool(sign) and (is_han(sign) or (sign.isascii() and sign.isalnum()))


def is_han(sign: str) -> bool:
    """Whether `sign` is a Chinese character."""
    return "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf"


def tight(folded: Folded) -> Folded:
    """`folded` without what breaks words: separators between single signs, split characters.

    A separator between two longer runs of letters or digits stays (68-72, SF 1380), and so does
    anything that ends a sentence.
    """
    pieces = pieces_of(folded)
    kept = [
        piece
        for index, piece in enumerate(pieces)
        if piece[0] not in SOFT_SEPARATORS or not _breaks_a_word(pieces, index)
    ]
    return folded_from(_join_split(kept))


def _breaks_a_word(pieces: list[Piece], index: int) -> bool:
    before = _run(pieces, index, -1)
    after = _run(pieces, index, 1)
    if not before or not after:
        return False
    if is_han(before[-1]) and is_han(after[0]):
        return True
    if is_han(before[-1]) or is_han(after[0]):
        return pieces[index][0] in " ·\u3000~*_|" or len(before) == 1 == len(after)
    return len(before) == 1 == len(after)


def _run(pieces: list[Piece], index: int, step: int) -> str:
    """The run of one kind beside `index` (beyond more separators): one Han sign, or letters."""
    position = index + step
    while 0 <= position < len(pieces) and pieces[position][0] in SOFT_SEPARATORS:
        position += step
    if not 0 <= position < len(pieces) or not _wordlike(pieces[position][0]):
        return ""
    run = pieces[position][0]
    if is_han(run):
        return run
    position += step
    while 0 <= position < len(pieces) and len(run) < 2:
        sign = pieces[position][0]
        if is_han(sign) or not _wordlike(sign):
            break
        run = run + sign if step > 0 else sign + run
        position += step
    return run


def _join_split(pieces: list[Piece]) -> list[Piece]:
    if not any(piece[0] in _SPLIT_STARTS for piece in pieces):
        return pieces
    joined: list[Piece] = []
    index = 0
    while index < len(pieces):
        for length in _SPLIT_LENGTHS if pieces[index][0] in _SPLIT_STARTS else ():
            window = pieces[index : index + length]
            whole = SPLIT_CHARACTERS.get("".join(piece[0] for piece in window))
            if whole is not None and len(window) == length:
                joined.extend((sign, window[0][1], window[-1][2]) for sign in whole)
                index += length
                break
        else:
            joined.append(pieces[index])
            index += 1
    return joined
