"""Whether a text hides its words: a sign of its own beside what the judge makes of the meaning.

One in a hundred ordinary lines carries such a sign, and four in five of those that hide what they
say; together with a suspicion it tells a violation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from server.text.undisguise import Folded, is_han
from server.text.undisguise_tables import BADGE_LETTERS, EMOJI_WORDS, HEARTS

_HAN: Final = "[\u4e00-\u9fff]"
_SPACED = re.compile(rf"(?<!{_HAN})(?:{_HAN}[ \u00a0\u3000.·\-_~*/|]){{2,}}{_HAN}(?!{_HAN})")
"""Three characters or more, each apart: 管 不 了. Spaces between phrases are ordinary."""
_DOTTED = re.compile(rf"{_HAN}[.·*_|]{_HAN}")
_STRAY = re.compile(
    rf"{_HAN}([a-z]{{1,3}})(?={_HAN})|(?<![A-Za-z0-9])([a-z]{{1,3}})(?={_HAN})"
    rf"|{_HAN}([a-z]{{1,3}})(?![A-Za-z0-9])"
)
"""Small letters where a character should be: 概不t换. Sizes, models and units are written large or
behind a figure."""
_NO_DISGUISE: Final = frozenset({"app", "cm", "kg", "led", "mm", "ok", "pdf", "pos", "usb", "vip"})


def hides_words(text: str, levels: Sequence[Folded]) -> bool:
    """Whether `text` is written for people to read and for filters not to.

    `levels` are its levels of folding (`matching.levels_of`).
    """
    return (
        levels[-1].text != levels[-2].text
        or _SPACED.search(text) is not None
        or _DOTTED.search(text) is not None
        or _has_stray_letters(text)
        or _has_picture_word(text)
    )


def _has_stray_letters(text: str) -> bool:
    found = (match.group(match.lastindex or 0) for match in _STRAY.finditer(text))
    return any(letters not in _NO_DISGUISE for letters in found)


def _has_picture_word(text: str) -> bool:
    """A pictograph or circled letter for a character, or an ornament within a word."""
    signs = [sign for sign in text if sign != "\ufe0f"]
    if any(EMOJI_WORDS.get(sign) or sign in BADGE_LETTERS for sign in signs):
        return True
    within = zip(pairwise(signs), signs[2:], strict=False)
    return any(sign in HEARTS and is_han(left) and is_han(right) for (left, sign), right in within)
