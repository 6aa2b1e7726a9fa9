"""Every frame and every request that names another owner's shop, with a token of one's own."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.protocol import frames
from server.store.move import tables
from tests.conftest import SHIP, Running, say
from tests.support import write_shop

OWN, FOREIGN = "shop-a", "shop-b"
ASKED = {
    "message": {"text": "什么时候发货", "conversation_id": "c-1", "message_id": "m-1"},
    "draft": {"text": "加微信", "conversation_id": "c-1"},
    "search": {"query": "发货"},
    "event": {"event": "copied", "text": "今天发", "conversation_id": "c-1"},
}


@pytest.fixture
def both(start: Callable[..., Running], where: Path | str, tmp_path: Path) -> Running:
    """A server of two owners' shops."""
    for shop in (OWN, FOREIGN):
        write_shop(tmp_path / "library", shop, [SHIP])
    address = where if isinstance(where, str) else ""
    return start(tmp_path / "library", database_address=address)


def held(server: Running) -> dict[str, int]:
    server.parts.database.flush()
    counts = {}
    for table in tables():
        row = server.parts.database.row(f"SELECT count(*) AS n FROM {table.name}")
        assert row is not None
        counts[table.name] = row["n"]
    return counts


def test_no_frame_reaches_another_owner_s_shop(both: Running) -> None:
    """By the greeting, and by every kind of frame that may name a shop for itself."""
    token = both.token("小王", shop=OWN)
    stranger = both.connect()
    stranger.send(
        json.dumps({"type": "hello", "protocol": 1, "token": token, "client": "t", "shop": FOREIGN})
    )
    assert json.loads(stranger.receive(timeout=30))["type"] == "error"
    ws = both.connect()
    assert say(ws, type="hello", protocol=1, token=token, client="t")["shop"] == OWN
    before = held(both)
    for kind in sorted(set(frames.REQUESTS) - {"hello", "pong"}):
        answer = say(ws, type=kind, request_id=kind, shop=FOREIGN, **ASKED.get(kind, {}))
        assert answer["type"] == "error", (kind, answer)
        assert "今天" not in json.dumps(answer, ensure_ascii=False)
    assert held(both) == before


@pytest.mark.parametrize("path", ["suggest", "check", "search", "events"])
def test_no_request_reaches_another_owner_s_shop(both: Running, path: str) -> None:
    token = both.token("小王", shop=OWN)
    kind = {"suggest": "message", "check": "draft", "events": "event"}.get(path, path)
    body = json.dumps(ASKED[kind] | {"shop": FOREIGN, "request_id": "r"}).encode()
    before = held(both)
    asked = urllib.request.Request(
        f"{both.url}/api/v1/{path}", body, {"Authorization": f"Bearer {token}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=30)
    answer: dict[str, Any] = json.load(refused.value)
    assert refused.value.code in (400, 401, 403)
    assert answer["error"]["code"] in ("refused", "bad_request")
    refused.value.close()
    assert held(both) == before
