"""What all tests share: small libraries, an encoder worked out by hand, running servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from simple_websocket import Client

from server.base.config import Config
from server.parts import Parts
from server.wire.serving import listen
from tests import postgres
from tests.support import CharacterEncoder, answering, write_shop

SHIP = {"id": "ship.when", "title": "什么时候发货", "reply": "今天{截止}前付款今天发"}
COURIER = {"id": "ship.courier", "title": "发什么快递", "reply": "默认中通，{昵称}放心"}
INVOICE = {"id": "invoice.how", "title": "怎么开发票", "reply": "订单里申请电子发票"}


def pytest_report_header() -> str:
    """Says at the top what runs over PostgreSQL; without a server that half is not tried."""
    reason = postgres.missing()
    return f"PostgreSQL: NOT TRIED, {reason}" if reason else "PostgreSQL: tried"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says it again where nobody misses it."""
    reason = postgres.missing()
    if reason:
        terminalreporter.section("PostgreSQL was NOT tried", red=True, bold=True)
        terminalreporter.line(
            f"{reason}; `make test` installs what it can. SQLite alone was tried."
        )


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server for this run."""
    with postgres.cluster() as made:
        yield made


@pytest.fixture(params=postgres.ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """A new database of each engine, for `Database(where, tmp_path)`."""
    if request.param == "sqlite":
        return tmp_path / "bangda.db"
    made: str = request.getfixturevalue("cluster").fresh()
    return made


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library of one shop with three scripts and one fact."""
    root = tmp_path / "library"
    write_shop(root, "shop-a", [SHIP, COURIER, INVOICE], {"facts": {"截止": "16:00"}})
    return root


@dataclass
class Running:
    """A server on a port of its own, in this process."""

    url: str
    port: int
    parts: Parts
    sockets: list[Client] = field(default_factory=list)

    def token(self, name: str = "小王", role: str = "agent", shop: str = "shop-a") -> str:
        return self.parts.auth.issue(name, role, shop)[1]

    def connect(self, **headers: str) -> Client:
        ws = Client(f"ws://127.0.0.1:{self.port}/live", headers=headers or None)
        self.sockets.append(ws)
        return ws

    def hang_up(self) -> None:
        for ws in self.sockets:
            if ws.connected:
                ws.close()
            ws.thread.join()
            ws.sock.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts servers on free ports; all are stopped after the test."""
    with ExitStack() as running:

        def run(library: Path, data: Path | None = None, **settings: Any) -> Running:
            listener = listen("127.0.0.1", 0)
            port = listener.getsockname()[1]
            config = Config(library, data or tmp_path / "data", port=port, **settings)
            parts = running.enter_context(answering(listener, config, CharacterEncoder()))
            made = Running(f"http://127.0.0.1:{port}", port, parts)
            running.callback(made.hang_up)
            return made

        yield run


@pytest.fixture
def running(start: Callable[..., Running], library: Path) -> Running:
    """A server over the small library."""
    return start(library)


def say(ws: Client, **frame: Any) -> dict[str, Any]:
    """Sends a frame and returns the answer to it."""
    ws.send(json.dumps(frame, ensure_ascii=False))
    while True:
        text = ws.receive(timeout=10)
        assert text is not None, f"no answer to {frame}"
        answer: dict[str, Any] = json.loads(text)
        if answer["type"] not in ("ping", "library_changed"):
            return answer
