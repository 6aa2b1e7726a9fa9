"""Where a folded text is cut: clauses, and the windows in which the judge reads a long text.

The judge was fitted on single chat lines, so a long reply is read in pieces of that size; the worst
piece counts. A text that grows at its end keeps the windows before the last, so that a draft being
typed costs the embedding of one window and not of the whole.
"""

from __future__ import annotations

import re
from typing import Final

_BREAK = re.compile(r"[，。！？；,!?;\n~…]+")
_SENTENCE_ENDS = frozenset("。！？!?；;\n~…")

LONGEST: Final = 32
"""Signs of a window; nearly 9 in 10 of the lines that the judge learned from are no longer."""
_LEAST = 16
"""A sentence shorter than that is read together with the next one, which it may explain."""

_BRIEF = 7
"""Letters, digits and characters up to which a text alone, without a rule, is only suspicious:
他会处理的 is like many."""

Span = tuple[int, int]


def is_brief(text: str) -> bool:
    """Whether `text` says too little to be called a violation for what it is like."""
    return sum(sign.isalnum() for sign in text) <= _BRIEF


def clauses(text: str) -> list[Span]:
    """[start, end) of what stands between commas and sentence ends, in order; may be empty."""
    spans = []
    start = 0
    for match in _BREAK.finditer(text):
        spans.append((start, match.start()))
        start = match.end()
    return [*spans, (start, len(text))]


def windows(text: str) -> list[Span]:
    """[start, end) of the windows of `text`, in order, without gaps; one for a short text."""
    spans: list[Span] = []
    start = end = 0
    for stop in _stops(text):
        if stop - start > LONGEST and end > start:
            spans.append((start, end))
            start = end
        end = stop
        if end - start >= _LEAST and text[end - 1] in _SENTENCE_ENDS and len(text) > LONGEST:
            spans.append((start, end))
            start = end
    if end > start:
        spans.append((start, end))
    return spans


def _stops(text: str) -> list[int]:
    """Where a window may end: behind each clause; within a clause longer than a window as well."""
    stops: list[int] = []
    begin = 0
    for end in [*(match.end() for match in _BREAK.finditer(text)), len(text)]:
        stops += range(begin + LONGEST, end, LONGEST)
        if end > begin:
            stops.append(end)
        begin = end
    return stops
