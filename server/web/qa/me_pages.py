"""An agent's own page: own figures, own verdicts, one appeal each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for

from server.accounts.rights import covers, own_lines
from server.base.errors import BangdaError
from server.metrics.agreement import mean_of
from server.quality.figures_board import rows
from server.store.quality.appeals import deadline
from server.store.quality.figures import Scope
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import EVERYONE, Console
from server.web.texts import t


def add_me(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/me/")
    @qa.get("/me", endpoint="me_short")
    @require(*EVERYONE)
    def me() -> Any:
        console.refresh()
        name, now = g.account.name, datetime.now(UTC)
        first, last = console.span()
        scope = Scope(first, last, g.account.shop, agent=name)
        decided = [dict(row) for row in console.quality.appeals.about_agent(name)]
        for row in decided:
            days = console.quality.settings.number(row["shop"], "appeal_days")
            until = deadline(row["decided_at"], days)
            row["until"] = until.isoformat()
            may = row["verdict"] in ("confirmed", "minor") and row["comment"] is None
            row["appealable"] = may and until >= now
        cards = console.quality.scores.about_agent(name)
        own = rows(console.quality, scope, "")
        return console.page(
            "me.html",
            "me",
            shop=g.account.shop,
            row=own[0] if own else None,
            days=rows(console.quality, scope, "day"),
            decided=decided,
            cards=cards,
            mean=mean_of([card["total"] for card in cards]),
            first=first,
            last=last,
        )

    @qa.post("/me/appeal/<int:number>")
    @require(*EVERYONE)
    def appeal(number: int) -> Any:
        row = console.quality.reviews.item(number)
        if row is None or not covers(g.account, row["shop"]):
            abort(404, t("qa.deleted"))
        try:
            days = console.quality.settings.number(row["shop"], "appeal_days")
            comment = request.form.get("comment", "")
            console.quality.appeals.appeal(number, g.account.name, comment, days)
            flash(t("qa.appealed"), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.me"))

    @qa.get("/me/conversation/<int:number>")
    @require(*EVERYONE)
    def my_conversation(number: int) -> Any:
        talk = console.quality.lookups.talk(number)
        if talk is None:
            abort(404, t("qa.deleted"))
        seats = [message["agent"] for message in talk.messages]
        own = own_lines(g.account, talk.conversation["shop"], seats)
        if not own:
            abort(403, t("qa.not_yours"))
        talk = talk.only(own)
        console.note("own conversation", talk.conversation["shop"], number)
        return console.page(
            "my_conversation.html",
            "me",
            shop=g.account.shop,
            talk=talk,
            focus=request.args.get("focus", 0, int),
        )
