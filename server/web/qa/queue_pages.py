"""The queue, one item with its verdict form, and what a verdict can be turned into."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.store.quality.findings import EXAMPLE_KINDS
from server.store.quality.lookups import Talk
from server.store.quality.review import QueueFilter
from server.store.quality.verdicts import choices_of
from server.web import entries
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import LEADS, REVIEWERS, Console
from server.web.texts import t

_PAGE = 50
_FIELDS = (
    "view",
    "source",
    "severity",
    "rule",
    "agent",
    "platform",
    "assigned",
    "sample",
    "from",
    "to",
    "shop",
)
REASONS = ("wording", "diversion", "promise", "attitude", "quoting", "context", "fact", "other")


def nearest_turn(talk: Talk, text: str, at: str) -> int | None:
    """The turn that a flag without one is about: the last of that text, else the last by then."""
    turns = [m for m in talk.messages if m["sent_at"] <= at] or talk.messages[:1]
    same = [m for m in turns if text and m["text"] == text]
    found = (same or turns)[-1:]
    return found[0]["id"] if found else None


def add_queue(qa: Blueprint, console: Console) -> None:
    """Routes."""

    def wanted() -> QueueFilter:
        since, until = console.bounds()
        view = request.values.get("view", "open")
        return QueueFilter(
            shop=console.shop(),
            view=view if view in ("open", "lead", "done") else "open",
            sample=entries.number("sample"),
            since=since,
            until=until,
            **{
                f: request.values.get(f, "")
                for f in ("source", "severity", "rule", "agent", "platform", "assigned")
            },
        )

    def kept() -> dict[str, Any]:
        """The filter as it stands in the address, to come back to it."""
        return {f: request.values[f] for f in _FIELDS if request.values.get(f)}

    @qa.get("/qa/")
    @qa.get("/qa", endpoint="queue_short")
    @require(*REVIEWERS)
    def queue() -> Any:
        fresh = console.refresh()
        reviews, me, chosen = console.quality.reviews, g.account.name, wanted()
        page = max(0, request.args.get("page", 0, int))
        return console.page(
            "queue.html",
            "queue",
            rows=reviews.queue(chosen, me, _PAGE, page * _PAGE),
            total=reviews.total(chosen, me),
            counts={
                column: reviews.counts(chosen, me, column)
                for column in ("source", "severity", "rule", "agent", "platform", "assigned")
            },
            reviewers=reviewers(chosen.shop) if g.account.role in LEADS else [],
            views=[
                (view, reviews.total(replace(chosen, view=view), me))
                for view in ("open", "lead", "done")
            ],
            wanted=chosen,
            kept=kept(),
            page=page,
            per_page=_PAGE,
            fresh=fresh,
        )

    @qa.get("/qa/next")
    @require(*REVIEWERS)
    def next_item() -> Any:
        console.refresh()
        after = request.args.get("after", 0, int)
        found = console.quality.reviews.next_item(wanted(), g.account.name, after)
        if found is None:
            flash(t("qa.queue_done"), "done")
            return redirect(url_for("qa.queue", **kept()))
        return redirect(url_for("qa.item", number=found, **kept()))

    @qa.get("/qa/item/<int:number>")
    @require(*REVIEWERS)
    def item(number: int) -> Any:
        row = visible(number)
        talk = console.quality.lookups.talk(row["conversation"])
        if talk is None:
            abort(404, t("qa.deleted"))
        console.note("item", row["shop"], row["conversation"], f"item {number}")
        hidden = row["state"] == "second" and g.account.role not in LEADS
        return console.page(
            "item.html",
            "queue",
            shop=row["shop"],
            row=row,
            talk=talk,
            focus=row["message"] or nearest_turn(talk, row["text"], row["at"]),
            verdicts=[] if hidden else console.quality.reviews.verdicts(number),
            made=console.quality.findings.made_of(number),
            reasons=REASONS,
            kept=kept(),
            choices=[
                verdict
                for verdict in choices_of(row["source"])
                if verdict != "lead" or row["state"] in ("open", "second")
            ],
            judgeable=judgeable(row),
            alike=len(console.quality.reviews.alike(number)),
            left=console.quality.reviews.total(wanted(), g.account.name),
        )

    def judgeable(row: Any) -> bool:
        given = console.quality.reviews.verdicts(row["id"])
        standing = [v["reviewer"] for v in given if v["withdrawn"] is None]
        if row["state"] == "done" and not row["blind"] and standing[-1:] == [g.account.name]:
            return True
        if row["state"] in ("lead", "disputed", "done"):
            return g.account.role in LEADS
        return g.account.name not in standing

    def reviewers(shop: str) -> list[str]:
        """Who judges in this shop."""
        accounts = console.parts.accounts.all()
        return sorted(
            {
                row["name"]
                for row in accounts
                if row["role"] in REVIEWERS and row["shop"] in ("", shop or row["shop"])
            }
        )

    @qa.post("/qa/item/<int:number>/verdict")
    @require(*REVIEWERS)
    def judge(number: int) -> Any:
        row, form = visible(number), request.form
        verdict = form.get("verdict", "")
        also = console.quality.reviews.alike(number) if "alike" in form else []
        try:
            state = console.quality.reviews.judge(
                number,
                g.account.name,
                g.account.role,
                verdict,
                form.get("reason", ""),
                form.get("note", ""),
                also=also,
            )
        except BangdaError as error:
            tell(error)
            return redirect(url_for("qa.item", number=number, **kept()))
        kind = EXAMPLE_KINDS.get(verdict, "") if row["rule"] and state == "done" else ""
        said_ = t(f"qa.verdict_{verdict}")
        words = t("qa.judged_alike", verdict=said_, n=number, more=len(also)) if also else ""
        flash(words or t("qa.judged", verdict=said_, n=number), f"item:{number}:{kind}")
        return redirect(url_for("qa.next_item", after=number, **kept()))

    @qa.post("/qa/item/<int:number>/take-back")
    @require(*REVIEWERS)
    def take_back(number: int) -> Any:
        visible(number)
        try:
            n = console.quality.second_thoughts.take_back(number, g.account.name)
            flash(t("qa.taken_back", n=n), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.item", number=number, **kept()))

    @qa.post("/qa/assign")
    @require(*LEADS)
    def assign() -> Any:
        chosen = wanted()
        known = ["", *reviewers(chosen.shop)]
        to = [name for name in request.form.getlist("reviewer") if name in known]
        try:
            n = console.quality.reviews.assign(chosen, to, g.account.name)
            names = "、".join(name for name in to if name)
            flash(t("qa.assigned", n=n, to=names) if names else t("qa.unassigned", n=n), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.queue", **kept()))

    @qa.post("/qa/item/<int:number>/example")
    @require(*REVIEWERS)
    def example(number: int) -> Any:
        visible(number)
        try:
            console.make_example(number)
        except BangdaError as error:
            tell(error)
        if "next" in request.form:
            return redirect(url_for("qa.next_item", after=number, **kept()))
        return redirect(url_for("qa.item", number=number, **kept()))

    @qa.post("/qa/item/<int:number>/task/<kind>")
    @require(*REVIEWERS)
    def task(number: int, kind: str) -> Any:
        visible(number)
        try:
            console.quality.findings.add_task(number, kind, g.account.name)
            flash(t(f"qa.task_{kind}_added"), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.item", number=number, **kept()))

    def visible(number: int) -> Any:
        row = console.quality.reviews.item(number)
        if row is None:
            abort(404, t("qa.deleted"))
        console.may_see(row["shop"])
        return row
