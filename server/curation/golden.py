"""Golden questions and the gate: what a change does to them before it is published. Pure.

Trying a change builds an index over the changed library. In a large shop only the scripts near the
change are tried, before and after alike, so that an answer comes while a lead waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from server.conversation import Turn
from server.library import Script
from server.scripts_index import ScriptsIndex
from server.suggest import Query, suggest

BuildIndex = Callable[[Sequence[Script]], ScriptsIndex]
Ranks = MutableMapping["Question", tuple[int, str]]
Flip = Literal["better", "worse"]

TOP = 10
PASS = 3
# Ranking one question takes 5 to 10 ms: this many are tried in the second or two for which a lead
# waits after pressing a button.
MAX_TRIED = 120
# Above this many scripts an index is not built anew for a trial (docs/benchmarks.md).
WHOLE_UP_TO = 600
_NEAR = 300


@dataclass(frozen=True, slots=True)
class Question:
    """A message and the script that must be within the first three ("": none may be shown)."""

    message: str
    expected: str
    turns: tuple[Turn, ...] = ()
    saved: int = 0


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
    """Golden questions that the change could touch, of `total`."""

    tried: tuple[Tried, ...]
    total: int

    @property
    def flips(self) -> tuple[Tried, ...]:
        """What changed, worse first."""
        return tuple(sorted((t for t in self.tried if t.flip), key=lambda t: t.flip != "worse"))

    @property
    def worse(self) -> tuple[Tried, ...]:
        """What got worse."""
        return tuple(tried for tried in self.tried if tried.flip == "worse")

    def hit(self, k: int, side: Literal["before", "after"]) -> float:
        """Share of the tried questions whose script stands within `k`; 1.0 for none."""
        ranks = [getattr(tried, side) for tried in self.tried]
        return sum(0 < rank <= k for rank in ranks) / len(ranks) if ranks else 1.0

    @property
    def needs_reason(self) -> bool:
        """Whether publishing asks why: some question lost its place."""
        return bool(self.worse)


def questions_of(scripts: Sequence[Script], saved: Sequence[Question]) -> list[Question]:
    """The `tests` of the files, then the saved ones."""
    held = [Question(test, script.id) for script in scripts for test in script.tests]
    return held + list(saved)


def rank_of(
    question: Question, index: ScriptsIndex, local_now: datetime, threshold: float | None
) -> tuple[int, str]:
    """Place of the expected script (0: not among ten) and the id of the first."""
    ranking = suggest(
        Query(question.message, question.turns),
        index,
        top_k=TOP,
        threshold=threshold,
        local_now=local_now,
    )
    ids = [candidate.script.id for candidate in ranking.candidates]
    first = ids[0] if ids else ""
    if not question.expected:
        return (0 if ranking.shown else 1), first
    return (ids.index(question.expected) + 1 if question.expected in ids else 0), first


def try_change(
    scripts: Sequence[Script],
    changes: Mapping[str, Script | None],
    saved: Sequence[Question],
    build: BuildIndex,
    local_now: datetime,
    index: ScriptsIndex | None = None,
    threshold: float | None = None,
    ranks: Ranks | None = None,
) -> Gate:
    """The golden questions before and after `changes` (None removes), run on both.

    `index` is the one that serves `scripts` now; without it one is built. A question whose expected
    script does not exist on a side counts as not found there. `ranks` keeps what `index` answers
    from one trial to the next; it belongs to that index alone.
    """
    after = [changes.get(s.id, s) for s in scripts]
    known = {script.id for script in scripts}
    after += [s for i, s in changes.items() if i not in known]
    new = [script for script in after if script is not None]
    questions = questions_of(_tested(scripts, changes), saved)
    old = list(scripts)
    if len(old) > WHOLE_UP_TO:
        near = _near(changes, old, index or build(old), build)
        old = [script for script in old if script.id in near]
        new = [script for script in new if script.id in near]
        questions = [q for q in questions if q.expected in near or not q.expected]
        index, ranks = None, None
    held: Ranks = {} if ranks is None else ranks
    before_index = index or build(old)
    after_index = build(new)
    chosen = _touched(questions, changes, old, build)
    tried = []
    for question in chosen:
        if question not in held:
            held[question] = rank_of(question, before_index, local_now, threshold)
        before, first = held[question]
        rank, now_first = rank_of(question, after_index, local_now, threshold)
        tried.append(Tried(question, before, rank, first, now_first))
    return Gate(tuple(tried), len(questions))


def _tested(scripts: Sequence[Script], changes: Mapping[str, Script | None]) -> list[Script]:
    """The scripts whose tests count: as they will be, and removed ones as they were."""
    found = [changes.get(script.id) or script for script in scripts]
    known = {script.id for script in scripts}
    return found + [s for i, s in changes.items() if s is not None and i not in known]


def _touched(
    questions: Sequence[Question],
    changes: Mapping[str, Script | None],
    old: Sequence[Script],
    build: BuildIndex,
) -> list[Question]:
    """At most MAX_TRIED questions: those of the changed scripts, then the nearest to them."""
    if len(questions) <= MAX_TRIED:
        return list(questions)
    own = [q for q in questions if q.expected in changes]
    rest = [q for q in questions if q.expected not in changes]
    by_id = {script.id: script for script in old}
    sides = [s for i, s in changes.items() if s is not None] + [
        by_id[i] for i in changes if i in by_id
    ]
    tiny = build(_apart(sides))
    if not rest or not len(tiny.passages):
        return own[:MAX_TRIED]
    _, rows = tiny.embed([question.message for question in rest])
    near = (rows @ tiny.adapted.T).max(axis=1)
    order = np.argsort(-near, kind="stable")
    return (own + [rest[int(n)] for n in order])[:MAX_TRIED]


def _apart(scripts: Sequence[Script]) -> list[Script]:
    return list({script.version: script for script in scripts}.values())


def _near(
    changes: Mapping[str, Script | None],
    scripts: Sequence[Script],
    index: ScriptsIndex,
    build: BuildIndex,
) -> set[str]:
    """Ids of the changed scripts and those nearest to what they say now and said before."""
    by_id = {script.id: script for script in scripts}
    sides = [s for s in changes.values() if s is not None]
    sides += [by_id[i] for i in changes if i in by_id]
    tiny = build(_apart(sides))
    near = set(changes)
    score = np.full(len(index.scripts), -1.0, dtype=np.float32)
    if len(tiny.passages) and len(index.passages):
        np.maximum.at(score, index.passages.owner, (index.adapted @ tiny.adapted.T).max(axis=1))
    for number in np.argsort(-score, kind="stable")[:_NEAR]:
        near.add(index.scripts[int(number)].id)
    return near
