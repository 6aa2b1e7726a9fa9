"""Scripts that are asked, or answer, nearly the same; kept from version to version of a shop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.curation.conflicts import NEAR_QUESTION
from server.indexing.passages import Kind
from server.library import Script
from server.lint.rules import forms_of, same
from server.scripts_index import ScriptsIndex

_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Near:
    """Two scripts, by id and version, with the texts that are alike."""

    one: str
    other: str
    text: str
    other_text: str
    versions: tuple[str, str]


def near_pairs(
    index: ScriptsIndex, known: Sequence[Near] = (), compared: Iterable[tuple[str, str]] = ()
) -> list[Near]:
    """Pairs with the same reply, or with two questions from NEAR_QUESTION on; each pair once.

    `known` pairs were found among the scripts (id, version) that were `compared` before: only what
    is new since is compared with all.
    """
    there = {script.id: script.version for script in index.scripts}
    old = set(compared)
    fresh = {i for i, version in there.items() if (i, version) not in old}
    found = {
        (pair.one, pair.other): pair
        for pair in known
        if (there.get(pair.one), there.get(pair.other)) == pair.versions
    }
    for pair in [*_same_replies(index.scripts), *_near_questions(index, fresh)]:
        found.setdefault((pair.one, pair.other), pair)
    return list(found.values())


def comparisons(index: ScriptsIndex, compared: Iterable[tuple[str, str]] = ()) -> int:
    """How many pairs of questions `near_pairs` has to compare."""
    old = set(compared)
    count = [(script, len(script.questions)) for script in index.scripts]
    total = sum(n for _, n in count)
    return total * sum(n for script, n in count if (script.id, script.version) not in old)


def _pair(one: Script, other: Script, text: str, other_text: str) -> Near:
    return Near(one.id, other.id, text, other_text, (one.version, other.version))


def _same_replies(scripts: Sequence[Script]) -> list[Near]:
    first: dict[str, Script] = {}
    found = []
    for script in scripts:
        held = first.setdefault(forms_of(script).reply, script)
        if held is not script:
            found.append(_pair(held, script, held.reply, script.reply))
    return found


def _near_questions(index: ScriptsIndex, fresh: set[str]) -> list[Near]:
    questions = np.flatnonzero(index.passages.kind == Kind.QUESTION)
    owners = index.passages.owner[questions]
    new = np.asarray([script.id in fresh for script in index.scripts], dtype=bool)
    rows = index.plain[questions]
    found = []
    mine = np.flatnonzero(new[owners]) if len(questions) else questions
    for start in range(0, len(mine), _BLOCK):
        block = mine[start : start + _BLOCK]
        for row, column in _alike(rows, block):
            a, b = int(owners[row]), int(owners[column])
            # Among new ones a pair is met twice; it is kept from its first script's side.
            if a == b or (a > b and new[b]):
                continue
            left, right = (row, column) if a < b else (column, row)
            one, other = index.scripts[int(owners[left])], index.scripts[int(owners[right])]
            texts = [index.passages.texts[int(questions[place])] for place in (left, right)]
            if same(texts[0]) != same(texts[1]):  # the same question is a conflict, or a duplicate
                found.append(_pair(one, other, texts[0], texts[1]))
    return found


def _alike(rows: NDArray[np.float32], block: NDArray[np.int64]) -> list[tuple[int, int]]:
    """(row, other row) of the block's rows and all that are alike; itself is among them."""
    near = rows[block] @ rows.T >= NEAR_QUESTION
    return [(int(block[row]), int(column)) for row, column in zip(*np.nonzero(near), strict=True)]
