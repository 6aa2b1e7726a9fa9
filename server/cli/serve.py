"""`bangda serve` and `bangda demo`."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from server.base.config import (
    KEPT_LIBRARY,
    Config,
    TlsFiles,
    default_database,
    prepare_data_dir,
    shipped,
)
from server.base.errors import ConfigError
from server.base.folder_lock import alone_in
from server.catalog.last_good import LastGood
from server.catalog.source import Source
from server.cli.parser import data_of, library_of
from server.wire.reach import is_loopback, names_of_machine
from server.wire.serving import listen, run

log = logging.getLogger("bangda")
# Whoever waits for the disk waits for the interpreter after each statement, by default 5 ms beside
# a thread that computes: 40 turns were written in 1.03 s beside three such threads, so in 0.06 s.
_SWITCH_S = 0.001


def serve(arguments: argparse.Namespace) -> int:
    """Serves until stopped."""
    library, data = library_of(arguments), data_of(arguments)
    _serve(arguments, library, data, tuple(arguments.allow_host), demo=False)
    return 0


def demo(arguments: argparse.Namespace) -> int:
    """Serves a copy of the sample shops with a fresh data folder and opens the page."""
    with ExitStack() as stack:
        if arguments.data:
            data = Path(arguments.data)
        else:
            made = tempfile.TemporaryDirectory(prefix="bangda-demo-", ignore_cleanup_errors=True)
            data = Path(stack.enter_context(made))
        _serve(arguments, sample_library(data), data, (), demo=True)
    return 0


def sample_library(data: Path) -> Path:
    """A copy of the sample shops in a data folder: what visitors edit is not what ships."""
    copy = prepare_data_dir(data) / "scripts_library"
    if not copy.exists():
        shutil.copytree(shipped("scripts_library"), copy)
    return copy


def _serve(
    arguments: argparse.Namespace,
    library: Path,
    data: Path,
    allowed_hosts: tuple[str, ...],
    demo: bool,
) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # faiss tells at INFO which of its builds it tried; that is no news to a shop.
    logging.getLogger("faiss").setLevel(logging.WARNING)
    # What can be wrong is tried here, where it ends the command with one clear line.
    prepare_data_dir(data)
    with alone_in(data):
        _serve_alone(arguments, library, data, allowed_hosts, demo)


def _serve_alone(
    arguments: argparse.Namespace,
    library: Path,
    data: Path,
    allowed_hosts: tuple[str, ...],
    demo: bool,
) -> None:
    address = "" if demo else str(getattr(arguments, "database", "") or default_database())
    if address and getattr(arguments, "backup_to", None):
        raise ConfigError(
            "--backup-to copies the data folder's own database and --database names another; "
            "expected one of them; back PostgreSQL up by pg_dump or its archive"
        )
    if address:
        _try_database(address, library, data)
    Source(library, None, LastGood(data / KEPT_LIBRARY)).current({})
    tls, names = _tls(arguments, data)
    listener = listen(arguments.host, arguments.port)
    port = listener.getsockname()[1]
    config = Config(
        library_dir=library,
        data_dir=data,
        host=arguments.host,
        port=port,
        allowed_hosts=(*allowed_hosts, *names),
        tls=tls,
        demo=demo,
        rebuild=getattr(arguments, "rebuild", False),
        backup_dir=getattr(arguments, "backup_to", None),
        shops_kept=getattr(arguments, "shops_kept", 0),
        database_address=address,
        **({"model": arguments.model} if arguments.model else {}),
    )
    run(listener, lambda: _make(config, arguments), _close, tls)


def _try_database(address: str, library: Path, data: Path) -> None:
    """Opens it once, where what is wrong with it ends the command with one clear line."""
    from server.catalog.shared import SharedLibrary
    from server.store import Database

    library.mkdir(parents=True, exist_ok=True)
    with closing(Database(address, data)) as database:
        # A new server starts with the library of the others.
        SharedLibrary(library, database).sync("(files)")


def _tls(arguments: argparse.Namespace, data: Path) -> tuple[TlsFiles | None, tuple[str, ...]]:
    """The certificate of a server that others reach, and the names it is reached by.

    Beyond this machine nothing goes unencrypted: shoppers' words and tokens pass the shop's WLAN.
    """
    if bool(arguments.tls_cert) != bool(arguments.tls_key):
        raise ConfigError(
            "a certificate and its key belong together; give --tls-cert and --tls-key"
        )
    names = () if is_loopback(arguments.host) else names_of_machine(arguments.host)
    if not (arguments.tls_cert or names):
        return None, ()
    # Imported where it is used: reading and making certificates takes a while to load.
    from server.wire.tls import local_certificate, own_certificate

    if arguments.tls_cert:
        return own_certificate(arguments.tls_cert, arguments.tls_key), names
    reached = (*names, *getattr(arguments, "allow_host", ()))
    return local_certificate(data / "tls", reached), names


def _make(config: Config, arguments: argparse.Namespace) -> Flask:
    """Builds the app in the serving process and says where it is."""
    from server.app import create_app
    from server.base.collecting import settle
    from server.parts import parts_of

    sys.setswitchinterval(_SWITCH_S)
    app = create_app(config)
    settle()
    parts = parts_of(app)
    url = _url(config)
    if config.demo:
        from server.sample.shoppers import fill_shoppers
        from server.web.demo import DEMO_ACCOUNTS, demo_shoppers

        for name, role in DEMO_ACCOUNTS:
            if parts.accounts.by_name(name) is None:
                parts.auth.issue(name, role, "", "demo")
        shops = parts.catalog.snapshot.library.shops
        people = [(shop, who) for shop, who in demo_shoppers() if shop in shops]
        fill_shoppers(parts.database, parts.quality.audit, people, datetime.now(UTC).date())
        if arguments.with_history:
            from server.sample.review import fill_history

            count = fill_history(
                parts.database, parts.quality, list(parts.catalog.snapshot.shops.values())
            )
            print(f"样例记录 / sample history: {count} messages of made-up traffic", flush=True)
    parts.catalog.watch()
    parts.background.start()
    if parts.backups is not None:
        parts.backups.start()
    parts.reader.start()
    parts.sweeper.start()
    parts.prover.start()
    parts.peers.worker.start()
    threading.Thread(target=parts.make_ready, name="making ready", daemon=True).start()
    start = f"{url}/demo" if config.demo else url
    print(f"bangda 帮答: {start}", flush=True)
    if config.tls is not None:
        print(f"证书指纹 / certificate SHA-256: {config.tls.fingerprint}", flush=True)
    print(f"配对码 / pairing code: {parts.auth.open_code().shown}", flush=True)
    if not config.demo and not any(
        row["role"] in ("lead", "admin") for row in parts.accounts.all()
    ):
        print(
            "还没有主管账号 / no lead account yet; run: bangda account add NAME --role admin "
            f"--data {config.data_dir}",
            flush=True,
        )
    if config.demo and not arguments.no_browser:
        threading.Timer(0.3, _open(start)).start()
    return app


def _url(config: Config) -> str:
    """Where people find the server; of a whole machine, its first address in the room."""
    anywhere = config.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    named = [name for name in config.allowed_hosts if name[:1].isdigit()] or ["127.0.0.1"]
    host = named[0] if anywhere else config.host
    scheme = "https" if config.tls else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{config.port}"


def _open(url: str) -> Callable[[], None]:
    def open_page() -> None:
        if not webbrowser.open(url):
            print(f"请在浏览器打开 / open in a browser: {url}", file=sys.stderr, flush=True)

    return open_page


def _close(app: Flask) -> None:
    from server.parts import parts_of

    parts_of(app).close()
