"""Drawing samples, and the list of those drawn."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for

from server.base.errors import BangdaError, UsageError
from server.store.quality.samples import METHODS, SampleOrder
from server.web.access import require
from server.web.qa.console import REVIEWERS, Console, told
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
                first_day=form.get("from", ""),
                last_day=form.get("to", ""),
                size=_number(form.get("size", "")),
                percent=_percent(form.get("percent", "")),
                seed=form.get("seed", "").strip()[:40],
                blind="blind" in form,
            )
            number = console.quality.samples.draw(order, console.zone(shop), g.account.name)
        except (BangdaError, ValueError) as error:
            told(error if isinstance(error, BangdaError) else UsageError(str(error)))
            return redirect(url_for("qa.samples"))
        flash(t("qa.sample_drawn"), "done")
        return redirect(url_for("qa.queue", sample=number))


def _number(text: str) -> int:
    if text and not text.isdecimal():
        raise UsageError(f"size is {text!r}; expected a whole number")
    return int(text or 0)


def _percent(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError as error:
        raise UsageError(f"percent is {text!r}; expected 0 to 100") from error
    if not 0 <= value <= 100:
        raise UsageError(f"percent is {text!r}; expected 0 to 100")
    return value
