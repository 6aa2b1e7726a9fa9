"""The figures with their plots, and what each figure means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request

from server.metrics.definitions import definitions
from server.metrics.money import CLAUSE
from server.metrics.reply_rate import formulas
from server.quality.exports import COLUMNS
from server.quality.figures_board import SATISFACTION_TARGET, Board, Row, board
from server.store.quality.figures import Scope
from server.web.access import require
from server.web.qa.console import REVIEWERS, Console, percent, platform_name, seconds
from server.web.texts import language, t


def add_figures(qa: Blueprint, console: Console) -> None:
    """Routes."""

    def scope() -> Scope:
        first, last = console.span()
        arguments = request.args
        return Scope(
            first, last, console.shop(), arguments.get("platform", ""), arguments.get("agent", "")
        )

    @qa.get("/qa/figures")
    @require(*REVIEWERS)
    def figures() -> Any:
        fresh = console.refresh()
        chosen = scope()
        made = board(
            console.quality, chosen, [key for key, _ in console.shops()], datetime.now(UTC)
        )
        return console.page(
            "figures.html",
            "figures",
            board=made,
            scope=chosen,
            fresh=fresh,
            names=console.quality.lookups.names(chosen.shop),
            plots=plots(made),
            by=request.args.get("by", "agent"),
            clause=CLAUSE,
            target=SATISFACTION_TARGET,
            columns=COLUMNS,
            cell=cell,
        )

    @qa.get("/qa/figures/definitions")
    @require("agent", *REVIEWERS)
    def figure_definitions() -> Any:
        return console.page(
            "definitions.html",
            "figures",
            definitions=definitions(language()),
            formulas=formulas(),
        )


def cell(value: Any, kind: str) -> str:
    """A figure as people read it."""
    if kind == "share":
        return percent(value)
    if kind == "seconds":
        return seconds(value)
    return "–" if value is None else f"{value:,}"


def plots(made: Board) -> dict[str, Any]:
    """The plots' data; names of columns are read by figures.js."""
    return {
        "days": [_day(row) for row in made.days],
        "bars": [{"span": span, "n": n} for span, n in made.bars],
        "hours": [
            {"weekday": weekday, "hour": hour, "n": n, "late": late / n if n else 0}
            for weekday, hour, n, late in made.hours
        ],
        "agents": [
            {"agent": agent, "day": day, "median": waits.median_s, "n": waits.n}
            for agent, day, waits in made.agent_days
        ],
        "funnel": list(_funnel(made.total)),
        "targets": [
            {"target": s.formula.target_percent / 100, "name": platform_name(s.platform)}
            for s in made.standings
            if s.formula.target_percent
        ][:1],
        "words": {key: t(f"qa.plot_{key}") for key in _WORDS},
    }


_WORDS = (
    "median", "p90", "within", "rate", "messages", "late", "hour", "seconds", "target", "replies",
    "unanswered", "weekdays",
)  # fmt: skip


def _day(row: Row) -> dict[str, Any]:
    return {
        "day": row.name,
        "median": row.all.median_s,
        "p90": row.all.p90_s,
        "first": row.first.median_s,
        "rate": row.rate.rate,
        "within": row.all.within[20],
        "n": row.shopper_messages,
        "adopted": row.adoption.adopted_share,
        "coverage": row.adoption.coverage,
    }


def _funnel(row: Row) -> Iterable[dict[str, Any]]:
    a = row.adoption
    steps = (
        ("shopper_messages", a.shopper_messages), ("shown", a.shown), ("inserted", a.inserted),
        ("adopted", a.as_is + a.edited), ("as_is", a.as_is),
    )  # fmt: skip
    return ({"step": t(f"qa.step_{name}"), "n": n} for name, n in steps)
