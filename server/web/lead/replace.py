"""Find and replace: what would change, what the gate says of it, one batch that can be undone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.base.errors import EntryError
from server.curation.curator import StaleError
from server.curation.diff import differences
from server.curation.fields import check_lengths
from server.curation.replacing import PLACES, Replacing, replaced
from server.library import Script, Shop
from server.library.save import script_fields
from server.web.lead.common import Console, page, say, show
from server.web.lead.grave import graves_of
from server.web.lead.publishing import publish_with_gate

_SHOWN = 100
_LONGEST = 200
# The gate embeds every text that changes before a lead sees what it says; more are published
# first and tried in the background, as what is left of a gate is.
_TRIED_AT_ONCE = 100


def add(lead: Blueprint, console: Console) -> None:
    """The routes of find and replace."""

    @lead.get("/<shop>/replace")
    @page(console)
    def replace(shop: Shop) -> Any:
        return _page(console, shop)

    @lead.post("/<shop>/replace")
    @page(console, again=_page)
    def replace_do(shop: Shop) -> Any:
        console.must_publish(shop)
        wanted = _wanted()
        pairs = _chosen(_pairs(shop, wanted))
        if not pairs:
            say("bulk_nothing", "medium")
            return redirect(url_for("lead.replace", shop=shop.id, **_kept()))
        changes = {old.id: new for old, new in pairs}
        for new in changes.values():
            _check(new)
        bases = {old.id: request.form.get(f"base_{old.id}", old.version) for old, _ in pairs}
        why = request.form.get("why", "").strip()
        try:
            held = _publish(console, shop, changes, bases, wanted, why)
        except StaleError as error:
            raise EntryError(str(error), "replace_stale", found=error.script_id) from error
        if held is not None:
            return _page(console, shop, held), 422
        say("replaced", n=len(changes))
        return redirect(url_for("lead.history", shop=shop.id))


def _publish(
    console: Console,
    shop: Shop,
    changes: dict[str, Script],
    bases: dict[str, str],
    wanted: Replacing,
    why: str,
) -> Any:
    return publish_with_gate(
        console,
        shop,
        changes,
        bases=bases,
        who=g.account.name,
        title=f"{wanted.find} → {wanted.put}",
        reason=why,
        batch=("replace", f"“{wanted.find}” → “{wanted.put}”"),
        tried_up_to=_TRIED_AT_ONCE,
    )


def _wanted() -> Replacing:
    values = request.values
    find, put = values.get("find", ""), values.get("put", "")
    for name, text in (("find", find), ("put", put)):
        if len(text) > _LONGEST:
            message = f"{name} has {len(text)} characters; expected at most {_LONGEST}"
            raise EntryError(message, "too_long", name, found=len(text), most=_LONGEST)
    if not find.strip():
        raise EntryError("there is nothing to search for", "no_search", "find")
    places = tuple(place for place in PLACES if place in values.getlist("in"))
    return Replacing(find, put, places or ("wordings",), "exact" in values)


def _pairs(shop: Shop, wanted: Replacing) -> list[tuple[Script, Script]]:
    return [] if wanted.find == wanted.put else list(replaced(shop.scripts, wanted))


def _chosen(pairs: list[tuple[Script, Script]]) -> list[tuple[Script, Script]]:
    """Those that are ticked; pairs beyond the page come along when all are meant."""
    ids, shown = set(request.form.getlist("ids")), set(request.form.getlist("seen"))
    rest = "rest" in request.form
    return [pair for pair in pairs if pair[0].id in ids or (rest and pair[0].id not in shown)]


def _check(script: Script) -> None:
    if not script.reply.strip():
        raise EntryError(f"{script.id} would have no reply", "empties_reply", found=script.id)
    check_lengths(script_fields(script))


def _kept() -> dict[str, Any]:
    names = ("find", "put", "in", "exact")
    return {name: request.values.getlist(name) for name in names if name in request.values}


def _page(console: Console, shop: Shop, held: Any = None) -> str:
    asked = bool(request.values.get("find", "").strip())
    refused = g.get("refused")
    wanted = _wanted() if asked and not (refused and refused.field in ("find", "put")) else None
    pairs = _pairs(shop, wanted) if wanted else []
    graves = graves_of(console, shop, [new for _, new in pairs[:_SHOWN]])
    return show(
        "replace.html",
        "health",
        wanted=wanted,
        places=list(PLACES),
        chosen_places=request.values.getlist("in") or ["wordings"],
        found=len(pairs),
        rows=[
            (old, differences(script_fields(old), script_fields(new)))
            for old, new in pairs[:_SHOWN]
        ],
        graves={grave.script.id: grave for grave in graves},
        held=held,
        why=request.form.get("why", ""),
        may_publish=console.may_publish(shop),
        late=len(pairs) > _TRIED_AT_ONCE,
    )
