"""Records: who looked at what, the audit chain, one shopper's data, settings, imports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for

from server.base.errors import BangdaError, EntryError
from server.curation.rule_examples import drop_examples
from server.exchange.limits import RECORDS
from server.exchange.records import read_records
from server.quality.audit_check import verify_audit
from server.store.database import Row
from server.store.names import SETTING, WAYS
from server.store.quality.privacy import SeveralShoppersError
from server.web import entries
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import LEADS, REVIEWERS, Console
from server.web.texts import t

_SETTINGS = ("retention_days", "appeal_days", "blind_percent", "opened_on", SETTING)
_GRAVES = 50
_NAMED = 6
_MAX_IMPORT_BYTES = 80 * 1024 * 1024


def add_records(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/qa/records")
    @require(*REVIEWERS)
    def records() -> Any:
        shop = console.shop()
        database = console.parts.database
        return console.page(
            "records.html",
            "records",
            graves=_graves(console, shop),
            looks=console.quality.access.newest(shop),
            entries=console.quality.audit.entries(100, shop=shop),
            report=verify_audit(database) if "verify" in request.args else None,
            deletes=g.account.role in LEADS,
            told=lambda entry: entry_told(console, entry),
            look_told=look_told,
            shop_name=dict(console.shops()),
        )

    @qa.post("/qa/records/shopper")
    @require(*LEADS)
    def shopper_file() -> Any:
        shop, form = console.one_shop(), request.form
        shopper, platform = form.get("shopper", "").strip(), form.get("platform", "")
        try:
            found = console.quality.privacy.shopper_rows(shop, platform, shopper)
        except SeveralShoppersError as error:
            tell(
                EntryError(
                    str(error), "several_shoppers", "shopper", n=error.count, name=error.name
                )
            )
            return redirect(url_for("qa.records", shop=shop))
        total = sum(len(rows) for rows in found.values())
        if not shopper or not total:
            tell(EntryError("no such shopper", "no_shopper", "shopper"))
            return redirect(url_for("qa.records", shop=shop))
        if form.get("action") == "delete":
            if form.get("sure") != shopper:
                tell(EntryError("the shopper is not typed again", "type_again", "sure"))
                return redirect(url_for("qa.records", shop=shop))
            name = g.account.name
            examples = console.quality.findings.examples_of(
                [r["id"] for r in found["review_items"]]
            )
            drop_examples(console.parts.catalog, shop, examples)
            gone = console.quality.privacy.delete_shopper(shop, platform, shopper, name)
            flash(t("qa.shopper_deleted", c=gone.conversations, m=gone.messages), "done")
            return redirect(url_for("qa.records", shop=shop))
        console.note("export", shop, None, "one shopper's records")
        content = json.dumps(found, ensure_ascii=False, indent=1)
        answer = Response(content, mimetype="application/json")
        answer.headers["Content-Disposition"] = "attachment; filename=shopper.json"
        return answer

    def months_of(shop: str) -> list[str]:
        """The running month and the one before, which platforms settle some days later."""
        this = date.fromisoformat(console.today(shop)).replace(day=1)
        return [f"{this:%Y-%m}", f"{this - timedelta(days=1):%Y-%m}"]

    @qa.get("/qa/settings")
    @require(*REVIEWERS)
    def settings() -> Any:
        shop = console.one_shop()
        values = {name: console.quality.settings.get(shop, name) for name in _SETTINGS}
        known = console.parts.catalog.snapshot.library.shops.get(shop)
        return console.page(
            "settings.html",
            "settings",
            shop=shop,
            values=values,
            name_ways=WAYS,
            turnovers=[
                (month, console.quality.settings.get(shop, f"turnover:{month}"))
                for month in months_of(shop)
            ],
            changes=g.account.role in LEADS,
            clock_held=console.quality.clock.waiting(),
            today=console.today(shop),
            platforms=known.platforms if known else (),
        )

    @qa.post("/qa/settings")
    @require(*LEADS)
    def save_settings() -> Any:
        shop = console.one_shop()
        try:
            opened = entries.day("opened_on")
            if opened and opened > datetime.now(UTC).date():
                raise EntryError("the day lies ahead", "opened_in_future", "opened_on")
            for name in _SETTINGS:
                value = request.form.get(name)
                if value is None:
                    continue
                console.quality.settings.set(shop, name, value.replace(",", ""), g.account.name)
            for month in months_of(shop):
                typed = request.form.get(f"turnover:{month}")
                if typed is not None:
                    name = f"turnover:{month}"
                    console.quality.settings.set(shop, name, typed, g.account.name)
            flash(t("qa.settings_saved"), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.settings", shop=shop))

    @qa.post("/qa/settings/clock")
    @require("admin")
    def confirm_clock() -> Any:
        """The clock of the server is everybody's: an admin of all shops looks at it."""
        if g.account.shop:
            abort(403, t("qa.foreign_shop"))
        console.quality.clock.confirm(g.account.name)
        flash(t("qa.settings_saved"), "done")
        return redirect(url_for("qa.settings"))

    @qa.post("/qa/import/<kind>")
    @require(*REVIEWERS)
    def bring(kind: str) -> Any:
        # The server's own limit is for messages; an export of a month is larger.
        request.max_content_length = _MAX_IMPORT_BYTES
        shop, platform = console.one_shop(), request.form.get("platform", "")
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise EntryError("no file was chosen", "choose_file", "file")
            rows = read_records(file.stream.read(RECORDS.size + 1), file.filename)
            take = {
                "ratings": console.quality.imports.ratings,
                "orders": console.quality.imports.orders,
            }
            if kind not in take:
                raise EntryError(
                    f"{kind!r} cannot be imported; expected ratings or orders", "choice", found=kind
                )
            n = take[kind](rows, shop, platform, g.account.name)
            flash(t("qa.imported", n=n), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.settings", shop=shop))


@dataclass(frozen=True, slots=True)
class GraveLine:
    """A script that was published against a platform's rule: by whom, which rules, and why."""

    at: str
    who: str
    title: str
    rules: tuple[str, ...]
    why: str


def _graves(console: Console, shop: str) -> list[GraveLine]:
    found = []
    for entry in console.quality.audit.entries(_GRAVES, kind="grave", shop=shop):
        details = json.loads(entry["details"])
        served = console.parts.catalog.snapshot.shops.get(details["shop"])
        if served is None:
            continue
        told = {rule.id: rule.message for rule in served.checker.ruleset.rules}
        for script_id, rules in details["scripts"].items():
            script = served.shop.by_id.get(script_id)
            title = script.name if script else script_id
            named = tuple(dict.fromkeys(told.get(rule, rule) for rule in rules))
            found.append(GraveLine(entry["at"], entry["who"], title, named, details["why"]))
    return found


def look_told(action: str) -> str:
    """What somebody looked at, as people say it; a list of work is told by its tab's name."""
    of, _, tab = action.partition(" ")
    if of == "work":
        return t("qa.action_work", page=t(f"work.tab_{tab}"))
    return t(f"qa.action_{action.replace(' ', '_')}")


def entry_told(console: Console, entry: Row) -> str:
    """What an entry of the audit trail is about, by the names that people know; "" for others."""
    details = json.loads(entry["details"])
    served = console.parts.catalog.snapshot.shops.get(str(details.get("shop", "")))
    changed = details.get("scripts")
    if not isinstance(changed, dict):
        names = ("added", "changed", "removed")
        changed = {i: name for name in names for i in details.get(name, ()) if isinstance(i, str)}
    if not changed or entry["kind"] not in ("library", "grave"):
        return ""
    by_id = served.shop.by_id if served else {}
    titles = [by_id[i].name if i in by_id else i for i in list(changed)[:_NAMED]]
    more = int(details.get("count", len(changed))) - len(titles)
    rest = t("qa.entry_more", n=more) if more > 0 else ""
    why = f"（{details['why']}）" if details.get("why") else ""
    return "、".join(titles) + rest + why
