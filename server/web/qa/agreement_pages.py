"""Agreement of two reviewers, appeals, and how right each rule is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for

from server.base.errors import BangdaError
from server.curation.rule_examples import contradicted
from server.metrics.agreement import cohen_kappa, wilson
from server.store.quality.verdicts import DECIDED, RIGHT, RISK_VERDICTS, VERDICTS
from server.web.access import require
from server.web.notices import tell
from server.web.qa.console import LEADS, REVIEWERS, Console
from server.web.texts import t


def add_agreement(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/qa/agreement")
    @require(*REVIEWERS)
    def agreement() -> Any:
        rows = console.quality.reviews.reviewer_pairs(console.shop())
        pairs: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for row in rows:
            if row["one"] <= row["two"]:
                pairs[row["one"], row["two"]].append((row["first"], row["second"]))
            else:
                pairs[row["two"], row["one"]].append((row["second"], row["first"]))
        everything = [pair for group in pairs.values() for pair in group]
        return console.page(
            "agreement.html",
            "agreement",
            total=cohen_kappa(everything),
            groups=[(*names, cohen_kappa(found)) for names, found in sorted(pairs.items())],
            table=Counter(everything),
            verdicts=used_verdicts(everything),
            waiting=len(console.quality.appeals.all(console.shop(), is_open=True)),
        )

    @qa.get("/qa/appeals")
    @require(*REVIEWERS)
    def appeals() -> Any:
        kept, shop = console.quality.appeals, console.shop()
        return console.page(
            "appeals.html",
            "appeals",
            open_ones=kept.all(shop, is_open=True),
            decided=kept.all(shop, is_open=False),
            choices=DECIDED,
            decides=g.account.role in LEADS,
        )

    @qa.post("/qa/appeals/<int:number>")
    @require(*LEADS)
    def decide(number: int) -> Any:
        row = console.quality.reviews.item(number)
        if row is not None:
            console.may_see(row["shop"])
        try:
            form = request.form
            verdict, note = form.get("verdict", ""), form.get("note", "")
            console.quality.appeals.decide(number, g.account.name, verdict, note)
            flash(t("qa.appeal_decided"), "done")
        except BangdaError as error:
            tell(error)
        return redirect(url_for("qa.appeals"))

    @qa.get("/qa/rules")
    @require(*REVIEWERS)
    def rules() -> Any:
        shop = console.shop()
        counted = console.quality.reviews.rule_verdicts(shop)
        known = {
            rule.id: rule
            for served in console.parts.catalog.snapshot.shops.values()
            for rule in (
                *served.checker.ruleset.rules,
                *served.checker.ruleset.judged.values(),
            )
        }
        return console.page(
            "rules.html",
            "rules",
            rows=precision_rows(counted),
            months=month_rows(counted),
            known=known,
            examples=console.quality.findings.examples(shop),
            contradicted=contradicted_examples(shop),
            tasks=console.quality.findings.tasks(shop),
        )

    def contradicted_examples(shop: str) -> set[tuple[str, str, str]]:
        """Shop, rule and text of examples that the rules contradict now."""
        catalog = console.parts.catalog
        shops = [key for key, _ in console.shops() if shop in ("", key)]
        return {(key, *example) for key in shops for example in contradicted(catalog, key)}

    @qa.get("/qa/rules/examples.jsonl")
    @require(*REVIEWERS)
    def examples() -> Response:
        shop = console.shop()
        console.note("export", shop, None, "rule examples")
        answer = Response(
            console.quality.findings.examples_jsonl(shop), mimetype="application/jsonl"
        )
        answer.headers["Content-Disposition"] = "attachment; filename=rule_examples.jsonl"
        return answer

    @qa.post("/qa/tasks/<int:number>/done")
    @require(*LEADS)
    def finish(number: int) -> Any:
        found = console.quality.findings.task(number)
        if found is None:
            abort(404, t("qa.deleted"))
        console.may_see(found["shop"])
        console.quality.findings.finish_task(number, g.account.name)
        return redirect(url_for("qa.rules"))


def used_verdicts(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The rows of the table of pairs: an agent's verdicts, and a shopper's where any was given."""
    given = {verdict for pair in pairs for verdict in pair}
    return [*VERDICTS, *(v for v in RISK_VERDICTS if v in given and v not in VERDICTS)]


def precision_rows(counted: Sequence[Any]) -> list[dict[str, Any]]:
    """A row a rule: verdict counts, precision (confirmed and minor of all decided), interval."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for row in counted:
        sums[row["rule"]][row["verdict"]] += row["n"]
    return [_precision(rule, found) for rule, found in sorted(sums.items())]


def _precision(rule: str, found: Counter[str]) -> dict[str, Any]:
    right, n = sum(found[verdict] for verdict in RIGHT), found.total()
    return {
        "rule": rule,
        "n": n,
        "confirmed": found["confirmed"] + found["handled"] + found["passed_on"],
        "minor": found["minor"] + found["nothing"],
        "false_alarm": found["false_alarm"],
        "precision": right / n if n else None,
        "interval": wilson(right, n),
    }


def month_rows(counted: Sequence[Any]) -> list[dict[str, Any]]:
    """Rule, month, precision and n, for the plot over time."""
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in counted:
        sums[row["rule"], row["month"]][row["verdict"]] += row["n"]
    return [
        {
            "rule": rule,
            "month": month,
            "n": f.total(),
            "precision": _precision(rule, f)["precision"],
        }
        for (rule, month), f in sorted(sums.items())
    ]
