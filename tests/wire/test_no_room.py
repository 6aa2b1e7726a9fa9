"""A full disk and another program's lock: what happens is told, and nothing is lost over it."""

from __future__ import annotations

import json
import resource
import sqlite3
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from simple_websocket import Client

from tests.conftest import Running, say
from tests.wire.test_kill import health, prepared, serving

HELLO = {"type": "hello", "protocol": 1, "client": "t"}


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program's lock on the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def healthy(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/healthz") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, start: Callable[..., Running], library: Path) -> Running:
    """A server that waits for another program's lock no longer than a test may."""
    monkeypatch.setattr("server.store.sqlite.engine._BUSY_MS", 50)
    return start(library)


def test_messages_during_another_programs_lock_are_kept_and_written_in_order(
    hasty: Running,
) -> None:
    ws = hasty.connect()
    say(ws, **HELLO, token=hasty.token())
    database = hasty.parts.database
    with held(hasty.parts.config.database):
        for number in range(30):
            made = say(ws, type="message", request_id="m", conversation_id="c",
                       message_id=f"m{number}", text=f"什么时候发货{number}")  # fmt: skip
            assert made["type"] == "suggestions"
        event = {
            "type": "event",
            "request_id": "e",
            "event": "copied",
            "at": "2026-11-30T08:00:00Z",
        }
        refused = say(ws, **event, text="您好")
        assert (refused["type"], refused["code"]) == ("error", "unavailable")
        state = healthy(hasty.url)
        assert state["status"] == "degraded"
        assert state["writing"]["works"] is False
    until = time.monotonic() + 20
    while database.waiting or database.trouble:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert say(ws, **event, text="您好")["type"] == "recorded"
    rows = database.rows("SELECT message_id FROM messages ORDER BY id")
    assert [row["message_id"] for row in rows] == [f"m{number}" for number in range(30)]
    assert healthy(hasty.url)["writing"] == {"works": True, "waiting": 0}


def test_the_http_api_says_unavailable_too(hasty: Running) -> None:
    headers = {"Authorization": f"Bearer {hasty.token()}"}
    body = json.dumps({"event": "copied", "text": "您好"}).encode()
    request = urllib.request.Request(f"{hasty.url}/api/v1/events", body, headers)
    with held(hasty.parts.config.database), pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as answer:
        assert answer.code == 503
        assert json.load(answer)["error"]["code"] == "unavailable"


def test_a_full_disk_is_unavailable_and_over_once_there_is_room(tmp_path: Path) -> None:
    library, data, token = prepared(tmp_path)
    with serving(library, data) as (port, pid):
        ws = Client(f"ws://127.0.0.1:{port}/live")
        say(ws, **HELLO, token=token)

        def event(number: int) -> dict[str, Any]:
            at = "2026-11-30T08:00:00Z"
            return say(
                ws, type="event", request_id=f"e{number}", event="copied", at=at, text="您好"
            )

        assert event(0)["type"] == "recorded"
        unlimited = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        largest = max(path.stat().st_size for path in data.glob("bangda.db*"))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, unlimited[1]))
        answers, number = [], 0
        while not answers or answers[-1]["type"] == "recorded":
            number += 1
            answers.append(event(number))
            assert number < 500
        assert answers[-1]["code"] == "unavailable"
        made = say(ws, type="message", request_id="m", conversation_id="c", message_id="m1",
                   text="什么时候发货")  # fmt: skip
        assert made["type"] == "suggestions"
        state = health(port)
        assert state["status"] == "degraded"
        assert state["writing"]["works"] is False
        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)
        # As the extension does: what was not acknowledged is sent again.
        assert event(number)["type"] == "recorded"
        until = time.monotonic() + 30
        while health(port)["writing"] != {"works": True, "waiting": 0}:
            assert time.monotonic() < until
            time.sleep(0.1)
        ws.close()
        ws.thread.join()
        ws.sock.close()
    with closing(sqlite3.connect(data / "bangda.db")) as db:
        kept = [row[0] for row in db.execute("SELECT request_id FROM events ORDER BY id")]
        assert kept == [f"e{n}" for n in range(number + 1)]
        assert db.execute("SELECT count(*) FROM messages").fetchone()[0] == 1
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
