"""Which scripts hold an article number, a model or a size, and which are about one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from server.indexing.passages import Kind, Passages
from server.text.codes import SIZES, codes_in

_RANGE = re.compile(
    r"(?:最大|最小|到|至|[-~])\s*\d?[smlx]|\d?x*[sml]码?\s*(?:起|以上|以下|到|至|[-~])"
)
# Without one of these a text holds no code: of thousands of texts few are looked at further.
_SIGNS = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Codes:
    """Script numbers by code: those that `held` it anywhere, and those that are `about` it.

    About a code is a script that has it in its title, its reply or all its questions; a number
    in one question among others is an example. A script with several sizes, or with one as the end
    of a range (最大到5XL), is about none.
    """

    held: Mapping[str, frozenset[int]] = field(default_factory=dict)
    about: Mapping[str, frozenset[int]] = field(default_factory=dict)


def codes_of(passages: Passages) -> Codes:
    """The codes of all passages."""
    held: dict[str, set[int]] = defaultdict(set)
    about: dict[str, set[int]] = defaultdict(set)
    asked: dict[int, int] = defaultdict(int)
    in_questions: dict[tuple[int, str], int] = defaultdict(int)
    sizes: dict[int, set[str]] = defaultdict(set)
    for text, owner, kind in zip(passages.folded, passages.owner, passages.kind, strict=True):
        script, question = int(owner), kind == Kind.QUESTION
        asked[script] += question
        if not _SIGNS.search(text):
            continue
        for code in codes_in(text):
            held[code].add(script)
            if code in SIZES:
                sizes[script].add(code)
            if question:
                in_questions[script, code] += 1
            elif code not in SIZES or not _RANGE.search(text):
                about[code].add(script)
    for (script, code), times in in_questions.items():
        if times == asked[script]:
            about[code].add(script)
    for script, several in sizes.items():
        if len(several) > 1:
            for size in several:
                about[size].discard(script)
    return Codes(_frozen(held), _frozen(about))


def spliced_codes(old: Codes, added: Codes, source: NDArray[np.int64], held: int) -> Codes:
    """The codes of the scripts `source`, numbered through the `held` old ones and then the added.

    What a script says of codes depends on its own texts alone, so nothing is read again.
    """
    places = np.full(held + len(source) + 1, -1, dtype=np.int64)
    places[source] = np.arange(len(source))
    before, after = places[:held].tolist(), places[held:].tolist()
    return Codes(
        _moved(old.held, before, added.held, after), _moved(old.about, before, added.about, after)
    )


def _moved(
    old: Mapping[str, frozenset[int]],
    before: list[int],
    added: Mapping[str, frozenset[int]],
    after: list[int],
) -> dict[str, frozenset[int]]:
    """Each code's scripts by their new numbers; -1 is a script that is gone."""
    found = {code: {before[n] for n in numbers} for code, numbers in old.items()}
    for code, numbers in added.items():
        found.setdefault(code, set()).update(after[n] for n in numbers)
    return _frozen({code: numbers - {-1} for code, numbers in found.items()})


def _frozen(found: Mapping[str, set[int]]) -> dict[str, frozenset[int]]:
    return {code: frozenset(scripts) for code, scripts in found.items() if scripts}
