"""The checker: a text in, findings out, in the order in which they stand in the text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from server.compliance.facts import Verdict, verdict
from server.compliance.findings import SEVERITIES, Direction, Finding, Severity
from server.compliance.fold import Folded
from server.compliance.matching import Hit, Matcher, levels_of
from server.compliance.rules import RuleSet
from server.compliance.stance import clause_bounds
from server.conversation import Turn

if TYPE_CHECKING:
    from server.library import Shop

_BY_FACT: dict[Verdict, Severity | None] = {"granted": None, "denied": "high", "unknown": "medium"}
_JOINED_TURNS = 3
_MAX_TEXT = 4000
"""Longer texts are checked in their first part; a chat message has at most a few hundred signs."""


class Checker:
    """Rules, compiled once. Pure: the same text gives the same findings."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._matcher = Matcher(ruleset)

    def check(
        self,
        text: str,
        *,
        direction: Direction = "outgoing",
        platform: str = "",
        shop: Shop | None = None,
        turns: Sequence[Turn] = (),
        today: date | None = None,
    ) -> list[Finding]:
        """The findings about `text`; offsets are code points of `text` itself."""
        text = text[:_MAX_TEXT]
        levels = levels_of(text)
        findings = self._by_rules(levels, text, direction, platform, shop, today)
        if not findings and direction == "outgoing":
            findings = self._over_turns(text, platform, shop, turns, today)
        return sorted(findings, key=lambda f: (f.start, SEVERITIES.index(f.severity), f.rule))

    def _by_rules(
        self,
        levels: Sequence[Folded],
        text: str,
        direction: Direction,
        platform: str,
        shop: Shop | None,
        today: date | None,
    ) -> list[Finding]:
        findings = []
        for hit in self._matcher.hits(levels, direction, platform):
            severity = _severity(hit, text, shop, today)
            if severity is not None:
                findings.append(self._finding(hit, severity, text, platform))
        return _one_a_category(findings)

    def _finding(self, hit: Hit, severity: Severity, text: str, platform: str) -> Finding:
        rule = hit.rule
        return Finding(
            category=rule.category,
            severity=severity,
            start=hit.start,
            end=hit.end,
            matched=text[hit.start : hit.end],
            rule=rule.id,
            clause=self.ruleset.clause_shown(rule, platform),
            message=rule.message,
            rewrite=rule.rewrite,
            disguised=hit.disguised,
            rule_version=rule.version,
        )

    def _over_turns(
        self,
        text: str,
        platform: str,
        shop: Shop | None,
        turns: Sequence[Turn],
        today: date | None,
    ) -> list[Finding]:
        """What only shows when `text` is read on from the agent's last messages."""
        earlier: list[str] = []
        for turn in reversed(turns):
            if turn.sender != "agent" or len(earlier) == _JOINED_TURNS - 1:
                break
            earlier.insert(0, turn.text)
        lead = "".join(earlier)
        if not lead:
            return []
        joined = lead + text
        findings = []
        for hit in self._matcher.hits(levels_of(joined), "outgoing", platform):
            if hit.end <= len(lead) or hit.start >= len(lead):
                continue
            severity = _severity(hit, joined, shop, today)
            if severity is not None:
                cut = Hit(hit.rule, 0, hit.end - len(lead), hit.folded, disguised=True)
                findings.append(self._finding(cut, severity, text, platform))
        return _one_a_category(findings)


def _severity(hit: Hit, text: str, shop: Shop | None, today: date | None) -> Severity | None:
    """The rule's severity, or what the shop's facts make of it; None is silence."""
    condition = hit.rule.fact
    if condition is None:
        return hit.rule.severity
    if shop is None:
        return "medium"
    now = datetime.combine(today, time(12)) if today else shop.local_now()
    first, last = clause_bounds(text, hit.start, hit.end)
    outcome = verdict(condition, text[first:last], shop.facts, now)
    return _BY_FACT[outcome]


def _one_a_category(findings: list[Finding]) -> list[Finding]:
    """The gravest finding of each category; of equals, the one that stands first."""
    best: dict[str, Finding] = {}
    for finding in findings:
        known = best.get(finding.category)
        if known is None or _rank(finding) < _rank(known):
            best[finding.category] = finding
    return list(best.values())


def _rank(finding: Finding) -> tuple[int, int]:
    return SEVERITIES.index(finding.severity), finding.start
