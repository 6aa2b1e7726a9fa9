"""Where rules hit a folded text, and whether the text means it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from server.base.remembered import remembers
from server.compliance.findings import Direction
from server.compliance.lexicon_file import read_lexicon
from server.compliance.numbers import with_numbers
from server.compliance.patterns import compile_pattern, compile_set, expand
from server.compliance.rules import Rule, RuleSet
from server.compliance.stance import (
    clause_bounds,
    is_negated,
    is_quoted,
    is_reported,
    is_softened,
    is_warning,
)
from server.text.dialect import mandarin
from server.text.undisguise import Folded, everyday, plain, tight


@dataclass(frozen=True)
class Hit:
    """A rule and the original stretch it found; `folded` is what stood there after folding."""

    rule: Rule
    start: int
    end: int
    folded: str
    disguised: bool


@dataclass(frozen=True)
class _Compiled:
    rule: Rule
    patterns: tuple[Any, ...]
    unless: tuple[Any, ...]
    unless_anywhere: tuple[Any, ...]
    needs: tuple[Any, ...]


class Matcher:
    """All rules of a set, compiled once; `hits` is safe to call from several threads."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._rules = tuple(_compile(rule, ruleset) for rule in ruleset.rules)
        groups: dict[tuple[str, Direction], list[tuple[str, int]]] = {}
        for index, rule in enumerate(ruleset.rules):
            group = groups.setdefault((rule.file, rule.direction), [])
            group += [(expand(pattern, ruleset.words), index) for pattern in rule.patterns]
        self._groups: dict[Direction, list[tuple[Any, list[int]]]] = {}
        for (_, direction), listed in groups.items():
            together = compile_set(tuple(pattern for pattern, _ in listed))
            owners = [index for _, index in listed]
            self._groups.setdefault(direction, []).append((together, owners))

    def hits(self, levels: Sequence[Folded], direction: Direction, platform: str = "") -> list[Hit]:
        """One hit a rule at most: the first at the least folded level that shows one."""
        found: dict[str, Hit] = {}
        for depth, folded in enumerate(levels):
            if depth and folded.text == levels[depth - 1].text:
                continue
            for compiled in self._occurring(folded.text, direction):
                rule = compiled.rule
                if rule.id in found:
                    continue
                if not rule.applies_on(platform):
                    continue
                for start, end in _meant(compiled, folded.text):
                    span = folded.span(start, end)
                    shown = folded.text[start:end]
                    found[rule.id] = Hit(rule, *span, shown, disguised=depth > 0)
                    break
        return list(found.values())

    def _occurring(self, text: str, direction: Direction) -> list[_Compiled]:
        owners = {
            owner[index]
            for together, owner in self._groups.get(direction, ())
            for index in together.Match(text) or ()
        }
        return [self._rules[owner] for owner in sorted(owners)]


@remembers(100_000)
def levels_of(text: str) -> tuple[Folded, ...]:
    """`text` at each level of folding, from what everybody reads to what a disguise hides."""
    open_signs = mandarin(plain(text))
    joined = with_numbers(tight(open_signs))
    return mandarin(everyday(text)), open_signs, joined, read_lexicon().decoded(joined)


def _compile(rule: Rule, ruleset: RuleSet) -> _Compiled:
    def compiled(patterns: Sequence[str]) -> tuple[Any, ...]:
        return tuple(compile_pattern(pattern, ruleset.words) for pattern in patterns)

    return _Compiled(
        rule,
        compiled(rule.patterns),
        compiled(rule.unless),
        compiled(rule.unless_anywhere),
        compiled(rule.needs),
    )


def _meant(compiled: _Compiled, text: str) -> Iterator[tuple[int, int]]:
    """The stretches where a pattern hits and neither exception nor stance clears it."""
    if any(pattern.search(text) for pattern in compiled.unless_anywhere):
        return
    if not all(pattern.search(text) for pattern in compiled.needs):
        return
    for pattern in compiled.patterns:
        for match in pattern.finditer(text):
            start, end = match.span(dict(pattern.groupindex).get("hit", 0))
            if not _cleared(compiled, text, start, end):
                yield start, end


def _cleared(compiled: _Compiled, text: str, start: int, end: int) -> bool:
    rule = compiled.rule
    first, last = clause_bounds(text, start, end)
    clause = text[first:last]
    if any(pattern.search(clause) for pattern in compiled.unless):
        return True
    if is_quoted(text, start, end):
        return True
    if rule.softener_clears and is_softened(text):
        return True
    if not rule.negation_clears:
        return False
    return is_negated(text, start, end) or is_reported(text, start, end) or is_warning(text)
