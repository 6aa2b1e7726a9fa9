"""Use: shown, inserted, edited, sent, passed over; never used, falling, stale; coverage."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from server.curation.use import Use, coverage, days_until, falling, use_by_script
from server.library import Shop
from server.lint.remarks import REMARKS
from server.web import entries
from server.web.lead.common import Console, page, script_or_404, show
from server.web.lead.gaps import DAYS, since, window
from server.web.lead.scripts import PAGE_SIZE

VIEWS = ("all", "never", "falling", "stale", "passed")


def add(lead: Blueprint, console: Console) -> None:
    """The use page's routes."""

    @lead.get("/<shop>/use")
    @page(console)
    def use(shop: Shop) -> Any:
        days = window()
        names = days_until(shop.local_now().date(), days)
        found = uses(console, shop, days)
        view = request.args.get("view", "all")
        rows = [(s, found.get(s.id, Use(s.id))) for s in shop.scripts]
        now = shop.local_now()
        kept = [
            (s, u)
            for s, u in rows
            if {
                "never": not u.used,
                "falling": falling(u, names),
                "stale": bool(list(REMARKS["N206"](s, shop, now))),
                "passed": u.shown >= 5 and u.passed_share >= 0.8,
            }.get(view, True)
        ]
        kept.sort(key=lambda row: (-row[1].used, -row[1].shown, row[0].id))
        number = max(1, entries.number("page", 1))
        covered = coverage([dict(r) for r in console.usage.messages(shop.id, since(days), 100_000)])
        return show(
            "use.html",
            "use",
            rows=kept[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            found=len(kept),
            pages=max(1, -(-len(kept) // PAGE_SIZE)),
            number=number,
            view=view if view in VIEWS else "all",
            views=VIEWS,
            names=names,
            days=days,
            all_days=DAYS,
            covered=covered,
            total=_total(found, names),
        )

    @lead.get("/<shop>/use/<script_id>")
    @page(console)
    def script_use(shop: Shop, script_id: str) -> Any:
        script = script_or_404(shop, script_id)
        days = window()
        names = days_until(shop.local_now().date(), days)
        one = uses(console, shop, days).get(script_id, Use(script_id))
        return show(
            "script_use.html", "use", script=script, use=one, names=names, days=days, all_days=DAYS
        )


def uses(console: Console, shop: Shop, days: int) -> dict[str, Use]:
    """Use by script over the last days."""
    start = since(days)
    shown = [dict(row) for row in console.usage.shown(shop.id, start)]
    events = [dict(row) for row in console.usage.events(shop.id, start)]
    return use_by_script(shown, events, shop.zone)


def _total(found: dict[str, Use], names: list[str]) -> dict[str, Any]:
    values = list(found.values())
    series = [sum(u.by_day.get(day, 0) for u in values) for day in names]
    agents: dict[str, int] = {}
    for one in values:
        for agent, n in one.by_agent.items():
            agents[agent] = agents.get(agent, 0) + n
    return {
        "shown": sum(u.shown for u in values),
        "used": sum(u.used for u in values),
        "sent": sum(u.sent for u in values),
        "edited": sum(u.edited for u in values),
        "passed": sum(u.passed for u in values),
        "series": series,
        "agents": sorted(agents.items(), key=lambda pair: -pair[1]),
    }
