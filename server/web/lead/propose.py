"""Agents' proposals: how shoppers ask and what the agent would answer."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from server.base.errors import BangdaError
from server.curation.fields import check_lengths, script_from
from server.exchange.ids import new_id
from server.library.save import script_fields
from server.web.access import require
from server.web.lead.common import Console, Refused, allowed_shops, say
from server.web.lead.grave import graves_of
from server.web.lead.made import says_the_same
from server.web.said import said
from server.web.texts import t


def add(lead: Blueprint, console: Console) -> None:
    """The page that every role may open."""

    @lead.get("/propose")
    @require()
    def propose() -> Any:
        return _page(console)

    @lead.post("/propose")
    @require()
    def propose_send() -> Any:
        shops = {shop.id: shop for shop in allowed_shops(console)}
        shop = shops.get(request.form.get("shop") or next(iter(shops), ""))
        if shop is None:
            abort(404, t("lead.no_shop"))
        asked = request.form.get("question", "").replace("\r", "").split("\n")
        questions = [line.strip() for line in asked if line.strip()]
        reply = request.form.get("reply", "").strip()
        script_id = new_id("", (questions or [reply])[0], console.curator.retired(shop.id))
        fields = {"id": script_id, "questions": questions, "reply": reply}
        who, note = g.account.name, request.form.get("note", "").strip()
        try:
            check_lengths(fields)
            script = script_from(fields, shop.id)
            # What breaks a platform's rule is looked at by a lead even where nothing else is.
            if shop.settings.get("review") == "off" and not graves_of(console, shop, [script]):
                console.curator.publish(shop.id, {script_id: script}, who=who, why=note)
                say("proposed_live")
                return redirect(url_for("lead.propose"))
        except BangdaError as error:
            g.refused = Refused(getattr(error, "field", ""), said(error))
            return _page(console), 400
        once = request.form.get("once", "")
        drafted = console.inbox.proposal(shop.id, console.made.draft_of(once) or 0)
        own = drafted is not None and drafted.status == "open" and drafted.who == who
        if (
            drafted is not None
            and own
            and says_the_same(fields, script_from(drafted.fields, shop.id))
        ):
            # Gone back to and sent again: the same proposal as it is now.
            console.inbox.change(drafted.id, script_fields(script) | {"id": drafted.script_id}, who)
        else:
            drafts = [(script_id, "", script_fields(script))]
            (number,) = console.inbox.propose(shop.id, drafts, source="agent", who=who, note=note)
            console.made.note_draft(once, number)
        say("proposed")
        return redirect(url_for("lead.propose"))


def _page(console: Console) -> str:
    shops = allowed_shops(console)
    mine = [
        proposal
        for shop in shops
        for status in ("open", "returned", "approved")
        for proposal in console.inbox.proposals(shop.id, status, 200)
        if proposal.who == g.account.name and proposal.source == "agent"
    ]
    return render_template(
        "lead/propose.html",
        shops=shops,
        mine=mine,
        refused=g.get("refused"),
        once=request.form.get("once") or secrets.token_urlsafe(12),
    )
