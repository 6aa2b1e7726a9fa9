"""Every attempt, by kind; a success is named, and 0 is the bar."""

from __future__ import annotations

import csv
import io
import json
import logging
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from simple_websocket import Client, ConnectionClosed

from server.app import create_app
from server.base.config import Config
from server.bench.attacks import lists
from server.bench.attacks.target import FOREIGN, ROLES, Answer, Target, target
from server.bench.report import Report, Row
from server.exchange.cells import guard
from server.parts import parts_of

log = logging.getLogger("bangda.attacks")
Attempt = tuple[str, bool]
"""What was tried, and whether it succeeded."""
_PAGES = ("/healthz", "/", "/signin", "/panel", "/lead", "/qa", "/api/v1/suggest", "/api/v1/pair")
_REFUSED = (400, 401, 403, 404, 405, 409, 411, 413, 414, 429, 431)
# 501 is an answer: the server was asked for what it does not do.
_FAILED = (500, 502, 503, 504)
_FORMULA_SIGNS = "=+-@＝＋－＠﹦"
_WITHIN_S = 10


def attacks() -> Report:
    """Tries the whole list against a server of its own, over loopback alone."""
    rows: list[Row] = []
    total = won = 0
    with target() as attacked:
        for name, attempts in _KINDS.items():
            found = list(attempts(attacked))
            successes = [what for what, success in found if success]
            for what in successes:
                log.error("%s succeeded: %s", name, what)
            total, won = total + len(found), won + len(successes)
            rows.append(Row(f"{name}: successes of {len(found)}", len(successes), "successes"))
        alive = attacked.alive()
    rows.append(Row(f"all: successes of {total}", won, "successes"))
    rows.append(Row("the server that was attacked still answers, unharmed", int(alive), "of 1"))
    about = "Attempts of a stranger, a web page and other accounts; 0 successes is the bar."
    return Report("attacks", about, tuple(rows), met=alive and not won)


def _foreign_origins(attacked: Target) -> Iterator[Attempt]:
    token = attacked.tokens["agent"]
    for origin in lists.ORIGINS:
        for page in _PAGES:
            told = {"Origin": origin, "Authorization": f"Bearer {token}"}
            yield f"{origin} {page}", _let_in(attacked.ask("GET", page, headers=told))
        yield f"{origin} socket", _socket_opens(attacked, Origin=origin)


def _foreign_hosts(attacked: Target) -> Iterator[Attempt]:
    for host in lists.HOSTS:
        named = host.format(port=attacked.port) if "{" in host else host
        for page in _PAGES:
            yield f"{named} {page}", _let_in(attacked.ask("GET", page, headers={"Host": named}))
        yield f"{named} socket", _socket_opens(attacked, Host=named)


def _cross_site(attacked: Target) -> Iterator[Attempt]:
    """Posts as a page of another site makes them in a signed-in lead's browser."""
    cookie = attacked.cookie("lead")
    for told in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ):
        for _, path in _addresses("POST", own=True):
            answer = attacked.ask("POST", path, {"a": "b"}, told | {"Cookie": cookie})
            yield f"{told} {path}", answer.status not in (403, 404)


def _foreign_values(attacked: Target) -> Iterator[Attempt]:
    """Every address that names a shop or a row, for every role, with the other shop's values."""
    cookies = {role: attacked.cookie(role) for role in ROLES} | {"nobody": ""}
    for role, cookie in cookies.items():
        told = {"Cookie": cookie}
        for method in ("GET", "POST"):
            for path in (path for m, path in _addresses(method) if m == method):
                answer = attacked.ask(method, path, {} if method == "POST" else None, told)
                signed_out = answer.status in (302, 303) and "/signin" in answer.location
                yield f"{role} {method} {path}", not signed_out and answer.status not in _REFUSED
        for page in ("/qa", "/qa/search", "/qa/records", "/qa/settings", "/qa/figures", "/panel"):
            answer = attacked.ask("GET", f"{page}?shop={FOREIGN}", headers=told)
            signed_out = answer.status in (302, 303) and "/signin" in answer.location
            yield f"{role} {page}?shop=", not signed_out and answer.status not in _REFUSED


def _stored_scripts(attacked: Target) -> Iterator[Attempt]:
    """Markup as shopper, as agent and in a name, then every page that shows it."""
    bearer = {"Authorization": f"Bearer {attacked.tokens['agent']}"}
    for number, text in enumerate(lists.MARKUP):
        talk = {"conversation_id": f"{text}-{number}", "text": text, "platform": "kuaishou"}
        shopper = {"id": f"s{number}{text}", "name": text}
        message = talk | {"message_id": text, "shopper": shopper, "page": {"product": text}}
        event = talk | {"event": "flagged", "request_id": text, "note": text}
        for path, body in (("suggest", message), ("events", event)):
            attacked.ask("POST", f"/api/v1/{path}", json.dumps(body).encode(), bearer)
    cookie = {"Cookie": attacked.cookie("lead")}
    pages = ["/qa", "/qa/search", "/qa/records", "/wall", "/wall/now.json", "/lead/shop-a/gaps"]
    pages += [f"/qa/conversation/{number}" for number in range(1, len(lists.MARKUP) + 1)]
    pages += [f"/qa/item/{number}" for number in range(1, len(lists.MARKUP) + 1)]
    pages += [f"/qa/search?text={number}" for number in (7, 191)]
    for page in pages:
        answer = attacked.ask("GET", page, headers=cookie)
        if answer.text.lstrip().startswith("{"):
            continue  # JSON is never a page: nosniff and its type see to it
        for mark in lists.RAN:
            yield f"{page} {mark}", mark in answer.text or answer.status >= 500


def _formulas(attacked: Target) -> Iterator[Attempt]:
    """Cells that a spreadsheet would run, in the export of conversations and from `guard`."""
    bearer = {"Authorization": f"Bearer {attacked.tokens['agent']}"}
    for number, text in enumerate(lists.FORMULAS):
        yield f"guard {text!r}", guard(text)[:1] != "'"
        if number % 9 == 0:
            body = {"conversation_id": text, "text": "在吗", "shopper": {"id": text, "name": text}}
            attacked.ask("POST", "/api/v1/suggest", json.dumps(body).encode(), bearer)
    cookie = {"Cookie": attacked.cookie("lead")}
    answer = attacked.ask("GET", "/qa/export/conversations.csv", headers=cookie)
    for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))):
        for cell in row:
            yield f"export {cell!r}", cell.strip()[:1] in tuple(_FORMULA_SIGNS)


def _oversize(attacked: Target) -> Iterator[Attempt]:
    bearer = {"Authorization": f"Bearer {attacked.tokens['agent']}"}
    large = b'{"text":"' + b"a" * 200_000 + b'"}'
    for path in ("suggest", "check", "search", "events", "pair", "shopper", "image"):
        yield path, _let_in(attacked.ask("POST", f"/api/v1/{path}", large, bearer))
    for path in ("/signin", "/lead/propose", "/qa/settings", "/signout"):
        form = {"a": "b" * 3_000_000}
        answer = attacked.ask("POST", path, form, {"Cookie": attacked.cookie("lead")})
        yield path, _let_in(answer)
    for size in (9_000, 70_000, 500_000):
        yield f"path of {size}", _let_in(attacked.ask("GET", "/" + "a" * size))
        told = {"X-Long": "a" * size}
        yield f"header of {size}", attacked.ask("GET", "/qa", headers=told).status == 200
    for size in (65_537, 200_000, 1_100_000):
        frame = json.dumps({"type": "message", "text": "a" * size, "request_id": "1"})
        yield f"frame of {size}", _answered(attacked, frame) == "suggestions"


def _paths(attacked: Target) -> Iterator[Attempt]:
    for path in lists.PATHS:
        answer = attacked.ask("GET", path)
        yield path, "root:" in answer.text or "SQLite" in answer.text or answer.status >= 500
    for place in lists.NEXTS:
        token = {"token": attacked.tokens["agent"], "next": place}
        answer = attacked.ask("POST", "/signin", token)
        leaves = not answer.location.startswith("/") or answer.location[1:2] in ("/", "\\")
        yield f"next={place!r}", leaves or any(sign in answer.location for sign in "\t\n\r\\")


def _headers(attacked: Target) -> Iterator[Attempt]:
    for name, value in lists.HEADERS:
        for page in ("/healthz", "/qa", "/api/v1/check"):
            answer = attacked.ask("POST" if "api" in page else "GET", page, headers={name: value})
            opened = page != "/healthz" and answer.status == 200
            yield f"{name}: {value[:40]} {page}", opened or answer.status in _FAILED
    for line in (b"GET /qa HTTP/9.9", b"\x16\x03\x01", b"GET  / HTTP/1.1", b"G\x00T / HTTP/1.1",
                 b"GET http://evil.example/ HTTP/1.1", b"CONNECT evil.example:1 HTTP/1.1",
                 b"TRACE / HTTP/1.1", b"PRI * HTTP/2.0", b"GET /qa"):  # fmt: skip
        said = _raw(attacked, line + b"\r\nHost: 127.0.0.1\r\n\r\n")
        yield repr(line), b" 500 " in said[:20] or b"evil.example" in said[:2000]


def _frames(attacked: Target) -> Iterator[Attempt]:
    for frame in lists.FRAMES:
        yield f"first {frame[:40]}", _answered(attacked, frame, hello=False) == "welcome"
        said = _answered(attacked, frame)
        yield f"then {frame[:40]}", said == "internal" or (FOREIGN in frame and said != "refused")


def _tokens(attacked: Target) -> Iterator[Attempt]:
    tries = [*lists.TOKENS, *(secrets.token_urlsafe(32) for _ in range(20))]
    tries += [attacked.tokens["admin"][:-1], attacked.tokens["admin"].swapcase()]
    for token in tries:
        told = {"Authorization": f"Bearer {token}"}
        yield f"token {token[:20]!r}", _let_in(attacked.ask("POST", "/api/v1/check", b"{}", told))
        yield (
            f"sign in {token[:20]!r}",
            "Location" in attacked.ask("POST", "/signin", {"token": token}).location,
        )
        body = json.dumps({"code": token, "name": "甲"}).encode()
        yield f"code {token[:20]!r}", _let_in(attacked.ask("POST", "/api/v1/pair", body))
        cookie = {"Cookie": f"bangda_{attacked.port}={token[:200]!r}"}
        yield f"cookie {token[:20]!r}", attacked.ask("GET", "/qa", headers=cookie).status == 200


_KINDS: dict[str, Callable[[Target], Iterator[Attempt]]] = {
    "foreign origins": _foreign_origins,
    "foreign hosts": _foreign_hosts,
    "cross-site posts": _cross_site,
    "foreign values by role": _foreign_values,
    "stored scripts": _stored_scripts,
    "spreadsheet cells": _formulas,
    "oversize": _oversize,
    "paths and redirects": _paths,
    "headers and first lines": _headers,
    "frames": _frames,
    # Last: wrong ones slow down whoever tries, here this machine.
    "tokens and codes": _tokens,
}


def _let_in(answer: Answer) -> bool:
    return 200 <= answer.status < 300 or answer.status in _FAILED


def _socket_opens(attacked: Target, **told: str) -> bool:
    """Whether `/live` upgrades a request with these headers in place of a client's own."""
    own = {"Host": f"127.0.0.1:{attacked.port}", "Upgrade": "websocket", "Connection": "Upgrade"}
    own |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    head = "".join(f"{name}: {value}\r\n" for name, value in (own | told).items())
    return b" 101 " in _raw(attacked, f"GET /live HTTP/1.1\r\n{head}\r\n".encode())[:20]


def _answered(attacked: Target, frame: str, *, hello: bool = True) -> str:
    """The type (for an error, the code) of the answer to a frame; "" when the socket closed."""
    ws = Client(f"ws://127.0.0.1:{attacked.port}/live")
    try:
        if hello:
            greeting = {"type": "hello", "protocol": 1, "token": attacked.tokens["agent"]}
            ws.send(json.dumps(greeting))
            ws.receive(timeout=_WITHIN_S)
        ws.send(frame)
        # What follows at once: a frame that has no answer must not be waited for.
        ws.send('{"type":"search","query":"","request_id":"end"}')
        while (text := ws.receive(timeout=_WITHIN_S)) is not None:
            said: dict[str, Any] = json.loads(text)
            if said["type"] != "ping":
                return str(said.get("code", said["type"]))
    except (ConnectionClosed, OSError):
        return ""
    finally:
        ws.close() if ws.connected else ws.sock.close()
    return ""


def _raw(attacked: Target, content: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", attacked.port), timeout=_WITHIN_S) as sock:
        try:
            sock.sendall(content)
            return sock.recv(4096)
        except OSError:
            return b""


def _addresses(method: str, *, own: bool = False) -> list[tuple[str, str]]:
    """The server's addresses of a method; those that name a shop or a row name the other shop's."""
    values = {"shop": FOREIGN, "number": 1, "script_id": "ship.when", "kind": "gap", "name": "x"}
    found = []
    adapter = _site().url_map.bind("127.0.0.1")
    for rule in _site().url_map.iter_rules():
        if method not in (rule.methods or ()) or not (own or "shop" in rule.arguments):
            continue
        held: dict[str, Any] = {name: values.get(name, "x") for name in rule.arguments}
        found.append((method, adapter.build(rule.endpoint, held, method=method)))
    return found


_sites: list[Flask] = []


def _site() -> Flask:
    """The app's addresses, from an app over an empty folder that serves nobody."""
    if not _sites:
        with tempfile.TemporaryDirectory() as name:
            library = Path(name) / "library"
            (library / "shop").mkdir(parents=True)
            (library / "shop" / "scripts.yaml").write_text("scripts:\n- id: a\n  reply: a\n")
            app = create_app(Config(library, Path(name) / "data"))
            parts_of(app).close()
        _sites.append(app)
    return _sites[0]
