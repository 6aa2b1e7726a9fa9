"""What the judge reads of a text besides its embedding: n-grams, fired rules, stance.

Pure and numpy only, so that fitting and serving compute the same thing.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.compliance.fold import Folded
from server.compliance.stance import stance_flags

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


def side_features(
    levels: Sequence[Folded], text: str, fired: Collection[str], categories: Sequence[str]
) -> NDArray[np.float32]:
    """float32, (categories + flags,): which categories' rules fired, then how `text` stands.

    `text` is what is judged of the most folded level: all of it, or one window.
    """
    flags = [
        *stance_flags(text),
        levels[1].text != levels[0].text,
        levels[-1].text != levels[1].text,
        len(text) <= 6,
        len(text) >= 40,
    ]
    return np.array([*(code in fired for code in categories), *flags], dtype=np.float32)
