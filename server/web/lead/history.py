"""Who changed what, when and why; restore; what was live at a moment; undo of a batch."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from server.base.errors import EntryError
from server.base.times import utc_of_local
from server.curation.curator import StaleError
from server.curation.diff import differences
from server.curation.fields import script_from
from server.curation.goods import PRODUCTS
from server.library import Shop
from server.metrics.clock import day_bounds
from server.store.curation import Version
from server.web import entries
from server.web.clock import Clock
from server.web.lead.common import Console, page, say, show
from server.web.lead.grave import graves_of, must_have_reason, note_graves

PAGE_SIZE = 50
_LONGEST_SEARCH = 100


def add(lead: Blueprint, console: Console) -> None:
    """The history's routes."""

    @lead.get("/<shop>/history")
    @page(console, again=_page)
    def history(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.get("/<shop>/scripts/<script_id>/history")
    @page(console)
    def script_history(shop: Shop, script_id: str) -> Any:
        versions = console.history.of_script(shop.id, script_id)
        if not versions:
            abort(404)
        pairs = [(v, _before(versions, n)) for n, v in enumerate(versions)]
        diffs = [
            (v, differences(earlier.fields if earlier else {}, v.fields)) for v, earlier in pairs
        ]
        return show(
            "script_history.html",
            "scripts",
            script_id=script_id,
            now=shop.by_id.get(script_id),
            diffs=diffs,
        )

    @lead.post("/<shop>/scripts/<script_id>/restore")
    @page(console)
    def script_restore(shop: Shop, script_id: str) -> Any:
        version = console.history.version(shop.id, entries.number("version"))
        if version is None or version.script_id != script_id or not version.fields:
            abort(404)
        console.must_publish(shop)
        now = shop.by_id.get(script_id)
        typed = request.form.get("why", "").strip()
        script = script_from(version.fields, shop.id)
        graves = graves_of(console, shop, [script])
        must_have_reason(graves, typed)
        why = typed or Clock(shop.zone).minute(version.at)
        # A removed script comes back under its own id, which is no second use of it.
        expected = {script_id: now.version} if now else None
        try:
            console.curator.publish(
                shop.id, {script_id: script},
                who=g.account.name, why=why, action="restored", expected=expected,
            )  # fmt: skip
        except StaleError:
            say("stale_remove", "medium")
            return redirect(url_for("lead.script_history", shop=shop.id, script_id=script_id))
        note_graves(console, shop, graves, typed)
        say("restored", id=script_id)
        return redirect(url_for("lead.script_page", shop=shop.id, script_id=script_id))

    @lead.post("/<shop>/history/undo")
    @page(console)
    def history_undo(shop: Shop) -> Any:
        batch = console.history.batch(shop.id, entries.number("batch"))
        if batch is None or batch.undone_at:
            abort(404)
        console.must_publish(shop)
        if batch.kind in ("orders", "shoppers"):
            rows = console.orders if batch.kind == "orders" else console.parts.members
            done = rows.undo(shop.id, batch.id, g.account.name)
            kind = "medium" if done.left else ""
            say("rows_undone", kind, removed=done.removed, restored=done.restored, left=done.left)
            return redirect(url_for("lead.history", shop=shop.id))
        undo = console.goods.undo if batch.kind == PRODUCTS else console.curator.undo
        left = undo(shop.id, batch.id, who=g.account.name)
        if left:
            say("undone_left", "medium", ids="、".join(left[:10]), n=len(left))
        else:
            say("undone", n=batch.scripts)
        return redirect(url_for("lead.history", shop=shop.id))


def _page(console: Console, shop: Shop) -> str:
    refused = g.get("refused")
    args = request.args if refused is None else MultiDict()
    moment, text = args.get("at", "").strip(), args.get("q", "").strip()[:_LONGEST_SEARCH]
    between = _between(shop) if refused is None else ("", "")
    found = console.history.count(shop.id, text, between)
    pages = max(1, -(-found // PAGE_SIZE))
    number = min(max(1, entries.number("page", 1, values=args)), pages)
    skip = (number - 1) * PAGE_SIZE
    searched = bool(text or any(between) or number > 1)
    return show(
        "history.html",
        "history",
        versions=console.history.search(shop.id, text, between, PAGE_SIZE, skip),
        found=found,
        pages=pages,
        number=number,
        text=text,
        searched=searched,
        batches=[] if searched else console.history.batches(shop.id),
        moment=moment,
        live=console.history.live_at(shop.id, _utc(shop, moment)) if moment else None,
    )


def _between(shop: Shop) -> tuple[str, str]:
    """The days asked for, in the shop's time zone, as UTC moments."""
    first, last = entries.day("from"), entries.day("to")
    return (
        day_bounds(first.isoformat(), shop.zone)[0] if first else "",
        day_bounds(last.isoformat(), shop.zone)[1] if last else "",
    )


def _before(versions: list[Version], place: int) -> Version | None:
    return versions[place + 1] if place + 1 < len(versions) else None


def _utc(shop: Shop, moment: str) -> str:
    """A local time of the page (2026-11-21T08:00) as the database writes it. Raises UsageError."""
    try:
        return utc_of_local(moment, shop.zone)
    except (ValueError, OverflowError) as error:
        raise EntryError(
            f"moment is {moment!r}; expected 2026-11-21T08:00", "moment", "at", found=moment
        ) from error
