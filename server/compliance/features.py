"""What the judge reads of a text besides its embedding: n-grams, fired rules, stance.

Pure and numpy only, so that fitting and serving compute the same thing.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.compliance.findings import Direction, direction_of
from server.compliance.matching import Hit
from server.compliance.stance import stance_flags
from server.compliance.windows import Span, windows
from server.text.undisguise import Folded

BUCKETS: Final = 1 << 15
"""N-grams share this many buckets; at 12,000 lines about one in five buckets is shared."""

_LONGEST_GRAM = 3


def buckets(text: str) -> NDArray[np.int64]:
    """The sorted buckets of the character 1- to 3-grams of `text`, its ends marked."""
    marked = f"^{text}$"
    found = {
        bucket(marked[start : start + size])
        for size in range(1, _LONGEST_GRAM + 1)
        for start in range(len(marked) - size + 1)
    }
    return np.fromiter(sorted(found), dtype=np.int64)


def bucket(gram: str) -> int:
    """The bucket of one n-gram."""
    return zlib.crc32(gram.encode()) % BUCKETS


def open_to(categories: Sequence[str], direction: Direction) -> NDArray[np.bool_]:
    """Bool, (categories + 1,): which answers a text of `direction` can have; the last is none."""
    return np.array([*(direction_of(code) == direction for code in categories), True])


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a folded text: where it stands in it, and what is read of it.

    `side` is float32, (categories + flags,): which categories' rules hit it, then how it stands.
    """

    span: Span
    text: str
    side: NDArray[np.float32]


def windows_of(
    levels: Sequence[Folded],
    hits: Sequence[Hit],
    categories: Sequence[str],
    direction: Direction = "outgoing",
) -> list[Window]:
    """The windows of the most folded level; none for a text of invisible signs.

    A rule counts in the windows that it hit.
    """
    folded = levels[-1]
    found = []
    for span in windows(folded.text):
        start, end = folded.span(*span)
        text = folded.text[span[0] : span[1]]
        fired = {hit.rule.category for hit in hits if hit.start < end and start < hit.end}
        found.append(Window(span, text, _side(levels, text, fired, categories, direction)))
    return found


def _side(
    levels: Sequence[Folded],
    text: str,
    fired: Collection[str],
    categories: Sequence[str],
    direction: Direction,
) -> NDArray[np.float32]:
    flags = [
        *stance_flags(text),
        levels[1].text != levels[0].text,
        levels[-1].text != levels[1].text,
        len(text) <= 6,
        len(text) >= 40,
        direction == "incoming",
    ]
    return np.array([*(code in fired for code in categories), *flags], dtype=np.float32)
