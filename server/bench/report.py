"""What a benchmark says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `ratio` is its value against the row that it is compared with."""

    what: str
    value: float
    unit: str
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of one benchmark, with a sentence on what was done; `met`: its bar was kept."""

    name: str
    about: str
    rows: tuple[Row, ...]
    met: bool = True


def table(report: Report) -> str:
    """The report for people: one line a row."""
    lines = [f"## {report.name}", report.about]
    for row in report.rows:
        ratio = f"   x{row.ratio:.2f}" if row.ratio is not None else ""
        lines.append(f"  {row.what:<58} {row.value:>10.3f} {row.unit}{ratio}")
    return "\n".join(lines)
