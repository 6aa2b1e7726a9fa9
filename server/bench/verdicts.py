"""What calling findings false alarms changes for a shop: a replay of held-out lines.

A month's fine lines are judged and every finding of the judge is called a false alarm. Then come
the same things said otherwise, fine lines that nobody called anything, and lines that do break a
rule: how much falls silent, and how much of that wrongly.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from server.base.config import rules_folder
from server.bench.compliance import KNOWLEDGE, ordinary_agent_lines
from server.bench.report import Report, Row
from server.compliance.checker import Checker
from server.compliance.findings import Finding
from server.compliance.judge import Judge
from server.compliance.rule_files import load_rules
from server.fit.compliance_data import Line, labelled
from server.indexing.models import load_encoder

_SPLITS = 5
_DRESSES: Final = (
    ("亲，", ""), ("您好，", ""), ("", "哦"), ("", "～"), ("", "哈"), ("亲亲，", "呢"),
    ("", "，麻烦您了"), ("嗯嗯，", ""),
)  # fmt: skip
"""What an agent puts before or behind the same sentence on another day."""


def verdicts() -> Report:
    """Findings of the judge before and after a month's verdicts, in five random halves."""
    rules = load_rules(rules_folder(Path("scripts_library")))
    judge = Judge(load_encoder())
    before = Checker(rules, judge)
    lines = [*labelled(sorted(KNOWLEDGE.glob("heldout*.jsonl"))), *ordinary_agent_lines()]
    before.prepare([line.text for line in lines])
    fine = [line for line in lines if line.label != "violating"]
    broken = [line for line in lines if line.label == "violating"]
    found = [(line, finding) for line in fine if (finding := _by_judge(before, line))]
    right = {id(line) for line in broken if _right(before, line)}
    counts = {"again": [0, 0], "other": [0, 0], "wrong": [0, 0]}
    for split in range(_SPLITS):
        chance = random.Random(split)  # noqa: S311 - no secret
        called = chance.sample(found, len(found) // 2)
        pardoned: dict[str, tuple[str, ...]] = {}
        for line, finding in called:
            pardoned[finding.category] = (*pardoned.get(finding.category, ()), line.text)
        after = Checker(replace(rules, pardoned=pardoned), judge)
        again = [_dressed(line, chance) for line, _ in called]
        known = {id(line) for line, _ in called}
        other = [line for line, _ in found if id(line) not in known]
        for name, kind in (("again", again), ("other", other)):
            alarming = [line for line in kind if _by_judge(before, line)]
            counts[name][0] += len(alarming)
            counts[name][1] += sum(_by_judge(after, line) is None for line in alarming)
        counts["wrong"][0] += len(right)
        counts["wrong"][1] += sum(id(line) in right and not _right(after, line) for line in broken)
    about = (
        f"{len(fine)} fine held-out lines, {len(found)} of them found by the judge alone; half of "
        f"these called false alarms, {_SPLITS} times; {len(right)} violating lines found"
    )
    return Report("verdicts", about, tuple(_rows(counts)))


def _rows(counts: dict[str, list[int]]) -> Iterator[Row]:
    names = {
        "again": "the same said otherwise: silent",
        "other": "other fine lines that were found: silent",
        "wrong": "violating lines that were found: wrongly silent",
    }
    for name, what in names.items():
        whole, silent = counts[name]
        yield Row(f"{what} (n={whole})", silent / max(1, whole), "share")


def _by_judge(checker: Checker, line: Line) -> Finding | None:
    """What the judge alone finds in a line."""
    judged = [
        finding
        for finding in checker.check(line.text, direction=line.direction)
        if finding.rule == f"judge.{finding.category}"
    ]
    return judged[0] if judged else None


def _right(checker: Checker, line: Line) -> bool:
    return any(
        finding.category == line.category
        for finding in checker.check(line.text, direction=line.direction)
    )


def _dressed(line: Line, chance: random.Random) -> Line:
    before, behind = chance.choice(_DRESSES)
    return replace(line, text=f"{before}{line.text}{behind}")
