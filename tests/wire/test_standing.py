"""Strangers, half requests and readers that do not read never keep an agent from an answer."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from simple_websocket import Client as Socket
from simple_websocket import ConnectionClosed

from server.desk.seat import Seat
from server.store import Account
from server.wire.client import Client, Clients
from server.wire.serving import Heads
from tests.conftest import Running, say

HELLO = {"type": "hello", "protocol": 1, "client": "test/1"}


def half_request(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.sendall(b"POST /api/v1/pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-")
    return made


def upgraded(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port))
    made.sendall(
        f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    return made


def welcomed(port: int, token: str) -> Socket:
    ws = Socket(f"ws://127.0.0.1:{port}/live")
    assert say(ws, **HELLO, token=token)["type"] == "welcome"
    return ws


def test_an_agent_is_answered_beside_half_requests_and_silent_sockets(
    library: Path, tmp_path: Path
) -> None:
    command = ["serve", "--port", "0", "--library", str(library), "--data", str(tmp_path / "data")]
    process = subprocess.Popen(
        [sys.executable, "-m", "server", *command], stdout=subprocess.PIPE, text=True
    )
    strangers: list[socket.socket] = []
    try:
        assert process.stdout is not None
        url = "http://" + process.stdout.readline().strip().rsplit("http://", 1)[1]
        code = process.stdout.readline().strip().rsplit(": ", 1)[1]
        port = int(url.rsplit(":", 1)[1])
        body = json.dumps({"code": code, "name": "小王"}).encode()
        with urllib.request.urlopen(f"{url}/api/v1/pair", body) as answer:
            token = json.load(answer)["token"]
        strangers += [half_request(port) for _ in range(40)]
        strangers += [upgraded(port) for _ in range(40)]
        heads = [made.recv(1000) for made in strangers[40:]]
        assert all(head.startswith(b"HTTP/1.1 101") for head in heads)
        assert not any(b"permessage-deflate" in head for head in heads)
        with ThreadPoolExecutor(20) as pool:  # at once, so that their threads run into each other
            idle = list(pool.map(lambda _: welcomed(port, token), range(20)))
        ws = welcomed(port, token)
        for number in range(5):
            made = say(ws, type="message", request_id=str(number), text="什么时候发货")
            assert made["type"] == "suggestions"
        # Both kinds of strangers are let go, whether they say something or not.
        for made in strangers:
            made.settimeout(60)
            while made.recv(1000):
                pass
        assert say(ws, type="message", request_id="z", text="什么时候发货")["request_id"] == "z"
        # Agents who say nothing stay: each is pinged long after a request would have been late.
        for silent in idle:
            assert json.loads(silent.receive(timeout=30) or "{}").get("type") == "ping"
        for made in (ws, *idle):
            made.close()
    finally:
        for made in strangers:
            made.close()
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_reader_that_does_not_read_blocks_no_broadcast_and_is_cut_off(running: Running) -> None:
    idle = running.connect()
    say(idle, **HELLO, token=running.token())
    reading = running.connect()
    say(reading, **HELLO, token=running.token("小李"))
    client = next(c for c in running.parts.clients if c.seat.account.name == "小王")
    with client._lock:  # as if a frame to it were stuck
        for number in range(40):
            running.parts.clients.broadcast(json.dumps({"type": "news", "number": number}))
    seen = [json.loads(reading.receive(timeout=10) or "{}") for _ in range(40)]
    assert [frame["number"] for frame in seen] == list(range(40))
    until = time.monotonic() + 20
    while client in list(running.parts.clients) and time.monotonic() < until:
        time.sleep(0.05)
    assert client not in list(running.parts.clients)
    reading.close()


class LateLock:
    """A lock at whose every release somebody comes a moment too early."""

    def __init__(self, comes: list[Callable[[], None]]) -> None:
        self._lock, self._comes = threading.Lock(), comes

    def acquire(self, blocking: bool = True) -> bool:
        return self._lock.acquire(blocking=blocking)

    def release(self) -> None:
        if self._comes:
            self._comes.pop(0)()
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def test_what_is_posted_while_the_lock_is_let_go_does_not_lie_there() -> None:
    one, other = socket.socketpair()
    sent: list[str] = []
    comes: list[Callable[[], None]] = []
    with one, other:
        ws = SimpleNamespace(sock=one, send=sent.append)
        client = Client(ws, Seat(Account(1, "小王", "agent", "s"), "s", ""), "", "")
        client._lock = LateLock(comes)  # type: ignore[assignment]
        comes += [lambda: client.post("news"), lambda: client.post("more")]
        client.send("answer")
    assert sent == ["answer", "news", "more"]


def test_what_is_told_to_all_while_somebody_enters_comes_behind_the_welcome() -> None:
    one, other = socket.socketpair()
    sent: list[str] = []
    everybody = Clients()

    def send(text: str) -> None:
        sent.append(text)
        if text == "welcome":
            everybody.broadcast("library_changed")

    with one, other:
        seat = Seat(Account(1, "小王", "agent", "s"), "s", "")
        client = Client(SimpleNamespace(sock=one, send=send), seat, "", "")
        client.enter(everybody, "welcome")
    assert sent == ["welcome", "library_changed"]
    assert list(everybody) == [client]


def test_over_a_limit_typing_is_put_off_first_and_events_never(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())

    def asked(kind: str, **frame: Any) -> dict[str, Any]:
        return say(ws, type=kind, request_id=kind, conversation_id="c", **frame)

    monkeypatch.setattr("server.wire.live._PUT_OFF", {"draft": 0})
    put_off = asked("draft", text="您好")
    assert (put_off["type"], put_off["code"], put_off["request_id"]) == ("error", "busy", "draft")
    assert put_off["retry_after_s"] > 0
    assert asked("draft", text="您好", final=True)["type"] == "checked"
    assert asked("message", text="什么时候发货")["type"] == "suggestions"
    monkeypatch.setattr("server.wire.live._PUT_OFF", {"draft": 0, "message": 0, "search": 0})
    assert asked("message", text="什么时候发货")["code"] == "busy"
    assert asked("event", event="dismissed")["type"] == "recorded"
    ws.close()


def test_only_a_late_head_is_cut_off() -> None:
    one, other = socket.socketpair()
    early, peer = socket.socketpair()
    with one, other, early, peer:
        heads = Heads(within_s=0.05)
        heads.begin(one)
        time.sleep(0.1)
        heads.begin(early)
        assert heads.cut_late() == 1
        assert other.recv(10) == b""
        heads.end(early)
        time.sleep(0.1)
        assert heads.cut_late() == 0


def test_a_body_that_trickles_is_cut_off_and_one_that_is_there_is_not() -> None:
    one, other = socket.socketpair()
    read, peer = socket.socketpair()
    with one, other, read, peer:
        requests = Heads(within_s=60)
        left = {"one": 5, "read": 0}
        requests.begin(one, 0.01, lambda: left["one"] > 0)
        requests.begin(read, 0.01, lambda: left["read"] > 0)
        time.sleep(0.05)
        assert requests.cut_late() == 1
        assert other.recv(10) == b""
        read.sendall(b"an answer that takes its time")
        assert peer.recv(10) == b"an answer "


def test_a_client_that_sends_and_sends_is_cut_off(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.wire.client._QUEUED", 50)
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    say(ws, type="search", query="", request_id="0")
    (client,) = running.parts.clients
    with client._lock:  # its first answer waits, so that the rest queues up
        frame = json.dumps({"type": "search", "query": "", "request_id": "1"})
        with pytest.raises((ConnectionClosed, OSError)):
            for _ in range(100_000):
                ws.send(frame)
    other = running.connect()
    assert say(other, **HELLO, token=running.token("小李"))["type"] == "welcome"
