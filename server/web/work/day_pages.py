"""A day: an agent's own log, which writes itself, and the team's for a lead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for

from server.base.errors import BangdaError, EntryError
from server.base.times import moment, utc_now, utc_text
from server.compliance.findings import CATEGORIES
from server.desk.english import CATEGORIES as ENGLISH
from server.library import Shop
from server.metrics.clock import day_bounds
from server.quality.exports import xlsx_bytes
from server.quality.figures_board import Row, rows
from server.store.quality.figures import Scope
from server.store.work.days import NOTE_LENGTH
from server.store.work.promises import Kept
from server.web import entries
from server.web.access import require
from server.web.notices import tell
from server.web.qa.report_pages import XLSX, attachment
from server.web.texts import language, t
from server.web.work.common import LEADS, ROLES, Room, say
from server.work.day import AgentDay, by_number, change, team, things

_WEEK = 7


def add(work: Blueprint, room: Room) -> None:
    """Routes."""

    @work.get("/day")
    @require(*ROLES)
    def day() -> Any:
        room.refresh()
        shop = room.chosen()
        chosen = _day(room, shop)
        agents = _agents(room, shop, chosen)
        promises = _promises(room, shop, chosen)
        mine = next((one for one in agents if one.agent == g.account.name), None)
        lead: dict[str, Any] = _team(room, shop, chosen, agents) if room.leads else {}
        return room.show(
            "day.html",
            "day",
            shop,
            day=chosen.isoformat(),
            earlier=(chosen - timedelta(days=1)).isoformat(),
            later=(chosen + timedelta(days=1)).isoformat(),
            today=room.today(shop.id),
            mine=mine,
            own=promises.get(g.account.name),
            orders=room.quality.figures.results(_scope(shop, chosen)),
            promises=promises,
            notes=room.work.days.notes(shop.id, chosen.isoformat()),
            by_number=by_number,
            category_name=_category,
            most=NOTE_LENGTH,
            **lead,
        )

    @work.post("/day")
    @require(*ROLES)
    def write_day() -> Any:
        shop = room.chosen()
        chosen, words = _day(room, shop), request.form.get("words", "")
        try:
            if len(words) > NOTE_LENGTH:
                raise EntryError(
                    f"it has {len(words)} characters, at most {NOTE_LENGTH} are possible",
                    "too_long", "words", found=len(words), most=NOTE_LENGTH,
                )  # fmt: skip
            room.work.days.write(shop.id, chosen.isoformat(), g.account.name, words)
            say("day_saved")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("work.day", shop=shop.id, day=chosen.isoformat()))

    @work.get("/day.xlsx")
    @require(*LEADS)
    def day_xlsx() -> Response:
        room.refresh()
        shop = room.chosen()
        chosen = _day(room, shop)
        room.note("export", shop.id, None, f"day {chosen} xlsx")
        return attachment(_xlsx(room, shop, chosen), XLSX, f"day-{shop.id}-{chosen}.xlsx")


def _day(room: Room, shop: Shop) -> date:
    chosen = entries.day("day") or date.fromisoformat(room.today(shop.id))
    if not date(2000, 1, 8) <= chosen <= date(2200, 1, 1):
        abort(404, t("work.no_day"))
    return chosen


def _scope(shop: Shop, day: date, last: date | None = None) -> Scope:
    return Scope(day.isoformat(), (last or day).isoformat(), shop.id)


def _agents(room: Room, shop: Shop, day: date, gone: timedelta | None = None) -> list[AgentDay]:
    """Who did what; of the day only what had `gone`, so that half a day meets half a day."""
    since, until = day_bounds(day.isoformat(), shop.zone)
    if gone is not None:
        until = utc_text(moment(since) + gone)
    topics = {script.id: script.category for script in shop.scripts}
    return room.work.days.agents(shop.id, since, until, topics)


def _promises(room: Room, shop: Shop, day: date) -> dict[str, Kept]:
    since, until = day_bounds(day.isoformat(), shop.zone)
    kept = room.work.promises.by_agent(shop.id, since, until, utc_now())
    return {one.agent: one for one in kept}


def _team(room: Room, shop: Shop, day: date, agents: list[AgentDay]) -> dict[str, Any]:
    """What a lead sees: everybody, the same day a week before, and what stands out."""
    whole = team(agents)
    now = utc_now()
    since, until = day_bounds(day.isoformat(), shop.zone)
    gone = moment(now) - moment(since) if since <= now < until else None
    week = [
        team(_agents(room, shop, day - timedelta(days=back), gone)) for back in range(1, _WEEK + 1)
    ]
    late = room.work.promises.listed(shop.id, "late", now)
    missed = [row["conversation"] for row in late if since <= row["due_at"] < until]
    figures = {row.name: row for row in rows(room.quality, _scope(shop, day), "agent")}
    total = _total(room, shop, day)
    before = _total(room, shop, day - timedelta(days=_WEEK))
    talks, talks_before = len(whole.talks), len(week[-1].talks)
    changes = [("talks", talks, talks_before, change(talks, talks_before))]
    for name in ("violations", "unmet", "praise"):
        n, old = len(getattr(whole, name)), len(getattr(week[-1], name))
        changes.append((name, n, old, change(n, old)))
    return {
        "agents": agents,
        "whole": whole,
        "figures": figures,
        "total": total,
        "before": before,
        "changes": changes,
        "things": things(whole, week, missed),
    }


def _total(room: Room, shop: Shop, day: date) -> Row | None:
    found = rows(room.quality, _scope(shop, day), "")
    return found[0] if found else None


def _category(code: str) -> str:
    """What a shopper's words were warned of, in the reader's language."""
    return (ENGLISH if language() == "en" else CATEGORIES).get(code, code)


def _xlsx(room: Room, shop: Shop, day: date) -> bytes:
    names = (
        "agent", "talks", "shoppers", "messages", "paid", "turnover", "problems", "violations",
        "promised", "missed", "unmet", "wanted", "praise", "words",
    )  # fmt: skip
    kinds = ["text", *["count"] * 4, "yuan", *["count"] * 7, "text"]
    orders = room.quality.figures.results(_scope(shop, day))
    promises = _promises(room, shop, day)
    notes = room.work.days.notes(shop.id, day.isoformat())
    table = []
    for one in _agents(room, shop, day):
        result, kept, note = orders.get(one.agent), promises.get(one.agent), notes.get(one.agent)
        table.append(
            [
                one.agent, len(one.talks), len(one.shoppers), one.messages,
                result.paid if result else 0, result.turnover if result else 0,
                sum(map(len, one.problems.values())), len(one.violations),
                kept.made if kept else 0, kept.missed + kept.late if kept else 0,
                len(one.unmet), len(one.wanted), len(one.praise), note["words"] if note else "",
            ]
        )  # fmt: skip
    heads = [t(f"work.day_{name}") for name in names]
    return xlsx_bytes([(t("work.tab_day"), heads, table, kinds)])
