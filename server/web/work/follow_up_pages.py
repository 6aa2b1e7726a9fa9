"""Follow-ups after a purchase: whom to ask how it pleases, whom to invite back, in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.base.times import utc_text
from server.desk.follow_ups import KINDS, VIEWS, FollowUp, counts_of
from server.library import Shop
from server.web.access import require
from server.web.notices import tell
from server.web.texts import t
from server.web.work.common import LEADS, ROLES, Room, say
from server.work.contact import is_day
from server.work.follow_ups import INTERVAL, words_for
from server.work.unpaid import Rate, compared
from server.work.words import Words, filled

_SHOWN = 100
_WORDS = 3


def add(work: Blueprint, room: Room) -> None:
    """Routes."""
    lists, store = room.parts.follow_ups, room.work.follow_ups

    @work.get("/follow-ups")
    @require(*ROLES)
    def follow_ups() -> Any:
        shop, now = room.chosen(), datetime.now(UTC)
        view, views = request.args.get("view", "now"), room.views(VIEWS)
        if view not in views:
            abort(404, t("work.no_view"))
        if view == "figures":
            return _figures(room, shop, now, views)
        entries = lists.entries(shop, now, g.account.name)
        return room.show(
            "follow_ups.html",
            "follow_ups",
            shop,
            view=view,
            views=views,
            agent="",
            counts=counts_of(entries),
            entries=[entry for entry in entries if entry.view == view][:_SHOWN],
            most=_SHOWN,
            night=not is_day(now, shop.zone),
            words=lambda entry: _words(room, shop, entry),
            from_to=lambda entry: (utc_text(entry.window.begins), utc_text(entry.window.ends)),
            care_days=lists.days(shop, "care"),
        )

    @work.post("/follow-ups/claim")
    @require(*ROLES)
    def claim_follow_up() -> Any:
        shop, now, form = room.chosen(), datetime.now(UTC), request.form
        named = (form.get("platform", "")[:40], form.get("order_id", "")[:64], form.get("kind", ""))
        try:
            lists.claim(shop, now, g.account.name, named)
            say("follow_up_claimed")
        except BangdaError as error:
            tell(error)
            return redirect(url_for("work.follow_ups", shop=shop.id))
        return redirect(url_for("work.follow_ups", shop=shop.id, view="mine"))

    @work.post("/follow-ups/<int:number>")
    @require(*ROLES)
    def change_follow_up(number: int) -> Any:
        row = store.one(number)
        room.mine(row, row["agent"] if row else "")
        assert row is not None
        deed = request.form.get("do", "")
        try:
            if deed == "done":
                store.done(number, datetime.now(UTC))
                say("follow_up_done")
            elif deed == "release":
                store.release(number)
                say("released")
            else:
                abort(400, t("work.no_deed"))
        except BangdaError as error:
            tell(error)
        return redirect(url_for("work.follow_ups", shop=row["shop"], view="mine"))

    @work.post("/follow-ups/settings")
    @require(*LEADS)
    def set_follow_ups() -> Any:
        shop, who = room.chosen(), g.account.name
        try:
            for kind in KINDS:
                name = f"{kind}_days"
                room.quality.settings.set(shop.id, name, request.form.get(name, ""), who)
            held = "1" if request.form.get("held") else ""
            room.quality.settings.set(shop.id, "follow_up_holdout", held, who)
            say("settings_said")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("work.follow_ups", shop=shop.id, view="figures"))


def _words(room: Room, shop: Shop, entry: FollowUp) -> list[Words]:
    """The approved words for an entry, facts, order and goods filled in."""
    row = entry.row
    found = words_for(room.allowed(shop, row["platform"]), entry.kind, entry.product)
    bought = entry.product.name if entry.product else row["product"]
    return filled(shop, found[:_WORDS], {"订单号": row["order_id"], "商品名": bought})


def _figures(room: Room, shop: Shop, now: datetime, views: tuple[str, ...]) -> str:
    """Who wrote how often, who came back, and the settings."""
    lists, store = room.parts.follow_ups, room.work.follow_ups
    days = {kind: lists.days(shop, kind) for kind in KINDS}
    held = lists.holds_out(shop)

    def came_back(kind: str) -> list[tuple[str, Rate]]:
        of = store.came_back(shop.id, kind, now, days[kind])
        return compared(("written_to", of.written_to), of.alone, of.held_out, holding=held)

    return room.show(
        "follow_up_figures.html",
        "follow_ups",
        shop,
        view="figures",
        views=views,
        agent="",
        counts={},
        back={kind: came_back(kind) for kind in KINDS if days[kind]},
        by_agent=store.by_agent(shop.id, now),
        days=days,
        held=held,
        own=[p for p in shop.products if INTERVAL in p.attributes],
        interval=INTERVAL,
        unread=lists.unread(shop),
    )
