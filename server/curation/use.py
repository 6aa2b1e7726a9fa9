"""Figures of use per script, by day and agent. Pure functions over rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.metrics.clock import local_day


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
    shown: Iterable[Mapping[str, Any]], events: Iterable[Mapping[str, Any]], zone: ZoneInfo
) -> dict[str, Use]:
    """Use by script id, from the rows of `Usage.shown` and `Usage.events`; days are the zone's."""
    found: dict[str, Use] = {}
    for row in shown:
        use = found.setdefault(row["script_id"], Use(row["script_id"]))
        use.shown += row["n"]
        use.passed += row["passed"]
    for (script_id, day, agent), (inserted, sent) in _by_day(events, found, zone).items():
        use, taken = found[script_id], max(inserted, sent)
        use.by_day[day] = use.by_day.get(day, 0) + taken
        use.by_agent[agent] = use.by_agent.get(agent, 0) + taken
    return found


def _by_day(
    events: Iterable[Mapping[str, Any]], found: dict[str, Use], zone: ZoneInfo
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Times put into the box and times sent, by script, local day and agent; adds to the uses.

    A reply is put into the box in one minute and sent in the next: only the day's sums compare.
    """
    sums: dict[tuple[str, str, str], tuple[int, int]] = {}
    for row in events:
        use = found.setdefault(row["script_id"], Use(row["script_id"]))
        use.inserted += row["inserted"]
        use.sent += row["sent"]
        use.edited += row["edited"]
        key = (row["script_id"], local_day(row["at"], zone), row["agent"])
        inserted, sent = sums.get(key, (0, 0))
        sums[key] = (inserted + row["inserted"], sent + row["sent"] + row["edited"])
    return sums


def coverage(messages: Iterable[Mapping[str, Any]]) -> Coverage:
    """Coverage of the rows of `Usage.messages`."""
    rows = list(messages)
    return Coverage(
        len(rows), sum(bool(r["shown"]) for r in rows), sum(bool(r["used"]) for r in rows)
    )


@dataclass(frozen=True, slots=True)
class WouldShow:
    """What a threshold would have shown: of `messages` with suggestions, of those `used`."""

    limit: float
    shown: int
    messages: int
    used_shown: int
    used: int


def would_show(held: Sequence[tuple[float, bool]], limits: Sequence[float]) -> list[WouldShow]:
    """For each threshold what it would have shown of (confidence, whether used) messages."""
    used = [confidence for confidence, was_used in held if was_used]
    return [
        WouldShow(
            limit,
            sum(confidence >= limit for confidence, _ in held),
            len(held),
            sum(confidence >= limit for confidence in used),
            len(used),
        )
        for limit in limits
    ]


def days_until(today: date, count: int) -> list[str]:
    """The last `count` days as YYYY-MM-DD, oldest first."""
    return [(today - timedelta(days=n)).isoformat() for n in reversed(range(count))]


def falling(use: Use, days: Sequence[str], least: int = 6) -> bool:
    """Whether use halved between the first and second half of `days`."""
    series = use.series(days)
    half = len(series) // 2
    before, after = sum(series[:half]), sum(series[half:])
    return before >= least and after * 2 <= before
