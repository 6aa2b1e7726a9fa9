"""Rules as values: what a rule file says, once read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from server.base.platforms import PLATFORMS
from server.compliance.findings import Direction, Severity, direction_of

Strength = Literal["decides", "evidence", "supports"]
"""How far a rule counts: by itself, unless the judge is sure there is nothing, or only together
with the judge (without one it is shown small)."""


@dataclass(frozen=True)
class Clause:
    """Where a rule comes from: source and number, its words, what breaking it costs, since when."""

    id: str
    source: str
    number: str
    quote: str
    consequence: str
    since: str
    standing: str = "原文已核对"

    @property
    def shown(self) -> str:
        """Short name for an agent, e.g. 快手 2.3."""
        return f"{self.source} {self.number}".strip()


@dataclass(frozen=True)
class FactCondition:
    """A promise that a shop fact decides: fact names to look for, and how its value is read.

    A name counts anywhere in the fact's name, with `=` before it only as the whole.

    `reads` is `yes_no` (the fact grants or denies it), `hours` or `months` (the number promised
    must not be better than the fact's), or `same` (what was found must stand in the fact; without
    one the rule is silent).
    """

    names: tuple[str, ...]
    reads: Literal["yes_no", "hours", "months", "same"] = "yes_no"


@dataclass(frozen=True)
class Rule:
    """One rule. Patterns are RE2 after words in braces and … were written out (`patterns.py`)."""

    id: str
    category: str
    severity: Severity
    patterns: tuple[str, ...]
    message: str
    file: str = ""
    line: int = 0
    version: int = 1
    clause: str = ""
    clause_by_platform: Mapping[str, str] = field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    home_platforms: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unless_anywhere: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    negation_clears: bool = True
    softener_clears: bool = False
    fact: FactCondition | None = None
    product_kinds: tuple[str, ...] = ()
    not_product_kinds: tuple[str, ...] = ()
    strength: Strength = "evidence"
    own_links: bool = False
    rewrite: str = ""
    violating: tuple[str, ...] = ()
    near_miss: tuple[str, ...] = ()

    @property
    def direction(self) -> Direction:
        """The side whose text this rule reads."""
        return direction_of(self.category)

    def applies_on(self, platform: str) -> bool:
        """Whether the rule holds on `platform` ('' = unknown: every rule holds)."""
        if platform and platform in self.home_platforms:
            return False
        return not platform or not self.platforms or platform in self.platforms

    def clause_on(self, platform: str) -> str:
        """The id of the clause that counts on `platform`."""
        return self.clause_by_platform.get(platform, self.clause)


@dataclass(frozen=True)
class RuleSet:
    """All rules that hold together, with the clauses they cite and the words patterns use.

    `judged` says, category by category, what a finding of the judge alone looks like; a category
    that is missing there (or switched off) is raised by rules only.
    """

    rules: tuple[Rule, ...]
    judged: Mapping[str, Rule]
    clauses: Mapping[str, Clause]
    words: Mapping[str, tuple[str, ...]]
    pardoned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Category → texts of which the shop's QA said that nothing is wrong with them."""

    def clause_shown(self, rule: Rule, platform: str) -> str:
        """The clause as an agent reads it, '' when the rule names none."""
        clause = self.clauses.get(rule.clause_on(platform))
        if clause is None:
            return ""
        # Another platform's clause binds nobody here; that the platform has rules of its own does.
        foreign = platform and clause.source in PLATFORMS.values()
        return "平台规则" if foreign and clause.source != PLATFORMS.get(platform) else clause.shown
