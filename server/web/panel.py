"""`/panel`: the stand-alone panel page for consoles that no extension reaches."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, g, render_template, request

from server.parts import parts_of
from server.web.access import require
from server.web.texts import t


def build_panel() -> Blueprint:
    """The blueprint."""
    panel = Blueprint(
        "panel",
        __name__,
        template_folder="panel/templates",
        static_folder="panel/static",
        static_url_path="/static/panel",
    )

    @panel.get("/panel")
    @require()
    def page() -> str:
        shops = _shops_of(g.account.shop)
        asked = request.args.get("shop", "")
        if asked and asked not in shops:
            abort(404, t("lead.no_shop"))
        shop = asked or next(iter(shops), "")
        return render_template("panel.html", shops=list(shops.items()), shop=shop)

    return panel


def _shops_of(bound: str) -> dict[str, str]:
    """Id and name of the shops that an account may answer for: its own, or all when unbound."""
    snapshot = parts_of(current_app).catalog.snapshot
    shops = {shop.id: shop.name or shop.id for shop in snapshot.library.shops.values()}
    return {bound: shops.get(bound, bound)} if bound else shops
