"""Import with preview, choices and undo; export."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from server.base.errors import EntryError, UsageError
from server.base.platforms import PLATFORMS
from server.base.variables import PAGE_VARIABLES
from server.exchange import (
    FIELD_COLUMNS,
    FORMATS,
    Choices,
    FileError,
    Offered,
    Plan,
    export_bytes,
    offer,
    plan_import,
    settle,
)
from server.exchange.limits import RECORDS, SCRIPTS
from server.exchange.uploads import DAYS, HOLDS, Upload, Uploads
from server.exchange.variables import AS_TEXT
from server.library import Script, Shop
from server.library.save import script_fields
from server.web import entries
from server.web.lead.common import Console, Refused, page, say, show
from server.web.lead.grave import Grave, graves_of, must_have_reason, note_graves
from server.web.lead.import_form import (
    KINDS,
    choices_of,
    conflicts_of,
    deed_names,
    deeds_of,
    kept_query,
    of_kind,
    variables_of_form,
)
from server.web.lead.jobs import Progress
from server.web.lead.record_import import records_page
from server.web.lead.scripts import PAGE_SIZE
from server.web.said import said
from server.web.texts import t

# A file that is too large is answered in words; what is beyond this is cut off by the server.
_MAX_UPLOAD = 600 * 1024 * 1024
# A form that keeps what was said of every row of a large file.
_MAX_FORM_PARTS = 60_000
_MAX_FORM = 8 * 1024 * 1024
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".yaml": "application/yaml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}


def add(lead: Blueprint, console: Console) -> None:
    """The routes of import and export."""
    uploads = console.parts.uploads

    @lead.before_request
    def allow_large_files() -> None:
        if request.endpoint == "lead.import_upload":
            request.max_content_length = _MAX_UPLOAD
        if request.endpoint == "lead.import_plan":
            request.max_content_length = request.max_form_memory_size = _MAX_FORM
            request.max_form_parts = _MAX_FORM_PARTS

    @lead.get("/<shop>/exchange")
    @page(console)
    def exchange(shop: Shop) -> Any:
        return _page(console, shop, uploads)

    @lead.post("/<shop>/import")
    @page(console)
    def import_upload(shop: Shop) -> Any:
        file = request.files.get("file")
        if file is None or not file.filename:
            return _page(console, shop, uploads, t("lead.import_no_file")), 400
        kind = request.form.get("as", HOLDS[0])
        if kind not in HOLDS:
            return _page(console, shop, uploads, t("wrong.choice", found=kind[:40])), 400
        try:
            content = file.stream.read(max(SCRIPTS.size, RECORDS.size) + 1)
            key = uploads.keep(shop.id, g.account.name, file.filename, content, kind)
        except UsageError as error:
            return _page(console, shop, uploads, said(error)), 400
        return redirect(url_for("lead.import_plan", shop=shop.id, key=key))

    @lead.route("/<shop>/import/<key>", methods=["GET", "POST"])
    @page(console)
    def import_plan(shop: Shop, key: str) -> Any:
        upload = uploads.find(shop.id, key)
        if upload is None:
            say("upload_gone", "medium")
            return redirect(url_for("lead.exchange", shop=shop.id))
        deed = request.form.get("do", "")
        if deed == "drop":
            uploads.drop(upload)
            say("upload_dropped")
            return redirect(url_for("lead.exchange", shop=shop.id))
        if deed == "variables":
            return _map_variables(console, shop, key)
        if upload.kind != HOLDS[0]:
            return records_page(console, shop, uploads, upload)
        return _plan_page(console, shop, uploads, upload)

    @lead.get("/<shop>/export.<ending>")
    @page(console)
    def export(shop: Shop, ending: str) -> Any:
        content = export_bytes(shop.scripts, f".{ending}")
        answer = Response(content, content_type=_TYPES[f".{ending}"])
        name = f"{shop.id}-{shop.local_now():%Y%m%d}.{ending}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def _page(console: Console, shop: Shop, uploads: Uploads, error: str = "") -> str:
    return show(
        "exchange.html",
        "exchange",
        batches=console.history.batches(shop.id),
        formats=FORMATS,
        holds=HOLDS,
        error=error,
        waiting_files=uploads.waiting(shop.id),
        kept_days=DAYS,
    )


def _plan_page(console: Console, shop: Shop, uploads: Uploads, upload: Upload) -> Any:
    choices = choices_of()
    offered: list[Offered] = []
    plan, problem = None, None
    try:
        offered = offer(uploads.grids(upload), choices, upload.name)
        used = [one.part for one in offered if one.used]
        plan = plan_import(
            used,
            shop,
            console.curator.retired(shop.id),
            sheet_as=choices.sheet_as,
            hidden_rows=choices.hidden_rows,
        )
    except FileError as error:
        problem = error
        offered = offered or offer(uploads.grids(upload), Choices(), upload.name)
    if request.form.get("do") in ("publish", "propose") and plan is not None:
        try:
            return _start(console, shop, uploads, upload, plan)
        except EntryError as error:
            g.refused = Refused(error.field, said(error))
    return show(
        "plan.html",
        "exchange",
        key=upload.key,
        upload=upload,
        offered=offered,
        plan=plan,
        choices=choices,
        error=said(problem) if problem else "",
        platform_names=PLATFORMS,
        asks_reply=problem is not None and problem.code == "two_replies",
        fields=FIELD_COLUMNS,
        own_variables=[*PAGE_VARIABLES, *shop.facts],
        as_text=AS_TEXT,
        query=kept_query(),
        may_publish=console.may_publish(shop),
        graves=_graves(console, shop, plan),
        **_rows_shown(plan),
    )


def _graves(console: Console, shop: Shop, plan: Plan | None) -> list[Grave]:
    """What publishing the plan would bring in that breaks a platform's rule."""
    scripts = [change.script for change in (plan.writes if plan else ()) if change.script]
    return graves_of(console, shop, scripts)


def _rows_shown(plan: Plan | None) -> dict[str, Any]:
    """The rows of the kind and page that are looked at, and what was said of all others."""
    changes = plan.changes if plan else ()
    kind = request.form.get("show", request.values.get("kind", ""))
    kind = kind if kind in KINDS else ""
    rows = of_kind(changes, kind)
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    number = min(max(1, entries.number("page", 1)), pages)
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    deeds = deeds_of(changes)
    seen = {change.number for change in shown}
    return {
        "kind": kind,
        "counts": [(one, len(of_kind(changes, one))) for one in KINDS],
        "rows": shown,
        "number": number,
        "pages": pages,
        "deeds": deeds,
        "deed_names": deed_names,
        "kept": {n: deed for n, deed in deeds.items() if n not in seen},
        "conflicts": conflicts_of(),
    }


def _map_variables(console: Console, shop: Shop, key: str) -> Any:
    """Keeps with the shop what other tools' variables mean; every later import uses it."""
    mapped = variables_of_form(shop)
    console.curator.change_shop(
        shop.id, {"variables": mapped or None}, {}, who=g.account.name, why=t("exchange.mapped_why")
    )
    say("variables_kept")
    return redirect(url_for("lead.import_plan", shop=shop.id, key=key, **kept_query()))


def _start(console: Console, shop: Shop, uploads: Uploads, upload: Upload, plan: Plan) -> Any:
    """Publishes, or proposes, what was previewed; in a job that can be left alone."""
    scripts = settle(plan.writes, shop, deeds_of(plan.changes), conflicts_of())
    if not scripts:
        say("import_nothing", "medium")
        return redirect(url_for("lead.exchange", shop=shop.id))
    publish = request.form.get("do") == "publish" and console.may_publish(shop)
    if publish:
        graves, why = graves_of(console, shop, scripts.values()), request.form.get("why", "")
        must_have_reason(graves, why)
        note_graves(console, shop, graves, why.strip())
    work = (_publishing if publish else _proposing)(console, shop, uploads, upload, scripts)
    job = console.jobs.start("import", shop.id, g.account.name, work)
    return redirect(url_for("lead.job_page", shop=shop.id, number=job.id))


def _proposing(
    console: Console, shop: Shop, uploads: Uploads, upload: Upload, scripts: dict[str, Script]
) -> Any:
    who, why = g.account.name, request.form.get("why", "").strip()
    step, base = t("lead.import_proposing"), _versions(shop, scripts)

    def work(progress: Progress) -> dict[str, Any]:
        drafts = [(i, base[i], script_fields(s)) for i, s in scripts.items()]
        progress(step, 0, len(drafts))
        note = f"{upload.name} {why}".strip()
        console.inbox.propose(shop.id, drafts, source="import", who=who, note=note)
        uploads.drop(upload)
        return {"proposed": len(drafts), "batch": None}

    return work


def _publishing(
    console: Console, shop: Shop, uploads: Uploads, upload: Upload, scripts: dict[str, Script]
) -> Any:
    who, why = g.account.name, request.form.get("why", "").strip()
    step, base = t("lead.import_writing"), _versions(shop, scripts)

    def work(progress: Progress) -> dict[str, Any]:
        progress(step, 0, len(scripts))
        batch = console.curator.publish(
            shop.id, scripts, who=who, why=why, expected=base, batch=("import", upload.name)
        )
        uploads.drop(upload)
        return {"published": len(scripts), "batch": batch}

    return work


def _versions(shop: Shop, scripts: dict[str, Script]) -> dict[str, str]:
    """The version that each script has now, "" for a new one."""
    held = shop.by_id
    return {i: held[i].version if i in held else "" for i in scripts}
