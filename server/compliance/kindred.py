"""Whose safe words a finding of the judge takes.

A shopper may ask for a contact, for a fake or for a paid review: all are `probe`, and each is
answered otherwise. The judge tells the category only; the approved lines that a message is most
like tell the kind, by the rule that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from server.compliance.findings import direction_of
from server.compliance.matching import Matcher, levels_of
from server.compliance.rules import Rule

BY_KIND = frozenset({"probe"})
"""Categories whose kinds are answered each in its own way."""

_AGREE = 2
"""The likest two lines that a rule reads must be read by the same one: of 175 unseen messages that
a rule names itself, 101 then take its words, 5 another's, the others the general ones. With one
line alone 145 and 30."""
_KEPT = 1024


class Kindred:
    """The rules by the example lines they read; each line is read once. Threads may share it."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._reads = lru_cache(_KEPT)(self._rule_that_reads)

    def of_kind(self, rule: Rule, lines: Sequence[str]) -> Rule:
        """The rule of the same category that the `lines`, likest first, speak for, else `rule`."""
        if rule.category not in BY_KIND:
            return rule
        readers = [reader for line in lines if (reader := self._reads(line, rule.category))]
        first = readers[:_AGREE]
        alike = len(first) == _AGREE and len({reader.id for reader in first}) == 1
        return first[0] if alike else rule

    def _rule_that_reads(self, line: str, category: str) -> Rule | None:
        hits = self._matcher.hits(levels_of(line), direction_of(category))
        return next((hit.rule for hit in hits if hit.rule.category == category), None)
