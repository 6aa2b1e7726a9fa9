"""Agents at work over the live protocol, from a process of their own: what a message costs.

Each agent opens one socket. A shopper's message comes every ten seconds or so, a fifth of them in
bursts; its first reply is inserted, typed on letter by letter and sent. Beside them may stand idle
sockets, which say hello and answer pings, and half requests, which never end.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from simple_websocket import AioClient, ConnectionClosed

from server.bench.report import Report, Row
from server.bench.serving import serving
from server.bench.stream import talks

_EVERY_S = 10.0
_BURST, _QUICK_S = 0.2, 0.6
_TYPED = 8  # letters of each reply that are typed on, one draft a letter
_LETTER_S = (0.2, 0.4)  # the extension asks about a draft when nothing was typed for 0.2 s
_PATIENCE_S = 60.0
_AT_ONCE = 40  # idle sockets that are opened side by side
_HALF = b"POST /api/v1/pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-"


@dataclass
class Tally:
    """What the agents saw: milliseconds by kind of request, and what never came."""

    took: dict[str, list[float]] = field(default_factory=dict)
    lost: int = 0
    busy: int = 0
    refused: int = 0
    idle: int = 0
    cut_off: int = 0

    def add(self, kind: str, seconds: float) -> None:
        """One answer."""
        self.took.setdefault(kind, []).append(seconds * 1000)


class _Agent:
    """One socket and what is asked over it, one request after another."""

    def __init__(self, number: int, url: str, token: str, tally: Tally) -> None:
        self._url, self._token, self._tally = url, token, tally
        self._chance = random.Random(number)  # noqa: S311 - no secret
        self._talks = talks(number)
        self._name = f"load-{number}"
        self._asked = 0

    async def work(self, seconds: float) -> None:
        """Talks until the time is over; a socket that fails loses what it had asked."""
        await asyncio.sleep(self._chance.uniform(0, min(seconds / 2, _EVERY_S)))
        end = time.monotonic() + seconds
        try:
            ws = await AioClient.connect(self._url)
            await ws.send(json.dumps({"type": "hello", "protocol": 1, "token": self._token}))
            await self._answer(ws, "")
        except (OSError, ConnectionClosed, TimeoutError):
            self._tally.refused += 1
            return
        try:
            while time.monotonic() < end:
                await self._talk(ws, next(self._talks), end)
            await ws.close()
        except (OSError, ConnectionClosed, TimeoutError):
            self._tally.lost += 1

    async def _talk(self, ws: Any, texts: tuple[str, ...], end: float) -> None:
        conversation = f"{self._name}-{self._asked}"
        for text in texts:
            if time.monotonic() >= end:
                return
            answer = await self._ask(
                ws, "message", text=text, conversation_id=conversation, message_id=str(self._asked)
            )
            answered = time.monotonic()
            quick = self._chance.random() < _BURST
            if not quick and answer.get("suggestions"):
                await self._reply(ws, conversation, answer["suggestions"][0])
            mean = _QUICK_S if quick else _EVERY_S
            pause = self._chance.uniform(0.5 * mean, 1.5 * mean)
            await asyncio.sleep(max(0.0, answered + pause - time.monotonic()))

    async def _reply(self, ws: Any, conversation: str, offered: dict[str, Any]) -> None:
        about = {"conversation_id": conversation, "suggestion_id": offered["suggestion_id"]}
        text = offered["text"]
        await self._ask(ws, "event", event="inserted", text=text, **about)
        added = "，有事您再说"
        for letter in range(1, min(_TYPED, len(added)) + 1):
            typed = text + added[:letter]
            await asyncio.sleep(self._chance.uniform(*_LETTER_S))
            await self._ask(ws, "draft", text=typed, conversation_id=conversation)
        await self._ask(ws, "event", event="sent", text=text + added, **about)

    async def _ask(self, ws: Any, kind: str, **frame: object) -> dict[str, Any]:
        self._asked += 1
        request = f"{self._name}:{self._asked}"
        begun = time.perf_counter()
        await ws.send(json.dumps({"type": kind, "request_id": request} | frame))
        answer = await self._answer(ws, request)
        if answer.get("type") == "error":
            self._tally.busy += 1
        else:
            self._tally.add(kind, time.perf_counter() - begun)
        return answer

    async def _answer(self, ws: Any, request: str) -> dict[str, Any]:
        while True:
            text = await asyncio.wait_for(ws.receive(), _PATIENCE_S)
            frame: dict[str, Any] = json.loads(text)
            if frame["type"] == "ping":
                await ws.send('{"type":"pong"}')
            elif frame.get("request_id", "") == request:
                return frame


class _Beside:
    """Idle sockets and half requests while agents work."""

    def __init__(self, url: str, token: str, tally: Tally) -> None:
        self._url, self._tally = url, tally
        self._hello = json.dumps({"type": "hello", "protocol": 1, "token": token})
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, idle: int, half: int) -> None:
        """Returns when all are open."""
        sockets = await asyncio.gather(*(self._connected() for _ in range(idle)))
        self._tasks = [asyncio.create_task(self._held(ws)) for ws in sockets if ws is not None]
        self._tasks += [asyncio.create_task(self._half()) for _ in range(half)]
        self._tally.idle = sum(ws is not None for ws in sockets)

    async def close(self) -> None:
        """Lets all of them go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self) -> Any:
        async with self._room:
            try:
                ws = await AioClient.connect(self._url)
                await ws.send(self._hello)
                await asyncio.wait_for(ws.receive(), _PATIENCE_S)
            except (OSError, ConnectionClosed, TimeoutError):
                self._tally.refused += 1
                return None
            return ws

    async def _held(self, ws: Any) -> None:
        try:
            while True:
                if json.loads(await ws.receive())["type"] == "ping":
                    await ws.send('{"type":"pong"}')
        except (OSError, ConnectionClosed):
            self._tally.cut_off += 1
        except asyncio.CancelledError:
            await ws.close()

    async def _half(self) -> None:
        """A request whose head never ends, and another as soon as the server cuts it off."""
        address = urlsplit(self._url)
        while True:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            try:
                writer.write(_HALF)
                await reader.read()
            finally:
                writer.close()
                await writer.wait_closed()


def load(agents: int = 20, seconds: float = 20.0, idle: int = 0) -> Report:
    """Waits of `agents` for `seconds`, what is lost, and what the server spends on it.

    `idle` sockets stand beside them, and a tenth as many half requests.
    """
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (url, code):
        pid = json.loads(fetched(f"{url}/healthz"))["pid"]
        token = json.loads(fetched(f"{url}/api/v1/pair", {"code": code, "name": "load"}))["token"]
        live = f"ws{url.removeprefix('http')}/live"
        before, after = asyncio.run(_all(agents, live, token, seconds, tally, idle, pid))
    rows = [Row("sockets refused", tally.refused, ""), Row("requests lost", tally.lost, "")]
    if idle:
        rows += [Row("idle sockets beside them", tally.idle, "")]
        rows += [Row("idle sockets cut off", tally.cut_off, "")]
    rows += [Row("answered with an error or busy", tally.busy, "")]
    for kind, took in sorted(tally.took.items()):
        rows.append(Row(f"{kind}: answered", len(took), ""))
        rows += [Row(f"{kind}: p{p}", float(np.percentile(took, p)), "ms") for p in (50, 95, 99)]
    messages = len(tally.took.get("message", ()))
    if before and after and messages:
        spent = (after["processor"] - before["processor"]) * 1000
        rows.append(Row("processor time a message, all that goes with it", spent / messages, "ms"))
        rows += [Row("threads at the end", after["threads"], "")]
        rows += [Row("resident memory at the end", after["memory"], "MB")]
    about = f"{agents} agents for {seconds:g} s, a message in {_EVERY_S:g} s each, sample shops."
    if idle:
        about += f" Beside them {idle} idle sockets and {idle // 10} half requests."
    return Report("load", about, tuple(rows))


async def work_at(
    urls: Sequence[str], agents: int, tokens: Sequence[str], seconds: float, tally: Tally
) -> None:
    """So many agents at work, spread evenly over the servers' live endpoints and the accounts."""
    await asyncio.gather(
        *(
            _Agent(n, urls[n % len(urls)], tokens[n % len(tokens)], tally).work(seconds)
            for n in range(agents)
        )
    )


async def _all(
    agents: int, url: str, token: str, seconds: float, tally: Tally, idle: int, pid: int
) -> tuple[dict[str, float], dict[str, float]]:
    """What the server had spent before the agents began, and when they were done."""
    beside = _Beside(url, token, tally)
    await beside.open(idle, idle // 10)
    before = spent(pid)
    await work_at([url], agents, [token], seconds, tally)
    after = spent(pid)
    cut_off = tally.cut_off
    await beside.close()
    tally.cut_off = cut_off  # what closing ends is not cut off
    return before, after


def fetched(url: str, body: object = None) -> bytes:
    """What the address answers, to a body posted as JSON where one is given."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(url, data, timeout=_PATIENCE_S) as answer:  # noqa: S310 - own server
        content: bytes = answer.read()
    return content


def spent(pid: int) -> dict[str, float]:
    """Processor seconds, threads and memory of a process; nothing where the system has no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return {}
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return {
        "processor": (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"),
        "threads": float(fields["Threads"]),
        "memory": int(fields["VmRSS"].split()[0]) / 1024,
    }
