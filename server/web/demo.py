"""`/demo`: a shopper's phone beside a seller's chat page. Only there when started as a demo.

A visitor is signed in as the demo agent: the data folder is fresh and the shops are samples, and
the page is readable by nobody but a browser on this machine (Host and Origin are checked).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, g, redirect, render_template, send_from_directory, url_for

from server.accounts.tokens import Auth
from server.base.config import shipped
from server.base.errors import ConfigError
from server.web.access import sign_in

DEMO_AGENT = "小晴"
DEMO_ACCOUNTS = ((DEMO_AGENT, "agent"), ("主管", "lead"), ("质检", "qa"), ("管理员", "admin"))
_FOLDER = Path(__file__).parent / "demo"


def demo_shoppers() -> list[tuple[str, str]]:
    """Shop and id of everybody who writes in the stream's first round, as the page names them."""
    stream = json.loads((_FOLDER / "stream.json").read_text(encoding="utf-8"))
    found = [(line["shop"], f"{line['shopper']}-0") for line in stream["messages"]]
    return list(dict.fromkeys(found))


def build_demo(auth: Auth) -> Blueprint:
    """The blueprint."""
    demo = Blueprint(
        "demo",
        __name__,
        template_folder="demo/templates",
        static_folder="demo/static",
        static_url_path="/static/demo",
    )

    @demo.get("/demo")
    def page() -> str:
        if g.account is None:
            _enter("agent")
        return render_template("demo.html", extension=shipped("extension"))

    @demo.get("/demo/stream.json")
    def stream() -> Any:
        return send_from_directory(_FOLDER, "stream.json")

    @demo.post("/demo/as/<role>")
    def enter_as(role: str) -> Any:
        _enter(role)
        pages = {"agent": "/demo", "lead": "/lead", "qa": "/qa", "admin": "/"}
        return redirect(pages.get(role, url_for("demo.page")))

    def _enter(role: str) -> None:
        names = {account_role: name for name, account_role in DEMO_ACCOUNTS}
        account = auth.accounts.by_name(names.get(role, DEMO_AGENT))
        if account is None:
            raise ConfigError(f"demo account {role!r} is missing; start again with: bangda demo")
        sign_in(auth, account)

    return demo
