"""Numbers hidden by spelling them: 幺三八 零零零零, 1 3 8, 1OO, l38."""

from __future__ import annotations

import re

from server.text.undisguise import Folded, Piece, folded_from, pieces_of
from server.text.undisguise_tables import SPOKEN_DIGITS

_PLAIN = "0123456789"
_SPOKEN = "零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖o"
_LEAST = 7
_RUN = re.compile(rf"[{_PLAIN}{_SPOKEN}l](?:[ \-._·*/~、，,—]{{0,2}}[{_PLAIN}{_SPOKEN}l])+")


def with_numbers(folded: Folded) -> Folded:
    """`folded` with every row of seven or more digits, however spelled, written in figures.

    Shorter rows stay: 一三八号 is a list and 三五天 is a while.
    """
    pieces = pieces_of(folded)
    result: list[Piece] = []
    position = 0
    for match in _RUN.finditer(folded.text):
        if not _is_number(match.group()) or _inside_word(folded.text, match):
            continue
        result += pieces[position : match.start()]
        for shown, start, end in pieces[match.start() : match.end()]:
            digit = shown if shown in _PLAIN else SPOKEN_DIGITS.get(shown, "")
            if digit:
                result.append((digit, start, end))
        position = match.end()
    return folded_from([*result, *pieces[position:]])


def _is_number(run: str) -> bool:
    digits = sum(sign in _PLAIN or sign in SPOKEN_DIGITS for sign in run)
    letters = sum(sign in "ol" for sign in run)
    return digits >= _LEAST and letters < digits


def _inside_word(text: str, match: re.Match[str]) -> bool:
    """A row of o and l that is part of a Latin word."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    first, last = match.group()[0], match.group()[-1]
    return (first in "ol" and before.isascii() and before.isalpha()) or (
        last in "ol" and after.isascii() and after.isalpha()
    )
