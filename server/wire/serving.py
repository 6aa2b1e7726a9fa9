"""Running the app: gunicorn's threads on Linux and macOS, Werkzeug's on Windows.

One process, since open sockets and conversations live in it; a thread a socket. gunicorn's gthread
worker closes sockets cleanly and its pool must be larger than the number of sockets: a pool that is
full would answer no page either.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask

from server.base.config import TlsFiles
from server.base.errors import BangdaError, ConfigError
from server.wire.client import patient

log = logging.getLogger("bangda.serving")
THREADS = 2_400
_BACKLOG = 512
# Until a request's head must be whole; behind it each read of a body may take as long.
_HEAD_WITHIN_S = 10
# A body has this long, and more by its length as on a slow line; its length may not be told.
_BODY_WITHIN_S = 30
_SLOWEST_BYTES_S = 50_000
_UNTOLD = 1
_FILES = 8_192
_GRACE_S = 5
_SEND_WITHIN_S = 30
# What gunicorn takes for an app that cannot be made: it starts no other worker for it.
_NOT_LOADED = 4


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose. Raises ConfigError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigError(
            f"port {port} on {host} cannot be used ({getattr(error, 'strerror', error)}); expected "
            "a free port of this machine; stop the other program or choose one: --port N"
        ) from error
    return listener


def run(
    listener: socket.socket,
    make_app: Callable[[], Flask],
    close: Callable[[Flask], None],
    tls: TlsFiles | None = None,
) -> None:
    """Serves until SIGTERM or Ctrl+C, then closes. `make_app` runs in the serving process.

    Raises ConfigError with what `make_app` said when it could not make one.
    """
    if sys.platform == "win32":
        _run_werkzeug(listener, make_app, close, tls)
    else:
        _run_gunicorn(listener, make_app, close, tls)


def _run_werkzeug(
    listener: socket.socket,
    make_app: Callable[[], Flask],
    close: Callable[[Flask], None],
    tls: TlsFiles | None,
) -> None:
    from werkzeug.serving import make_server

    app = make_app()
    host, port = listener.getsockname()[:2]
    files = (str(tls.certificate), str(tls.key)) if tls else None
    server = make_server(host, port, app, threaded=True, fd=listener.fileno(), ssl_context=files)
    serving = threading.Thread(target=server.serve_forever, name="serving")
    serving.start()
    try:
        while serving.is_alive():
            serving.join(timeout=1)  # wakes up, so that Ctrl+C is heard on Windows
    except KeyboardInterrupt:
        log.info("stopping")
    finally:
        close(app)
        server.shutdown()


def _run_gunicorn(
    listener: socket.socket,
    make_app: Callable[[], Flask],
    close: Callable[[Flask], None],
    tls: TlsFiles | None,
) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.workers.gthread import ThreadWorker

    heads = Heads(_HEAD_WITHIN_S)
    refusal = _Refusal()
    _open_files()

    class Worker(ThreadWorker):  # type: ignore[misc]
        """Closes the app's sockets at once when told to stop; else they would hold it up."""

        def init_process(self) -> None:
            threading.Thread(target=heads.watch, name="heads", daemon=True).start()
            super().init_process()

        def handle(self, conn: Any) -> Any:
            heads.begin(conn.sock)
            try:
                return super().handle(conn)
            finally:
                heads.end(conn.sock)

        def handle_request(self, req: Any, conn: Any) -> Any:
            heads.end(conn.sock)
            patient(conn.sock, receive_s=_HEAD_WITHIN_S, send_s=_SEND_WITHIN_S)
            length = getattr(req.body.reader, "length", _UNTOLD)
            if length:
                # Each read may take its time, but not every single byte.
                within_s = _BODY_WITHIN_S + length / _SLOWEST_BYTES_S
                reader = req.body.reader
                heads.begin(conn.sock, within_s, lambda: getattr(reader, "length", _UNTOLD) > 0)
            return super().handle_request(req, conn)

        def handle_exit(self, sig: int, frame: Any) -> None:
            threading.Thread(target=close, args=(self.app.wsgi(),), name="closing").start()
            super().handle_exit(sig, frame)

        def handle_quit(self, sig: int, frame: Any) -> None:
            self.handle_exit(sig, frame)

    class Served(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {
                "bind": f"fd://{listener.fileno()}",
                "workers": 1,
                "threads": THREADS,
                "worker_class": Worker,
                "worker_connections": THREADS * 2,
                "graceful_timeout": _GRACE_S,
                "timeout": 0,
                "keepalive": 5,
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            if tls is not None:
                settings |= {"certfile": str(tls.certificate), "keyfile": str(tls.key)}
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            try:
                return make_app()
            except BangdaError as error:
                refusal.say(str(error))
                raise SystemExit(_NOT_LOADED) from error

    # Ctrl+C reaches the whole process group: the arbiter handles it and tells the worker.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # What the arbiter says of a worker that could not start is said once, by whoever asked for it.
    logging.getLogger("gunicorn.error").addFilter(lambda record: not refusal.is_said())
    arbiter = os.getpid()
    try:
        Served().run()
    except SystemExit as ended:
        if os.getpid() != arbiter or not refusal.is_said():
            raise
        raise ConfigError(refusal.heard()) from ended


class _Refusal:
    """Why the serving process could not start, told to the process that started it."""

    def __init__(self) -> None:
        self._ear, self._mouth = os.pipe()

    def say(self, why: str) -> None:
        """In one write, which a pipe takes whole."""
        os.write(self._mouth, why.encode()[: select.PIPE_BUF])

    def is_said(self) -> bool:
        """Whether there is something to be heard."""
        return bool(select.select([self._ear], [], [], 0)[0])

    def heard(self) -> str:
        """What was said. Waits for it."""
        return os.read(self._ear, select.PIPE_BUF).decode(errors="ignore")


class Heads:
    """Connections whose request is not whole yet; the late ones are cut off."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._awaited: dict[socket.socket, tuple[float, Callable[[], bool]]] = {}
        self._lock = threading.Lock()

    def begin(
        self,
        sock: socket.socket,
        within_s: float | None = None,
        still: Callable[[], bool] = lambda: True,
    ) -> None:
        """A head is awaited from now on, or a body as long as `still` says so."""
        until = time.monotonic() + (self._within_s if within_s is None else within_s)
        with self._lock:
            self._awaited[sock] = until, still

    def end(self, sock: socket.socket) -> None:
        """What was awaited is there, or the connection is done with."""
        with self._lock:
            self._awaited.pop(sock, None)

    def cut_late(self) -> int:
        """Shuts what is late: its thread wakes up and lets it go. Returns how many."""
        now = time.monotonic()
        with self._lock:
            over = {sock: still() for sock, (until, still) in self._awaited.items() if until < now}
            for sock in over:
                del self._awaited[sock]
        late = [sock for sock, awaited in over.items() if awaited]
        for sock in late:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("a late connection was gone already")
        return len(late)

    def watch(self) -> None:
        """Cuts late connections off for as long as the process lives."""
        while True:
            time.sleep(1)
            self.cut_late()


def _open_files() -> None:
    """Room for as many sockets as there are threads, where the system starts with fewer."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
