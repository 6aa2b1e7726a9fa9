"""How much of an approved wording was sent."""

from __future__ import annotations

from rapidfuzz.distance import LCSseq

_MAX_CHARS = 4000


def kept_chars(approved: str, sent: str) -> int:
    """How many characters of `sent` come from `approved`: the longest common subsequence."""
    return int(LCSseq.similarity(approved[:_MAX_CHARS], sent[:_MAX_CHARS]))
