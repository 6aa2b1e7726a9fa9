"""`/work`: the work that no message asks for. One module a tab; `common.TABS` names them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for

from server.parts import Parts
from server.web.access import require
from server.web.work import (
    day_pages,
    follow_up_pages,
    promise_pages,
    request_pages,
    review_pages,
    shift_pages,
    unpaid_pages,
)
from server.web.work.common import ROLES, Room

_PAGES = (
    promise_pages,
    unpaid_pages,
    follow_up_pages,
    request_pages,
    review_pages,
    shift_pages,
    day_pages,
)


def build_work(parts: Parts) -> Blueprint:
    """The blueprint; its tabs share one Room."""
    work = Blueprint(
        "work",
        __name__,
        url_prefix="/work",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    room = Room(parts)

    @work.get("")
    @work.get("/", endpoint="home_long")
    @require(*ROLES)
    def home() -> Any:
        return redirect(url_for("work.promises", shop=request.args.get("shop")))

    for page in _PAGES:
        page.add(work, room)
    return work


__all__ = ["build_work"]
