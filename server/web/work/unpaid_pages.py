"""Unpaid orders: whom to remind now, in which words, by whom; why they do not pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, abort, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.base.times import moment, utc_text
from server.library import Shop
from server.store.database import Row
from server.store.work.contacts import Contacts, claim_holds, recent_contacts
from server.store.work.persons import conversation_of
from server.store.work.unpaid import is_returning, since_reminded
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import percent, yuan
from server.web.texts import t
from server.web.work.common import LEADS, ROLES, Room, say
from server.work.contact import is_day, is_held_out
from server.work.unpaid import (
    ENOUGH_PAYERS,
    REASONS,
    Due,
    compared,
    due_of,
    may_remind,
    reason_in,
    usual_wait,
    words_for,
)
from server.work.words import Words, filled
from server.work.worth import AGES, ENOUGH, SIZES, Chances, Worth

VIEWS: Final = ("now", "calls", "later", "mine", "reminded")
_SHOWN = 100
_WORDS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An unpaid order as the page shows it; `view` is the list of VIEWS that it stands in.

    `worth` is None while too little is known of what reminders change.
    """

    row: Row
    due: Due
    call: bool
    view: str
    taken: bool
    capped: bool
    returning: bool
    conversation: int
    worth: Worth | None


@dataclass(frozen=True, slots=True)
class _Now:
    """What every entry of a list is judged by."""

    shop: Shop
    now: datetime
    wait: timedelta
    large_fen: int
    contacts: Contacts
    chances: Chances


def add(work: Blueprint, room: Room) -> None:
    """Routes."""

    @work.get("/unpaid")
    @require(*ROLES)
    def unpaid() -> Any:
        shop, now = room.chosen(), datetime.now(UTC)
        view, views = request.args.get("view", "now"), room.views(VIEWS)
        if view not in views:
            abort(404, t("work.no_view"))
        if view == "figures":
            return _figures(room, shop, now, views)
        _read_reasons(room, shop.id, now)
        minutes = room.work.unpaid.pay_minutes(shop.id, now)
        wait, payers = usual_wait(minutes), sum(minutes.values())
        entries = _entries(room, shop, now, wait)
        shown = [entry for entry in entries if entry.view == view][:_SHOWN]
        return room.show(
            "unpaid.html",
            "unpaid",
            shop,
            view=view,
            views=views,
            agent="",
            counts={name: sum(e.view == name for e in entries) for name in VIEWS},
            entries=shown,
            night=not is_day(now, shop.zone),
            most=_SHOWN,
            words=_words(room, shop),
            reason_names=REASONS,
            worth_told=_worth_told,
            chances_known=room.work.unpaid.chances(shop.id, now, wait).known,
            reminders_needed=ENOUGH,
            wait=_long(wait),
            payers=payers,
            enough=ENOUGH_PAYERS,
            at=lambda when: room_clock(when, shop),
        )

    @work.post("/unpaid/claim")
    @require(*ROLES)
    def claim_order() -> Any:
        shop, now = room.chosen(), datetime.now(UTC)
        platform = request.form.get("platform", "")[:40]
        order_id = request.form.get("order_id", "")[:64]
        try:
            room.work.unpaid.claim(shop.id, platform, order_id, g.account.name, now)
            say("claimed")
        except BangdaError as error:
            tell(error)
            return redirect(url_for("work.unpaid", shop=shop.id))
        return redirect(url_for("work.unpaid", shop=shop.id, view="mine"))

    @work.post("/unpaid/<int:number>")
    @require(*ROLES)
    def change_reminder(number: int) -> Any:
        row = room.work.unpaid.one(number)
        room.mine(row, row["agent"] if row else "")
        assert row is not None
        deed = request.form.get("do", "")
        try:
            if deed == "reminded":
                room.work.unpaid.reminded(number, datetime.now(UTC))
                say("reminded_said")
            elif deed == "release":
                room.work.unpaid.release(number)
                say("released")
            elif deed == "reason":
                room.work.unpaid.give_reason(number, request.form.get("reason", ""), "hand")
                say("reason_said")
            else:
                abort(400, t("work.no_deed"))
        except BangdaError as error:
            tell(error)
        view = request.form.get("view", "mine")
        view = view if view in VIEWS else "mine"
        return redirect(url_for("work.unpaid", shop=row["shop"], view=view))

    @work.post("/unpaid/settings")
    @require(*LEADS)
    def set_unpaid() -> Any:
        shop, who = room.chosen(), g.account.name
        held = "1" if request.form.get("held") else ""
        try:
            large = request.form.get("large", "")
            room.quality.settings.set(shop.id, "large_order_yuan", large, who)
            # Last: what is refused before it changes nothing.
            room.quality.settings.set(shop.id, "unpaid_holdout", held, who)
            say("settings_said")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("work.unpaid", shop=shop.id, view="figures"))


def _figures(room: Room, shop: Shop, now: datetime, views: tuple[str, ...]) -> str:
    """What reminders bring, why orders stay unpaid, and the settings."""
    wait = usual_wait(room.work.unpaid.pay_minutes(shop.id, now))
    reasons = room.work.unpaid.reasons(shop.id, now)
    held = bool(room.quality.settings.get(shop.id, "unpaid_holdout"))
    rates = room.work.unpaid.rates(shop.id, now, wait)
    totals = {m: sum(n for month, _, n in reasons if month == m) for m, _, _ in reasons}
    return room.show(
        "unpaid_figures.html",
        "unpaid",
        shop,
        view="figures",
        views=views,
        agent="",
        counts={},
        rates=compared(("reminded", rates.reminded), rates.alone, rates.held_out, holding=held),
        reasons=[(month, why, n, n / totals[month]) for month, why, n in reasons],
        held=held,
        large=room.quality.settings.number(shop.id, "large_order_yuan"),
    )


def _entries(room: Room, shop: Shop, now: datetime, wait: timedelta) -> list[Entry]:
    """Every order that can still be paid, but those held out; first what is worth most."""
    held = room.quality.settings.get(shop.id, "unpaid_holdout")
    large_fen = room.quality.settings.number(shop.id, "large_order_yuan") * 100
    contacts = recent_contacts(room.parts.database, shop.id, now)
    by = _Now(shop, now, wait, large_fen, contacts, room.work.unpaid.chances(shop.id, now, wait))
    rows = room.work.unpaid.listed(shop.id, now)
    entries = [_entry(row, by) for row in rows if not (held and is_held_out(row["order_id"]))]
    return sorted(entries, key=lambda entry: -entry.worth.fen if entry.worth else 0.0)


def _entry(row: Row, by: _Now) -> Entry:
    call = row["fen"] >= by.large_fen
    returning = is_returning(row)
    ordered, asked = moment(row["ordered_at"]), by.now if call else None
    due = due_of(ordered, by.wait, by.shop.zone, returning=returning, call=asked)
    taken = not row["reminded_at"] and claim_holds(row["claimed_at"] or "", by.now)
    capped = not by.contacts.bear(row["platform"], row["who"], row["order_id"], "pay")
    if row["reminded_at"]:
        view = "reminded"
    elif taken and row["agent"] == g.account.name:
        view = "mine"
    elif call:
        view = "calls"
    else:
        view = "now" if may_remind(by.now, due, by.shop.zone) and not capped else "later"
    # One that is not due yet is worth what it will be then.
    age_min = (max(by.now, due.begins) - ordered).total_seconds() / 60
    worth = by.chances.worth(row["fen"], age_min, returning=returning)
    return Entry(row, due, call, view, taken, capped, returning, conversation_of(row), worth)


def _worth_told(entry: Entry) -> str:
    """Why an entry stands where it stands, with the orders alike that say so."""
    worth = entry.worth
    if worth is None:
        return ""
    age, returning, size = worth.alike
    alike = t(
        "work.worth_alike",
        age=_band("age", age, tuple(minutes // 60 for minutes in AGES)),
        who=t("work.returning" if returning else "work.newcomer"),
        size=_band("size", size, (0, *(fen // 100 for fen in SIZES))),
    )
    return t(
        "work.worth_why",
        yuan=yuan(round(worth.fen) / 100),
        chance=percent(worth.chance, 0),
        alike=alike,
        reminded=worth.reminded,
        reminded_paid=worth.reminded_paid,
        alone=worth.alone,
        alone_paid=worth.alone_paid,
    )


def _band(what: str, place: int, begins: Sequence[int]) -> str:
    """`under 2 hours`, `2 to 6 hours`, `over 24 hours`."""
    if place == 0:
        return t(f"work.worth_{what}_under", most=begins[1])
    if place == len(begins) - 1:
        return t(f"work.worth_{what}_over", least=begins[-1])
    return t(f"work.worth_{what}_between", least=begins[place], most=begins[place + 1])


def _words(room: Room, shop: Shop) -> Any:
    """The approved words for an entry, facts filled in."""

    def words(entry: Entry) -> list[Words]:
        row = entry.row
        found = words_for(
            room.allowed(shop, row["platform"]), row["reason"] or "", returning=entry.returning
        )
        return filled(shop, found[:_WORDS], {"订单号": row["order_id"], "商品名": row["product"]})

    return words


def _read_reasons(room: Room, shop: str, now: datetime) -> None:
    """Notes why somebody does not pay where the answer to the reminder says it."""
    for number, texts in room.work.unpaid.replies(shop, since_reminded(now)).items():
        reason = reason_in(texts)
        if reason:
            room.work.unpaid.give_reason(number, reason, "read")


def _long(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    if minutes % 60:
        return t("work.minutes_long", n=minutes)
    return t("work.hours_long", n=minutes // 60)


def room_clock(when: datetime, shop: Shop) -> str:
    """A moment on the shop's clock: `11-30 14:05`."""
    return moment(utc_text(when)).astimezone(shop.zone).strftime("%m-%d %H:%M")
