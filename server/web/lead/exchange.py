"""Import with preview, mapping and undo; export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from server.base.errors import UsageError
from server.exchange import (
    FIELD_COLUMNS,
    FORMATS,
    Change,
    Plan,
    Sheet,
    export_bytes,
    guess_mapping,
    plan_import,
)
from server.exchange.tables import MAX_BYTES
from server.exchange.uploads import MOST_DAYS, Upload, Uploads
from server.library import Shop
from server.library.save import script_fields
from server.web.lead.common import Console, page, say, show
from server.web.lead.jobs import Progress
from server.web.lead.scripts import PAGE_SIZE
from server.web.texts import t

# A file that is too large is answered in words; what is beyond this is cut off by the server.
_MAX_UPLOAD = 600 * 1024 * 1024
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".yaml": "application/yaml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}


def add(lead: Blueprint, console: Console) -> None:
    """The routes of import and export."""
    uploads = Uploads(console.parts.config.data_dir / "uploads")

    @lead.before_request
    def allow_large_files() -> None:
        if request.endpoint == "lead.import_upload":
            request.max_content_length = _MAX_UPLOAD

    @lead.get("/<shop>/exchange")
    @page(console)
    def exchange(shop: Shop) -> Any:
        return _page(console, shop, uploads)

    @lead.post("/<shop>/import")
    @page(console)
    def import_upload(shop: Shop) -> Any:
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise UsageError(t("lead.import_no_file"))
            content = file.stream.read(MAX_BYTES + 1)
            key = uploads.keep(shop.id, g.account.name, file.filename, content)
        except UsageError as error:
            return _page(console, shop, uploads, str(error)), 400
        return redirect(url_for("lead.import_plan", shop=shop.id, key=key))

    @lead.route("/<shop>/import/<key>", methods=["GET", "POST"])
    @page(console)
    def import_plan(shop: Shop, key: str) -> Any:
        upload = uploads.find(shop.id, key)
        if upload is None:
            say("upload_gone", "medium")
            return redirect(url_for("lead.exchange", shop=shop.id))
        if request.form.get("do") == "drop":
            uploads.drop(upload)
            say("upload_dropped")
            return redirect(url_for("lead.exchange", shop=shop.id))
        sheet = uploads.sheet(upload)
        mapping = _mapping(sheet)
        plan, error = None, ""
        try:
            plan = plan_import(sheet, mapping, shop, console.curator.retired(shop.id))
        except UsageError as problem:
            error = str(problem)
        if request.method == "POST" and plan is not None and request.form.get("do"):
            return _start(console, shop, uploads, upload, plan)
        kind = request.values.get("kind", "")
        rows = _rows(plan, kind)
        number = max(1, request.values.get("page", 1, type=int))
        return show(
            "plan.html",
            "exchange",
            key=key,
            upload=upload,
            sheet=sheet,
            plan=plan,
            error=error,
            mapping=mapping,
            fields=FIELD_COLUMNS,
            kind=kind,
            rows=rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            number=number,
            pages=max(1, -(-len(rows) // PAGE_SIZE)),
            conflicts=[c for c in plan.changes if c.conflicts] if plan else [],
            maps={n: v for n, v in request.args.items() if n.startswith("map_")},
            may_publish=console.may_publish(shop),
        )

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
        error=error,
        waiting_files=uploads.waiting(shop.id),
        kept_days=MOST_DAYS,
    )


def _mapping(sheet: Sheet) -> tuple[str, ...]:
    guessed = guess_mapping(sheet.header)
    chosen = [request.values.get(f"map_{n}") for n in range(len(sheet.header))]
    return tuple(
        guess if field is None else (field if field in FIELD_COLUMNS else "")
        for guess, field in zip(guessed, chosen, strict=True)
    )


def _rows(plan: Plan | None, kind: str) -> Sequence[Change]:
    if plan is None:
        return ()
    if kind == "conflict":
        return [change for change in plan.changes if change.conflicts]
    return [change for change in plan.changes if not kind or change.kind == kind]


def _start(console: Console, shop: Shop, uploads: Uploads, upload: Upload, plan: Plan) -> Any:
    """Publishes, or proposes, what was previewed; in a job that can be left alone."""
    skipped = {int(n) for n in request.form.getlist("skip")}
    chosen = [c for c in plan.writes if c.script is not None and c.row not in skipped]
    clean = [c for c in chosen if request.form.get("conflicts") == "take" or not c.conflicts]
    kept = {int(n) for n in request.form.getlist("take")}
    clean += [c for c in chosen if c.conflicts and c.row in kept and c not in clean]
    if not clean:
        say("import_nothing", "medium")
        return redirect(url_for("lead.exchange", shop=shop.id))
    who, why = g.account.name, request.form.get("why", "").strip()
    publish = request.form.get("do") == "publish" and console.may_publish(shop)
    steps = {name: t(f"lead.import_{name}") for name in ("embedding", "writing", "proposing")}

    def work(progress: Progress) -> dict[str, Any]:
        scripts = {c.script.id: c.script for c in clean if c.script is not None}
        base = {c.script.id: c.before.version if c.before else "" for c in clean if c.script}
        if not publish:
            drafts = [(i, base[i], script_fields(s)) for i, s in scripts.items()]
            progress(steps["proposing"], 0, len(drafts))
            note = f"{upload.name} {why}".strip()
            console.inbox.propose(shop.id, drafts, source="import", who=who, note=note)
            uploads.drop(upload)
            return {"proposed": len(drafts), "batch": None}
        console.parts.catalog.prepare(
            list(scripts.values()), lambda done, total: progress(steps["embedding"], done, total)
        )
        progress(steps["writing"], 0, len(scripts))
        batch = console.curator.publish(
            shop.id, scripts, who=who, why=why, expected=base, batch=("import", upload.name)
        )
        uploads.drop(upload)
        return {"published": len(scripts), "batch": batch}

    job = console.jobs.start("import", shop.id, who, work)
    return redirect(url_for("lead.job_page", shop=shop.id, number=job.id))
