"""How much the checker finds and how often it shouts, on lines it never learned from.

`knowledge/compliance/heldout*.jsonl` and `ordinary_agent*.txt` were written apart from everything
the judge and the rules were made with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.base.config import rules_folder
from server.bench.report import Report, Row
from server.compliance.assembly import checker_of
from server.compliance.checker import Checker
from server.compliance.rule_files import load_rules
from server.fit.compliance_data import Line, labelled
from server.indexing.models import load_encoder

KNOWLEDGE = Path("knowledge") / "compliance"
_WARNS = ("high", "medium")
_STYLES = {"plain": ("plain",), "disguised or indirect": ("disguised", "indirect")}
_DRAFT = (
    "您好，这款羽绒服的充绒量是180克，面料是锦纶，防泼水的，您身高165体重55公斤的话建议拍M码，"
    "喜欢宽松就L码，四点前付款的话当天能发出，一般两到三天到，具体以物流更新为准，有问题随时在这里找我。"
)
_ROUNDS = 200


def compliance() -> Report:
    """Recall and false alarms on held-out lines, and the time a draft of 100 characters takes."""
    library = Path("scripts_library")
    encoder = load_encoder()
    checker = checker_of(library, encoder)
    lines = list(labelled(sorted(KNOWLEDGE.glob("heldout*.jsonl"))))
    checker.prepare([line.text for line in lines])
    rows = [*quality(checker, lines), *_by_hand(checker)]
    agents = ordinary_agent_lines()
    checker.prepare([line.text for line in agents])
    told = [Told(line, _found(checker, line)) for line in agents]
    rows.append(
        _share("false alarms, ordinary agent lines", sum(e.alarmed for e in told), len(told))
    )
    rows.append(_share("hints, ordinary agent lines", sum(e.hinted for e in told), len(told)))
    rules_only = Checker(load_rules(rules_folder(library)))
    fresh = checker_of(library, encoder)
    rows += [
        *_times("100 characters, rules", rules_only, _typed_on),
        *_times("100 characters typed on, rules and judge", fresh, _typed_on),
        *_times("100 characters never seen, rules and judge", fresh, _never_seen),
    ]
    return Report(
        "compliance", f"{len(lines)} held-out lines, {len(agents)} agent lines", tuple(rows)
    )


def ordinary_agent_lines() -> list[Line]:
    """What agents write all day, nothing wrong with it."""
    return [
        Line(text, "none", "normal", "plain", "outgoing", "")
        for path in sorted(KNOWLEDGE.glob("ordinary_agent*.txt"))
        for text in _texts(path)
    ]


@dataclass(frozen=True)
class Told:
    """A labelled line and the severities that were found for it, by category."""

    line: Line
    found: dict[str, str]

    @property
    def hit(self) -> bool:
        """Whether its own category was found."""
        return self.line.category in self.found

    @property
    def warned(self) -> bool:
        """Whether its own category was found at high or medium."""
        return self.found.get(self.line.category) in _WARNS

    @property
    def alarmed(self) -> bool:
        """Whether anything at all was found at high or medium."""
        return any(severity in _WARNS for severity in self.found.values())

    @property
    def hinted(self) -> bool:
        """Whether hints were found and nothing more."""
        return bool(self.found) and not self.alarmed


def quality(checker: Checker, lines: Sequence[Line]) -> Iterator[Row]:
    """Recall of the right category by style, side and category; what is said of fine lines.

    A probe is a hint by its nature, so recall at high or medium leaves probes out.
    """
    told = [Told(line, _found(checker, line)) for line in lines]
    violating = [each for each in told if each.line.label == "violating"]
    for name, styles in _STYLES.items():
        kind = [each for each in violating if each.line.style in styles]
        yield _share(f"recall, {name}", sum(each.hit for each in kind), len(kind))
        grave = [each for each in kind if each.line.category != "probe"]
        yield _share(f"recall at high or medium, {name}", _warned(grave), len(grave))
    for label, name in (("near_miss", "near misses"), ("normal", "ordinary lines")):
        for side in ("outgoing", "incoming"):
            kind = [e for e in told if e.line.label == label and e.line.direction == side]
            alarmed = sum(each.alarmed for each in kind)
            yield _share(f"false alarms, {name}, {side}", alarmed, len(kind))
            yield _share(f"hints, {name}, {side}", sum(e.hinted for e in kind), len(kind))
    for category in sorted({each.line.category for each in violating}):
        for name, styles in _STYLES.items():
            kind = [e for e in violating if e.line.category == category and e.line.style in styles]
            yield _share(f"recall, {category}, {name}", sum(e.hit for e in kind), len(kind))
            yield _share(f"recall at high or medium, {category}, {name}", _warned(kind), len(kind))


def _by_hand(checker: Checker) -> Iterator[Row]:
    """Recall on each held-out file alone: every file is of another hand."""
    for path in sorted(KNOWLEDGE.glob("heldout*.jsonl")):
        told = [Told(line, _found(checker, line)) for line in labelled([path])]
        for name, styles in _STYLES.items():
            kind = [e for e in told if e.line.label == "violating" and e.line.style in styles]
            yield _share(f"recall, {path.stem}, {name}", sum(e.hit for e in kind), len(kind))


def _warned(kind: Sequence[Told]) -> int:
    return sum(each.warned for each in kind)


def _found(checker: Checker, line: Line) -> dict[str, str]:
    findings = checker.check(line.text, direction=line.direction)
    return {finding.category: finding.severity for finding in reversed(findings)}


def _share(what: str, part: int, whole: int) -> Row:
    return Row(f"{what} (n={whole})", part / max(1, whole), "share")


def _typed_on(turn: int) -> str:
    """What an agent types: the end changes, the rest stands."""
    return f"{_DRAFT[:97]}{turn:03d}"


def _never_seen(turn: int) -> str:
    """What is pasted: no part of it was judged before."""
    return "".join(f"{turn:03d}{_DRAFT[start : start + 17]}" for start in range(0, 85, 17))


def _times(what: str, checker: Checker, draft: Callable[[int], str]) -> list[Row]:
    """Median and 95th percentile of checking one draft after the other."""
    times = []
    for turn in range(_ROUNDS):
        text = draft(turn)
        started = time.perf_counter()
        checker.check(text)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return [
        Row(f"{what}, p50", times[_ROUNDS // 2], "ms"),
        Row(f"{what}, p95", times[int(_ROUNDS * 0.95)], "ms"),
    ]


def _texts(path: Path) -> Iterable[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
