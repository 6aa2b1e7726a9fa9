"""One script: edit with checks beside it, gate, publish, draft, merge, remove."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from server.base.errors import UsageError
from server.base.platforms import PLATFORMS
from server.curation.curator import StaleError
from server.curation.diff import differences, merge
from server.curation.fields import check_lengths, script_from
from server.curation.health import facts_by_state
from server.exchange.ids import new_id
from server.library import SCRIPT_FIELDS, STAGES, Script, Shop
from server.library.save import script_fields
from server.store.curation import Proposal
from server.web import entries
from server.web.lead.checks import checks_of, platform_names, preview_of
from server.web.lead.common import (
    Console,
    Refused,
    page,
    say,
    script_or_404,
    show,
    variables_of,
)
from server.web.lead.forms import BOXES, CHIPS, fields_of
from server.web.lead.made import says_the_same
from server.web.lead.publishing import Held, publish_with_gate
from server.web.said import said
from server.web.texts import t

# Ids offered for follow-ups: those of the same category, not thousands.
_NAMED = 300


def add(lead: Blueprint, console: Console) -> None:
    """The editor's routes."""

    @lead.get("/<shop>/scripts/new")
    @page(console)
    def script_new(shop: Shop) -> Any:
        return open_editor(console, shop, {"category": request.args.get("category", "")}, "")

    @lead.get("/<shop>/scripts/<script_id>")
    @page(console)
    def script_page(shop: Shop, script_id: str) -> Any:
        script = script_or_404(shop, script_id)
        return open_editor(console, shop, script_fields(script), script.version)

    @lead.post("/<shop>/check")
    @page(console)
    def script_check(shop: Shop) -> Any:
        fields = fields_of(request.form)
        return render_template("lead/_checks.html", shop=shop, **_beside(console, shop, fields))

    @lead.post("/<shop>/scripts")
    @page(console)
    def script_save(shop: Shop) -> Any:
        fields, base = fields_of(request.form), request.form.get("base", "")
        made = console.made.of(request.form.get("once", ""))
        if made is not None and not base and says_the_same(fields, shop.by_id.get(made[0])):
            # Gone back to and sent again: it is the script that this form made, not one more.
            fields["id"], base = made
        fields["id"] = fields.get("id") or _id_for(console, shop, fields)
        try:
            check_lengths(fields)
            script = script_from(fields, shop.id)
        except UsageError as error:
            return refused_editor(console, shop, fields, base, error), 400
        if request.form.get("do") == "draft" or not console.may_publish(shop):
            return _draft(console, shop, script, base)
        return _publish(console, shop, script, base)

    @lead.post("/<shop>/scripts/<script_id>/remove")
    @page(console)
    def script_remove(shop: Shop, script_id: str) -> Any:
        script = script_or_404(shop, script_id)
        why = request.form.get("why", "").strip()
        console.must_publish(shop)
        expected = {script_id: request.form.get("base") or script.version}
        try:
            console.curator.publish(
                shop.id, {script_id: None}, who=g.account.name, why=why, expected=expected
            )
        except StaleError:
            say("stale_remove", "medium")
            return redirect(url_for("lead.script_page", shop=shop.id, script_id=script_id))
        say("removed", id=script_id)
        return redirect(url_for("lead.scripts", shop=shop.id))


def _proposal(console: Console, shop: Shop) -> Proposal | None:
    """The proposal that is being edited, if any."""
    return console.inbox.proposal(shop.id, entries.number("proposal"))


def _draft(console: Console, shop: Shop, script: Script, base: str) -> Any:
    fields, proposal = script_fields(script), _proposal(console, shop)
    once = request.form.get("once", "")
    if proposal is None and (drafted := console.made.draft_of(once)) is not None:
        before = console.inbox.proposal(shop.id, drafted)
        if before is not None and says_the_same(fields, script_from(before.fields, shop.id)):
            proposal = before
    if proposal is not None and proposal.status in ("open", "returned"):
        console.inbox.change(proposal.id, fields, g.account.name)
    else:
        (number,) = console.inbox.propose(
            shop.id, [(script.id, base, fields)], source="draft", who=g.account.name,
            note=request.form.get("why", ""),
        )  # fmt: skip
        console.made.note_draft(once, number)
    say("draft_saved")
    return redirect(url_for("lead.review", shop=shop.id))


def _publish(console: Console, shop: Shop, script: Script, base: str) -> Any:
    fields = script_fields(script)
    why = request.form.get("why", "").strip()
    now = shop.by_id.get(script.id)
    if base and now is not None and now.version != base:
        return _merge(console, shop, fields, base, now), 409
    proposal = _proposal(console, shop)
    try:
        held = publish_with_gate(
            console,
            shop,
            {script.id: script},
            bases={script.id: base},
            who=g.account.name,
            title=script.name,
            reason=why,
        )
    except StaleError as error:
        return _merge(console, shop, fields, base, error.theirs), 409
    except UsageError as error:
        return refused_editor(console, shop, fields, base, error), 400
    if held is not None:
        return open_editor(console, shop, fields, base, held=held, proposal=proposal), 422
    if proposal is not None and proposal.status == "open":
        console.inbox.decide(proposal.id, "approved", g.account.name, why)
    console.made.note(request.form.get("once", ""), script.id, script.version)
    say("published", id=script.id)
    return redirect(url_for("lead.script_page", shop=shop.id, script_id=script.id))


def refused_editor(
    console: Console, shop: Shop, fields: dict[str, Any], base: str, error: UsageError
) -> str:
    """The editor as it was sent, with the error beside its field."""
    g.refused = Refused(getattr(error, "field", ""), said(error))
    known = shop.by_id.get(fields.get("id", ""))
    if known is None and not request.form.get("id"):
        fields.pop("id", None)
    return open_editor(console, shop, fields, base, proposal=_proposal(console, shop))


def _id_for(console: Console, shop: Shop, fields: dict[str, Any]) -> str:
    questions = fields.get("questions", ())
    words = fields.get("title") or next(iter(questions), "") or fields.get("reply", "")
    return new_id(fields.get("category", ""), words, console.curator.retired(shop.id))


def _beside(console: Console, shop: Shop, fields: dict[str, Any]) -> dict[str, Any]:
    """Preview and checks of what the form says; the id and reply may still be missing."""
    whole = {"id": "new", "reply": " "} | fields
    try:
        script = script_from(whole | {"reply": whole["reply"].strip() or "…"}, shop.id)
    except UsageError as error:
        return {"error": said(error), "checks": None, "bubbles": (), "platforms": ()}
    return {
        "error": "",
        "script": script,
        "checks": checks_of(script, shop, console),
        "bubbles": preview_of(script, shop),
        "platforms": platform_names(shop, script),
    }


def open_editor(
    console: Console,
    shop: Shop,
    fields: dict[str, Any],
    base: str,
    *,
    error: str = "",
    held: Held | None = None,
    clashes: tuple[str, ...] = (),
    proposal: Proposal | None = None,
) -> str:
    """The editor's page, filled with these fields."""
    console.warm(shop)
    beside = _beside(console, shop, fields)
    beside["error"] = error or beside["error"]
    return show(
        "editor.html",
        "scripts",
        fields=fields,
        base=base,
        held=held,
        clashes=clashes,
        proposal=proposal,
        chips=CHIPS,
        boxes=BOXES,
        stages=STAGES,
        known=shop.by_id.get(fields.get("id", "")),
        near=[s for s in shop.scripts if s.category == fields.get("category", "")][:_NAMED],
        versions=console.history.of_script(shop.id, fields.get("id", ""))[:5],
        variables=variables_of(shop),
        gone=sorted(facts_by_state(shop, shop.local_now())[0]),
        all_platforms=PLATFORMS,
        categories=sorted({s.category for s in shop.scripts if s.category}),
        owners=sorted({s.owner for s in shop.scripts if s.owner}),
        may_publish=console.may_publish(shop),
        why=request.form.get("why", ""),
        here=request.form.get("here") or request.full_path.rstrip("?"),
        once=request.form.get("once") or secrets.token_urlsafe(12),
        **beside,
    )


def _merge(
    console: Console, shop: Shop, mine: dict[str, Any], base: str, theirs: Script | None
) -> str:
    """Both sides beside each other, and the editor filled with the two joined."""
    other = script_fields(theirs) if theirs else {}
    start = console.history.by_hash(shop.id, str(mine["id"]), base)
    merged = merge(start.fields if start else {}, mine, other)
    return show(
        "merge.html",
        "scripts",
        theirs=theirs,
        mine_diff=differences(start.fields if start else {}, mine),
        theirs_diff=differences(start.fields if start else {}, other),
        merged={name: merged.fields[name] for name in SCRIPT_FIELDS if name in merged.fields},
        clashes=merged.clashes,
        mine=mine,
        other=other,
        base=theirs.version if theirs else "",
        chips=CHIPS,
        boxes=BOXES,
        who=_last_author(console, shop, str(mine["id"])),
    )


def _last_author(console: Console, shop: Shop, script_id: str) -> str:
    versions = console.history.of_script(shop.id, script_id)
    return versions[0].who if versions else t("lead.somebody")
