"""Promises: who is to be answered, shipped, called, and until when; what was kept and broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from server.base.errors import BangdaError, EntryError
from server.base.times import moment, utc_now, utc_of_local, utc_text
from server.library import Shop
from server.metrics.clock import day_bounds
from server.store.work.promises import VIEWS
from server.web.access import require
from server.web.notices import tell
from server.web.texts import t
from server.web.work.common import LEADS, ROLES, Room, say
from server.work.holidays import closed_days
from server.work.promises import rings_at

_SHOWN = 100
_LONGEST = timedelta(days=100 * 365)


def add(work: Blueprint, room: Room) -> None:
    """Routes."""

    @work.get("/promises")
    @require(*ROLES)
    def promises() -> Any:
        shop, now = room.chosen(), utc_now()
        view = request.args.get("view", "open")
        if view not in VIEWS:
            abort(404, t("work.no_view"))
        agent = request.args.get("agent", "")[:80] if room.leads else room.own
        first, last = room.span(7)
        since, until = day_bounds(first, shop.zone)[0], day_bounds(last, shop.zone)[1]
        return room.show(
            "promises.html",
            "promises",
            shop,
            view=view,
            views=VIEWS,
            agent=agent,
            counts=room.work.promises.counts(shop.id, now, agent),
            rows=room.work.promises.listed(shop.id, view, now, agent, _SHOWN),
            most=_SHOWN,
            board=room.work.promises.by_agent(shop.id, since, until, now) if room.leads else (),
            first=first,
            last=last,
            closed=room.work.closed_days.of(shop.id),
            local=lambda text: moment(text).astimezone(shop.zone).strftime("%Y-%m-%dT%H:%M"),
        )

    @work.post("/promises/<int:number>")
    @require(*ROLES)
    def change_promise(number: int) -> Any:
        row = room.work.promises.one(number)
        room.mine(row, row["agent"] if row else "")
        assert row is not None
        deed = request.form.get("do", "")
        try:
            if deed == "keep":
                room.work.promises.keep(number, g.account.name, utc_now())
            elif deed == "drop":
                note = request.form.get("note", "")
                room.work.promises.drop(number, g.account.name, utc_now(), note)
            elif deed == "mend":
                _mend(room, number, room.parts.catalog.snapshot.library.shop(row["shop"]))
            else:
                abort(400, t("work.no_deed"))
            say(f"promise_{deed}_done")
        except BangdaError as error:
            tell(error)
        view = request.form.get("view", "open")
        view = view if view in VIEWS else "open"
        return redirect(url_for("work.promises", shop=row["shop"], view=view))

    @work.post("/closed-days")
    @require(*LEADS)
    def set_closed_days() -> Any:
        shop = room.chosen()
        try:
            days = closed_days(request.form.get("days", ""))
            room.work.closed_days.replace(shop.id, days)
            named = {"shop": shop.id, "days": len(days)}
            room.quality.audit.append("setting", g.account.name, "closed_days", named)
            say("closed_saved", n=len(days))
        except EntryError as error:
            tell(error)
        return redirect(url_for("work.promises", shop=shop.id))


def _mend(room: Room, number: int, shop: Shop) -> None:
    """Another time for a promise, typed on the shop's clock. Raises EntryError."""
    now, text = datetime.now(UTC), request.form.get("due", "")
    try:
        due = moment(utc_of_local(text[:16], shop.zone))
        if due - now > _LONGEST:
            raise ValueError(text)
    except (ValueError, OverflowError) as error:
        raise EntryError(
            f"time is {text[:40]!r}; expected a date and time", "work_time", "due", found=text[:40]
        ) from error
    if due <= now:
        raise EntryError(
            f"{text[:16]} is over; expected a time to come",
            "past_time",
            "due",
            found=text[:16].replace("T", " "),
        )
    room.work.promises.mend(number, utc_text(due), utc_text(rings_at(now, due, shop.zone)))
