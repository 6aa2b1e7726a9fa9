"""Golden questions and the gate: what a change does to them before it is published. Pure.

Trying a change updates the index of the whole shop. Of the questions only those that the change
could move are ranked again (`golden_ranks`); a question that was never ranked before is
one of them, and when there are too many for a lead to wait the rest is counted as left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from server.curation.golden_ranks import TOP, Question, Stand, moved, place_of, stand_of
from server.library import Script
from server.scripts_index import WHOLE_UP_TO, ScriptsIndex
from server.suggest import Terms

UpdateIndex = Callable[[ScriptsIndex, Sequence[Script]], ScriptsIndex]
Stands = MutableMapping[Question, Stand]
Flip = Literal["better", "worse"]

PASS = 3
# As many as a lead waits for: ranking one question takes 2 to 3 ms on each side where every
# passage is compared, 5 to 10 ms in a larger shop.
_MOST, _MOST_OF_LARGE = 60, 20


def most_of(index: ScriptsIndex) -> int:
    """How many questions are ranked while a lead waits for the gate."""
    return _MOST if len(index.passages) <= WHOLE_UP_TO else _MOST_OF_LARGE


@dataclass(frozen=True, slots=True)
class Tried:
    """Where the expected script stands before and after (1 is first, 0 is not among ten)."""

    question: Question
    before: int
    after: int
    first_before: str
    first_after: str

    @property
    def flip(self) -> Flip | None:
        """Whether it moved across the first or third place, or across being shown at all."""
        old, new = _grade(self.before), _grade(self.after)
        return None if old == new else "better" if new > old else "worse"


def _grade(rank: int) -> int:
    return 2 if rank == 1 else 1 if 1 < rank <= PASS else 0


@dataclass(frozen=True, slots=True)
class Gate:
    """Golden questions that the change could move, of `total`; `left` of them are not tried yet.

    `unmoved` are the ranks of those that it cannot move.
    """

    tried: tuple[Tried, ...]
    total: int
    left: int = 0
    unmoved: tuple[int, ...] = ()

    @property
    def flips(self) -> tuple[Tried, ...]:
        """What changed, worse first."""
        return tuple(sorted((t for t in self.tried if t.flip), key=lambda t: t.flip != "worse"))

    @property
    def worse(self) -> tuple[Tried, ...]:
        """What got worse."""
        return tuple(tried for tried in self.tried if tried.flip == "worse")

    def hit(self, k: int, side: Literal["before", "after"]) -> float:
        """Share of the questions whose script stands within `k`; 1.0 for none."""
        ranks = [getattr(tried, side) for tried in self.tried] + list(self.unmoved)
        return sum(0 < rank <= k for rank in ranks) / len(ranks) if ranks else 1.0

    @property
    def needs_reason(self) -> bool:
        """Whether publishing asks why: some question lost its place."""
        return bool(self.worse)


def questions_of(scripts: Sequence[Script], saved: Sequence[Question]) -> list[Question]:
    """The `tests` of the files, then the saved ones."""
    held = [Question(test, script.id) for script in scripts for test in script.tests]
    return held + list(saved)


def try_change(
    index: ScriptsIndex,
    changes: Mapping[str, Script | None],
    saved: Sequence[Question],
    update: UpdateIndex,
    terms: Terms,
    stands: Stands | None = None,
    most: int | None = None,
) -> Gate:
    """The golden questions before (in `index`) and after `changes` (None removes).

    A question whose expected script does not exist on a side counts as not found there. `stands`
    are what is known of the questions in `index`; at `most` so many are tried, None for all that
    could move.
    """
    stands = {} if stands is None else stands
    there = {script.id for script in index.scripts}
    new = [changes.get(script.id, script) for script in index.scripts]
    new += [script for i, script in changes.items() if i not in there]
    after = update(index, [script for script in new if script is not None])
    questions = questions_of(_tested(index.scripts, changes), saved)
    found = _movable(questions, changes, index, after, stands)
    unmoved = tuple(stands[q].rank for q in set(questions).difference(found))
    tried = []
    for question in found[:most]:
        known = stands.get(question)
        before, then = (known.rank, known.ids) if known else place_of(question, index, terms)
        rank, ids = place_of(question, after, terms)
        tried.append(Tried(question, before, rank, "".join(then[:1]), "".join(ids[:1])))
    return Gate(tuple(tried), len(questions), len(found) - len(tried), unmoved)


def _tested(scripts: Sequence[Script], changes: Mapping[str, Script | None]) -> list[Script]:
    """The scripts whose tests count: as they will be, and removed ones as they were."""
    found = [changes.get(script.id) or script for script in scripts]
    known = {script.id for script in scripts}
    return found + [s for i, s in changes.items() if s is not None and i not in known]


def _movable(
    questions: Sequence[Question],
    changes: Mapping[str, Script | None],
    before: ScriptsIndex,
    after: ScriptsIndex,
    stands: Stands,
) -> list[Question]:
    """Questions that the change could move: of its own scripts, then the nearest to them first."""
    own = [q for q in questions if q.expected in changes or not q.expected]
    others = [q for q in questions if q.expected and q.expected not in changes]
    known = [q for q in others if q in stands]
    may = moved([stands[q] for q in known], tuple(changes), after)
    rest = [q for q, m in zip(known, may, strict=True) if m]
    unknown = [q for q in others if q not in stands]
    near = _likeness(changes, before, after) if unknown else {}
    return [*own, *rest, *sorted(unknown, key=lambda q: -near.get(q.expected, -1.0))]


def _likeness(
    changes: Mapping[str, Script | None], before: ScriptsIndex, after: ScriptsIndex
) -> dict[str, float]:
    """How near each script comes to what the changed ones say now or said before."""
    rows = [
        index.adapted[index.first[n] : index.first[n + 1]]
        for index in (before, after)
        for n, script in enumerate(index.scripts)
        if script.id in changes
    ]
    said = np.concatenate(rows) if rows else after.adapted[:0]
    near = np.full(len(after.scripts), -1.0, dtype=np.float32)
    if len(said):
        np.maximum.at(near, after.passages.owner, (after.adapted @ said.T).max(axis=1))
    return {script.id: float(near[n]) for n, script in enumerate(after.scripts)}


def carried(
    stands: Stands, before: Sequence[Script], index: ScriptsIndex, most: int = 50
) -> dict[Question, Stand]:
    """Those of `stands` that still hold in `index`; `before` are the scripts they were made with.

    Empty when more than `most` scripts changed: then ranking all questions again is no slower.
    """
    old, new = ({s.id: s for s in side} for side in (before, index.scripts))
    changed = [i for i in old.keys() | new.keys() if old.get(i) != new.get(i)]
    if len(changed) > most:
        return {}
    held = list(stands.items())
    gone = moved([stand for _, stand in held], changed, index)
    return {q: stand for (q, stand), m in zip(held, gone, strict=True) if not m}


__all__ = ["PASS", "TOP", "Gate", "Question", "Stand", "Tried", "carried", "stand_of", "try_change"]
