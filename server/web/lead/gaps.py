"""Messages that got nothing, replies typed again and again, scripts edited again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, g, redirect, request, url_for

from server.base.times import utc_text
from server.curation.gap_book import Gaps, Raw
from server.curation.gaps import QUESTIONS, Item
from server.curation.use import days_until
from server.exchange.ids import new_id
from server.library import Shop
from server.library.save import script_fields
from server.store.curation import Usage
from server.web import entries
from server.web.lead.common import Console, page, say, show

DAYS = (7, 14, 30, 90)
VIEWS = ("unanswered", "faults", "typed", "edited")
PAGE_SIZE = 20
_SHORTEST_TYPED = 6


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
        found = console.gaps.of(console.served(shop.id), days)
        left = (found or Gaps()).without(console.inbox.marked(shop.id))
        lists = _lists(shop, left)
        view = request.args.get("view", "")
        view = view if view in lists else next((name for name in VIEWS if lists[name]), VIEWS[0])
        pages = max(1, -(-len(lists[view]) // PAGE_SIZE))
        number = min(max(1, entries.number("page", 1)), pages)
        return show(
            "gaps.html",
            "gaps",
            ready=found is not None,
            view=view,
            counts={name: len(lists[name]) for name in VIEWS},
            rows=lists[view][(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            pages=pages,
            number=number,
            small=left.small,
            answered=left.answered,
            tasks=console.parts.quality.findings.tasks(shop.id),
            window=days_until(shop.local_now().date(), min(days, 30)),
            days=days,
            all_days=DAYS,
        )

    @lead.post("/<shop>/gaps/draft")
    @page(console)
    def gap_draft(shop: Shop) -> Any:
        """The first click: a draft filled from the cluster, opened for the second."""
        refs = _refs()
        if not refs and "lines" in request.form:
            return _no_line(shop)
        drafted = console.inbox.drafted(shop.id, refs)
        if drafted is not None:
            # Gone back to and clicked again: the draft that is there.
            return redirect(url_for("lead.proposal_edit", shop=shop.id, number=drafted))
        questions = _questions()
        written = _reply()
        reply = written or "……"
        category = request.form.get("category", "")
        script_id = request.form.get("script_id", "")
        known = shop.by_id.get(script_id)
        if known is not None:
            fields = script_fields(known)
            fields["questions"] = list(dict.fromkeys([*known.questions, *questions]))
            if written:
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
        refs = _refs()
        if not refs and "lines" in request.form:
            return _no_line(shop)
        console.inbox.mark_gaps(shop.id, refs, "dismissed", g.account.name)
        _finish_task(console, shop)
        say("task_done" if "task" in request.form else "gap_dismissed")
        view = request.form.get("view", "")
        return redirect(url_for("lead.gaps", shop=shop.id, days=window(), view=view or None))


def _lists(shop: Shop, found: Gaps) -> dict[str, list[Any]]:
    """The rows of each view."""
    return {
        "unanswered": list(found.unanswered),
        "faults": [f for f in found.faults if f.script_id in shop.by_id],
        "typed": list(found.typed),
        "edited": [(shop.by_id[i], c) for i, c in found.edited if i in shop.by_id],
    }


def _finish_task(console: Console, shop: Shop) -> None:
    """Closes the task of QA that the form names, if it is one of the shop's."""
    number = entries.number("task")
    findings = console.parts.quality.findings
    if number in {task["id"] for task in findings.tasks(shop.id)}:
        findings.finish_task(number, g.account.name)


def _no_line(shop: Shop) -> Any:
    say("gap_no_line", "medium")
    view = request.form.get("view", "")
    return redirect(url_for("lead.gaps", shop=shop.id, days=window(), view=view or None))


def _ticked(name: str) -> list[str]:
    """A field of each line that is ticked: lines of something else stay gaps."""
    lines = request.form.getlist("line")
    return [value for line in lines for value in request.form.getlist(f"{name}_{line}")]


def _reply() -> str:
    """What agents wrote, the most frequent of what is ticked; '' where it is about questions."""
    written = [*_ticked("reply"), request.form.get("reply", "")]
    return next((text.strip() for text in written if text.strip()), "")


def _questions() -> list[str]:
    asked = dict.fromkeys([*request.form.getlist("question"), *_ticked("said")])
    return [question for question in asked if question.strip()][:QUESTIONS]


def _refs() -> list[tuple[str, int]]:
    named = [*request.form.getlist("ref"), *" ".join(_ticked("refs")).split()]
    pairs = (text.partition(":") for text in named)
    return [(source, entries.whole("ref", number)) for source, _, number in pairs if number.strip()]


def raw_gaps(usage: Usage) -> Callable[[str, int], Raw]:
    """What the database holds of a shop's last days, without what was dealt with in between."""

    def read(shop: str, days: int) -> Raw:
        start = since(days)
        sent = usage.sent(shop, start)
        return Raw(
            missed=[
                Item("message", r["id"], r["text"], r["at"], "passed" if r["shown"] else "nothing")
                for r in usage.messages(shop, start)
                if not r["used"] and (not r["shown"] or r["answered"])
            ],
            asked=[
                Item("event", r["id"], r["text"], r["at"], "request", r["agent"])
                for r in usage.requests(shop, start)
            ],
            typed=[
                Item("event", r["id"], r["text"], r["at"], "typed", r["message"] or "")
                for r in sent
                if r["outcome"] in ("other", "") and len(r["text"]) >= _SHORTEST_TYPED
            ],
            edited=[
                Item(
                    "event", r["id"], r["text"], r["at"], "edited", r["message"] or "",
                    r["script_id"],
                )
                for r in sent
                if r["outcome"] == "edited"
            ],
        )  # fmt: skip

    return read
