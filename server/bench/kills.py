"""A server killed again and again in mid-traffic: what it had acknowledged is there, once."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from simple_websocket import Client, ConnectionClosed

from server.accounts.tokens import Auth
from server.base.errors import UsageError
from server.bench.report import Report, Row
from server.bench.serving import started
from server.store import Accounts, Database

SHOPS: Final = ("shop-a", "shop-b")
_AGENTS: Final = 3  # a shop
_LIVES_S: Final = (0.05, 1.2)  # how long a server lives once its agents are in
_WITHIN_S: Final = 20
_ASKED: Final = ("什么时候发货", "发什么快递", "可以开发票吗", "能便宜点吗")
_SCRIPT: Final = "scripts:\n- id: ship.when\n  title: 什么时候发货\n  reply: 今天发，第{n}版\n"


class Standing(msgspec.Struct, frozen=True):
    """What stood on the disk after kills; of one kill, or of as many as are added up."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    strayed: int = 0
    unsound: int = 0
    drafts: int = 0
    publishes: int = 0

    def __add__(self, other: Standing) -> Standing:
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Standing(*(a + b for a, b in zip(mine, others, strict=True)))

    def __sub__(self, other: Standing) -> Standing:
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Standing(*(a - b for a, b in zip(mine, others, strict=True)))

    @property
    def holds(self) -> bool:
        """Whether nothing that was acknowledged is lost, doubled, strayed or damaged."""
        return not (self.lost or self.doubled or self.strayed or self.unsound)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} events acknowledged: {self.lost} lost, "
            f"{self.doubled} doubled, {self.strayed} in another shop, {self.unsound} times damaged"
        )


@dataclass
class _Agent:
    """One who asks, types and sends; what was not acknowledged is sent again, as panels do."""

    shop: str
    name: str
    token: str
    number: int = 0
    drafts: int = 0
    acknowledged: set[str] = field(default_factory=set)
    open: dict[str, dict[str, object]] = field(default_factory=dict)

    def work(self, port: int, arrived: threading.Semaphore) -> None:
        """Works until the socket dies."""
        try:
            ws = Client(f"ws://127.0.0.1:{port}/live")
        except OSError:
            arrived.release()
            return
        try:
            hello = {"type": "hello", "protocol": 1, "token": self.token, "shop": self.shop}
            self._ask(ws, hello)
            arrived.release()
            for frame in list(self.open.values()):
                self._event(ws, frame)
            while True:
                self._turn(ws)
        except (ConnectionClosed, OSError):
            return
        finally:
            ws.sock.close()

    def _turn(self, ws: Client) -> None:
        self.number += 1
        talk = f"{self.name}-{self.number % 5}"
        text = _ASKED[self.number % len(_ASKED)]
        at = f"2026-11-30T08:00:{self.number % 60:02d}Z"
        self._ask(ws, {"type": "message", "request_id": "m", "conversation_id": talk, "text": text,
                       "message_id": f"{self.name}-{self.number}"})  # fmt: skip
        draft: dict[str, object] = {"type": "draft", "request_id": "d", "text": text}
        draft |= {"conversation_id": talk}
        self.drafts += self._ask(ws, draft) == "checked"
        named = f"{self.name}-e{self.number}"
        frame: dict[str, object] = {"type": "event", "event": "sent", "request_id": named, "at": at}
        frame |= {"conversation_id": talk, "text": f"今天发 {self.number}"}
        self.open[named] = frame
        self._event(ws, frame)

    def _event(self, ws: Client, frame: dict[str, object]) -> None:
        named = str(frame["request_id"])
        if self._ask(ws, frame) == "recorded":
            self.acknowledged.add(named)
            self.open.pop(named, None)

    def _ask(self, ws: Client, frame: dict[str, object]) -> str:
        ws.send(json.dumps(frame, ensure_ascii=False))
        while (text := ws.receive(timeout=_WITHIN_S)) is not None:
            kind = str(json.loads(text)["type"])
            if kind not in ("ping", "library_changed"):
                return kind
        raise ConnectionClosed


def kills(
    times: int = 200, tally: Path | None = None, told: Callable[[str], None] = lambda line: None
) -> Report:
    """Kills a server with two shops so often; drafts and publishes are in the traffic.

    What stands on the disk is looked at after every kill, told, and added to the file `tally`, so
    that runs which are broken off count as well. Raises UsageError for a file that is no tally.
    """
    before = _tallied(tally)
    draw = random.Random(7)  # noqa: S311 - when to kill, no secret
    with tempfile.TemporaryDirectory() as name:
        library, data = Path(name) / "library", Path(name) / "data"
        agents = _prepared(library, data)
        so_far = Standing()
        for number in range(times):
            with started(library, data) as (port, pid, _):
                _one_life(agents, library, port, pid, draw.uniform(*_LIVES_S), number)
            stands = _standing(agents, data, number + 1)
            if tally is not None:
                with tally.open("ab") as kept:
                    kept.write(msgspec.json.encode(stands - so_far) + b"\n")
            so_far = stands
            told(str(so_far))
        with started(library, data) as (port, _, _):
            # What was still open at the last kill is sent again.
            _settle(agents, port)
        stands = _standing(agents, data, times)
        unsent = sum(len(agent.open) for agent in agents)
    return _report(stands, unsent, before + so_far if tally is not None else None)


def _tallied(tally: Path | None) -> Standing:
    """The sum of a tally's lines. Raises UsageError."""
    if tally is None or not tally.exists():
        return Standing()
    found = Standing()
    for number, line in enumerate(tally.read_bytes().splitlines(), start=1):
        try:
            found += msgspec.json.decode(line, type=Standing)
        except msgspec.MsgspecError as error:
            raise UsageError(
                f"{tally}:{number}: {error}; expected a tally of kills; name another file"
            ) from error
    return found


def _prepared(library: Path, data: Path) -> list[_Agent]:
    for shop in SHOPS:
        (library / shop).mkdir(parents=True)
        _publish(library / shop, 0)
    data.mkdir()
    database = Database(data / "bangda.db")
    auth = Auth(Accounts(database))
    names = [(shop, f"{shop}-{n}") for shop in SHOPS for n in range(_AGENTS)]
    agents = [_Agent(shop, name, auth.issue(name, "agent", shop)[1]) for shop, name in names]
    database.close()
    return agents


def _publish(folder: Path, number: int) -> None:
    """A script file as the console writes it: whole, then in place."""
    fresh = folder / ".scripts.new"
    fresh.write_text(_SCRIPT.replace("{n}", str(number)), encoding="utf-8")
    fresh.replace(folder / "scripts.yaml")


def _one_life(
    agents: list[_Agent], library: Path, port: int, pid: int, lives_s: float, number: int
) -> None:
    arrived = threading.Semaphore(0)
    threads = [threading.Thread(target=agent.work, args=(port, arrived)) for agent in agents]
    for thread in threads:
        thread.start()
    for _ in agents:
        arrived.acquire(timeout=_WITHIN_S)
    _publish(library / SHOPS[number % len(SHOPS)], number)
    time.sleep(lives_s)
    os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join()


def _settle(agents: list[_Agent], port: int) -> None:
    for agent in agents:
        ws = Client(f"ws://127.0.0.1:{port}/live")
        agent._ask(ws, {"type": "hello", "protocol": 1, "token": agent.token, "shop": agent.shop})
        for frame in list(agent.open.values()):
            agent._event(ws, frame)
        ws.close()


def _standing(agents: list[_Agent], data: Path, times: int) -> Standing:
    """What the database holds of what was acknowledged."""
    with closing(sqlite3.connect(data / "bangda.db")) as db:
        rows = db.execute("SELECT agent, request_id FROM events WHERE event = 'sent'")
        held = Counter(rows.fetchall())
        strayed = db.execute(
            "SELECT count(*) FROM events e JOIN conversations c ON c.id = e.conversation "
            "WHERE c.shop <> e.shop OR instr(e.agent, e.shop) <> 1"
        ).fetchone()[0]
        sound = db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    acknowledged = [(agent.name, named) for agent in agents for named in agent.acknowledged]
    return Standing(
        kills=times,
        acknowledged=len(acknowledged),
        lost=sum(held[one] == 0 for one in acknowledged),
        doubled=sum(n > 1 for n in held.values()),
        strayed=strayed,
        unsound=int(not sound),
        drafts=sum(agent.drafts for agent in agents),
        publishes=times,
    )


def _report(stands: Standing, unsent: int, overall: Standing | None) -> Report:
    rows = [*_rows(stands, ""), Row("events that could not be settled in the end", unsent, "")]
    if overall is not None:
        rows += _rows(overall, "with earlier runs: ")
    about = (
        f"SIGKILL in traffic of {len(SHOPS) * _AGENTS} agents of two shops: messages, drafts, "
        "sent replies, publishes."
    )
    return Report("kills", about, tuple(rows), met=stands.holds and not unsent)


def _rows(stands: Standing, of: str) -> list[Row]:
    said = {
        "kills": stands.kills,
        "events that were acknowledged": stands.acknowledged,
        "of them lost": stands.lost,
        "events written twice": stands.doubled,
        "events in another shop than their agent's": stands.strayed,
        "times the database was damaged": stands.unsound,
        "drafts answered": stands.drafts,
        "publishes": stands.publishes,
    }
    return [Row(of + what, value, "") for what, value in said.items()]
