"""What the editor says beside a script while it is being written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.base.errors import Problem
from server.base.platforms import PLATFORMS
from server.base.variables import Filled, fill
from server.compliance.findings import Finding
from server.curation.conflicts import Rival, Taken, rivals_of, taken_by_others
from server.library import Script, Shop
from server.lint.remarks import REMARKS
from server.lint.rules import RULES
from server.web.lead.common import Console, variables_of

# Lint rules that compare whole shops (L104) are shown as rivals instead, with the other beside.
_SHOWN_ELSEWHERE = {"L104"}
# These look at one script at a time: thousands of others need not be read again at every key.
_ALONE = {"L101", "L102", "L105", "L107", "L108"}
_MAX_QUESTIONS = 12
_NAMED = re.compile(r"'([^']+)'|\"([^\"]+)\"|\{([^}]+)\}")
_FIGURES = re.compile(r"\d{4}-\S+|\d+(?= characters)")


@dataclass(frozen=True, slots=True)
class Warned:
    """A compliance finding in one wording, on these platforms (names)."""

    finding: Finding
    text: str
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A finding for a sentence in the reader's language: its code, and what it names."""

    code: str
    found: str


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything found about a script that is being edited."""

    problems: tuple[Wrong, ...]
    remarks: tuple[Problem, ...]
    warned: tuple[Warned, ...]
    rivals: tuple[Rival, ...]
    taken: tuple[Taken, ...]


def checks_of(script: Script, shop: Shop, console: Console) -> Checks:
    """All checks of one script as it would stand in its shop."""
    scripts = [script if other.id == script.id else other for other in shop.scripts]
    if script.id not in shop.by_id:
        scripts.append(script)
    whole = replace(shop, scripts=tuple(scripts))
    alone = replace(shop, scripts=(script,))
    now = shop.local_now()
    found = [
        Wrong(problem.code, named_in(problem))
        for code, function in RULES.items()
        if code not in _SHOWN_ELSEWHERE
        for problem in function(alone if code in _ALONE else whole)
        if problem.subject == script.id
    ]
    remarks = [r for function in REMARKS.values() for r in function(script, shop, now)]
    served = console.served(shop.id)
    served_now = served.shop.by_id.get(script.id)
    fresh = [q for q in script.questions if served_now is None or q not in served_now.questions]
    asked = [*fresh, *script.tests][:_MAX_QUESTIONS]
    return Checks(
        tuple(found),
        tuple(remarks),
        tuple(warned_of(script, shop, console)),
        tuple(rivals_of(script, served.index)),
        tuple(taken_by_others(script.id, asked, served.index, served.terms())),
    )


def named_in(problem: Problem) -> str:
    """What a finding names, for a sentence in the reader's language: names, dates or a count."""
    quoted = [next(filter(None, found)) for found in _NAMED.findall(problem.what)]
    return quoted[0] if quoted else "–".join(_FIGURES.findall(problem.what)[:2])


def warned_of(script: Script, shop: Shop, console: Console) -> list[Warned]:
    """Compliance findings of every wording on every platform it may go to, each rule once."""
    checker = console.served(shop.id).checker
    found: dict[tuple[str, str], tuple[Finding, str, list[str]]] = {}
    values = variables_of(shop)
    for text in (script.reply, *script.variants, *script.parts):
        filled = fill(text, values).text
        for platform in script.platforms or shop.platforms or ("",):
            for one in checker.check(filled, direction="outgoing", platform=platform, shop=shop):
                known = found.setdefault((one.rule, one.matched), (one, filled, []))
                known[2].append(platform)
    return [
        Warned(one, text, tuple(PLATFORMS.get(code, code) for code in dict.fromkeys(codes)))
        for one, text, codes in found.values()
    ]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One chat bubble of the preview."""

    filled: Filled
    kind: str


def preview_of(script: Script, shop: Shop) -> list[Bubble]:
    """The reply as bubbles; a reply that is sent in parts stands as its parts."""
    values = variables_of(shop)
    texts: Sequence[tuple[str, str]] = [("reply", script.reply)]
    if script.parts:
        texts = [("part", text) for text in script.parts]
    texts = [*texts, *(("variant", text) for text in script.variants)]
    return [Bubble(fill(text, values), kind) for kind, text in texts if text]


def platform_names(shop: Shop, script: Script) -> list[tuple[str, str]]:
    """(code, name) of the platforms to preview on."""
    codes = script.platforms or shop.platforms or ("",)
    names: dict[str, Any] = dict(PLATFORMS)
    return [(code, str(names.get(code, code))) for code in codes]
