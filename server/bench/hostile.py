"""Agents at work alone and with a hostile client beside them, in turns: what it costs them.

Every agent has an account. The hostile client is a process of its own and has one agent's token, as
who got hold of a laptop would: requests that never end, sockets that say nothing or never read,
guessed tokens and codes, junk, frames that are too large, and texts that are dear to mask, fold and
check.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Final

import numpy as np
from simple_websocket import Client, ConnectionClosed, ConnectionError

from server.accounts.tokens import Auth
from server.base.config import shipped
from server.bench.load import Tally, fetched, work_at
from server.bench.report import Report, Row
from server.bench.serving import started
from server.store import Accounts, Database

_MOST: Final = 1.5
_TURNS: Final = 2  # alone and beside, so often
_WARM_S: Final = 8.0  # what a start costs its first messages is nobody's doing
_HELD: Final = 40  # half requests, and as many silent sockets
_DEAR: Final = (
    "1 " * 1_500,
    "❤" * 3_000,
    "135 140 145 150 " * 150,
    "微信加我V" * 400,
    "路" * 3_000,
)
_FRAME_OVER: Final = 70 * 1024
_CAUGHT: Final = (OSError, ConnectionClosed, ConnectionError, TimeoutError, ValueError)


def hostile(agents: int = 10, seconds: float = 240.0) -> Report:
    """95th percentiles of `agents`' messages and drafts, beside against alone; the bar is x1.5."""
    alone, beside = Tally(), Tally()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        stolen, *tokens = _issued(Path(folder), agents + 1)
        served = stack.enter_context(started(shipped("scripts_library"), Path(folder)))
        url = f"http://127.0.0.1:{served[0]}"
        live = [f"ws{url.removeprefix('http')}/live"]
        asyncio.run(work_at(live, agents, tokens, _WARM_S, Tally()))
        slice_s = seconds / (2 * _TURNS)
        for _ in range(_TURNS):
            asyncio.run(work_at(live, agents, tokens, slice_s, alone))
            spawned = multiprocessing.get_context("spawn")
            enemy = spawned.Process(target=attack, args=(url, stolen, slice_s + 15), daemon=True)
            enemy.start()
            try:
                asyncio.run(work_at(live, agents, tokens, slice_s, beside))
            finally:
                enemy.terminate()
                enemy.join()
        works = json.loads(fetched(f"{url}/healthz"))["status"]
    rows, met = _rows(alone, beside)
    unanswered = beside.lost + beside.refused + beside.busy
    rows.append(Row("agents' requests lost, put off or refused", unanswered, ""))
    met = met and works == "ok" and not unanswered
    about = (
        f"{agents} agents, {_TURNS} turns alone and {_TURNS} beside of {slice_s:g} s each; "
        f"the server is {works} at the end. The bar is x{_MOST}, nothing lost."
    )
    return Report("hostile", about, tuple(rows), met)


def _issued(data: Path, number: int) -> list[str]:
    """Tokens of so many agents of all shops, in a data folder before it is served."""
    with closing(Database(data / "bangda.db")) as database:
        auth = Auth(Accounts(database))
        return [auth.issue(f"agent {n}", "agent", "")[1] for n in range(number)]


def _rows(alone: Tally, beside: Tally) -> tuple[list[Row], bool]:
    rows: list[Row] = []
    met = True
    for kind in ("message", "draft"):
        for part in (50, 95):
            before, after = (_percentile(one.took.get(kind, ()), part) for one in (alone, beside))
            ratio = after / before
            met = met and (part != 95 or ratio <= _MOST)
            rows.append(Row(f"{kind}: p{part} alone", before, "ms", 1.0))
            rows.append(Row(f"{kind}: p{part} beside", after, "ms", ratio))
    return rows, met


def _percentile(took: Sequence[float], part: int) -> float:
    return float(np.percentile(took, part)) if took else float("nan")


def attack(url: str, token: str, seconds: float) -> None:
    """Everything at once against a server of our own, until the time is over."""
    host, port = url.removeprefix("http://").split(":")
    place, end = (host, int(port)), time.monotonic() + seconds
    live = f"ws://{host}:{port}/live"
    deeds: list[tuple[Callable[[], None], float]] = [
        (lambda: _raw(place, b"GET /panel HTTP/1.1\r\nHost: evil.test\r\n\r\n"), 0.2),
        (lambda: _raw(place, b"\x16\x03\x01" + b"A" * 2_000), 0.5),
        (lambda: _raw(place, _posted("/api/v1/pair", b'{"code":"AAAA-BBBB","name":"x"}')), 0.3),
        (lambda: _raw(place, _posted("/signin", b"token=bd_wrong")), 0.3),
        (lambda: _said(live, [_hello("bd_wrong")]), 0.3),
        (lambda: _said(live, ["{" * 2_000]), 0.3),
        (lambda: _said(live, [_hello(token), "x" * _FRAME_OVER]), 1.0),
        (lambda: _said(live, [_hello(token), *map(_message, _DEAR)], answers=len(_DEAR)), 1.0),
        (lambda: _never_reads(live, token), 2.0),
    ]
    threads = [threading.Thread(target=_again, args=(deed, every, end)) for deed, every in deeds]
    threads += [threading.Thread(target=_holds, args=(place, end))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _again(deed: Callable[[], None], every_s: float, end: float) -> None:
    while time.monotonic() < end:
        # That it is refused or cut off is what is hoped for.
        with suppress(*_CAUGHT):
            deed()
        time.sleep(every_s)


def _holds(place: tuple[str, int], end: float) -> None:
    """Half heads, bodies that never come and silent sockets, opened again as they are cut off."""
    heads = (
        b"GET / HTTP/1.1\r\nHost: a\r\nX-A: ",
        b"POST /api/v1/pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n{",
        b"GET /live HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        % (place[0].encode(), place[1]),
    )
    held: list[socket.socket] = []
    while time.monotonic() < end:
        for number in range(len(held), 2 * _HELD):
            with suppress(*_CAUGHT):
                made = socket.create_connection(place, timeout=5)
                made.sendall(heads[number % len(heads)])
                held.append(made)
        time.sleep(1)
        held = [one for one in held if _still_open(one)]
    for one in held:
        one.close()


def _still_open(held: socket.socket) -> bool:
    """Sends one byte more; closes what the server let go."""
    try:
        held.sendall(b"a")
    except OSError:
        held.close()
        return False
    return True


def _raw(place: tuple[str, int], content: bytes) -> None:
    with socket.create_connection(place, timeout=5) as made:
        made.sendall(content)
        made.recv(4_096)


def _posted(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.test\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _hello(token: str) -> str:
    return json.dumps({"type": "hello", "protocol": 1, "token": token, "client": "hostile"})


def _message(text: str) -> str:
    known = {"conversation_id": "h", "message_id": str(time.monotonic_ns()), "request_id": "h"}
    return json.dumps({"type": "message", "text": text} | known)


def _said(live: str, frames: Sequence[str], answers: int = 1) -> None:
    ws = Client(live)
    try:
        for frame in frames:
            ws.send(frame)
        for _ in range(answers):
            ws.receive(timeout=20)
    finally:
        with suppress(*_CAUGHT):
            ws.close()


def _never_reads(live: str, token: str) -> None:
    """Asks for much and takes nothing: the socket is left full until the server cuts it off."""
    place = live.removeprefix("ws://").removesuffix("/live").split(":")
    with socket.create_connection((place[0], int(place[1])), timeout=5) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        made.sendall(
            f"GET /live HTTP/1.1\r\nHost: {place[0]}:{place[1]}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        made.recv(4_096)
        made.sendall(_masked(_hello(token)))
        search = _masked(
            json.dumps({"type": "search", "request_id": "s", "query": "发货", "top": 50})
        )
        for _ in range(200):
            made.sendall(search)
        time.sleep(2)


def _masked(text: str) -> bytes:
    """A text frame as a client sends it, under a mask of noughts."""
    content = text.encode()
    size = (
        bytes([0x80 | len(content)])
        if len(content) < 126
        else (bytes([0x80 | 126]) + len(content).to_bytes(2, "big"))
    )
    return b"\x81" + size + bytes(4) + content
