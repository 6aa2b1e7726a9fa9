"""Figures of use per script, by day and agent. Pure functions over rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any


@dataclass
class Use:
    """Counts of one script over the window."""

    script_id: str
    shown: int = 0
    inserted: int = 0
    sent: int = 0
    edited: int = 0
    passed: int = 0
    by_day: dict[str, int] = field(default_factory=dict)
    by_agent: dict[str, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Times an agent took it: the larger of put into the box and sent."""
        return max(self.inserted, self.sent + self.edited)

    @property
    def passed_share(self) -> float:
        """Share of the times shown that led to nothing; 0 when never shown."""
        return self.passed / self.shown if self.shown else 0.0

    def series(self, days: Sequence[str]) -> list[int]:
        """Uses on the given days."""
        return [self.by_day.get(day, 0) for day in days]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the shoppers' messages: how many got something shown, how many of these were used."""

    messages: int
    shown: int
    used: int


def use_by_script(
    shown: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]]
) -> dict[str, Use]:
    """Use by script id, from the rows of `Usage.shown` and `Usage.events`."""
    found: dict[str, Use] = {}
    for row in shown:
        use = found.setdefault(row["script_id"], Use(row["script_id"]))
        use.shown += row["n"]
        use.passed += row["passed"]
    for row in events:
        use = found.setdefault(row["script_id"], Use(row["script_id"]))
        inserted, sent, edited = row["inserted"], row["sent"], row["edited"]
        use.inserted += inserted
        use.sent += sent
        use.edited += edited
        taken = max(inserted, sent + edited)
        use.by_day[row["day"]] = use.by_day.get(row["day"], 0) + taken
        use.by_agent[row["agent"]] = use.by_agent.get(row["agent"], 0) + taken
    return found


def coverage(messages: Iterable[Mapping[str, Any]]) -> Coverage:
    """Coverage of the rows of `Usage.messages`."""
    rows = list(messages)
    return Coverage(
        len(rows), sum(bool(r["shown"]) for r in rows), sum(bool(r["used"]) for r in rows)
    )


def days_until(today: date, count: int) -> list[str]:
    """The last `count` days as YYYY-MM-DD, oldest first."""
    return [(today - timedelta(days=n)).isoformat() for n in reversed(range(count))]


def falling(use: Use, days: Sequence[str], least: int = 6) -> bool:
    """Whether use halved between the first and second half of `days`."""
    series = use.series(days)
    half = len(series) // 2
    before, after = sum(series[:half]), sum(series[half:])
    return before >= least and after * 2 <= before
