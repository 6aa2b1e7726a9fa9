"""After-sales requests: lists by whose and by whom is waited for, one's own page, an export."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.base.platforms import PLATFORMS
from server.base.times import moment, utc_now, utc_text
from server.library import Shop
from server.metrics.clock import day_bounds
from server.quality.exports import xlsx_bytes
from server.store.database import Row
from server.store.work.requests import VIEWS, NewRequest
from server.web.access import require
from server.web.notices import tell
from server.web.qa.report_pages import XLSX, attachment
from server.web.texts import t
from server.web.work.common import ROLES, Room, say
from server.work.holidays import holidays
from server.work.requests import (
    KINDS,
    SOLUTIONS,
    STATIONS,
    WAITING,
    WAITS_AT,
    kind_in,
    procedure_of,
    station_due,
    step_at,
)

_SHOWN = 100
_ID, _NAME = 64, 120
_FIELDS = (
    "kind", "solution", "waiting_for", "product", "said", "photos", "note", "freight_fen",
    "goods_fen", "compensation_fen",
)  # fmt: skip
_COST = ("freight_fen", "goods_fen", "compensation_fen")


def add(work: Blueprint, room: Room) -> None:
    """Routes."""

    @work.get("/requests")
    @require(*ROLES)
    def requests() -> Any:
        shop, now = room.chosen(), utc_now()
        view, views = request.args.get("view", "mine"), room.views(VIEWS)
        if view not in views:
            abort(404, t("work.no_view"))
        first, last = room.span(30)
        store, name = room.work.requests, g.account.name
        if view == "figures":
            return _figures(room, shop, views, first, last)
        return room.show(
            "requests.html",
            "requests",
            shop,
            view=view,
            views=views,
            agent="",
            counts=store.counts(shop.id, now, name),
            rows=store.listed(shop.id, view, now, name, _SHOWN),
            most=_SHOWN,
            platforms=[(code, PLATFORMS.get(code, code)) for code in shop.platforms],
            first=first,
            last=last,
            kind_name=kind_name,
        )

    @work.post("/requests")
    @require(*ROLES)
    def make_request() -> Any:
        shop, now = room.chosen(), utc_now()
        said = request.form.get("said", "")
        new = NewRequest(
            shop.id,
            g.account.name,
            platform=request.form.get("platform", "")[:40],
            order_id=request.form.get("order_id", "").strip()[:_ID],
            product=request.form.get("product", "")[:_NAME],
            said=said,
            photos=request.form.get("photos", ""),
            kind=kind_in([said]),
        )
        due = _due(room, shop, STATIONS[0], now)
        number = room.work.requests.open(new, due, now, another=bool(request.form.get("another")))
        row = room.work.requests.one(number)
        say("req_opened" if row is not None and row["made_at"] == now else "req_known")
        return redirect(url_for("work.one_request", number=number))

    @work.get("/requests/<int:number>")
    @require(*ROLES)
    def one_request(number: int) -> Any:
        row = room.work.requests.one(number)
        room.mine(row, g.account.name)
        assert row is not None
        shop = room.parts.catalog.snapshot.library.shop(row["shop"])
        procedure = procedure_of(shop.scripts, row["kind"])
        return room.show(
            "request.html",
            "requests",
            shop,
            row=row,
            steps=room.work.requests.steps(number),
            procedure=procedure,
            words=step_at(procedure, row["station"]),
            stations=STATIONS,
            solutions=SOLUTIONS,
            waiting=WAITING,
            kinds=KINDS,
            costs=_COST,
            kind_name=kind_name,
        )

    @work.post("/requests/<int:number>")
    @require(*ROLES)
    def change_request(number: int) -> Any:
        row = room.work.requests.one(number)
        room.mine(row, g.account.name)
        assert row is not None
        try:
            if "station" in request.form:
                _move(room, row, request.form["station"])
            else:
                given = {n: request.form[n] for n in _FIELDS if n in request.form}
                given["invoice"] = request.form.get("invoice", "")
                room.work.requests.change(number, given, utc_now())
                say("req_saved")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("work.one_request", number=number))

    @work.get("/requests.xlsx")
    @require(*ROLES)
    def requests_xlsx() -> Response:
        shop = room.chosen()
        first, last = room.span(30)
        since, until = day_bounds(first, shop.zone)[0], day_bounds(last, shop.zone)[1]
        rows = room.work.requests.made_between(shop.id, since, until)
        if not room.leads:
            rows = [row for row in rows if row["agent"] == g.account.name]
        room.note("requests export", shop.id, details=f"{first} {last}: {len(rows)}")
        return attachment(_xlsx(rows, shop), XLSX, f"requests-{shop.id}-{first}-{last}.xlsx")


def kind_name(kind: str) -> str:
    """A kind as people read it: 质量 · 破损."""
    if not kind:
        return t("work.kind_none")
    return f"{t('work.top_' + kind.partition('.')[0])} · {t('work.k_' + kind.replace('.', '_'))}"


def _figures(room: Room, shop: Shop, views: tuple[str, ...], first: str, last: str) -> str:
    """Time per station, ways of solving, cost and repeats of what was made on some days."""
    store, now = room.work.requests, utc_now()
    span = shop.id, day_bounds(first, shop.zone)[0], day_bounds(last, shop.zone)[1]
    return room.show(
        "request_figures.html",
        "requests",
        shop,
        view="figures",
        views=views,
        agent="",
        counts=store.counts(shop.id, now, g.account.name),
        first=first,
        last=last,
        hours=store.station_hours(*span),
        solved=store.solved(*span),
        costs=store.costs(*span),
        repeats=store.repeats(*span),
        kind_name=kind_name,
    )


def _due(room: Room, shop: Shop, station: str, now: str) -> str:
    off = holidays(room.work.closed_days.of(shop.id))
    due = station_due(station, moment(now), shop.zone, off)
    return utc_text(due) if due else ""


def _move(room: Room, row: Row, station: str) -> None:
    """To another station; who is waited for follows from it. Raises EntryError."""
    shop, now = room.parts.catalog.snapshot.library.shop(row["shop"]), utc_now()
    waiting = WAITS_AT.get(station, "")
    due = _due(room, shop, station, now) if station in STATIONS else ""
    room.work.requests.move(row["id"], station, due, waiting, g.account.name, now)
    say("req_moved", station=t(f"work.station_{station}"))


def _xlsx(rows: list[Row], shop: Shop) -> bytes:
    """Requests as a workbook; times by the shop's clock, money in yuan."""

    def at(text: str) -> str:
        return moment(text).astimezone(shop.zone).strftime("%Y-%m-%d %H:%M") if text else ""

    def named(prefix: str, value: str) -> str:
        return t(f"work.{prefix}_{value}") if value else ""

    keys = ("x_id", "x_made", "x_closed", "owner", "x_shopper", "platform", "order_id", "product",
            "kind", "said", "photos", "station", "solution", "waiting_for", "due", "cost_freight",
            "cost_goods", "cost_compensation", "invoice", "req_note")  # fmt: skip
    kinds = ["yuan" if key.startswith("cost_") else "text" for key in keys]
    cells = [
        [
            row["id"], at(row["made_at"]), at(row["closed_at"]), row["agent"], row["shopper"],
            PLATFORMS.get(row["platform"], row["platform"]), row["order_id"], row["product"],
            kind_name(row["kind"]), row["said"], row["photos"], named("station", row["station"]),
            named("sol", row["solution"]), named("wait", row["waiting_for"]), at(row["due_at"]),
            *(row[name] / 100 for name in _COST), "1" if row["invoice"] else "", row["note"],
        ]
        for row in rows
    ]  # fmt: skip
    heads = [t(f"work.{key}") for key in keys]
    return xlsx_bytes([(t("work.sheet_requests"), heads, cells, kinds)])
