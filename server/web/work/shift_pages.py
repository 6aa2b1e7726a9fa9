"""Before a shift: what is due, what is late, what changed since the last one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, g

from server.base.times import moment, utc_now, utc_text
from server.library import Moment, Shop
from server.metrics.clock import day_bounds
from server.store.curation import History
from server.web.access import require
from server.web.work.common import ROLES, Room

_SHOWN = 50
_LONGEST = timedelta(days=14)
_DAY = timedelta(days=1)


def add(work: Blueprint, room: Room) -> None:
    """Routes."""
    history = History(room.parts.database)

    @work.get("/shift")
    @require(*ROLES)
    def shift() -> Any:
        shop, now = room.chosen(), utc_now()
        today = date.fromisoformat(room.today(shop.id))
        start, end = day_bounds(today.isoformat(), shop.zone)
        since = _since(room.work.days.last_seen(shop.id, g.account.name, start))
        due = room.work.promises.listed(shop.id, "open", now, room.own, 200)
        changed = [v for v in history.recent(shop.id, 200) if v.at >= since]
        rules = room.quality.audit.entries(50, kind="rules", shop=shop.id)
        return room.show(
            "shift.html",
            "shift",
            shop,
            since=since,
            promised=[row for row in due if row["due_at"] <= end],
            late=room.work.requests.listed(shop.id, "late", now, room.own, _SHOWN),
            begins=_turning(room, shop, today, begins=True),
            ends=_turning(room, shop, today, begins=False),
            changed=[v for v in changed if v.action != "first"][:_SHOWN],
            titles={script.id: script.title for script in shop.scripts},
            rules=[entry for entry in rules if entry["at"] >= since],
        )


def _since(last: str) -> str:
    """The end of the last shift; a day ago for who never wrote, two weeks at most."""
    now = datetime.now(UTC)
    if not last:
        return utc_text(now - _DAY)
    return utc_text(max(moment(last), now - _LONGEST))


def _turning(room: Room, shop: Shop, today: date, *, begins: bool) -> list[tuple[str, str]]:
    """Scripts and facts that begin or end today: name, and what they say."""
    found = [
        (script.title, script.reply)
        for script in shop.scripts
        if _on(script.valid_from if begins else script.valid_until, today)
    ]
    return found + [
        (name, fact.value)
        for name, fact in shop.facts.items()
        if _on(fact.valid_from if begins else fact.valid_until, today)
    ]


def _on(at: Moment | None, day: date) -> bool:
    return at is not None and at.first.date() == day
