"""Servers of their own process behind a proxy: one goes in traffic, again and again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from simple_websocket import Client, ConnectionClosed, ConnectionError

from server.accounts.tokens import Auth
from server.quality.audit_check import verify_audit
from server.store import Accounts, Database
from tests import postgres
from tests.cluster.conftest import until
from tests.cluster.proxy import Proxy
from tests.conftest import SHIP, say
from tests.support import write_shop

KILLS = 50
RESTARTS = 6
AGENTS = 4


class Server:
    """A server in a process of its own."""

    def __init__(self, folder: Path, address: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / "log").open("a", encoding="utf-8")
        folders = [str(folder / "library"), str(folder / "data")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.small_server", *folders],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "BANGDA_DATABASE": address},
        )
        self.port = 0
        self.pid = 0
        self._starting = threading.Thread(target=self._read)
        self._starting.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        first = self._process.stdout.readline()
        assert first, Path(self._log.name).read_text(encoding="utf-8")[-2_000:]
        port = int(first.rsplit(":", 1)[1])
        until(lambda: _answers(f"http://127.0.0.1:{port}/readyz"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
            self.pid = json.load(answer)["pid"]
        self.port = port

    def kill(self) -> None:
        """As a power cut of its machine would: nothing is closed."""
        self._starting.join()
        self.port = 0
        for pid in (self._process.pid, self.pid):  # first who would start another one
            os.kill(pid, signal.SIGKILL)
        self.end()

    def drain(self) -> None:
        """As an update does: the proxy sends nobody new, then the server is told to stop."""
        self._starting.join()
        port, self.port = self.port, 0
        self._process.terminate()
        until(lambda: not _answers(f"http://127.0.0.1:{port}/readyz"))
        self.end()

    def end(self) -> None:
        self._starting.join()
        self._process.terminate()
        self._process.wait(timeout=60)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def fleet(folder: Path, address: str, n: int) -> Iterator[list[Server]]:
    """`n` servers; their library folders were filled by the first one."""
    write_shop(folder / "0" / "library", "shop-a", [SHIP])
    servers = [Server(folder / "0", address)]
    try:
        until(lambda: servers[0].port)
        servers += [Server(folder / str(number), address) for number in range(1, n)]
        until(lambda: all(server.port for server in servers))
        yield servers
    finally:
        for server in servers:
            server.end()


class Agent(threading.Thread):
    """Sends events through the proxy, each until it is acknowledged, as the extension does."""

    def __init__(self, number: int, port: int, token: str, stop: threading.Event) -> None:
        super().__init__()
        self._number, self._port, self._token, self._stop_at = number, port, token, stop
        self.acknowledged: list[str] = []
        self.sent_again = 0
        self.trouble: list[str] = []

    def run(self) -> None:
        while not self._stop_at.is_set():
            try:
                ws = Client(f"ws://127.0.0.1:{self._port}/live")
            except (ConnectionError, ConnectionClosed, OSError):
                self._stop_at.wait(0.05)
                continue
            try:
                self._work(ws)
            except (ConnectionClosed, OSError):
                self.sent_again += 1
            finally:
                ws.thread.join()
                ws.sock.close()

    def _work(self, ws: Any) -> None:
        if say(ws, type="hello", protocol=1, token=self._token, client="t")["type"] != "welcome":
            return
        while not self._stop_at.is_set():
            name = f"{self._number}/{len(self.acknowledged)}"
            event = {"type": "event", "event": "copied", "conversation_id": f"c{self._number}"}
            answer = say(ws, **event, request_id=name, text=name, at="2026-11-10T01:00:00.000Z")
            if answer["type"] == "recorded":
                self.acknowledged.append(name)
            elif answer.get("code") != "unavailable":
                self.trouble.append(str(answer))
        ws.close()


Deed = Callable[[Server], None]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("deed", "times"), [(Server.kill, KILLS), (Server.drain, RESTARTS)], ids=["killed", "drained"]
)
def test_a_server_that_goes_in_traffic_loses_and_doubles_nothing(
    cluster: postgres.Cluster, tmp_path: Path, deed: Deed, times: int
) -> None:
    """Killed as by a power cut, or restarted one after another as for an update."""
    address = cluster.fresh()
    with closing(Database(address, tmp_path)) as database:
        token = Auth(Accounts(database)).issue("小王", "agent", "shop-a")[1]
    stop = threading.Event()
    with fleet(tmp_path, address, 2) as servers:
        proxy = Proxy(lambda: [server.port for server in servers if server.port])
        agents = [Agent(number, proxy.port, token, stop) for number in range(AGENTS)]
        for agent in agents:
            agent.start()
        try:
            for number in range(times):
                before = [len(agent.acknowledged) for agent in agents]
                until(lambda b=before: all(len(a.acknowledged) > n for a, n in zip(agents, b)))  # type: ignore[misc]  # noqa: B905
                place = number % 2
                deed(servers[place])
                servers[place] = Server(tmp_path / str(place), address)
                until(lambda: all(server.port for server in servers))
        finally:
            stop.set()
            for agent in agents:
                agent.join()
            proxy.close()
    with closing(Database(address, tmp_path)) as database:
        rows = database.rows("SELECT request_id FROM events")
        assert verify_audit(database).problems == ()
    held = Counter(row["request_id"] for row in rows)
    assert [agent.trouble for agent in agents] == [[]] * AGENTS
    # All sit at the server that goes now and then; each of them comes again.
    assert sum(agent.sent_again for agent in agents) >= times
    assert {name for agent in agents for name in agent.acknowledged} <= held.keys()
    assert set(held.values()) == {1}
