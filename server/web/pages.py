"""The navigation that the pages show, and error pages in the pages' own frame."""

from __future__ import annotations

import errno
import logging
from typing import Any

import msgspec
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from server.base.errors import EntryError, StoreUnavailableError
from server.web.said import category_said, finding_said, problem_said, said
from server.web.texts import t

log = logging.getLogger("bangda.pages")
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
EVERYONE = ("agent", "lead", "qa", "admin")
# Name (a key of texts/*/site.json), path, roles; in the order of the header.
NAVIGATION: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("panel", "/panel", EVERYONE),
    ("lead", "/lead", ("lead", "admin")),
    ("propose", "/lead/propose", ("agent",)),
    ("work", "/work", ("agent", "lead", "admin")),
    ("qa", "/qa", ("qa", "lead", "admin")),
    ("me", "/me", EVERYONE),
    ("wall", "/wall", ("lead", "qa", "admin")),
    ("connect", "/connect", ("lead", "admin")),
)
_DEMO = ("demo", "/demo", EVERYONE)
# Statuses that pages explain; any other reads as the next of its kind.
_TOLD = (400, 401, 403, 404, 405, 413, 500)


def add_pages(app: Flask, demo: bool) -> None:
    """Navigation for every template; errors as a page, or as JSON below `/api`."""
    known = {str(rule) for rule in app.url_map.iter_rules()}
    shown = [entry for entry in NAVIGATION if {entry[1], f"{entry[1]}/"} & known]
    navigation = [_DEMO, *shown] if demo else shown

    @app.context_processor
    def names() -> dict[str, Any]:
        return {
            "navigation": navigation,
            "problem_said": problem_said,
            "said": said,
            "finding_said": finding_said,
            "category_said": category_said,
        }

    @app.errorhandler(EntryError)
    def tell(error: EntryError) -> Any:
        return render_template("problem.html", status=400, detail=said(error)), 400

    @app.errorhandler(StoreUnavailableError)
    @app.errorhandler(OSError)
    def wait(error: Exception) -> Any:
        if isinstance(error, OSError) and error.errno not in _NO_ROOM:
            raise error
        log.error("a page could not write: %s", error)
        return render_template("problem.html", status=503, detail=t("site.cannot_write")), 503

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Any:
        status = error.code or 500
        if request.path.startswith("/api/") or request.path == "/live":
            body = {"error": {"code": error.name.lower(), "message": error.description or ""}}
            return Response(msgspec.json.encode(body), status, content_type="application/json")
        own = error.description != type(error).description
        detail = error.description if own else t(f"site.detail_{_told(status)}")
        return render_template("problem.html", status=status, detail=detail), status


def _told(status: int) -> int:
    if status in _TOLD:
        return status
    return 400 if status < 500 else 500
