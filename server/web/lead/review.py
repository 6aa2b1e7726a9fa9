"""Proposals: agents', imported, drafts, from gaps. Approve, change, or send back with a comment."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for

from server.base.errors import EntryError
from server.curation.curator import StaleError
from server.curation.diff import differences
from server.curation.fields import script_from
from server.library import Shop
from server.library.save import script_fields
from server.store.curation import Proposal
from server.web import entries
from server.web.lead.checks import checks_of, platform_names, preview_of
from server.web.lead.common import Console, page, say, show
from server.web.lead.editor import open_editor
from server.web.lead.grave import graves_of, must_have_reason, note_graves
from server.web.lead.publishing import Held, publish_with_gate

STATUSES = ("open", "returned", "approved", "withdrawn")


def add(lead: Blueprint, console: Console) -> None:
    """The review's routes."""

    @lead.get("/<shop>/review")
    @page(console)
    def review(shop: Shop) -> Any:
        return _list(console, shop)

    @lead.get("/<shop>/review/<int:number>")
    @page(console)
    def proposal(shop: Shop, number: int) -> Any:
        return _page(console, shop, _or_404(console, shop, number))

    @lead.post("/<shop>/review/<int:number>")
    @page(console)
    def proposal_decide(shop: Shop, number: int) -> Any:
        found = _or_404(console, shop, number)
        comment, deed = request.form.get("comment", "").strip(), request.form.get("do", "")
        if found.status != "open":
            raise EntryError(
                f"this proposal is already {found.status}; open the list again", "proposal_closed"
            )
        if deed == "withdraw" and found.who == g.account.name:
            console.inbox.decide(number, "withdrawn", g.account.name, comment)
            say("proposal_withdrawn")
        elif deed == "return":
            if not comment:
                return _page(console, shop, found, error="comment_needed"), 400
            console.inbox.decide(number, "returned", g.account.name, comment)
            say("proposal_returned")
        elif deed == "approve":
            return _approve(console, shop, found, comment)
        return redirect(url_for("lead.review", shop=shop.id))

    @lead.get("/<shop>/review/<int:number>/edit")
    @page(console)
    def proposal_edit(shop: Shop, number: int) -> Any:
        found = _or_404(console, shop, number)
        return open_editor(console, shop, dict(found.fields), found.base_version, proposal=found)

    @lead.post("/<shop>/review/many")
    @page(console, again=_list)
    def review_many(shop: Shop) -> Any:
        """Approves many new scripts at once, as one batch that can be undone."""
        console.must_publish(shop)
        chosen = [console.inbox.proposal(shop.id, n) for n in entries.numbers("ids")]
        waiting = [p for p in chosen if p is not None and p.status == "open"]
        scripts = {p.script_id: script_from(p.fields, shop.id) for p in waiting}
        expected = {p.script_id: p.base_version for p in waiting}
        graves, why = (
            graves_of(console, shop, scripts.values()),
            request.form.get("why", "").strip(),
        )
        must_have_reason(graves, why)
        if scripts:
            console.curator.publish(
                shop.id, scripts, who=g.account.name, why=why, expected=expected,
                batch=("proposals", str(len(scripts))),
            )  # fmt: skip
            note_graves(console, shop, graves, why)
            for one in waiting:
                console.inbox.decide(one.id, "approved", g.account.name)
            say("proposals_approved", n=len(waiting))
        return redirect(url_for("lead.review", shop=shop.id))


def _list(console: Console, shop: Shop) -> str:
    status = request.args.get("status", "open")
    status = status if status in STATUSES else "open"
    found = console.inbox.proposals(shop.id, status)
    return show("review.html", "review", proposals=found, status=status, statuses=STATUSES)


def _or_404(console: Console, shop: Shop, number: int) -> Proposal:
    found = console.inbox.proposal(shop.id, number)
    if found is None:
        abort(404)
    return found


def _approve(console: Console, shop: Shop, found: Proposal, comment: str) -> Any:
    console.must_publish(shop)
    script = script_from(found.fields, shop.id)
    try:
        held = publish_with_gate(
            console,
            shop,
            {script.id: script},
            bases={script.id: found.base_version},
            title=script.name,
            who=f"{found.who} / {g.account.name}",
            why="；".join(part for part in (found.note, comment) if part),
            reason=comment,
        )
    except StaleError:
        return _page(console, shop, found, error="proposal_stale"), 409
    if held is not None:
        return _page(console, shop, found, held=held), 422
    console.inbox.decide(found.id, "approved", g.account.name, comment)
    say("published", id=script.id)
    return redirect(url_for("lead.review", shop=shop.id))


def _page(
    console: Console, shop: Shop, found: Proposal, error: str = "", held: Held | None = None
) -> str:
    script = script_from(found.fields, shop.id)
    now = shop.by_id.get(found.script_id)
    is_open = found.status == "open" and held is None
    return show(
        "proposal.html",
        "review",
        proposal=found,
        problem=error,
        held=held,
        gate=console.gate(shop, {script.id: script}) if is_open else None,
        diff=differences(script_fields(now) if now else {}, found.fields),
        now=now,
        script=script,
        error="",
        checks=checks_of(script, shop, console),
        bubbles=preview_of(script, shop),
        platforms=platform_names(shop, script),
        may_publish=console.may_publish(shop),
    )
