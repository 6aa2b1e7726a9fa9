"""What a lead should mend in a shop's scripts: marks by script. Pure.

`lasting_marks` depend on files and rules alone, so they are worked out once a version of the shop;
`passing_marks` on the day and on what agents used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from server.base.variables import PAGE_VARIABLES, variables
from server.compliance.clearance import Clearance
from server.compliance.findings import Finding
from server.curation.near import Near
from server.library import Script, Shop
from server.lint.remarks import REMARKS, SOON
from server.lint.rules import known_variables, question_owners, unbalanced

Kind = Literal[
    "barred", "conflict", "variable", "fact_ended", "finding", "near", "ended", "ending",
    "fact_ending", "later", "stale", "unused", "no_questions", "no_tests",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Worst first. The first four keep agents from a right answer today."""
GRAVE: frozenset[Kind] = frozenset({"barred", "conflict", "variable", "fact_ended"})
# A shop that used fewer replies than this has not shown yet what it never uses.
_USES_THAT_TELL = 50


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing about a script: what it names, on which platforms, which other script."""

    kind: Kind
    names: str = ""
    platforms: tuple[str, ...] = ()
    other: str = ""
    finding: Finding | None = None


Marks = Mapping[str, tuple[Mark, ...]]


@dataclass(frozen=True)
class Health:
    """A shop's marks by script id, worst first; scripts without any are left out."""

    marks: Marks
    scripts: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    platforms: Mapping[Kind, Mapping[str, int]] = field(default_factory=dict)

    def of(self, script_id: str) -> tuple[Mark, ...]:
        """The marks of a script."""
        return self.marks.get(script_id, ())

    def count(self, kind: Kind) -> int:
        """How many scripts have a mark."""
        return len(self.scripts.get(kind, ()))


def health(shop: Shop, *several: Marks) -> Health:
    """All marks of a shop in one, in the order of its scripts."""
    joined: dict[str, tuple[Mark, ...]] = {}
    by_kind: dict[Kind, list[str]] = {}
    by_platform: dict[Kind, Counter[str]] = {}
    order = {kind: place for place, kind in enumerate(KINDS)}
    for script in shop.scripts:
        found = [mark for marks in several for mark in marks.get(script.id, ())]
        if not found:
            continue
        found.sort(key=lambda mark: order[mark.kind])
        joined[script.id] = tuple(found)
        for kind in dict.fromkeys(mark.kind for mark in found):
            by_kind.setdefault(kind, []).append(script.id)
            on = {p for mark in found if mark.kind == kind for p in mark.platforms}
            by_platform.setdefault(kind, Counter()).update(on)
    return Health(joined, {kind: tuple(ids) for kind, ids in by_kind.items()}, by_platform)


Own = dict[tuple[str, str], tuple[Mark, ...]]
"""What is known of single scripts, by id and version."""


def lasting_marks(shop: Shop, clearance: Clearance, own: Own | None = None) -> Marks:
    """What rules and files say: findings by platform, conflicts, variables, missing questions.

    `own` keeps what was worked out for each script; it holds as long as rules, facts, platforms
    and products do (`holds_for`).
    """
    own = {} if own is None else own
    known = known_variables(shop)
    found: dict[str, list[Mark]] = {}
    for script in shop.scripts:
        key = (script.id, script.version)
        if key not in own:
            own[key] = tuple(_own_marks(script, shop, clearance, known))
        found[script.id] = list(own[key])
    for question, one, other in question_owners(shop):
        for mine, theirs in ((one, other), (other, one)):
            found[mine.id].append(Mark("conflict", question, other=theirs.id))
    return {script_id: tuple(marks) for script_id, marks in found.items() if marks}


def holds_for(shop: Shop, clearance: Clearance) -> tuple[object, ...]:
    """What the marks of single scripts depend on beside the script; equal while they hold."""
    facts = tuple(shop.facts.values())
    return id(clearance.rules), facts, shop.platforms, known_variables(shop)


def _own_marks(
    script: Script, shop: Shop, clearance: Clearance, known: Container[str]
) -> Iterator[Mark]:
    yield from _found_on(script, shop, clearance)
    unknown = {n for text in script.wordings for n in variables(text) if n not in known}
    if unknown or any(unbalanced(text) for text in script.wordings):
        yield Mark("variable", "、".join(sorted(unknown)))
    if not script.questions:
        yield Mark("no_questions")
    if not script.tests:
        yield Mark("no_tests")


def near_marks(pairs: Iterable[Near]) -> Marks:
    """Pairs of scripts that say or are asked nearly the same, on both sides."""
    found: dict[str, list[Mark]] = {}
    for pair in pairs:
        for mine, theirs, text in (
            (pair.one, pair.other, pair.text),
            (pair.other, pair.one, pair.other_text),
        ):
            found.setdefault(mine, []).append(Mark("near", text, other=theirs))
    return {script_id: tuple(marks) for script_id, marks in found.items()}


def passing_marks(
    shop: Shop, local_now: datetime, uses: Mapping[str, int], young: Container[str]
) -> Marks:
    """What the day says: ended and ending scripts and facts, out of season, stale, never used.

    `uses` counts by script id; `young` scripts are too new to be called unused.
    """
    ended, ending = facts_by_state(shop, local_now)
    tells = sum(uses.values()) >= _USES_THAT_TELL
    found: dict[str, tuple[Mark, ...]] = {}
    for script in shop.scripts:
        marks: list[Mark] = []
        until, since = script.valid_until, script.valid_from
        live = script.is_live(local_now)
        if until is not None and until.last < local_now:
            marks.append(Mark("ended", str(until)))
        elif until is not None and until.last < local_now + SOON:
            marks.append(Mark("ending", str(until)))
        if since is not None and since.first > local_now:
            marks.append(Mark("later", str(since)))
        if live:
            marks += _of_facts(script, ended, ending)
            if tells and not uses.get(script.id) and script.id not in young:
                marks.append(Mark("unused"))
        if any(REMARKS["N206"](script, shop, local_now)):
            marks.append(Mark("stale", script.reviewed))
        if marks:
            found[script.id] = tuple(marks)
    return found


def facts_by_state(shop: Shop, local_now: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Names of facts that do not hold now, and of those that end within a week."""
    own = [fact for fact in shop.facts.values() if fact.name not in PAGE_VARIABLES]
    ended = frozenset(fact.name for fact in own if not fact.holds(local_now))
    ending = frozenset(
        fact.name
        for fact in own
        if fact.name not in ended
        and fact.valid_until is not None
        and fact.valid_until.last < local_now + timedelta(days=7)
    )
    return ended, ending


def _of_facts(script: Script, ended: frozenset[str], ending: frozenset[str]) -> list[Mark]:
    if not ended and not ending:
        return []
    names = [name for text in script.wordings for name in variables(text)]
    gone, going = [n for n in names if n in ended], [n for n in names if n in ending]
    marks: list[Mark] = []
    if gone:
        marks.append(Mark("fact_ended", "、".join(dict.fromkeys(gone))))
    if going:
        marks.append(Mark("fact_ending", "、".join(dict.fromkeys(going))))
    return marks


def _found_on(script: Script, shop: Shop, clearance: Clearance) -> list[Mark]:
    """Findings of a script, one mark a rule, with the platforms on which it is found."""
    held: dict[tuple[Kind, str, str], tuple[Finding, list[str]]] = {}
    for platform in platforms_of(script, shop):
        for one in clearance.findings(script, platform):
            if one.severity == "low":
                continue
            kind: Kind = "barred" if one.severity == "high" else "finding"
            held.setdefault((kind, one.rule, one.matched), (one, []))[1].append(platform)
    return [
        Mark(kind, matched, tuple(on), finding=finding)
        for (kind, _, matched), (finding, on) in held.items()
    ]


def platforms_of(script: Script, shop: Shop) -> Sequence[str]:
    """Where a script may be sent: its own platforms, else the shop's, else anywhere ("")."""
    return script.platforms or shop.platforms or ("",)
