"""The clauses of a message, and of a long one those that ask."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BREAK = re.compile(r"[。!?;…\n]+|[,、~ ]+")
# Spoken into a phone, a story comes without marks: it is cut where a sentence turns.
_TURN = re.compile(
    r"(?<=[吗呢吧啦])|(?=然后|但是|可是|不过|所以|因为|而且|结果|后来|现在|就是说|我想|你们|请问)"
)
_ASKING = re.compile(
    r"[?吗嘛么]|呢$|怎|咋|啥|为何|何时|如何|哪|几|多少|多久|多长|多大|谁|是否|能否|能不|可不可以|"
    r"要不要|是不是|有没有|行不|好不|会不会|该不该|需不需要|"
    r"我要|我想|想要|想问|帮我|帮忙|请|麻烦|求|申请|需要|希望|给我|要求|能给|可以给"
)
_SHORTEST_ASK = 4
_LONGEST_RUN = 40
MOST_ASKS = 5
LONGEST = 160
"""Characters that reach the encoder."""


def asks_in(bare: str) -> tuple[str, ...]:
    """Up to five clauses of a text, in order; empty when it is one. Short ones join a neighbour.

    The last ones; of a text that no encoder reads whole, those that ask.
    """
    clauses = _clauses(bare)
    if len(clauses) < 2:
        return ()
    return tuple(clauses[-MOST_ASKS:] if len(bare) <= LONGEST else _chosen(clauses, MOST_ASKS))


def condensed(bare: str) -> str:
    """The text itself, or of a long story as much as an encoder reads well: asks, end, start."""
    if len(bare) <= LONGEST:
        return bare
    return ",".join(_chosen(_clauses(bare), len(bare), LONGEST))


def _clauses(bare: str) -> list[str]:
    pieces: Iterable[str] = _BREAK.split(bare)
    if len(bare) > LONGEST:
        pieces = dict.fromkeys(part for piece in pieces for part in _spoken(piece))
    clauses: list[str] = []
    for piece in pieces:
        if not piece:
            continue
        if clauses and (len(clauses[-1]) < _SHORTEST_ASK or len(piece) < _SHORTEST_ASK):
            clauses[-1] = f"{clauses[-1]} {piece}"
        else:
            clauses.append(piece)
    return clauses


def _spoken(piece: str) -> Iterable[str]:
    """A piece of usual length as it is, a longer one in several."""
    if len(piece) <= _LONGEST_RUN:
        return [piece]
    parts = [part for part in _TURN.split(piece) if part]
    return [
        part[start : start + _LONGEST_RUN]
        for part in parts
        for start in range(0, len(part), _LONGEST_RUN)
    ]


def _chosen(clauses: list[str], most: int, room: int = 0) -> list[str]:
    """At most so many clauses, in `room` characters when given: asks, the end, the start."""
    if len(clauses) <= most and not room:
        return clauses
    last = len(clauses) - 1

    def worth(place: int) -> tuple[int, int]:
        if _ASKING.search(clauses[place]):
            # A story has its ask before it or behind it.
            return 0, min(place, last - place)
        return (1, 0) if place in (0, last) else (2, last - place)

    taken: list[int] = []
    for place in sorted(range(len(clauses)), key=worth):
        cost = len(clauses[place]) + 1
        if len(taken) == most or (room and cost > room):
            break
        taken.append(place)
        room -= cost if room else 0
    return [clauses[place] for place in sorted(taken)]
