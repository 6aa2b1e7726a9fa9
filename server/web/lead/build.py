"""`/lead`: the lead's console. One module a page; all decisions are in `server.curation`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from server.curation.curator import Curator
from server.curation.gap_book import GapBook
from server.curation.goods import ProductDesk
from server.curation.health_book import HealthBook
from server.curation.image_desk import ImageDesk
from server.parts import Parts
from server.store.curation import History, Inbox, Usage
from server.store.quality.audit import Audit
from server.store.quality.orders import Orders
from server.store.shared_work import JobRows
from server.web.access import require
from server.web.lead import (
    editor,
    exchange,
    facts,
    gaps,
    health,
    history,
    images,
    people,
    phrases,
    products,
    propose,
    replace,
    review,
    rules,
    scripts,
    settings,
    shoppers,
    trial,
    use,
)
from server.web.lead.common import ROLES, Console, allowed_shops
from server.web.lead.gaps import raw_gaps, since
from server.web.lead.jobs import Jobs
from server.web.texts import t

# A script that came in within these days is not called unused.
_YOUNG_DAYS = 30
_PAGES = (
    scripts,
    editor,
    health,
    replace,
    trial,
    review,
    history,
    facts,
    shoppers,
    exchange,
    gaps,
    use,
    settings,
    rules,
    people,
    phrases,
    products,
    images,
    propose,
)


def build_lead(parts: Parts) -> Blueprint:
    """The blueprint; its pages share one Console."""
    lead = Blueprint(
        "lead",
        __name__,
        url_prefix="/lead",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    database = parts.database
    past = History(database)
    curator = Curator(parts.catalog, past, parts.background)
    health_book = HealthBook(
        lambda shop: {row["script_id"]: row["uses"] for row in parts.traffic.script_use(shop)},
        lambda shop: past.added_since(shop, since(_YOUNG_DAYS)),
    )
    usage = Usage(database)
    gap_book = GapBook(raw_gaps(usage), parts.catalog.remembering)
    console = Console(
        parts,
        curator,
        past,
        Inbox(database),
        usage,
        Jobs(JobRows(database)),
        health_book,
        gap_book,
        ProductDesk(parts.catalog, curator, past),
        Orders(database, Audit(database)),
        ImageDesk(parts.catalog, curator),
    )

    @lead.get("")
    @lead.get("/")
    @require(*ROLES)
    def home() -> Any:
        shops = allowed_shops(console)
        if not shops:
            return render_template("problem.html", status=404, detail=t("lead.no_shop")), 404
        return redirect(url_for("lead.scripts", shop=shops[0].id))

    for page in _PAGES:
        page.add(lead, console)
    return lead


__all__ = ["build_lead"]
