"""A day of a shop in a few lines: what agents did, what stands out against the week before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_PRAISE = re.compile(
    r"(服务|态度|客服|回复)(真的?|很|太|非常|特别|挺|超)(好|棒|快|周到|热情|耐心|专业)|"
    r"(服务|态度|客服).{0,3}不错|好评|点赞|给力|贴心|"
    r"(很|非常|特别|挺|太|超级?)(满意|感谢|耐心|专业|靠谱)|"
    r"(谢谢|感谢)(你|您|客服|小姐姐|小哥哥)?(的)?(耐心|帮忙|帮助)"
)
_NO_PRAISE = re.compile(r"[没别无吗么返差]|不(?!错)|才|要是|如果|否则|红包|多少|怎么")
_CLAUSE = re.compile(r"[，。！？；,.!?;\n]+")
_MOST_THINGS: Final = 3
# What few talks say is chance; a share of a week's mean below this is the usual up and down.
_LEAST: Final = 3
_CHANGED: Final = 1.5


def is_praise(text: str) -> bool:
    """Whether a shopper praises: said plainly, not asked, refused, or offered for something."""
    return any(
        _PRAISE.search(clause) and not _NO_PRAISE.search(clause) for clause in _CLAUSE.split(text)
    )


@dataclass(slots=True)
class AgentDay:
    """What one agent did on one day. Lists hold conversations (row ids), the newest last.

    `problems`: what shoppers' words were warned of, by category. `unmet`: messages for which no
    script was shown. `turnover` is in yuan.
    """

    agent: str
    talks: set[int] = field(default_factory=set)
    shoppers: set[str] = field(default_factory=set)
    messages: int = 0
    problems: dict[str, list[int]] = field(default_factory=dict)
    violations: list[int] = field(default_factory=list)
    unmet: list[tuple[int, str]] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    praise: list[tuple[int, str]] = field(default_factory=list)
    topics: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to look at: what it is about, the day's number, and the mean of the days before."""

    kind: str
    about: str
    n: int
    usual: float
    talks: tuple[int, ...]


def team(days: Iterable[AgentDay]) -> AgentDay:
    """All agents as one."""
    whole = AgentDay("")
    for day in days:
        whole.talks |= day.talks
        whole.shoppers |= day.shoppers
        whole.messages += day.messages
        whole.violations += day.violations
        whole.unmet += day.unmet
        whole.wanted += day.wanted
        whole.praise += day.praise
        for name, talks in day.problems.items():
            whole.problems.setdefault(name, []).extend(talks)
        for name, n in day.topics.items():
            whole.topics[name] = whole.topics.get(name, 0) + n
    return whole


def things(today: AgentDay, week: Sequence[AgentDay], missed: Sequence[int] = ()) -> list[Thing]:
    """At most three things that stand out, the most unusual first.

    `week` are the days before, of the whole team; `missed` the talks whose promise is overdue. A
    number counts when it is at least three and half above the mean of the week's days; overdue
    promises always do.
    """
    found = [Thing("missed", "", len(missed), 0.0, tuple(missed))] if missed else []
    numbers: list[tuple[str, str, Sequence[int], float]] = [
        ("problem", name, talks, _mean(len(day.problems.get(name, ())) for day in week))
        for name, talks in today.problems.items()
    ]
    numbers.append(("violations", "", today.violations, _mean(len(day.violations) for day in week)))
    unmet = [talk for talk, _ in today.unmet]
    numbers.append(("unmet", "", unmet, _mean(len(day.unmet) for day in week)))
    unusual = [
        Thing(kind, about, len(talks), usual, tuple(dict.fromkeys(talks)))
        for kind, about, talks, usual in numbers
        if len(talks) >= max(_LEAST, usual * _CHANGED)
    ]
    unusual.sort(key=lambda one: (-one.n / (one.usual + 1), one.kind, one.about))
    return (found + unusual)[:_MOST_THINGS]


def _mean(numbers: Iterable[int]) -> float:
    values = list(numbers)
    return sum(values) / len(values) if values else 0.0


def change(now: float, before: float) -> float | None:
    """`now` against `before` as a share (.25 is a quarter more); None from nothing."""
    return now / before - 1 if before else None


def by_number(counts: Mapping[str, int], most: int = 6) -> list[tuple[str, int]]:
    """The largest first."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
