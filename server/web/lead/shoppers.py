"""Levels and groups of shoppers: how many are in each, who would move, and one shopper's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.base.errors import EntryError
from server.base.platforms import PLATFORMS
from server.base.times import moment, utc_now
from server.curation.curator import text_version
from server.library import Shop, Tier, shop_file
from server.library.save import read_text
from server.shoppers import (
    Move,
    Placed,
    Who,
    counts,
    group_moves,
    level_moves,
    standing_of,
)
from server.store.shoppers import Crowd
from server.web import entries
from server.web.lead.common import Console, page, say, show

_FIELDS = ("spend", "orders", "within_days", "idle_days")
_KINDS = ("level", "group")
_EMPTY_ROWS = 2
_NAME = re.compile(r"[^{}\s:#,\[\]&*!|>'\"%@`\-?][^{}\n:#]{0,19}")
_YUAN = re.compile(r"\d{1,8}(?:\.\d{1,2})?")
_WHOLE = re.compile(r"\d{1,6}")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Levels and groups as a form has them."""

    levels: tuple[Tier, ...]
    groups: tuple[Tier, ...]


def add(lead: Blueprint, console: Console) -> None:
    """The routes of levels, groups and single shoppers."""

    def tiers_again(_console: Console, shop: Shop) -> str:
        return _page(console, shop)

    @lead.get("/<shop>/shoppers")
    @page(console)
    def shoppers(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.post("/<shop>/shoppers")
    @page(console, again=tiers_again)
    def tiers_save(shop: Shop) -> Any:
        console.must_publish(shop)
        wanted = Wanted(_tiers("level"), _tiers("group"))
        if request.form.get("do") != "save":
            return _page(console, shop, wanted)
        changes = {
            "levels": {one.name: one.as_written() for one in wanted.levels} or None,
            "groups": {one.name: one.as_written() for one in wanted.groups} or None,
        }
        console.curator.change_shop(
            shop.id, changes, {}, who=g.account.name, expected=request.form.get("base", "")
        )
        say("tiers_saved")
        return redirect(url_for("lead.shoppers", shop=shop.id))

    @lead.get("/<shop>/shoppers/one")
    @page(console, again=tiers_again)
    def shopper(shop: Shop) -> Any:
        return _one(console, shop, _who(console, shop))

    @lead.post("/<shop>/shoppers/one")
    @page(console, again=tiers_again)
    def shopper_save(shop: Shop) -> Any:
        who = _who(console, shop)
        if request.form.get("do") == "remove_note":
            console.parts.notes.remove(who, entries.number("note"), "")
            say("note_removed")
        else:
            level = request.form.get("level", "")
            groups = request.form.getlist("group")
            _refuse_unknown(level, [tier.name for tier in shop.levels])
            for name in groups:
                _refuse_unknown(name, [tier.name for tier in shop.groups])
            name = g.account.name
            console.parts.members.give(shop.id, who.platform, who.shopper_id, level, groups, name)
            say("shopper_given")
        again = url_for("lead.shopper", shop=shop.id, platform=who.platform, shopper=who.shopper_id)
        return redirect(again)


def _refuse_unknown(name: str, known: Sequence[str]) -> None:
    if name and name not in known:
        raise EntryError(
            f"{name!r} is no level or group of the shop; expected one of: {known}",
            "choice", found=name,
        )  # fmt: skip


def _page(console: Console, shop: Shop, wanted: Wanted | None = None) -> str:
    crowd = Crowd(console.parts.database).of(shop.id)
    today = shop.local_now().date()
    moves: list[tuple[str, Move]] = []
    if wanted is not None:
        moves = _moves(crowd, shop, wanted, today)
        shown = [one for _, move in moves for one in move.shoppers[:_SHOWN]]
        if shown:
            _look(console, shop, f"levels: {len(shown)} shoppers who would move")
    held = wanted or Wanted(shop.levels, shop.groups)
    return show(
        "shoppers.html",
        "shoppers",
        counted=counts(crowd, shop.levels, shop.groups, today),
        rows={"level": _rows("level", held.levels), "group": _rows("group", held.groups)},
        tiers={"level": shop.levels, "group": shop.groups},
        fields={"level": _FIELDS[:2], "group": _FIELDS},
        preview=wanted is not None,
        moves=moves,
        most=_SHOWN,
        platforms=PLATFORMS,
        base=text_version(read_text(shop_file(console.parts.catalog.root / shop.id))),
    )


def _moves(
    crowd: Sequence[Placed], shop: Shop, wanted: Wanted, today: date
) -> list[tuple[str, Move]]:
    """Level moves, then those of groups; each with its kind."""
    levels = level_moves(crowd, shop.levels, wanted.levels)
    groups = group_moves(crowd, shop.groups, wanted.groups, today)
    return [*(("level", move) for move in levels), *(("group", move) for move in groups)]


def _rows(kind: str, tiers: Sequence[Tier]) -> list[dict[str, str]]:
    """What the form's rows hold: as typed where the form was refused, with empty ones behind."""
    if g.get("refused") and f"{kind}_name" in request.form:
        return _typed(kind)
    rows = []
    for tier in tiers:
        written = tier.as_written()
        rows.append({"name": tier.name} | (written if isinstance(written, dict) else {}))
    return [*rows, *({"name": ""} for _ in range(_EMPTY_ROWS))]


def _typed(kind: str) -> list[dict[str, str]]:
    columns = {name: request.form.getlist(f"{kind}_{name}") for name in ("name", *_FIELDS)}
    count = len(columns["name"])
    return [
        {name: texts[row].strip() if row < len(texts) else "" for name, texts in columns.items()}
        for row in range(count)
    ]


def _tiers(kind: str) -> tuple[Tier, ...]:
    """The levels or groups that the form holds. Raises EntryError naming the row."""
    found: dict[str, Tier] = {}
    for row in _typed(kind):
        name = row["name"]
        if not name:
            if any(row.values()):
                raise EntryError("a row has conditions and no name", "tier_name", f"{kind}_name")
            continue
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no usable name; expected up to 20 signs"
            raise EntryError(message, "tier_name", f"{kind}_name", found=name)
        if name in found:
            raise EntryError(f"{name!r} stands twice", "tier_twice", f"{kind}_name", found=name)
        found[name] = Tier(
            name,
            spend_fen=_fen(kind, row),
            orders=_count(kind, "orders", row),
            within_days=_count(kind, "within_days", row),
            idle_days=_count(kind, "idle_days", row),
        )
    return tuple(found.values())


def _fen(kind: str, row: dict[str, str]) -> int | None:
    text = row["spend"].replace(",", "")
    if text and not _YUAN.fullmatch(text):
        message = f"spend of {row['name']} is {text!r}; expected yuan"
        raise EntryError(message, "tier_amount", f"{kind}_spend", name=row["name"], found=text)
    return int(Decimal(text) * 100) if text else None


def _count(kind: str, field: str, row: dict[str, str]) -> int | None:
    text = row[field]
    if text and not _WHOLE.fullmatch(text):
        message = f"{field} of {row['name']} is {text!r}; expected a whole number"
        raise EntryError(message, "tier_amount", f"{kind}_{field}", name=row["name"], found=text)
    return int(text) if text else None


def _who(console: Console, shop: Shop) -> Who:
    """Whom the form names, by id or by an order's number. Raises EntryError for nobody."""
    typed = request.values.get("shopper", "").strip()
    named = console.parts.traffic.kept_id(typed)
    platform = request.values.get("platform", "").strip()
    people = console.parts.people
    who = Who(shop.id, platform, shopper_id=named)
    found = people.bought(who)
    if named and not (found.listed or found.purchases):
        by_order = people.named(Who(shop.id, platform, order_id=typed))
        who = by_order if by_order.shopper_id else who
        found = people.bought(who)
    if (
        not named
        or not platform
        or not (found.listed or found.purchases or console.parts.notes.of(who))
    ):
        raise EntryError(
            f"no shopper {typed!r}; expected an id or an order number", "no_such_shopper",
            "shopper", found=typed,
        )  # fmt: skip
    return who


def _look(console: Console, shop: Shop, details: str) -> None:
    access = console.parts.quality.access
    access.note(g.account.name, g.account.role, "card", shop.id, None, details)


def _one(console: Console, shop: Shop, who: Who) -> str:
    people, notes = console.parts.people, console.parts.notes
    _look(console, shop, f"shopper {who.shopper_id}")
    bought = people.bought(who)
    given = console.parts.members.given(shop.id, who.platform, who.shopper_id)
    return show(
        "shopper.html",
        "shoppers",
        who=who,
        bought=bought,
        card=standing_of(bought, shop.levels, shop.groups, shop.local_now().date()),
        notes=notes.of(who),
        promises=people.promises(who),
        requests=people.requests(who),
        asked=people.last_asked(who, utc_now()),
        platforms=PLATFORMS,
        given=given,
        hand_groups=given["hand_groups"].split("\n") if given else (),
        when=lambda text: moment(text).astimezone(shop.zone).strftime("%m-%d %H:%M"),
    )
