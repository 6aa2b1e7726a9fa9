"""`/panel`: the stand-alone panel page for consoles that no extension reaches."""

from __future__ import annotations

from flask import Blueprint, render_template

from server.web.access import require


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
        return render_template("panel.html")

    return panel
