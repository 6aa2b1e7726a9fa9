"""Reviews and public questions: bad ones first, with their order and talk, and approved words."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from server.base.errors import BangdaError, EntryError
from server.base.platforms import PLATFORMS
from server.base.times import utc_now
from server.desk.seat import Seat
from server.exchange.reviews import read_reviews
from server.library import Shop
from server.protocol.frames import Event
from server.store.database import Row
from server.store.work.reviews import VIEWS
from server.suggest import Query, suggest
from server.web.access import require
from server.web.notices import tell
from server.web.texts import t
from server.web.work.common import LEADS, ROLES, Room, say
from server.work.reviews import CAUSES
from server.work.words import Words, filled

_SHOWN = 60
_WORDS = 3
_ASKED = 12
"""So many entries get their words at once; further ones when they are opened."""


def add(work: Blueprint, room: Room) -> None:
    """Routes."""

    @work.get("/reviews")
    @require(*ROLES)
    def reviews() -> Any:
        shop, view = room.chosen(), request.args.get("view", "bad")
        if view not in VIEWS:
            abort(404, t("work.no_view"))
        rows = room.work.reviews.listed(shop.id, view, _SHOWN)
        opened = request.args.get("open", 0, int)
        asked = {row["id"] for row in rows[:_ASKED]} | {opened}
        words = {row["id"]: _words(room, shop, row) for row in rows if row["id"] in asked}
        return room.show(
            "reviews.html",
            "reviews",
            shop,
            view=view,
            views=VIEWS,
            agent="",
            counts=room.work.reviews.counts(shop.id),
            rows=rows,
            words=words if view != "done" else {},
            causes=CAUSES,
            topics=room.work.reviews.topics(shop.id) if room.leads else (),
            platforms=[p for p in shop.platforms if p in PLATFORMS] or list(PLATFORMS),
            most=_SHOWN,
        )

    @work.post("/reviews/import")
    @require(*LEADS)
    def import_reviews() -> Any:
        shop, file = room.chosen(), request.files.get("file")
        platform = request.form.get("platform", "")
        try:
            if file is None or not file.filename:
                raise EntryError("no file was chosen", "no_file", "file")
            if platform not in PLATFORMS:
                raise EntryError(
                    f"platform is {platform!r}; expected one of the list", "choice", "platform",
                    found=platform,
                )  # fmt: skip
            found = read_reviews(file.read(), file.filename)
            new, known = room.work.reviews.take(found.reviews, shop.id, platform)
            named = {"shop": shop.id, "lines": new}
            room.quality.audit.append("import", g.account.name, "reviews", named)
            say("reviews_taken", n=new, known=known)
            for one in found.refused[:10]:
                say(
                    "review_refused",
                    "medium",
                    row=one.row,
                    why=_why(one.code, one.reason, one.found),
                )
            if len(found.refused) > 10:
                say("review_more_refused", "medium", n=len(found.refused) - 10)
        except BangdaError as error:
            tell(error)
        return redirect(url_for("work.reviews", shop=shop.id))

    @work.post("/reviews/<int:number>")
    @require(*ROLES)
    def change_review(number: int) -> Any:
        row = room.work.reviews.one(number)
        if row is None:
            abort(404, t("work.gone"))
        room.may_see(row["shop"])
        deed, cause = request.form.get("do", ""), request.form.get("cause", row["cause"])
        try:
            if cause not in CAUSES:
                raise EntryError(f"cause is {cause!r}", "choice", "cause", found=cause)
            if deed == "gap":
                _ask_for_words(room, row)
            elif deed in ("done", "open", "cause"):
                state = row["state"] if deed == "cause" else deed
                room.work.reviews.change(number, cause=cause, state=state, who=g.account.name)
            else:
                abort(400, t("work.no_deed"))
            say(f"review_{deed}_saved")
        except BangdaError as error:
            tell(error)
        view = request.form.get("view", "bad")
        view = view if view in VIEWS else "bad"
        return redirect(url_for("work.reviews", shop=row["shop"], view=view))


def _words(room: Room, shop: Shop, row: Row) -> list[Words]:
    """The words of scripts that answer, as agents on that platform would get them."""
    served = room.parts.catalog.snapshot.shops[shop.id]
    page = {"product": row["product"]} if row["product"] else {}
    query = Query(row["words"], platform=row["platform"], page=page)
    ranking = suggest(query, served.index, top_k=_WORDS, terms=served.terms())
    known = {"订单号": row["order_id"], "商品名": row["product"]}
    return filled(shop, [one.script for one in ranking.candidates[: ranking.shown]], known)


def _ask_for_words(room: Room, row: Row) -> None:
    """Tells the lead's gaps that no script answers this."""
    seat = Seat(g.account, row["shop"], row["platform"])
    room.parts.desk.event(seat, Event(event="missing_script", text=row["words"], at=utc_now()))


def _why(code: str, reason: str, found: str) -> str:
    """Why a row was left out, in the reader's language."""
    key = f"work.row_{code}"
    told = t(key, found=found)
    return reason if told == key else told
