"""A server of its own process: killed, restarted, stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simple_websocket import Client

from server.accounts.tokens import Auth
from server.store import Accounts, Database
from tests.conftest import SHIP, say
from tests.support import write_shop


@contextmanager
def serving(library: Path, data: Path) -> Iterator[tuple[int, int]]:
    """A server process on a free port; yields its port and the pid that serves."""
    command = ["serve", "--port", "0", "--library", str(library), "--data", str(data)]
    process = subprocess.Popen(
        [sys.executable, "-m", "server", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.rsplit(":", 1)[1])
        yield port, health(port)["pid"]
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


def health(port: int) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except (ConnectionError, urllib.error.URLError):
            if time.monotonic() > deadline:
                raise


def prepared(folder: Path) -> tuple[Path, Path, str]:
    """A library, a data folder, and the token of an agent in it."""
    library, data = folder / "library", folder / "data"
    write_shop(library, "shop-a", [SHIP])
    data.mkdir()
    database = Database(data / "bangda.db")
    token = Auth(Accounts(database)).issue("小王", "agent", "shop-a")[1]
    database.close()
    return library, data, token


def test_killed_right_after_recorded_every_acknowledged_event_is_there(tmp_path: Path) -> None:
    library, data, token = prepared(tmp_path)

    with serving(library, data) as (port, pid):
        ws = Client(f"ws://127.0.0.1:{port}/live")
        say(ws, type="hello", protocol=1, token=token, client="t")
        for number in range(50):
            event = {"type": "event", "request_id": f"e{number}", "event": "copied"}
            assert say(ws, **event, text=f"第{number}条")["type"] == "recorded"
        os.kill(pid, signal.SIGKILL)
        ws.sock.close()

    database = Database(data / "bangda.db")
    rows = database.rows("SELECT request_id FROM events ORDER BY id")
    assert [row["request_id"] for row in rows] == [f"e{number}" for number in range(50)]
    database.close()


def test_sigterm_closes_sockets_with_going_away_and_ends_quickly(tmp_path: Path) -> None:
    library, data, token = prepared(tmp_path)
    with serving(library, data) as (port, _):
        ws = Client(f"ws://127.0.0.1:{port}/live")
        say(ws, type="hello", protocol=1, token=token, client="t")
    ws.thread.join(timeout=20)
    assert not ws.connected
    assert ws.close_reason == 1001
    ws.sock.close()
