"""Monthly reports and the row-per-conversation export."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from server.base.config import shipped
from server.metrics.clock import month_days
from server.metrics.definitions import definitions
from server.metrics.money import CLAUSE
from server.metrics.reply_rate import formulas
from server.quality.exports import (
    COLUMNS,
    conversation_rows,
    conversations_csv,
    conversations_xlsx,
    json_block,
    month_xlsx,
)
from server.quality.figures_board import SATISFACTION_TARGET, Board, board
from server.store.quality.chain import GENESIS
from server.store.quality.figures import Scope
from server.web.access import require
from server.web.clock import Clock
from server.web.qa.console import REVIEWERS, Console, percent, platform_name, seconds, yuan
from server.web.qa.figure_pages import cell, plots
from server.web.texts import language, t

_HERE = Path(__file__).parent
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add_reports(qa: Blueprint, console: Console) -> None:
    """Routes."""

    @qa.get("/qa/reports")
    @require(*REVIEWERS)
    def reports() -> Any:
        console.refresh()
        shop = console.shop()
        days = console.quality.figures.days(shop)
        months = []
        if days:
            everything = board_of(shop, *days)
            months = list(reversed(everything.months))
        first, last = console.span()
        return console.page("reports.html", "reports", months=months, first=first, last=last)

    def board_of(shop: str, first: str, last: str) -> Board:
        shops = [key for key, _ in console.shops()]
        return board(console.quality, Scope(first, last, shop), shops, datetime.now(UTC))

    def month_board(month: str) -> Board:
        try:
            first, last = month_days(month)
        except ValueError:
            abort(404, f"{month!r} is no month; expected 2026-11")
        console.refresh()
        return board_of(console.shop(), first, last)

    @qa.get("/qa/reports/<month>.html")
    @require(*REVIEWERS)
    def month_html(month: str) -> Response:
        made = month_board(month)
        shop = console.shop()
        console.note("export", shop, None, f"report {month} html")
        nonce = secrets.token_urlsafe(16)
        entries = console.quality.audit.entries(1)
        page = render_template(
            "qa/report.html",
            month=month,
            shop=shop,
            shop_names=dict(console.shops()),
            sample=console.sample_shown(shop),
            board=made,
            columns=COLUMNS,
            cell=cell,
            plots=json_block(plots(made)),
            definitions=definitions(language()),
            formulas=formulas(),
            clause=CLAUSE,
            target=SATISFACTION_TARGET,
            styles=_tokens() + _text("static/report.css"),
            scripts=[
                _text("static/vendor/d3-7.9.2.min.js"),
                _text("static/vendor/plot-0.6.17.min.js"),
            ],
            drawing=_text("static/figures.js").replace("export ", ""),
            nonce=nonce,
            made_at=Clock(console.zone(shop)).full(datetime.now(UTC).isoformat()),
            made_by=g.account.name,
            head=entries[0]["hash"] if entries else GENESIS,
            percent=percent,
            seconds=seconds,
            yuan=yuan,
            platform_name=platform_name,
            language=language(),
        )
        answer = Response(page, mimetype="text/html")
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; "
            "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        if "download" in request.args:
            name = f"bangda-{shop or 'all'}-{month}.html"
            answer.headers["Content-Disposition"] = f"attachment; filename={name}"
        return answer

    @qa.get("/qa/reports/<month>.xlsx")
    @require(*REVIEWERS)
    def month_book(month: str) -> Response:
        made = month_board(month)
        console.note("export", console.shop(), None, f"report {month} xlsx")
        content = month_xlsx(made, say, platform_name, language())
        return attachment(content, XLSX, f"bangda-{console.shop() or 'all'}-{month}.xlsx")

    @qa.get("/qa/export/conversations.<kind>")
    @require(*REVIEWERS)
    def conversations_file(kind: str) -> Response:
        console.refresh()
        shop = console.shop()
        first, last = console.span()
        console.note("export", shop, None, f"conversations {first} → {last} {kind}")
        rows = conversation_rows(console.parts.database, console.quality, shop, first, last)
        name = f"conversations-{shop or 'all'}-{first}-{last}"
        if kind == "csv":
            return attachment(conversations_csv(rows, say), "text/csv", f"{name}.csv")
        if kind != "xlsx":
            abort(404, f"{kind!r} is no export format; expected csv or xlsx")
        return attachment(conversations_xlsx(rows, say), XLSX, f"{name}.xlsx")


def say(key: str) -> str:
    """A text of this room."""
    return t(f"qa.{key}")


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _tokens() -> str:
    return (shipped("extension") / "src" / "panel" / "tokens.css").read_text(encoding="utf-8")


def attachment(content: bytes, mimetype: str, name: str) -> Response:
    """A file that the browser saves."""
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
