"""Scripts that get in each other's way: same question, nearly the same script. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from server.library import Script
from server.lint.rules import forms_of, same
from server.scripts_index import ScriptsIndex
from server.suggest import Query, Terms, suggest

Kind = Literal["conflict", "duplicate", "near"]

# Cosine of two questions (plain rows of the bundled model) from which a lead should look: in the
# two sample shops 3 and 1 of some 400,000 pairs of different scripts lie above it, all of them
# questions that read nearly alike (0.96: 9 and 5, mostly noise).
NEAR_QUESTION = 0.97


@dataclass(frozen=True, slots=True)
class Rival:
    """Another script beside the one being edited: which question of ours meets which of its."""

    kind: Kind
    script: Script
    question: str
    other: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A question of ours that another script wins today."""

    question: str
    winner: Script
    rank: int


def rivals_of(script: Script, index: ScriptsIndex, limit: int = 6) -> list[Rival]:
    """Scripts with the same or nearly the same questions or reply, worst first."""
    asked = [question for question in script.questions if question.strip()]
    found: dict[str, Rival] = {}
    forms = {same(question): question for question in asked}
    reply = same(script.reply)
    for other in index.scripts:
        if other.id == script.id:
            continue
        theirs = forms_of(other)
        shared = next((n for n, form in enumerate(theirs.questions) if form in forms), None)
        if shared is not None:
            kind: Kind = "duplicate" if theirs.reply == reply else "conflict"
            mine = forms[theirs.questions[shared]]
            found[other.id] = Rival(kind, other, mine, other.questions[shared], 1.0)
        elif script.reply and theirs.reply == reply:
            found[other.id] = Rival("duplicate", other, "", "", 1.0)
    for rival in _near(script.id, asked, index):
        found.setdefault(rival.script.id, rival)
    order = {"conflict": 0, "duplicate": 1, "near": 2}
    ranked = sorted(found.values(), key=lambda r: (order[r.kind], -r.likeness))
    return ranked[:limit]


def _near(own: str, asked: Sequence[str], index: ScriptsIndex) -> list[Rival]:
    if not asked or not len(index.passages):
        return []
    questions = np.flatnonzero(index.passages.kind == 0)
    if not len(questions):
        return []
    plain, _ = index.embed(asked)
    # All passages: picking the questions' rows first would copy them all.
    likeness = (plain @ index.plain.T)[:, questions]
    found: dict[str, Rival] = {}
    for row, column in zip(*np.nonzero(likeness >= NEAR_QUESTION), strict=True):
        passage = int(questions[column])
        other = index.scripts[int(index.passages.owner[passage])]
        value = float(likeness[row, column])
        known = found.get(other.id)
        if other.id != own and (known is None or known.likeness < value):
            text = index.passages.texts[passage]
            found[other.id] = Rival("near", other, asked[int(row)], text, value)
    return list(found.values())


def taken_by_others(
    script_id: str, questions: Sequence[str], index: ScriptsIndex, terms: Terms
) -> list[Taken]:
    """Questions for which another script stands first now; `rank` is ours (0: not among ten)."""
    found = []
    for question in questions:
        ranking = suggest(Query(question), index, top_k=10, terms=terms)
        ids = [candidate.script.id for candidate in ranking.candidates]
        if ids and ids[0] != script_id:
            rank = ids.index(script_id) + 1 if script_id in ids else 0
            found.append(Taken(question, ranking.candidates[0].script, rank))
    return found
