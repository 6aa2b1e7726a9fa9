"""The HTTP API: the live protocol's requests by POST, `/healthz`, pairing and tickets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response, g, request

from server import __version__
from server.accounts.pairing import PairingCode
from server.accounts.rights import covers
from server.accounts.tokens import Auth, Grant
from server.base.errors import (
    AuthError,
    BangdaError,
    BusyError,
    ProtocolError,
    StoreUnavailableError,
    TooManyTriesError,
)
from server.base.worker import Worker
from server.catalog.catalog import Catalog
from server.desk.desk import Desk
from server.desk.kept_ids import with_kept_ids, with_own_ids
from server.desk.seat import Seat, seat_for
from server.protocol.frames import (
    Checked,
    Draft,
    Event,
    ImageRequest,
    Message,
    Search,
    ShopperAsk,
    body_from,
)
from server.store import Account, Database
from server.wire.shares import Shares

_MAX_BODY = 64 * 1024


class _Pair(msgspec.Struct):
    code: str
    name: str = ""


def build_api(
    desk: Desk,
    auth: Auth,
    catalog: Catalog,
    workers: Sequence[Worker],
    database: Database,
    paired: Callable[[Account, PairingCode], None],
    not_ready: Callable[[], str],
    shares: Shares,
) -> Blueprint:
    """The blueprint. Errors are `{"error": {"code", "message"}}` with 400, 401, 403, 429 or 503.

    `paired` is told of every account that a code let in. `not_ready` says why no agent may be sent
    here just now, "" when all is well. `/healthz` is about the process, `/readyz` about its work.
    """
    api = Blueprint("api", __name__)

    @api.errorhandler(BangdaError)
    def explain(error: BangdaError) -> Response:
        code = error.code if isinstance(error, ProtocolError) else "refused"
        status = 401 if isinstance(error, AuthError) else 400
        if isinstance(error, TooManyTriesError):
            status = 429
        if isinstance(error, StoreUnavailableError):
            code, status = "unavailable", 503
        if isinstance(error, BusyError):
            code, status = "busy", 429
        said = _json({"error": {"code": code, "message": str(error)}}, status)
        if isinstance(error, BusyError):
            said.headers["Retry-After"] = str(error.retry_after_s)
        return said

    @api.get("/healthz")
    def healthz() -> Response:
        trouble = catalog.trouble
        failing = [worker.trouble for worker in workers if worker.trouble]
        writes = not database.trouble
        return _json(
            {
                "status": "degraded" if trouble or failing or not writes else "ok",
                "failing": failing,
                "writing": {"works": writes, "waiting": database.waiting},
                "version": __version__,
                "pid": os.getpid(),
                "library": {
                    "version": catalog.snapshot.library.version,
                    "shops": len(catalog.snapshot.library.shops),
                    "scripts": sum(len(s.shop.scripts) for s in catalog.snapshot.shops.values()),
                    "problems": [str(problem) for problem in trouble[:20]],
                    "remarks": [str(remark) for remark in catalog.remarks[:20]],
                },
            }
        )

    @api.get("/readyz")
    def readyz() -> Response:
        reason = not_ready()
        answer = {"status": "away" if reason else "ready", "reason": reason}
        return _json(answer, 503 if reason else 200)

    @api.post("/api/v1/pair")
    def pair() -> Response:
        wish = body_from(_body(), _Pair)
        address = request.remote_addr or ""
        auth.tries.check(address)
        try:
            account, token, code = auth.pair(wish.code, wish.name)
        except BangdaError:
            auth.tries.failed(address, "pairing")
            raise
        paired(account, code)
        answer = {"token": token, "agent": account.name, "role": account.role}
        shops = catalog.snapshot.library.shops.values()
        chosen = [shop for shop in shops if covers(account, shop.id)]
        names = [{"id": shop.id, "name": shop.name or shop.id} for shop in chosen]
        return _json(answer | {"shop": account.shop, "shops": names})

    @api.post("/api/v1/ticket")
    def ticket() -> Response:
        return _json({"ticket": auth.ticket(_grant(auth))})

    def answers(
        path: str, kind: str, shape: Any, call: Callable[[Any, Any], msgspec.Struct]
    ) -> None:
        @api.post(path, endpoint=path.rsplit("/", 1)[-1])
        def answer() -> Response:
            account = _grant(auth).account
            body = body_from(_body(), shape)
            seat = seat_for(account, body.shop, body.platform, catalog)
            final = getattr(body, "final", False) is not False
            with shares.turn(account.id, kind, final=final):
                return _json(with_own_ids(call(seat, with_kept_ids(body, desk.kept_id)), body))

    answers("/api/v1/suggest", "message", Message, desk.message)
    answers("/api/v1/check", "draft", Draft, partial(_check, desk))
    answers("/api/v1/search", "search", Search, desk.search)
    answers("/api/v1/image", "image", ImageRequest, desk.image)
    answers("/api/v1/events", "event", Event, desk.event)
    answers("/api/v1/shopper", "shopper", ShopperAsk, desk.shopper)
    return api


def _check(desk: Desk, seat: Seat, request: Draft) -> Checked:
    """A text that comes whole: nobody types it."""
    if request.final is None:
        request = msgspec.structs.replace(request, final=True)
    return desk.draft(seat, request)


def _grant(auth: Auth) -> Grant:
    """Who holds the bearer token, else the page's session. Raises AuthError."""
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return auth.grant(header.removeprefix("Bearer ").strip())
    signed_in: Grant | None = g.get("grant")
    if signed_in is None:
        raise AuthError("no token came; expected the header Authorization: Bearer TOKEN")
    return signed_in


def _body() -> bytes:
    request.max_content_length = _MAX_BODY
    return request.get_data()


def _json(value: Any, status: int = 200) -> Response:
    body = msgspec.json.encode(value)
    return Response(body, status=status, content_type="application/json; charset=utf-8")
