"""The shop's facts in one table: value, owner, from, until, and every script that uses one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.base.errors import EntryError
from server.base.variables import PAGE_VARIABLES, variables
from server.curation.curator import text_version
from server.library import Fact, Script, Shop, parse_moment, shop_file
from server.library.save import read_text
from server.web.lead.common import Console, page, say, show

_LONGEST_VALUE = 500
_NAME = re.compile(r"[^{}\s:#,\[\]&*!|>'\"%@`\-?][^{}\n:#]{0,29}")


def add(lead: Blueprint, console: Console) -> None:
    """The facts' routes."""

    @lead.get("/<shop>/facts")
    @page(console)
    def facts(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.post("/<shop>/facts")
    @page(console, again=_page)
    def fact_save(shop: Shop) -> Any:
        old, name = request.form.get("old", ""), request.form.get("name", "").strip()
        why = request.form.get("why", "").strip()
        console.must_publish(shop)
        if request.form.get("do") == "remove":
            users = uses_of(shop).get(old, [])
            if users and not request.form.get("sure"):
                say("fact_in_use", "medium", name=old, n=len(users))
                return redirect(url_for("lead.facts", shop=shop.id))
            changes: dict[str, Fact | None] = {old: None}
        else:
            changes = {name: _fact_from(name)}
            if old and old != name:
                changes[old] = None
            if not old and name in shop.facts:
                raise EntryError(
                    f"there is already a fact {name!r}; change that one",
                    "fact_taken",
                    "name",
                    found=name,
                )
        console.curator.change_shop(
            shop.id, {}, changes, who=g.account.name, why=why,
            expected=request.form.get("base", ""),
        )  # fmt: skip
        say("facts_saved")
        return redirect(url_for("lead.facts", shop=shop.id))


def _page(console: Console, shop: Shop) -> str:
    now = shop.local_now()
    uses = uses_of(shop)
    rows = [(fact, state_of(fact, shop), uses.get(fact.name, [])) for fact in shop.facts.values()]
    order = {"expired": 0, "soon": 1, "later": 2, "": 3}
    rows.sort(key=lambda row: order[row[1]])
    silent = [
        (script, [f.name for f, state, _ in rows if state in ("expired", "later")
                  and f.name in variables(script.reply)])
        for script in shop.scripts
    ]  # fmt: skip
    return show(
        "facts.html",
        "facts",
        rows=rows,
        now=now,
        silent=[(s, names) for s, names in silent if names and s.is_live(now)],
        base=text_version(read_text(shop_file(console.parts.catalog.root / shop.id))),
    )


def uses_of(shop: Shop) -> dict[str, list[Script]]:
    """Scripts by the name of each variable they use."""
    found: dict[str, list[Script]] = {}
    for script in shop.scripts:
        names = {name for text in script.wordings for name in variables(text)}
        for name in names:
            found.setdefault(name, []).append(script)
    return found


def state_of(fact: Fact, shop: Shop) -> str:
    """expired, later, soon (ends within a week) or "": whether a fact holds."""
    now = shop.local_now()
    if fact.valid_until is not None and fact.valid_until.last < now:
        return "expired"
    if fact.valid_from is not None and fact.valid_from.first > now:
        return "later"
    soon = fact.valid_until is not None and fact.valid_until.last < now + timedelta(days=7)
    return "soon" if soon else ""


def _fact_from(name: str) -> Fact:
    value = request.form.get("value", "").strip()
    if not _NAME.fullmatch(name):
        raise EntryError(
            f"fact name {name!r} is not usable; expected up to 30 signs, no braces",
            "fact_name", "name", found=name,
        )  # fmt: skip
    if name in PAGE_VARIABLES and name != "客服名":
        raise EntryError(
            f"{name!r} comes from the chat page; choose another name",
            "page_name",
            "name",
            found=name,
        )
    if len(value) > _LONGEST_VALUE:
        message = f"value has {len(value)} characters; expected at most {_LONGEST_VALUE}"
        raise EntryError(message, "too_long", "value", found=len(value), most=_LONGEST_VALUE)
    if not value:
        raise EntryError(
            f"fact {name!r} has no value; expected what scripts are to say", "no_value", "value"
        )
    moments = {}
    for field in ("valid_from", "valid_until"):
        text = request.form.get(field, "").strip().replace("T", " ")
        moments[field] = parse_moment(text) if text else None
        if text and moments[field] is None:
            raise EntryError(
                f"{field} is {text!r}; expected 2026-11-30 or 2026-11-30 20:00",
                "moment", field, found=text,
            )  # fmt: skip
    start, end = moments["valid_from"], moments["valid_until"]
    if start and end and end.last < start.first:
        raise EntryError(
            f"fact {name!r} would end before it starts; swap the dates",
            "dates_reversed",
            "valid_until",
        )
    return Fact(name, value, start, end, request.form.get("owner", "").strip())
