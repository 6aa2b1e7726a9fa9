"""What may be said of a text that is still being typed.

Half a sentence reads like a violation and turns out to forbid it (加微信 … 的事平台不让). So only
finished clauses count as usual; what stands in the clause being typed counts when its end is
typed, the clause is long enough to mean something and the judge is all but certain.
"""

from __future__ import annotations

import re
from typing import Final

from server.compliance.matching import Hit

_BREAK = re.compile(r"[，。！？；,!?;\n~…]")
CERTAIN: Final = 0.9
"""In 500 ordinary replies typed sign by sign no prefix with a rule's hit was judged that high."""
_LEAST_CLAUSE: Final = 8
_QUOTES = {"“": "”", "「": "」", "『": "』", "‘": "’", "《": "》"}
_CLOSING = frozenset("}】]）)>》%#")


def finished(text: str) -> int:
    """Where the last finished clause of `text` ends; 0 when none is finished."""
    return max((match.end() for match in _BREAK.finditer(text)), default=0)


def finished_part(text: str) -> str:
    """The finished clauses of `text`, of several signs behind the last one only the first.

    So a reply to which a comma was typed is still that reply, which was judged before.
    """
    end = finished(text)
    while end > 1 and _BREAK.match(text[end - 2]):
        end -= 1
    return text[:end]


def settled(text: str, hit: Hit, probability: float | None) -> bool:
    """Whether what `hit` found in a text being typed is not going to become something else.

    `probability` is the judge's for the rule's category, None without a judge.
    """
    done = finished(text)
    closed = hit.end <= done
    rule = hit.rule
    if rule.strength == "decides":
        typed_on = hit.end < len(text) or text[-1:] in _CLOSING
        return closed or typed_on or not (rule.unless or rule.unless_anywhere)
    if _in_open_quotation(text, hit.start):
        return False
    if closed and not rule.unless_anywhere:
        return True
    long_enough = closed or (hit.end < len(text) and len(text) - done >= _LEAST_CLAUSE)
    return long_enough and (probability is None or probability >= CERTAIN)


def _in_open_quotation(text: str, start: int) -> bool:
    """Whether `start` stands behind a quotation mark that nothing closes yet: whose words?"""
    return any(
        text.rfind(opening, 0, start) > text.rfind(closing) for opening, closing in _QUOTES.items()
    )


def half_typed(text: str) -> bool:
    """Whether a draft ends in the middle of a word: letters of an input method, a single sign."""
    return len(text.strip()) < 2 or (text[-1].isascii() and text[-1].isalpha())
