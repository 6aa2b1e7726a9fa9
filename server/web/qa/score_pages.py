"""Score cards: averages with intervals, and the form's lines."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.metrics.agreement import ENOUGH_SAMPLES
from server.metrics.scoring import Criterion
from server.web import entries
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import LEADS, REVIEWERS, Console
from server.web.texts import t

_MOST_LINES = 30


def add_scores(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/qa/scores")
    @require(*REVIEWERS)
    def scores() -> Any:
        shop = console.shop()
        first, last = console.span()
        _, lines = console.quality.settings.form(console.one_shop())
        return console.page(
            "scores.html",
            "scores",
            first=first,
            last=last,
            averages=console.quality.scores.averages(shop, first, last),
            by_line=console.quality.scores.lines(shop, first, last),
            lines=[line for line in lines if not line.fatal],
            enough=ENOUGH_SAMPLES,
            agents=console.quality.lookups.names(shop)["agent"],
        )

    @qa.get("/qa/scores/form")
    @require(*REVIEWERS)
    def score_form() -> Any:
        _, lines = console.quality.settings.form(console.one_shop())
        blank = [Criterion("", "", 0)] * 3
        shop = console.one_shop()
        return console.page("score_form.html", "scores", shop=shop, lines=[*lines, *blank])

    @qa.post("/qa/scores/form")
    @require(*LEADS)
    def save_form() -> Any:
        form = request.form
        shop = console.one_shop()
        try:
            lines = _lines(form.getlist("name"), form.getlist("points"), form.getlist("hint"))
            console.quality.settings.set_form(shop, lines, g.account.name)
            flash(t("qa.form_saved"), "done")
        except BangdaError as error:
            tell(error)
            return redirect(url_for("qa.score_form", shop=shop))
        return redirect(url_for("qa.scores"))


def _lines(names: list[str], points: list[str], hints: list[str]) -> tuple[Criterion, ...]:
    """The form's lines; a line without a name is left out. Raises UsageError."""
    found = []
    # A form that leaves fields out is told what is missing.
    lines = zip_longest(names, points, hints, fillvalue="")
    for place, (name, text, hint) in enumerate(lines, start=1):
        name = name.strip()[:40]
        if not name:
            continue
        worth = entries.whole(name, text, 1_000)
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or f"line-{place}"
        found.append(Criterion(f"{slug}-{place}", name, worth, hint.strip()[:80]))
    return tuple(found[:_MOST_LINES])
