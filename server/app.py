"""`create_app`: every object is built here, once, and wired."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask

from server.accounts.tokens import Auth, Gate
from server.base.config import Config, prepare_data_dir
from server.base.errors import ConfigError
from server.catalog.catalog import Catalog, Snapshot
from server.desk.desk import Desk
from server.desk.shop_memory import Memories
from server.indexing.encoder import BatchingEncoder, Encoder, load_encoder
from server.protocol.frames import plain_frame
from server.quality.background import Keeper, ZoneOf
from server.store import Accounts, Database, Traffic
from server.store.quality.room import Quality, open_quality
from server.web.access import guard
from server.web.demo import build_demo
from server.web.lead import build_lead
from server.web.pages import add_pages
from server.web.panel import build_panel
from server.web.qa import build_qa
from server.web.site import build_site
from server.wire.api import build_api
from server.wire.live import Clients, add_live

_SESSION_DAYS = 30


@dataclass(frozen=True)
class Parts:
    """The objects of a running server, for the consoles, the command line and tests."""

    config: Config
    database: Database
    accounts: Accounts
    traffic: Traffic
    auth: Auth
    catalog: Catalog
    memories: Memories
    desk: Desk
    clients: Clients
    gate: Gate
    quality: Quality
    keeper: Keeper

    def close(self) -> None:
        """Closes sockets, ends the watch, writes what is queued."""
        self.clients.close_all()
        self.keeper.close()
        self.catalog.close()
        self.database.close()


def create_app(config: Config, encoder: Encoder | None = None) -> Flask:
    """The server as a Flask app; `app.extensions["bangda"]` holds its Parts.

    Raises ConfigError, LibraryError, EncoderError or StoreError when something cannot be used.
    """
    prepare_data_dir(config.data_dir)
    encoder = BatchingEncoder(encoder or load_encoder(config.model))
    catalog = Catalog(config.library_dir, encoder, config.cache_dir, rebuild=config.rebuild)
    database = Database(config.database)
    traffic, accounts = Traffic(database), Accounts(database)
    memories = Memories(encoder, traffic.acceptances, config.cache_dir / "history")
    auth, gate = Auth(accounts), Gate.around(config.host, config.port, config.allowed_hosts)
    desk = Desk(catalog, traffic, memories, encoder)

    app = Flask("server", static_folder=None)
    app.secret_key = _secret(config.data_dir / "session.key")
    app.config.update(
        SESSION_COOKIE_NAME=f"bangda_{config.port}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(days=_SESSION_DAYS),
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    guard(app, auth, gate)
    clients = add_live(app, desk, auth, gate)
    quality = open_quality(database, ZoneOf(catalog))
    parts = Parts(
        config=config,
        database=database,
        accounts=accounts,
        traffic=traffic,
        auth=auth,
        catalog=catalog,
        memories=memories,
        desk=desk,
        clients=clients,
        gate=gate,
        quality=quality,
        keeper=Keeper(quality, catalog),
    )
    app.extensions["bangda"] = parts
    app.register_blueprint(build_api(desk, auth, catalog))
    app.register_blueprint(build_site(auth, catalog))
    app.register_blueprint(build_panel())
    app.register_blueprint(build_lead(parts))
    app.register_blueprint(build_qa(parts))
    if config.demo:
        app.register_blueprint(build_demo(parts.accounts))
    add_pages(app, config.demo)

    def announce(snapshot: Snapshot) -> None:
        clients.broadcast(plain_frame("library_changed", version=snapshot.library.version))

    catalog.on_change(announce)
    catalog.on_change(parts.keeper.record_library)
    return app


def parts_of(app: Flask) -> Parts:
    """The Parts of an app made by `create_app`."""
    parts = app.extensions["bangda"]
    if not isinstance(parts, Parts):
        raise ConfigError("app was not made by create_app")
    return parts


def _secret(path: Path) -> str:
    """The key that signs session cookies: made once, readable by this account alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")
