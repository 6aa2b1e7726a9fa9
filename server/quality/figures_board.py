"""The figures of a span, put together once for the page, the report and the spreadsheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from server.metrics.adoption import Adoption, adoption
from server.metrics.clock import elapsed_share, local, month_days, month_of
from server.metrics.money import AgentResult, Risk, money_at_risk, satisfaction
from server.metrics.reply_rate import (
    Forecast,
    Formula,
    ReplyRate,
    forecast,
    formulas,
    formulas_of,
    misses_left,
    to_regain,
)
from server.metrics.spread import Spread, bars, spread
from server.store.quality.cells import By
from server.store.quality.figures import Scope, Sheet
from server.store.quality.stores import Quality

SATISFACTION_TARGET = 80
"""Percent, 快手小店商家客户服务管理规则 3.3."""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one agent, platform, day, month or shop."""

    name: str
    sessions: int
    shopper_messages: int
    agent_messages: int
    first: Spread
    all: Spread
    rate: ReplyRate
    satisfaction: float | None
    adoption: Adoption
    result: AgentResult | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A shop on a platform, month to date: where it stands against the platform's targets."""

    shop: str
    platform: str
    month: str
    formula: Formula
    rate: ReplyRate
    left: int | None
    regain: int
    forecast: Forecast | None
    satisfaction: float | None
    ratings: int
    shoppers: int
    turnover: Decimal | None
    risk: Risk | None
    others: Sequence[tuple[Formula, ReplyRate]]
    """The platform's further formulas."""

    @property
    def lost(self) -> bool:
        """Whether the reply rate is below its target now."""
        return self.left is not None and self.left < 0

    @property
    def displeased(self) -> bool:
        """Whether satisfaction is below its target now."""
        return self.satisfaction is not None and self.satisfaction * 100 < SATISFACTION_TARGET


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that is shown about a span."""

    scope: Scope
    total: Row
    agents: Sequence[Row]
    platforms: Sequence[Row]
    days: Sequence[Row]
    months: Sequence[Row]
    standings: Sequence[Standing]
    bars: Sequence[tuple[str, int]]
    hours: Sequence[tuple[int, int, int, int]]
    agent_days: Sequence[tuple[str, str, Spread]]


def board(quality: Quality, scope: Scope, shops: Sequence[str], now: datetime) -> Board:
    """The board of a scope; `shops` are those whose standing is told when the scope names none."""
    sheet = quality.figures.sheet(scope)
    platforms = _rows(sheet, "platform", {})
    total = _rows(sheet, "", {}) or [_empty()]
    pairs = [
        (shop, platform)
        for shop, platform in sheet.pairs()
        if platform and (shop == scope.shop or (not scope.shop and shop in shops))
    ]
    return Board(
        scope=scope,
        total=total[0],
        agents=_rows(sheet, "agent", quality.figures.results(scope)),
        platforms=platforms,
        days=_rows(sheet, "day", {}),
        months=_rows(sheet, "month", {}),
        standings=standings(quality, pairs, scope, now),
        bars=bars(sheet.waits().get("", {})),
        hours=_by_weekday(sheet.hours()),
        agent_days=[
            (agent, day, spread(counts)) for (agent, day), counts in sheet.agent_days().items()
        ],
    )


def rows(quality: Quality, scope: Scope, by: By) -> list[Row]:
    """One row a group, by name."""
    return _rows(quality.figures.sheet(scope), by, {})


def _rows(sheet: Sheet, by: By, results: Mapping[str, AgentResult]) -> list[Row]:
    counts = sheet.counts(by)
    waits, firsts = sheet.waits(by), sheet.waits(by, first=True)
    rates: dict[str, ReplyRate] = defaultdict(lambda: ReplyRate(0, 0))
    for groups in sheet.reply_rates(by).values():
        for name, rate in groups.items():
            rates[name] = ReplyRate(rates[name].n + rate.n, rates[name].missed + rate.missed)
    ratings = sheet.ratings(by)
    return [
        _row(
            name, counts[name], waits, firsts, rates[name], ratings.get(name, {}),
            results.get(name),
        )
        for name in sorted(counts)
    ]  # fmt: skip


def _row(
    name: str,
    counts: Mapping[str, int],
    waits: Mapping[str, Mapping[int, int]],
    firsts: Mapping[str, Mapping[int, int]],
    rate: ReplyRate,
    ratings: Mapping[str, int],
    result: AgentResult | None,
) -> Row:
    return Row(
        name=name,
        sessions=counts.get("sessions", 0),
        shopper_messages=counts.get("shopper_messages", 0),
        agent_messages=counts.get("agent_messages", 0),
        first=spread(firsts.get(name, {})),
        all=spread(waits.get(name, {})),
        rate=rate,
        satisfaction=_satisfied(ratings),
        adoption=adoption(counts),
        result=result,
    )


def _empty() -> Row:
    return _row("", {}, {}, {}, ReplyRate(0, 0), {}, None)


def _satisfied(ratings: Mapping[str, int]) -> float | None:
    return satisfaction(*(ratings.get(n, 0) for n in ("satisfied", "neutral", "disappointed")))


def standings(
    quality: Quality, pairs: Sequence[tuple[str, str]], scope: Scope, now: datetime
) -> list[Standing]:
    """Where shops stand on platforms in the month that the scope ends in."""
    month = month_of(scope.last)
    whole = Scope(*month_days(month), scope.shop, scope.platform)
    sheet = quality.figures.sheet(whole)
    shoppers, ratings = sheet.shoppers("pair"), sheet.ratings("pair")

    def rate(pair: tuple[str, str], formula: Formula) -> ReplyRate:
        return rates[formula.id].get(pair[1], {}).get(pair, ReplyRate(0, 0))

    rates = {formula.id: sheet.reply_rates("pair", formula.id) for formula in formulas()}
    return [
        _standing(
            quality,
            replace(whole, shop=pair[0], platform=pair[1]),
            now,
            [(formula, rate(pair, formula)) for formula in formulas_of(pair[1])],
            shoppers.get(pair, 0),
            ratings.get(pair, {}),
        )
        for pair in pairs
    ]


def _standing(
    quality: Quality,
    month: Scope,
    now: datetime,
    rates: Sequence[tuple[Formula, ReplyRate]],
    shoppers: int,
    ratings: Mapping[str, int],
) -> Standing:
    shop, platform, zone = month.shop, month.platform, quality.zone_of(month.shop)
    (formula, rate), *others = rates
    turnover = _turnover(quality, month)
    target = formula.target_percent
    opened = quality.settings.get(shop, "opened_on")
    today = local(now, zone)[0]
    open_days = (date.fromisoformat(today) - date.fromisoformat(opened)).days if opened else None
    name = month_of(month.first)
    return Standing(
        shop=shop,
        platform=platform,
        month=name,
        formula=formula,
        rate=rate,
        left=misses_left(rate, target) if target else None,
        regain=to_regain(rate, target) if target else 0,
        forecast=forecast(rate, elapsed_share(name, now, zone), target),
        satisfaction=_satisfied(ratings),
        ratings=sum(ratings.values()),
        shoppers=shoppers,
        turnover=turnover,
        risk=money_at_risk(open_days, shoppers, turnover) if platform == "kuaishou" else None,
        others=others,
    )


def _turnover(quality: Quality, scope: Scope) -> Decimal | None:
    """The month's turnover as the lead typed it, else the sum of imported orders."""
    typed = quality.settings.turnover(scope.shop, month_of(scope.first))
    return quality.figures.turnover(scope) if typed is None else typed


def _by_weekday(hours: Sequence[tuple[str, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Weekday (0 is Monday), hour, messages, late ones."""
    found: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for day, hour, n, late in hours:
        cell = found[date.fromisoformat(day).weekday(), hour]
        cell[0] += n
        cell[1] += late
    return [(weekday, hour, n, late) for (weekday, hour), (n, late) in sorted(found.items())]
