"""What an agent changed in an approved wording, character by character."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz.distance import LCSseq

_MAX_CHARS = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


def diff(approved: str, sent: str) -> list[Piece]:
    """The pieces that turn `approved` into `sent`, in reading order."""
    approved, sent = approved[:_MAX_CHARS], sent[:_MAX_CHARS]
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, approved, sent, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", approved[a:b]))
            continue
        pieces += [Piece("gone", approved[a:b])] if b > a else []
        pieces += [Piece("new", sent[c:d])] if d > c else []
    return pieces


def kept_chars(approved: str, sent: str) -> int:
    """How many characters of `sent` come from `approved`: the longest common subsequence."""
    return int(LCSseq.similarity(approved[:_MAX_CHARS], sent[:_MAX_CHARS]))
