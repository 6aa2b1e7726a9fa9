"""`create_app`: the parts behind their routes."""

from __future__ import annotations

import secrets
from contextlib import ExitStack
from datetime import timedelta

from flask import Flask, g, request

from server.accounts.pairing import PairingCode
from server.base.config import Config
from server.catalog.served import Snapshot
from server.indexing.encoder import Encoder
from server.parts import Parts, build_parts, keep_parts
from server.protocol.frames import plain_frame
from server.store import Account
from server.web.access import guard
from server.web.demo import build_demo
from server.web.entries import RowNumber
from server.web.lead import build_lead
from server.web.pages import add_pages
from server.web.panel import build_panel
from server.web.qa import build_qa
from server.web.site import build_site
from server.web.work import build_work
from server.wire.api import build_api
from server.wire.live import add_live
from server.wire.shares import Shares

_SESSION_DAYS = 30
# Whose forms change library files.
_CONSOLES = ("lead", "qa")


def create_app(config: Config, encoder: Encoder | None = None) -> Flask:
    """The server as a Flask app; `parts_of` gives its Parts.

    Raises ConfigError, LibraryError, EncoderError or StoreError when something cannot be used.
    """
    parts = build_parts(config, encoder)
    app = Flask("server", static_folder=None)
    app.url_map.converters["int"] = RowNumber
    app.secret_key = parts.database.secret("session.key", lambda: secrets.token_urlsafe(48))
    app.config.update(
        # Servers of one database are one to a browser, two on one machine are not.
        SESSION_COOKIE_NAME="bangda" if parts.database.is_shared else f"bangda_{config.port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=config.tls is not None,
        PERMANENT_SESSION_LIFETIME=timedelta(days=_SESSION_DAYS),
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    keep_parts(app, parts)
    guard(app, parts.auth, parts.gate)
    _edit_in_turn(app, parts)
    shares = Shares()
    add_live(app, parts.clients, parts.desk, parts.auth, parts.gate, shares)

    def paired(account: Account, code: PairingCode) -> None:
        details = {"account": account.name, "role": account.role, "shop": account.shop}
        parts.quality.audit.append("account", code.issuer or "(server)", "paired", details)

    app.register_blueprint(
        build_api(
            parts.desk,
            parts.auth,
            parts.catalog,
            parts.workers,
            parts.database,
            paired,
            parts.not_ready,
            shares,
        )
    )
    app.register_blueprint(build_site(parts.auth, parts.catalog, config.tls))
    app.register_blueprint(build_panel())
    app.register_blueprint(build_lead(parts))
    app.register_blueprint(build_qa(parts))
    app.register_blueprint(build_work(parts))
    if config.demo:
        app.register_blueprint(build_demo(parts.auth))
    add_pages(app, config.demo)

    def announce(snapshot: Snapshot) -> None:
        parts.clients.broadcast(plain_frame("library_changed", version=snapshot.library.version))

    parts.auth.on_end(parts.clients.drop)
    parts.catalog.on_change(announce)
    parts.catalog.on_change(parts.background.record_library)
    return app


def _edit_in_turn(app: Flask, parts: Parts) -> None:
    """Whoever changes something in a console has the newest library and tells the other servers."""

    @app.before_request
    def begin() -> None:
        if request.method != "POST" or request.blueprint not in _CONSOLES:
            return
        who = g.account.name if g.get("account") else ""
        g.turn = ExitStack()
        if g.turn.enter_context(parts.shared.editing(who)).taken:
            parts.catalog.reload()

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        turn: ExitStack | None = g.pop("turn", None)
        if turn is not None:
            turn.close()
