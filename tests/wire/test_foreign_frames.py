"""Every frame and every request that names another owner's shop, with a token of one's own."""

from __future__ import annotations

import json
import typing
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
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


MARK = "外店机密"
# What a field of a frame is given of the foreign shop; the rest decides of nothing.
VALUES: dict[str, Any] = {
    "conversation_id": "c-b", "suggestion_id": "", "script_id": "theirs.only",
    "script_ids": ["theirs.only"], "image": "theirs.png", "shopper": {"id": "b", "name": MARK},
    "page": {"order_id": "1001", "product": MARK}, "promise_id": 0, "note_id": 0, "phrase_id": 0,
    "waiting": [{"conversation_id": "c-b"}], "message_id": "m-b", "query": "问",
    "details": {"message_id": "m-b"}, "order_id": "1001",
}  # fmt: skip
PLAIN: dict[str, Any] = {
    "request_id": "r", "text": "在吗", "title": "题", "event": "sent", "due_at": "", "note": "记",
    "category": "", "top": 10, "history": [], "sent_at": "", "at": "", "final": False, "shop": OWN,
    "platform": "taobao", "language": "", "direction": "outgoing", "kind": "care",
}  # fmt: skip


def test_no_frame_tells_or_changes_what_is_anothers(
    start: Callable[..., Running], where: Path | str, tmp_path: Path
) -> None:
    """Every kind of frame, by every action, with numbers and names of the foreign shop's agent."""
    theirs = {"id": "theirs.only", "title": MARK, "reply": f"{MARK}回复", "questions": ["问"]}
    write_shop(tmp_path / "library", OWN, [SHIP])
    write_shop(tmp_path / "library", FOREIGN, [theirs])
    address = where if isinstance(where, str) else ""
    server = start(tmp_path / "library", database_address=address)
    values = VALUES | seeded(server)
    ws = server.connect()
    say(ws, type="hello", protocol=1, token=server.token("小王", shop=OWN), client="t")
    before = rows_of_theirs(server)
    for kind, frame in sorted(frames.REQUESTS.items()):
        if kind in ("hello", "pong"):
            continue
        unknown = {f.encode_name for f in msgspec.structs.fields(frame)} - set(PLAIN) - set(values)
        assert not unknown - {"action"}, f"{kind} has new fields: give them foreign values"
        names = [f.encode_name for f in msgspec.structs.fields(frame) if f.name != "action"]
        given = {name: values.get(name, PLAIN.get(name)) for name in names}
        actions = typing.get_args(typing.get_type_hints(frame).get("action", typing.Literal[""]))
        for action in actions:
            sent = given | ({"action": action} if action else {})
            answer = json.dumps(say(ws, type=kind, **sent), ensure_ascii=False)
            assert f"{MARK}回复" not in answer, (kind, action)
            assert f"{MARK}记" not in answer, (kind, action)
    assert rows_of_theirs(server) == before


def seeded(server: Running) -> dict[str, Any]:
    """Something of an agent of the foreign shop; the numbers that frames would name it by."""
    ws = server.connect()
    say(ws, type="hello", protocol=1, token=server.token("乙", shop=FOREIGN), client="t")
    shopper = {"id": "b", "name": MARK}
    asked = {"conversation_id": "c-b", "shopper": shopper, "shop": FOREIGN, "platform": "taobao"}
    made = say(ws, type="message", request_id="1", message_id="m-b", text="问", **asked)
    say(ws, type="event", request_id="2", event="sent", conversation_id="c-b", shop=FOREIGN,
        platform="taobao", text="24小时内给您回复")  # fmt: skip
    say(ws, type="phrase", request_id="3", action="save", title=MARK, text=f"{MARK}记",
        shop=FOREIGN)  # fmt: skip
    say(ws, type="shopper", request_id="4", action="note", text=f"{MARK}记", **asked)
    server.parts.database.flush()
    found = {"suggestion_id": made["suggestions"][0]["suggestion_id"]}
    for name, table in (("promise_id", "promises"), ("note_id", "shopper_notes"),
                        ("phrase_id", "phrases")):  # fmt: skip
        row = server.parts.database.row(f"SELECT id FROM {table} WHERE shop = '{FOREIGN}'")
        assert row is not None, table
        found[name] = row["id"]
    return found


def rows_of_theirs(server: Running) -> dict[str, set[str]]:
    server.parts.database.flush()
    dumped = {t.name: server.parts.database.rows(f"SELECT * FROM {t.name}") for t in tables()}
    return {
        table: {repr(tuple(row)) for row in rows if FOREIGN in tuple(row)}
        for table, rows in dumped.items()
    }
