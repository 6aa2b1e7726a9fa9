"""The live endpoint: frames in, one call to the desk, frames out. No decisions."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from flask import Flask, abort, request
from flask_sock import Sock

from server.accounts.gate import Gate
from server.accounts.tokens import Auth
from server.base.errors import (
    AuthError,
    BangdaError,
    BusyError,
    ProtocolError,
    StoreUnavailableError,
)
from server.catalog.site_adapters import refuse_closed_page
from server.desk.desk import Desk
from server.desk.kept_ids import with_kept_ids, with_own_ids
from server.desk.seat import Seat, seat_for
from server.protocol.frames import (
    MAX_FRAME_BYTES,
    PROTOCOL,
    Hello,
    Message,
    frame_from,
    frame_of,
    plain_frame,
    request_id_of,
)
from server.wire.client import Client, Clients, Crowd, limit_queue, patient
from server.wire.shares import Shares

log = logging.getLogger("bangda.live")
PING_EVERY_S = 15.0
_HELLO_WITHIN_S = 10.0
_POLICY_VIOLATION = 1008
_GOING_AWAY = 1001
_TOO_BIG = 1009
_SILENCE: tuple[None, None] = (None, None)
# Sockets that have not said hello yet: they need no more than a moment each.
_STRANGERS = 64
_LOOPBACK = ("127.0.0.1", "::1")
# With so many requests at work at a time a kind of them is put off; events never are.
_PUT_OFF = {"draft": 24, "image": 24, "search": 96, "message": 96}
_AGAIN_S = 2


def add_live(
    app: Flask, clients: Clients, desk: Desk, auth: Auth, gate: Gate, shares: Shares
) -> None:
    """Adds `/live` to the app; `clients` holds the open sockets."""
    # The library counts characters and drops the connection in mid-frame, which can lose its close
    # frame: its limit is only the hard stop, `_serve` refuses what is over the protocol's bytes.
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": 16 * MAX_FRAME_BYTES}
    sock = Sock(app)
    strangers, working = Crowd(), Crowd()

    @app.before_request
    def refuse_foreign_sockets() -> None:
        # Before the upgrade: a socket has no CORS, so any page could open one otherwise.
        if request.path == "/live" and not gate.origin_allowed(request.headers.get("Origin")):
            abort(403)
        if request.path == "/live":
            if strangers.count >= _STRANGERS:
                abort(503)
            # On one machine there is no line to spare, and packing costs time on both ends.
            if request.remote_addr in _LOOPBACK:
                request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            _wait_for_ever(request.environ)

    @sock.route("/live")
    def live(ws: Any) -> None:
        limit_queue(ws)
        with strangers.one():
            found = _seated(ws, desk, auth, shares)
        if found is None:
            return
        client, welcome = found
        try:
            client.enter(clients, welcome)
            _serve(client, desk, auth, working, shares)
        finally:
            clients.remove(client)


def _wait_for_ever(environ: Mapping[str, Any]) -> None:
    """Takes a request's limit off a connection that becomes a socket.

    Before the upgrade, which starts a thread that reads: a read begun under the limit ends with it,
    and the socket with the read.
    """
    for server in ("gunicorn.socket", "werkzeug.socket"):
        if server in environ:
            patient(environ[server], receive_s=0)


def _seated(ws: Any, desk: Desk, auth: Auth, shares: Shares) -> tuple[Client, str] | None:
    """Who says hello, and the welcome for them; None when they are refused."""
    try:
        text = ws.receive(timeout=_HELLO_WITHIN_S)
        if text is None:
            raise ProtocolError("no_hello", "no frame came; expected hello first")
        kind, hello, _ = frame_from(text)
        if kind != "hello" or not isinstance(hello, Hello):
            raise ProtocolError("no_hello", f"first frame is {kind}; expected hello")
        if hello.protocol != PROTOCOL:
            raise ProtocolError(
                "protocol", f"protocol is {hello.protocol}; expected {PROTOCOL}; update the client"
            )
        grant = auth.grant(hello.token)
        seat = seat_for(grant.account, hello.shop, hello.platform, desk.catalog)
        client = Client(ws, seat, grant.token_hash, hello.client)
        with shares.charged(seat.account.id):
            welcome = frame_of(desk.welcome(seat))
    except BangdaError as error:
        code = error.code if isinstance(error, ProtocolError) else _code_of(error)
        ws.send(plain_frame("error", code=code, message=str(error)))
        ws.close(_POLICY_VIOLATION, code)
        return None
    log.info("%s connected for shop %s", seat.account.name, seat.shop)
    return client, welcome


def _serve(client: Client, desk: Desk, auth: Auth, working: Crowd, shares: Shares) -> None:
    """Answers frames in order until the socket closes; pings on the way."""
    answers: dict[str, Callable[[Seat, Any], msgspec.Struct]] = {
        "draft": desk.draft,
        "search": desk.search,
        "event": desk.event,
        "phrase": desk.phrase,
        "waiting": desk.waiting,
        "shopper": desk.shopper,
        "work": desk.work,
        "image": desk.image,
    }
    next_ping = time.monotonic() + PING_EVERY_S
    while True:
        text = client.ws.receive(timeout=max(0.05, next_ping - time.monotonic()))
        if time.monotonic() >= next_ping:
            client.send(plain_frame("ping"))
            next_ping = time.monotonic() + PING_EVERY_S
        account = auth.current(client.token_hash)
        if account is None:
            client.send(plain_frame("error", code="revoked", message="token was revoked"))
            client.close(_POLICY_VIOLATION, "revoked")
            return
        if account != client.seat.account:
            client.close(_GOING_AWAY, "account changed")
            return
        if text is not None and _size(text) > MAX_FRAME_BYTES:
            client.close(_TOO_BIG, f"frame is over {MAX_FRAME_BYTES} bytes")
            return
        answer, after = _SILENCE
        if text is not None:
            answer, after = _answer(text, client.seat, answers, desk, working, shares)
        try:
            if answer is not None:
                client.send(answer)
        finally:
            if after is not None:
                with shares.charged(account.id):
                    after()


def _size(text: str | bytes) -> int:
    return len(text.encode()) if isinstance(text, str) else len(text)


def _answer(
    text: str | bytes,
    seat: Seat,
    answers: dict[str, Callable[[Seat, Any], msgspec.Struct]],
    desk: Desk,
    working: Crowd,
    shares: Shares,
) -> tuple[str | None, Callable[[], object] | None]:
    """The answering frame, None for a pong, and what is to be done once it is out."""
    try:
        kind, body, _ = frame_from(text)
        if kind == "pong":
            return _SILENCE
        if kind not in answers and kind != "message":
            raise ProtocolError("unexpected", f"{kind} came again; expected a request")
        named = _seat_of(seat, body, desk)
        if kind != "event":
            refuse_closed_page(desk.catalog.snapshot.shop(named.shop).shop, named.platform)
        final = bool(getattr(body, "final", False))
        after: Callable[[], object] | None = None
        made: msgspec.Struct
        # Who waits for the own account's other requests is not at work.
        with shares.turn(seat.account.id, kind, final=final), working.one():
            if working.count > _PUT_OFF.get(kind, working.count) and not final:
                raise BusyError(_AGAIN_S)
            asked = with_kept_ids(body, desk.kept_id)
            if isinstance(asked, Message):
                made, after = desk.answer(named, asked)
            else:
                made = answers[kind](named, asked)
            return frame_of(with_own_ids(made, body)), after
    except BusyError as error:
        fields = {"request_id": request_id_of(text), "retry_after_s": error.retry_after_s}
        return plain_frame("error", code="busy", message=str(error), **fields), None
    except BangdaError as error:
        code = error.code if isinstance(error, ProtocolError) else _code_of(error)
        return _error(code, str(error), request_id_of(text)), None
    except Exception:
        log.exception("a request failed")
        message = "the server failed on this request; its log says why"
        return _error("internal", message, request_id_of(text)), None


def _seat_of(seat: Seat, body: Any, desk: Desk) -> Seat:
    """The seat that a frame names: one browser may serve several shops and platforms at once."""
    if not body.shop and not body.platform:
        return seat
    return seat_for(
        seat.account, body.shop or seat.shop, body.platform or seat.platform, desk.catalog
    )


def _error(code: str, message: str, request_id: str) -> str:
    fields = {"request_id": request_id} if request_id else {}
    return plain_frame("error", code=code, message=message, **fields)


def _code_of(error: BangdaError) -> str:
    if isinstance(error, StoreUnavailableError):
        return "unavailable"
    return "refused" if isinstance(error, AuthError) else "bad_request"
