"""How a shop's own history is best read, by leaving one out of it.

Each accepted message is ranked as if it had not been accepted, with the others as history, once as
a cautious reading does and once for every other. A reading is taken only when it proves better on
the older and on the newer half of the messages, beyond what chance would give; so sparse, wrong or
random history is read as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from server.ranking.evidence import NAMES, gather
from server.ranking.fusion import load_fusion, shares
from server.ranking.memory import CAUTIOUS, Floats, Memory, Reading, vote_of, weigh
from server.scripts_index import ScriptsIndex
from server.text.understanding import understand

READINGS: tuple[Reading, ...] = (
    CAUTIOUS,
    *(
        Reading(width, doubt, prior, split=True)
        for width, doubt, prior in product((0.06, 0.12, 0.2), (0.6, 2.0), (0.1, 0.5, 1.0))
    ),
)
_FEWEST = 80  # accepted messages from which on anything can be proven
_MOST = 400  # of a longer history so many are left out in turn
_LEAST_GAIN = 0.01
_SURE = 3.0  # standard errors: eighteen readings are tried
_AT = (1, 3)


@dataclass(frozen=True, slots=True)
class _Left:
    """A message that is ranked without itself: what the ranking gives, and the others' votes."""

    held: Floats
    bare: Floats
    likeness: Floats
    at: NDArray[np.int64]
    worth: Floats
    right: int


def own_reading(memory: Memory, index: ScriptsIndex) -> Reading:
    """The reading that this history proves to be better for this shop, else the cautious one."""
    left = _left_out(memory, index)
    if len(left) < _FEWEST:
        return CAUTIOUS
    found = np.asarray([[_found(one, reading) for one in left] for reading in READINGS])
    gains = found - found[0]
    halves = (gains[:, : len(left) // 2], gains[:, len(left) // 2 :])
    proven = [
        place
        for place, gain in enumerate(gains)
        if gain.mean() > max(_LEAST_GAIN, _SURE * gain.std() / np.sqrt(len(left)))
        and all(half[place].mean() > 0 for half in halves)
    ]
    return (
        READINGS[max(proven, key=lambda place: float(gains[place].mean()))] if proven else CAUTIOUS
    )


def _found(left: _Left, reading: Reading) -> float:
    """The mean over hit@1 and hit@3 of one message."""
    vote = vote_of(left.likeness, left.at, left.worth, len(left.held), reading)
    moved = weigh(left.held, vote, left.bare)
    own = moved[left.right]
    rank = int((moved > own).sum() + (moved[: left.right] == own).sum())  # as a stable sort places
    return float(np.mean([rank < cutoff for cutoff in _AT]))


def _left_out(memory: Memory, index: ScriptsIndex) -> list[_Left]:
    keys, rows, worth = memory.held()
    number_of = {script.id: number for number, script in enumerate(index.scripts)}
    owner = np.asarray([number_of.get(script, -1) for _, script in keys], dtype=np.int64)
    accepted = np.flatnonzero((owner >= 0) & (worth > 0))
    if len(accepted) < _FEWEST:
        return []
    places = np.unique(np.linspace(0, len(accepted) - 1, _MOST).astype(int))
    found = (_one(keys, rows, worth, owner, int(entry), index) for entry in accepted[places])
    return [one for one in found if one]


def _one(
    keys: Sequence[tuple[str, str]],
    rows: Floats,
    worth: Floats,
    owner: NDArray[np.int64],
    entry: int,
    index: ScriptsIndex,
) -> _Left | None:
    """The message without itself; None when its script is none of those worth ranking."""
    understood = understand(keys[entry][0])
    if not understood.text:
        return None
    evidence = gather(understood, index, *index.embed(understood.texts))
    column = np.full(len(index.scripts), -1, dtype=np.int64)
    column[evidence.numbers] = np.arange(len(evidence.numbers))
    at = np.where(owner >= 0, column[owner], -1)
    others = at >= 0
    others[entry] = False
    right = int(column[owner[entry]])
    if right < 0:
        return None
    fusion = load_fusion(index.built.model, index.built.dimension)
    return _Left(
        held=shares(fusion.scores(evidence.values)),
        bare=evidence.values[:, NAMES.index("no_question")],
        likeness=rows[others] @ rows[entry],
        at=at[others],
        worth=worth[others],
        right=right,
    )
