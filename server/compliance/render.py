"""Findings as text for a terminal: the line, the stretch underlined, clause and rewrite."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from server.compliance.findings import CATEGORIES, Finding

_SHOWN = {"high": "高", "medium": "中", "low": "低"}


def rendered(number: int, text: str, findings: Sequence[Finding]) -> str:
    """The lines to print for one checked text; '' when there is nothing to say."""
    if not findings:
        return ""
    shown = _printable(text)
    lines = [f"{number}: {shown}"]
    margin = " " * (len(str(number)) + 2)
    for finding in findings:
        before = width(shown[: finding.start])
        marked = max(1, width(shown[finding.start : finding.end]))
        lines.append(margin + " " * before + "^" * marked)
        lines.append(f"{margin}{_heading(finding)}")
        if finding.rewrite:
            lines.append(f"{margin}改写：{finding.rewrite}")
    return "\n".join(lines)


def _heading(finding: Finding) -> str:
    name = CATEGORIES.get(finding.category, finding.category)
    parts = [f"[{_SHOWN[finding.severity]}] {name} {finding.category}", finding.told]
    if finding.clause:
        parts.append(finding.clause)
    if finding.disguised:
        parts.append("变体写法")
    return " · ".join([*parts, finding.rule])


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: wide signs two, marks and invisible signs none."""
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def _printable(text: str) -> str:
    """Control signs as spaces, so that nothing moves the cursor and offsets stay."""
    return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
