"""Over PostgreSQL: what a turn costs beside SQLite, and what several servers of one database bear.

The database is one for measuring: empty, or left by an earlier run. Its rows are not taken away.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from server.base.config import Config, shipped
from server.base.errors import UsageError
from server.bench.load import Tally, spent, work_at
from server.bench.report import Report, Row
from server.bench.serving import serving
from server.bench.stream import talks

_ROUNDS = 60
_SERVERS = (1, 2, 4)


def cluster(database: str = "", agents: int = 20, seconds: float = 20.0) -> Report:
    """Raises UsageError without a database's address."""
    if not database:
        raise UsageError(
            "bench cluster needs a PostgreSQL database for measuring; expected --database "
            "postgresql://USER@HOST/NAME; make one: createdb NAME"
        )
    rows = _turns(database)
    for servers in _SERVERS:
        rows += _fleet(database, servers, agents, seconds)
    about = (
        f"{_ROUNDS} turns each, alternating; then {agents} agents for {seconds:g} s over one and "
        "over more servers on this machine, sample shops."
    )
    return Report("cluster", about, tuple(rows))


def _turns(database: str) -> list[Row]:
    """A message answered, and the same with its reply inserted and sent until both are on disk."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ways = [_desk(Path(folder) / name, where, stack) for name, where in
                (("sqlite", ""), ("postgres", database))]  # fmt: skip
        taken: list[tuple[list[float], list[float]]] = [([], []), ([], [])]
        texts = talks(1)
        for number in range(_ROUNDS + 10):
            text = next(texts)[0]
            for way, times in zip(ways, taken, strict=True):
                answered, recorded = way(f"{text}{number}")
                if number >= 10:  # caches and connections are warm
                    times[0].append(answered)
                    times[1].append(recorded)
    rows = []
    for place, what in enumerate(("message answered", "message, inserted and sent, recorded")):
        sqlite, postgres = (float(np.percentile(times[place], 50)) for times in taken)
        rows.append(Row(f"{what}: SQLite, p50", sqlite, "ms", 1.0))
        rows.append(Row(f"{what}: PostgreSQL, p50", postgres, "ms", postgres / sqlite))
    return rows


def _desk(folder: Path, where: str, stack: ExitStack) -> Callable[[str], tuple[float, float]]:
    from server.desk.seat import Seat
    from server.parts import build_parts
    from server.protocol.frames import Event, Message
    from server.store import Account

    library = folder / "library"
    library.parent.mkdir(parents=True)
    _copied(library)
    parts = build_parts(Config(library, folder / "data", database_address=where))
    stack.callback(parts.close)
    shop = next(iter(parts.catalog.snapshot.shops))
    seat = Seat(Account(1, "bench", "agent", shop), shop)
    run = uuid4().hex

    def turn(text: str) -> tuple[float, float]:
        name = f"{run}-{uuid4().hex}"
        begun = time.perf_counter()
        made = parts.desk.message(
            seat, Message(request_id=name, conversation_id=name, message_id=name, text=text)
        )
        answered = time.perf_counter() - begun
        offered = made.suggestions[0] if made.suggestions else None
        about: dict[str, Any] = {
            "suggestion_id": offered.suggestion_id if offered else "",
            "text": offered.text if offered else "好的",
        }
        for event in ("inserted", "sent"):
            parts.desk.event(
                seat, Event(request_id=name, event=event, conversation_id=name, **about)
            )
        return answered * 1000, (time.perf_counter() - begun) * 1000

    return turn


def _copied(library: Path) -> None:
    import shutil

    shutil.copytree(shipped("scripts_library"), library)


def _fleet(database: str, servers: int, agents: int, seconds: float) -> list[Row]:
    """Agents spread over so many servers; what they waited and what it left in the database."""
    from server.accounts.tokens import Auth
    from server.store import Accounts, Database

    tally, named = Tally(), f"{servers} servers" if servers > 1 else "1 server"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        with closing(Database(database, Path(folder))) as opened:
            token = Auth(Accounts(opened)).issue(f"bench {uuid4().hex[:12]}", "agent", "")[1]
            before = opened.size_bytes()
        urls = []
        for number in range(servers):
            place = Path(folder) / str(number)
            _copied(place / "library")
            made = serving(place / "data", library=place / "library", database=database)
            urls.append(stack.enter_context(made)[0])
        live = [f"ws{url.removeprefix('http')}/live" for url in urls]
        work = _Work([_pid(url) for url in urls])
        asyncio.run(work_at(live, agents, [token], seconds, tally))
        costs = work.rows(named, len(tally.took.get("message", [])))
        with closing(Database(database, Path(folder))) as opened:
            grown = opened.size_bytes() - before
    took = tally.took.get("message", [])
    events = tally.took.get("event", [])
    rows = [Row(f"{named}: lost, refused or busy", tally.lost + tally.refused + tally.busy, "")]
    if took and events:
        rows += [Row(f"{named}: messages answered", len(took), "")]
        rows += [
            Row(f"{named}: message p{p}", float(np.percentile(took, p)), "ms") for p in (50, 95)
        ]
        rows += [
            Row(f"{named}: event p{p}", float(np.percentile(events, p)), "ms") for p in (50, 95)
        ]
        rows += costs
        rows += [Row(f"{named}: database grown a message", grown / len(took) / 1000, "kB")]
    return rows


def _pid(url: str) -> int:
    with urllib.request.urlopen(f"{url}/healthz", timeout=60) as answer:  # noqa: S310 - own server
        return int(json.load(answer)["pid"])


class _Work:
    """What servers and machine spend from now on; nothing where the system has no /proc."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self._servers = self._spent("processor")
        self._machine, self._own = _machine(), time.process_time()

    def _spent(self, what: str) -> float:
        return sum(spent(pid).get(what, 0.0) for pid in self._pids)

    def rows(self, named: str, messages: int) -> list[Row]:
        """Processor time a message: of the servers, and of all else (the database, the system)."""
        if not messages or not self._servers:
            return []
        servers = self._spent("processor") - self._servers
        own = time.process_time() - self._own
        rest = _machine() - self._machine - servers - own
        memory = self._spent("memory") / len(self._pids)
        return [
            Row(f"{named}: processor a message, servers", 1000 * servers / messages, "ms"),
            Row(f"{named}: processor a message, database and system", 1000 * rest / messages, "ms"),
            Row(f"{named}: memory a server", memory, "MB"),
        ]


def _machine() -> float:
    """Processor seconds that this machine has worked since it started."""
    times = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    idle = int(times[3]) + int(times[4])
    return (sum(map(int, times[:8])) - idle) / os.sysconf("SC_CLK_TCK")
