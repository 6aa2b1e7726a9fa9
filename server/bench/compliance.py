"""How much the checker finds and how often it shouts, on lines it never learned from.

`knowledge/compliance/heldout*.jsonl` and `ordinary_agent*.txt` were written apart from everything
the judge and the rules were made with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from server.base.config import rules_folder
from server.bench.report import Report, Row
from server.compliance.assembly import checker_of
from server.compliance.checker import Checker
from server.compliance.rule_files import load_rules
from server.fit.compliance_data import Line, labelled
from server.indexing.models import load_encoder

KNOWLEDGE = Path("knowledge") / "compliance"
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
    rows = [*quality(checker, lines)]
    agents = [
        text for path in sorted(KNOWLEDGE.glob("ordinary_agent*.txt")) for text in _texts(path)
    ]
    checker.prepare(agents)
    alarmed = sum(
        _alarm(checker, Line(text, "none", "normal", "plain", "outgoing", "")) for text in agents
    )
    rows.append(_share("false alarms, ordinary agent lines", alarmed, len(agents)))
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


def quality(checker: Checker, lines: Sequence[Line]) -> Iterator[Row]:
    """Recall of the right category by style and category; high or medium warnings on fine lines."""
    violating = [line for line in lines if line.label == "violating"]
    found = {id(line): line.category in _categories(checker, line) for line in violating}
    for name, styles in _STYLES.items():
        kind = [line for line in violating if line.style in styles]
        yield _share(f"recall, {name}", sum(found[id(line)] for line in kind), len(kind))
    for label, name in (("near_miss", "near misses"), ("normal", "ordinary lines")):
        kind = [line for line in lines if line.label == label]
        yield _share(
            f"false alarms, {name}", sum(_alarm(checker, line) for line in kind), len(kind)
        )
    for category in sorted({line.category for line in violating}):
        kind = [line for line in violating if line.category == category]
        yield _share(f"recall, {category}", sum(found[id(line)] for line in kind), len(kind))


def _categories(checker: Checker, line: Line) -> set[str]:
    return {finding.category for finding in checker.check(line.text, direction=line.direction)}


def _alarm(checker: Checker, line: Line) -> bool:
    findings = checker.check(line.text, direction=line.direction)
    return any(finding.severity != "low" for finding in findings)


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
