"""Drawing samples, and the list of those drawn."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.store.quality.samples import METHODS, SampleOrder
from server.web import entries
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import REVIEWERS, Console
from server.web.texts import t


def add_samples(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/qa/samples")
    @require(*REVIEWERS)
    def samples() -> Any:
        today = date.fromisoformat(console.today())
        rows = [dict(row) for row in console.quality.samples.all(console.shop())]
        for row in rows:
            row["groups"] = json.loads(row["strata"])
        return console.page(
            "samples.html",
            "samples",
            rows=rows,
            methods=METHODS,
            first=(today - timedelta(days=6)).isoformat(),
            last=today.isoformat(),
        )

    @qa.post("/qa/samples")
    @require(*REVIEWERS)
    def draw() -> Any:
        console.refresh()
        form = request.form
        shop = console.one_shop()
        try:
            order = SampleOrder(
                shop=shop,
                name=form.get("name", "").strip()[:60],
                method=form.get("method", ""),
                first_day=_day("from"),
                last_day=_day("to"),
                size=entries.number("size"),
                percent=entries.share("percent", 100) or 0,
                seed=form.get("seed", "").strip()[:40],
                blind="blind" in form,
            )
            number = console.quality.samples.draw(order, console.zone(shop), g.account.name)
        except BangdaError as error:
            tell(error)
            return redirect(url_for("qa.samples"))
        flash(t("qa.sample_drawn"), "done")
        return redirect(url_for("qa.queue", sample=number))


def _day(name: str) -> str:
    found = entries.day(name)
    return found.isoformat() if found else ""
