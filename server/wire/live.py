"""The live endpoint: frames in, one call to the desk, frames out. No decisions."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flask import Flask, abort, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from server.accounts.gate import Gate
from server.accounts.tokens import Auth
from server.base.errors import AuthError, BangdaError, ProtocolError
from server.catalog.site_adapters import refuse_closed_page
from server.desk.desk import Desk
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

log = logging.getLogger("bangda.live")
PING_EVERY_S = 15.0
_HELLO_WITHIN_S = 10.0
_POLICY_VIOLATION = 1008
_GOING_AWAY = 1001
_TOO_BIG = 1009
_SILENCE: tuple[None, None] = (None, None)


@dataclass(eq=False)
class Client:
    """One open socket. Sending is locked: answers and broadcasts come from several threads."""

    ws: Any
    seat: Seat
    token_hash: str
    name: str
    since: float = field(default_factory=time.time)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, text: str) -> None:
        """Sends one frame. Raises ConnectionClosed."""
        with self._lock:
            self.ws.send(text)

    def close(self, code: int, reason: str) -> None:
        """Closes the socket with a reason."""
        with self._lock:
            self.ws.close(code, reason)


class Clients:
    """The open sockets."""

    def __init__(self) -> None:
        self._open: set[Client] = set()
        self._lock = threading.Lock()

    def __iter__(self) -> Any:
        with self._lock:
            return iter(list(self._open))

    def add(self, client: Client) -> None:
        """Takes a socket in."""
        with self._lock:
            self._open.add(client)

    def remove(self, client: Client) -> None:
        """Lets a socket go."""
        with self._lock:
            self._open.discard(client)

    def broadcast(self, text: str, shop: str | None = None) -> None:
        """One frame to every socket (of a shop); one that is gone is left to its own thread."""
        for client in self:
            if shop is None or client.seat.shop == shop:
                try:
                    client.send(text)
                except ConnectionClosed:
                    log.debug("a socket closed before a broadcast")

    def drop(self, account_id: int) -> None:
        """Closes the sockets of an account that was revoked, closed or changed.

        A client that may still come in connects again and is seated as the account is now.
        """
        for client in self:
            if client.seat.account.id == account_id:
                try:
                    client.close(_GOING_AWAY, "account changed")
                except ConnectionClosed:
                    log.debug("a socket closed before it was dropped")

    def close_all(self) -> None:
        """Tells every client that the server goes away."""
        for client in self:
            try:
                client.close(_GOING_AWAY, "server is shutting down")
            except ConnectionClosed:
                log.debug("a socket was closed already")


def add_live(app: Flask, clients: Clients, desk: Desk, auth: Auth, gate: Gate) -> None:
    """Adds `/live` to the app; `clients` holds the open sockets."""
    # The library counts characters and drops the connection in mid-frame, which can lose its close
    # frame: its limit is only the hard stop, `_serve` refuses what is over the protocol's bytes.
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": 16 * MAX_FRAME_BYTES}
    sock = Sock(app)

    @app.before_request
    def refuse_foreign_sockets() -> None:
        # Before the upgrade: a socket has no CORS, so any page could open one otherwise.
        if request.path == "/live" and not gate.origin_allowed(request.headers.get("Origin")):
            abort(403)

    @sock.route("/live")
    def live(ws: Any) -> None:
        client = _welcome(ws, desk, auth)
        if client is None:
            return
        clients.add(client)
        try:
            _serve(client, desk, auth)
        finally:
            clients.remove(client)


def _welcome(ws: Any, desk: Desk, auth: Auth) -> Client | None:
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
        client.send(frame_of(desk.welcome(seat)))
    except BangdaError as error:
        code = error.code if isinstance(error, ProtocolError) else _code_of(error)
        ws.send(plain_frame("error", code=code, message=str(error)))
        ws.close(_POLICY_VIOLATION, code)
        return None
    log.info("%s connected for shop %s", seat.account.name, seat.shop)
    return client


def _serve(client: Client, desk: Desk, auth: Auth) -> None:
    """Answers frames in order until the socket closes; pings on the way."""
    answers: dict[str, Callable[[Seat, Any], msgspec.Struct]] = {
        "draft": desk.draft,
        "search": desk.search,
        "event": desk.event,
        "phrase": desk.phrase,
        "waiting": desk.waiting,
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
        answer, after = _answer(text, client.seat, answers, desk) if text is not None else _SILENCE
        try:
            if answer is not None:
                client.send(answer)
        finally:
            if after is not None:
                after()


def _size(text: str | bytes) -> int:
    return len(text.encode()) if isinstance(text, str) else len(text)


def _answer(
    text: str | bytes,
    seat: Seat,
    answers: dict[str, Callable[[Seat, Any], msgspec.Struct]],
    desk: Desk,
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
        if isinstance(body, Message):
            made, after = desk.answer(named, body)
            return frame_of(made), after
        return frame_of(answers[kind](named, body)), None
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
    return "refused" if isinstance(error, AuthError) else "bad_request"
