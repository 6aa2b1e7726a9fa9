"""Messages that got nothing, replies typed again and again, scripts edited again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.base.times import utc_text
from server.curation.gaps import Cluster, Item, cluster, meaning_rows, often_edited, repeated
from server.curation.use import days_until
from server.exchange.ids import new_id
from server.library import Shop
from server.library.save import script_fields
from server.web import entries
from server.web.lead.common import Console, page, say, show

DAYS = (7, 14, 30, 90)
_SHOWN = 60


def since(days: int) -> str:
    """The start of a window of days, as the database writes times."""
    return utc_text(datetime.now(UTC) - timedelta(days=days))


def window() -> int:
    """The window that the address asks for, in days."""
    days = entries.number("days", 14)
    return days if days in DAYS else 14


def add(lead: Blueprint, console: Console) -> None:
    """The gaps' routes."""

    @lead.get("/<shop>/gaps")
    @page(console)
    def gaps(shop: Shop) -> Any:
        days = window()
        unanswered, typed, edited = clusters_of(console, shop, days)
        return show(
            "gaps.html",
            "gaps",
            unanswered=unanswered[:_SHOWN],
            more=max(0, len(unanswered) - _SHOWN),
            typed=typed[:_SHOWN],
            tasks=console.parts.quality.findings.tasks(shop.id),
            edited=[(shop.by_id[i], c) for i, c in edited if i in shop.by_id][:_SHOWN],
            window=days_until(shop.local_now().date(), min(days, 30)),
            days=days,
            all_days=DAYS,
        )

    @lead.post("/<shop>/gaps/draft")
    @page(console)
    def gap_draft(shop: Shop) -> Any:
        """The first click: a draft filled from the cluster, opened for the second."""
        refs = _refs()
        questions = [q for q in request.form.getlist("question") if q.strip()]
        reply = request.form.get("reply", "").strip() or "……"
        category = request.form.get("category", "")
        script_id = request.form.get("script_id", "")
        known = shop.by_id.get(script_id)
        if known is not None:
            fields = script_fields(known)
            fields["questions"] = list(dict.fromkeys([*known.questions, *questions]))
            if request.form.get("reply", "").strip():
                fields["variants"] = list(dict.fromkeys([*known.variants, reply]))
            base = known.version
        else:
            words = questions[0] if questions else reply
            script_id = new_id(category or "gap", words, console.curator.retired(shop.id))
            fields = {"id": script_id, "title": words[:20], "questions": questions, "reply": reply}
            base = ""
        (number,) = console.inbox.propose(
            shop.id, [(script_id, base, fields)], source="gap", who=g.account.name
        )
        console.inbox.mark_gaps(shop.id, refs, "draft", g.account.name, script_id)
        _finish_task(console, shop)
        say("gap_drafted")
        return redirect(url_for("lead.proposal_edit", shop=shop.id, number=number))

    @lead.post("/<shop>/gaps/dismiss")
    @page(console)
    def gap_dismiss(shop: Shop) -> Any:
        console.inbox.mark_gaps(shop.id, _refs(), "dismissed", g.account.name)
        _finish_task(console, shop)
        say("task_done" if "task" in request.form else "gap_dismissed")
        return redirect(url_for("lead.gaps", shop=shop.id, days=window()))


def _finish_task(console: Console, shop: Shop) -> None:
    """Closes the task of QA that the form names, if it is one of the shop's."""
    number = entries.number("task")
    findings = console.parts.quality.findings
    if number in {task["id"] for task in findings.tasks(shop.id)}:
        findings.finish_task(number, g.account.name)


def _refs() -> list[tuple[str, int]]:
    pairs = (text.partition(":") for text in request.form.getlist("ref"))
    return [(source, entries.whole("ref", number)) for source, _, number in pairs if number.strip()]


def clusters_of(
    console: Console, shop: Shop, days: int
) -> tuple[list[Cluster], list[Cluster], list[tuple[str, Cluster]]]:
    """Unanswered messages and requests; replies typed by hand; edits by script."""
    start, done = since(days), console.inbox.marked(shop.id)
    usage, index = console.usage, console.served(shop.id).index

    def open_items(items: Sequence[Item]) -> list[Item]:
        return [item for item in items if (item.source, item.ref) not in done]

    missed = [
        Item("message", r["id"], r["text"], r["at"], "passed" if r["shown"] else "nothing")
        for r in usage.messages(shop.id, start)
        if not r["used"] and (not r["shown"] or r["answered"])
    ]
    asked = [
        Item("event", r["id"], r["text"], r["at"], "request", r["agent"])
        for r in usage.requests(shop.id, start)
    ]
    sent = usage.sent(shop.id, start)
    typed = [
        Item("event", r["id"], r["text"], r["at"], "typed", r["message"] or "")
        for r in sent
        if r["outcome"] in ("other", "") and len(r["text"]) >= 6
    ]
    edited = [
        Item("event", r["id"], r["text"], r["at"], "edited", r["message"] or "", r["script_id"])
        for r in sent
        if r["outcome"] == "edited"
    ]

    def rows(texts: Sequence[str]) -> Any:
        return meaning_rows(texts, index)

    return (
        cluster(open_items([*asked, *missed]), rows),
        repeated(open_items(typed), rows),
        often_edited(open_items(edited)),
    )
