"""The checker: a text in, findings out, in the order in which they stand in the text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Literal

from server.base.conversation import Turn
from server.compliance.disguises import hides_words
from server.compliance.drafts import finished_part, half_typed, settled
from server.compliance.facts import Verdict, verdict
from server.compliance.findings import SEVERITIES, Direction, Finding, Severity
from server.compliance.judge import Judge, Judgement, Like
from server.compliance.kindred import Kindred
from server.compliance.links import only_own_links
from server.compliance.matching import Hit, Matcher, levels_of
from server.compliance.pardons import Pardons
from server.compliance.rules import RuleSet
from server.compliance.stance import clause_bounds
from server.compliance.suspicion import Suspicion, loudness
from server.compliance.telling import telling_clause
from server.compliance.windows import clauses, is_brief
from server.text.undisguise import Folded

if TYPE_CHECKING:
    from server.library import Shop

_BY_FACT: dict[Verdict, Severity | None] = {"granted": None, "denied": "high", "unknown": "medium"}
_JOINED_TURNS = 3
_WARNS = ("high", "medium")
_SUSPECT_WITH_RULE = 0.03
"""A rule that the judge does not back is shown small down to here; below it says nothing. On unseen
families that finds one to two points more, for hints on one ordinary line in a thousand."""
_LIKEST = 8
"""So many approved examples are asked what kind a finding of the judge is of."""
_MAX_TEXT = 4000
"""Longer texts are checked in their first part; a chat message has at most a few hundred signs."""

Backing = Literal["full", "weak", "none"]


@dataclass(frozen=True)
class _Case:
    """One text with what is known around it."""

    text: str
    direction: Direction
    platform: str
    shop: Shop | None
    today: date | None
    draft: bool = False


class Checker:
    """Rules, compiled once, and the judge. Pure: the same text gives the same findings.

    Without a judge every rule stands for itself. With one, rules that only give evidence need its
    consent, and what no rule reaches is found by the judge alone, unless the
    shop's QA called it a false alarm.
    """

    def __init__(self, ruleset: RuleSet, judge: Judge | None = None) -> None:
        self.ruleset = ruleset
        self._judge = judge
        self._pardons = Pardons(ruleset.pardoned)
        self._matcher = Matcher(ruleset)
        self._kindred = Kindred(self._matcher)

    def check(
        self,
        text: str,
        *,
        direction: Direction = "outgoing",
        platform: str = "",
        shop: Shop | None = None,
        turns: Sequence[Turn] = (),
        today: date | None = None,
        draft: bool = False,
    ) -> list[Finding]:
        """The findings about `text`; offsets are code points of `text` itself.

        `turns` are the conversation's earlier turns: what an agent split over several bubbles is
        read together. Of a `draft`, which is still being typed, only what cannot become harmless
        by what follows is found (see `drafts`).
        """
        case = _Case(text[:_MAX_TEXT], direction, platform, shop, today, draft)
        if not case.text.strip():
            return []
        levels = levels_of(case.text)
        findings = self._with_others(case, self._findings(case, levels))
        if direction == "outgoing" and turns:
            known = {finding.category for finding in findings}
            split = self._over_turns(case, turns)
            findings += [finding for finding in split if finding.category not in known]
        return sorted(findings, key=lambda f: (f.start, SEVERITIES.index(f.severity), f.rule))

    def prepare(self, texts: Sequence[str]) -> None:
        """Embeds `texts` in one batch, so that checking each of them is quick."""
        if self._judge is not None:
            self._judge.prepare([judged for text in texts for judged in self.embeds(text)])

    def embeds(self, text: str) -> list[str]:
        """What checking `text` will embed, so that a caller can embed it along with other texts."""
        return self._judge.embeds(levels_of(text[:_MAX_TEXT])) if self._judge is not None else []

    def hits(self, levels: Sequence[Folded], direction: Direction) -> list[Hit]:
        """Where rules hit, whatever the severity; what the judge is told."""
        return self._matcher.hits(levels, direction)

    def _findings(self, case: _Case, levels: Sequence[Folded]) -> list[Finding]:
        hits = self._matcher.hits(levels, case.direction, case.platform)
        findings: list[Finding] = []
        silent: set[str] = set()
        levels = _to_judge(case, levels, hits)
        judgements: Mapping[str, Judgement] = {}
        if self._judge is not None and levels:
            judgements = self._judge.judgements(levels, hits, case.direction)
        for hit in hits:
            backing = self._backing(hit, judgements, case)
            if backing == "none":
                continue
            severity = _severity(hit, case)
            if severity is None:
                silent.add(hit.rule.category)
            else:
                severity = "low" if backing == "weak" else severity
                findings.append(self._finding(hit, severity, case))
        findings = _one_a_category(findings)
        silent.update(finding.category for finding in findings)
        return findings + self._judged(case, levels, judgements, silent)

    def _with_others(self, case: _Case, findings: list[Finding]) -> list[Finding]:
        """`findings`, and what else is wrong in the clauses that none of their warnings touches.

        The judge shares a window's probability among categories, so the graver of two offences
        hides the other. Only a text that is warned of is read by its other clauses as well, and
        what they say is no more than medium: a clause without its text says less.
        """
        warned = [finding for finding in findings if finding.severity in _WARNS]
        if case.draft or not warned:
            return findings
        others: dict[str, Finding] = {}
        for start, end in _untouched(case.text, warned):
            part = replace(case, text=case.text[start:end])
            for finding in self._findings(part, levels_of(part.text)):
                if finding.severity in _WARNS:
                    first, last = finding.start + start, finding.end + start
                    other = replace(finding, severity="medium", start=first, end=last)
                    others.setdefault(finding.category, other)
        known = {finding.category for finding in warned}
        new = [other for category, other in others.items() if category not in known]
        named = {finding.category for finding in new}
        return [finding for finding in findings if finding.category not in named] + new

    def _backing(self, hit: Hit, judgements: Mapping[str, Judgement], case: _Case) -> Backing:
        """How far a rule that hit counts: on its own, or as far as the judge backs it.

        A promise is held against the shop's facts; where no shop is known, the judge is asked. Of a
        text being typed a rule that is written wide is no more than a hint.
        """
        rule = hit.rule
        if rule.own_links and only_own_links(case.text, case.platform):
            return "none"
        judgement = judgements.get(rule.category)
        probability = judgement.probability if judgement else None
        if case.draft and not settled(case.text, hit, probability):
            return "none"
        decides = rule.strength == "decides" and (rule.fact is None or case.shop is not None)
        if self._judge is None or probability is None:
            return "weak" if rule.strength == "supports" else "full"
        kind = "with_support" if rule.strength == "supports" else "with_rule"
        if decides or probability >= self._judge.parameters.threshold(rule.category, kind):
            typed_wide = case.draft and rule.strength == "supports"
            return "weak" if typed_wide else "full"
        return "weak" if probability >= _SUSPECT_WITH_RULE else "none"

    def _judged(
        self,
        case: _Case,
        levels: Sequence[Folded],
        judgements: Mapping[str, Judgement],
        silent: Collection[str],
    ) -> list[Finding]:
        """What the judge alone sees, in categories that no rule has settled."""
        findings: list[Finding] = []
        if self._judge is None or not judgements:
            return findings
        folded = levels[-1]
        likeliest = max(judgements, key=lambda code: judgements[code].probability, default="")
        for category, judgement in judgements.items():
            rule = self.ruleset.judged.get(category)
            hint = self._judge.parameters.threshold(category, "hint")
            if rule is None or category in silent or judgement.probability < hint:
                continue
            first, last = judgement.window
            part = folded.text[first:last]
            written = case.text[slice(*folded.span(first, last))]
            likest = self._judge.nearest_examples(part, category, _LIKEST)
            like = likest[0] if likest else Like()
            suspicion = Suspicion(
                category,
                judgement.probability,
                judgement.any_probability,
                likeliest=category == likeliest,
                likeness=like.likeness,
                hidden=hides_words(written, levels_of(written)),
                brief=is_brief(part),
                draft=case.draft,
            )
            severity = loudness(suspicion, self._judge.parameters)
            if severity is None or self._pardons.cover(part, category, self._judge):
                continue
            if rule.severity == "low":
                severity = "low"
            start, end = telling_clause(part, self._judge.telling(part, category))
            shown = folded.span(first + start, first + end)
            open_words = levels[0].read(*shown)
            hit = Hit(rule, *shown, part[start:end], disguised=open_words != part[start:end])
            kind = self._kindred.of_kind(rule, [other.text for other in likest])
            found = self._finding(hit, severity, case)
            findings.append(
                replace(found, like=like.text, message=kind.message, rewrite=kind.rewrite)
            )
        return findings

    def _finding(self, hit: Hit, severity: Severity, case: _Case) -> Finding:
        rule = hit.rule
        return Finding(
            category=rule.category,
            severity=severity,
            start=hit.start,
            end=hit.end,
            matched=case.text[hit.start : hit.end],
            rule=rule.id,
            clause=self.ruleset.clause_shown(rule, case.platform),
            message=rule.message,
            rewrite=rule.rewrite,
            disguised=hit.disguised,
            rule_version=rule.version,
        )

    def _over_turns(self, case: _Case, turns: Sequence[Turn]) -> list[Finding]:
        """What only shows when the text is read on from the agent's last messages."""
        earlier: list[str] = []
        for turn in reversed(turns):
            if turn.sender != "agent" or len(earlier) == _JOINED_TURNS - 1:
                break
            earlier.insert(0, turn.text)
        lead = "".join(earlier)
        if not lead:
            return []
        joined = _Case(lead + case.text, "outgoing", case.platform, case.shop, case.today)
        findings = []
        for hit in self._matcher.hits(levels_of(joined.text), "outgoing", case.platform):
            if hit.end <= len(lead) or hit.start >= len(lead):
                continue
            if case.draft and not settled(joined.text, hit, None):
                continue
            severity = _severity(hit, joined)
            if severity is not None:
                cut = Hit(hit.rule, 0, hit.end - len(lead), hit.folded, disguised=True)
                findings.append(self._finding(cut, severity, case))
        return _one_a_category(findings)


def _to_judge(case: _Case, levels: Sequence[Folded], hits: Sequence[Hit]) -> Sequence[Folded]:
    """What the judge reads: of a draft what is finished, all of it where a rule hit behind that.

    Whatever is typed meanwhile would be embedded sign by sign, to be told a hint at most. Empty
    where there is nothing to read.
    """
    if not case.draft:
        return levels
    if half_typed(case.text):
        return ()
    part = finished_part(case.text)
    if any(hit.end > len(part) for hit in hits):
        return levels
    return levels_of(part) if part.strip() else ()


def _untouched(text: str, findings: Sequence[Finding]) -> list[tuple[int, int]]:
    """[start, end) of the runs of clauses in which no finding lies, none with only a few signs."""
    runs: list[tuple[int, int]] = []
    for start, end in clauses(text):
        if any(finding.start < end and start < finding.end for finding in findings):
            runs.append((end, end))
        elif runs:
            runs[-1] = runs[-1][0] if runs[-1][0] < runs[-1][1] else start, end
        else:
            runs.append((start, end))
    return [(start, end) for start, end in runs if not is_brief(text[start:end])]


def _severity(hit: Hit, case: _Case) -> Severity | None:
    """The rule's severity, or what the shop's facts make of it; None is silence."""
    condition = hit.rule.fact
    if condition is None:
        return hit.rule.severity
    # What a product is stands on its page; without a fact there is nothing to hold it against.
    about_product = hit.rule.category == "product_fact_mismatch"
    if case.shop is None:
        return None if about_product else hit.rule.severity
    now = datetime.combine(case.today, time(12)) if case.today else case.shop.local_now()
    first, last = clause_bounds(case.text, hit.start, hit.end)
    outcome = verdict(condition, case.text[first:last], case.shop.facts, now, hit.folded)
    return None if about_product and outcome == "unknown" else _BY_FACT[outcome]


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
