"""Hit test: type a message, see the ranking with reasons; the golden questions and their state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for

from server.base.conversation import Turn
from server.base.platforms import PLATFORMS
from server.base.variables import variables
from server.catalog.served import Served
from server.curation.golden import PASS, questions_of, stand_of
from server.curation.health import facts_by_state
from server.library import Script, Shop
from server.suggest import Query, Ranking, suggest
from server.web.lead.common import Console, page, say, show
from server.web.lead.jobs import Progress
from server.web.texts import t


def turns_from(text: str) -> tuple[Turn, ...]:
    """Earlier turns, one a line: `客服：…` is the agent's, anything else the shopper's."""
    turns = []
    for line in text.replace("\r", "").split("\n"):
        words = line.strip()
        if not words:
            continue
        agent = words.startswith(("客服：", "客服:", "agent:"))
        said = words.split("：", 1)[-1] if "：" in words[:4] else words.split(":", 1)[-1]
        bare = agent or words.startswith(("买家：", "买家:", "shopper:"))
        turns.append(Turn("agent" if agent else "shopper", said.strip() if bare else words))
    return tuple(turns)


def add(lead: Blueprint, console: Console) -> None:
    """The hit test's routes."""

    @lead.get("/<shop>/trial")
    @page(console)
    def trial(shop: Shop) -> Any:
        message = request.args.get("message", "").strip()
        return show(
            "trial.html",
            "trial",
            message=message,
            turns=request.args.get("turns", ""),
            platform=request.args.get("platform", ""),
            platform_names=PLATFORMS,
            golden=console.inbox.golden(shop.id),
            tests=sum(len(script.tests) for script in shop.scripts),
            run=next(iter(reversed(console.jobs.done("golden", shop.id))), None),
            **_ranking(console, shop),
        )

    @lead.post("/<shop>/trial")
    @page(console)
    def trial_part(shop: Shop) -> Any:
        return render_template("lead/_ranking.html", shop=shop, **_ranking(console, shop))

    @lead.post("/<shop>/golden")
    @page(console)
    def golden_save(shop: Shop) -> Any:
        message, expected = (
            request.form.get("message", "").strip(),
            request.form.get("expected", ""),
        )
        if message and (not expected or expected in shop.by_id):
            turns = turns_from(request.form.get("turns", ""))
            console.inbox.save_golden(shop.id, message, turns, expected, g.account.name)
            say("golden_saved")
        return redirect(url_for("lead.trial", shop=shop.id, message=message))

    @lead.post("/<shop>/golden/<int:number>/remove")
    @page(console)
    def golden_remove(shop: Shop, number: int) -> Any:
        console.inbox.remove_golden(shop.id, number)
        return redirect(url_for("lead.trial", shop=shop.id) + "#golden")

    @lead.post("/<shop>/golden/run")
    @page(console)
    def golden_run(shop: Shop) -> Any:
        saved = console.saved_questions(shop.id)
        served = console.served(shop.id)
        now = shop.local_now()
        silent = served.silent(now)
        # Out of season, or without its fact, a script is not to be found.
        there = [s for s in served.shop.scripts if s.is_live(now) and s.id not in silent]
        away = served.shop.by_id.keys() - {script.id for script in there}
        saved = [question for question in saved if question.expected not in away]
        index = console.parts.catalog.remembering(served.index)
        terms = served.terms()
        stands = console.prerank.stands(shop.id, served.index)

        def work(progress: Progress) -> dict[str, Any]:
            questions = questions_of(there, saved)
            missed: list[tuple[dict[str, str], int, str]] = []
            first = within = 0
            for number, question in enumerate(questions, start=1):
                if question not in stands:
                    stands[question] = stand_of(question, index, terms)
                stand = stands[question]
                first += stand.rank == 1
                within += 0 < stand.rank <= PASS
                if not 0 < stand.rank <= PASS:
                    said = {"message": question.message, "expected": question.expected}
                    missed.append((said, stand.rank, stand.first))
                if number % 10 == 0:
                    progress(t_run, number, len(questions))
            total = max(len(questions), 1)
            return {"n": len(questions), "hit1": first / total, "hit3": within / total,
                    "missed": missed[:200]}  # fmt: skip

        t_run = t("lead.golden_running")
        job = console.jobs.start("golden", shop.id, g.account.name, work)
        return redirect(url_for("lead.job_page", shop=shop.id, number=job.id))

    @lead.get("/<shop>/jobs/<int:number>")
    @page(console)
    def job_page(shop: Shop, number: int) -> Any:
        job = console.jobs.job(number)
        if job is None or job.shop != shop.id:
            say("job_gone", "medium")
            return redirect(url_for("lead.scripts", shop=shop.id))
        part = bool(request.args.get("part"))
        console.jobs.look(job)
        return show("_job.html" if part else "job.html", _tab_of(job.kind), job=job)


def _tab_of(kind: str) -> str:
    return {"golden": "trial", "gate": "trial", "import": "exchange"}.get(kind, "scripts")


def _away(query: Query, served: Served, ranking: Ranking) -> list[tuple[Script, str]]:
    """Scripts that would stand first if they were in season and their facts held, and why not."""
    now = served.shop.local_now()
    ended, _ = facts_by_state(served.shop, now)
    terms = replace(served.terms(), local_now=None, silent=frozenset())
    there = {candidate.script.id for candidate in ranking.candidates}
    found = []
    for candidate in suggest(query, served.index, top_k=3, terms=terms).candidates:
        script = candidate.script
        if script.id in there:
            continue
        names = [name for name in variables(script.reply) if name in ended]
        found.append((script, "、".join(names) if script.is_live(now) else ""))
    return found


def _ranking(console: Console, shop: Shop) -> dict[str, Any]:
    form = request.form if request.method == "POST" else request.args
    message = form.get("message", "").strip()
    served = console.served(shop.id)
    limit = shop.threshold
    if not message:
        return {"ranking": None, "warnings": (), "threshold": limit}
    query = Query(message, turns_from(form.get("turns", "")), {}, form.get("platform", ""))
    memory = console.parts.memories.of(shop.id)
    ranking = suggest(query, served.index, memory=memory, top_k=10, terms=served.terms())
    warnings = served.checker.check(
        message, direction="incoming", platform=query.platform, shop=shop
    )
    return {
        "ranking": ranking,
        "away": _away(query, served, ranking),
        "warnings": warnings,
        "threshold": limit,
        "asked": message,
        "asked_turns": form.get("turns", ""),
    }
