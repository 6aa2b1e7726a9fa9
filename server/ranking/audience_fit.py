"""Which scripts are for the shopper who asks: left out, put first, or put behind. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.library import Script

# Between scripts that fit a message alike the shopper decides; between others the message does.
_FOR_SOME = 1.0
_SHOWN = 3
# Nobody reads on: what stands behind is never moved.
_LOOKED_AT = 50

_NAMES = {"new": "新客", "returning": "老客"}


@dataclass(frozen=True, slots=True)
class Audiences:
    """What scripts of an index are for whom, worked out once.

    `named` holds (by number) the folded audiences of those that are not for everybody, `rivals`
    the numbers of scripts that share a question with one of them.
    """

    named: Mapping[int, frozenset[str]]
    rivals: Mapping[int, frozenset[int]]


def audiences_of(scripts: Sequence[Script], questions: Iterable[tuple[int, str]]) -> Audiences:
    """The audiences of these scripts, by their place; `questions` are theirs, folded, by number."""
    named = {
        number: frozenset(name.casefold() for name in script.audience)
        for number, script in enumerate(scripts)
        if script.audience
    }
    if not named:
        return Audiences({}, {})
    asked = list(questions)
    by_question: dict[str, set[int]] = {text: set() for number, text in asked if number in named}
    for number, question in asked:
        numbers = by_question.get(question)
        if numbers is not None:
            numbers.add(number)
    rivals: dict[int, set[int]] = {}
    for numbers in by_question.values():
        for number in numbers & named.keys():
            others = numbers - {number}
            rivals.setdefault(number, set()).update(others)
            for other in others:
                rivals.setdefault(other, set()).add(number)
    return Audiences(named, {number: frozenset(found) for number, found in rivals.items()})


@dataclass(frozen=True, slots=True)
class AudienceFit:
    """A row a script of the index: `odds` (log odds), and whether it is for `others`."""

    odds: NDArray[np.float32]
    others: NDArray[np.bool_]


def audience_fit(audiences: Audiences, scripts: int, asks: AbstractSet[str] | None) -> AudienceFit:
    """How each script of an index of so many fits who asks; `asks` is None for somebody unknown."""
    fit = np.zeros(scripts, dtype=np.float32)
    others = np.zeros(scripts, dtype=np.bool_)
    for number, named in audiences.named.items():
        if asks is None:
            fit[number] = -_FOR_SOME
        elif named & asks:
            fit[number] = _FOR_SOME
        else:
            others[number] = True
    return AudienceFit(fit, others)


def by_audience(
    places: Sequence[int],
    numbers: NDArray[np.int32],
    audiences: Audiences,
    asks: AbstractSet[str] | None,
) -> list[int]:
    """`places` (rows of `numbers`, best first) with the script for the shopper before its rivals.

    Of scripts that share a question the one for the shopper stands first, for somebody unknown the
    one for everybody; of scripts for different people at most one is among the first three then.
    """
    if not audiences.named:
        return list(places)
    found: list[int] = []
    for place in places[:_LOOKED_AT]:
        number = int(numbers[place])
        rivals = audiences.rivals.get(number)
        if not rivals:
            found.append(place)
            continue
        named = number in audiences.named
        ahead = [
            at
            for at, other in enumerate(found)
            if int(numbers[other]) in rivals
            and (int(numbers[other]) in audiences.named) != named
            and named == (asks is not None)
        ]
        found.insert(ahead[0] if ahead else len(found), place)
    if asks is None:
        found = _one_of_each(found, numbers, audiences)
    return [*found, *places[_LOOKED_AT:]]


def _one_of_each(
    places: Sequence[int], numbers: NDArray[np.int32], audiences: Audiences
) -> list[int]:
    """Behind the first three what is for other people than a script before it."""
    top: list[int] = []
    later: list[int] = []
    for place in places:
        named = audiences.named.get(int(numbers[place]))
        apart = False
        if named is not None and len(top) < _SHOWN:
            before = [audiences.named.get(int(numbers[other])) for other in top]
            apart = any(other and not named & other for other in before)
        (later if apart else top).append(place)
    return [*top[:_SHOWN], *_in_order([*later, *top[_SHOWN:]], places)]


def _in_order(chosen: Sequence[int], places: Sequence[int]) -> list[int]:
    kept = frozenset(chosen)
    return [place for place in places if place in kept]


def told_audience(script: Script, asks: AbstractSet[str] | None) -> str:
    """The part of a reason that says for whom the script is, empty for everybody's."""
    if not script.audience:
        return ""
    fitting = [n for n in script.audience if asks is None or n.casefold() in asks]
    return f"只给{shown_names(fitting)}" if asks is None else f"适用{shown_names(fitting)}"


def shown_names(names: Iterable[str]) -> str:
    """Audiences as agents read them."""
    return "、".join(_NAMES.get(name, name) for name in names)
