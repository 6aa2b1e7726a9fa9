"""What no client of ours sends: each answered by a sentence, never by a failure of the server."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.conftest import Running

EVENT = {"request_id": "1", "conversation_id": "c", "event": "sent", "text": "您好"}
MESSAGE = {"request_id": "1", "conversation_id": "c", "message_id": "m", "text": "发货"}
FAR = "9999-12-31T23:59:59-12:00"


def post(running: Running, what: str, body: Any) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    token = running.token(f"客服{time.monotonic_ns()}")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = Request(f"{running.url}/api/v1/{what}", content, headers)
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("events", EVENT | {"details": "text"}),
        ("events", EVENT | {"details": [1]}),
        ("events", EVENT | {"details": 5}),
        ("events", EVENT | {"at": FAR}),
        ("events", EVENT | {"at": "heute"}),
        ("events", EVENT | {"conversation_id": 5}),
        ("suggest", MESSAGE | {"sent_at": FAR}),
        ("suggest", MESSAGE | {"history": [{"from": "x", "text": "y"}]}),
        ("suggest", MESSAGE | {"page": "a"}),
        ("check", {"text": 5}),
        ("search", {"query": ["发货"]}),
        ("events", b"\xff\xfe"),
        ("events", b"null"),
        ("events", b"[]"),
    ],
    ids=str,
)
def test_junk_is_answered_by_a_sentence(running: Running, what: str, body: Any) -> None:
    status, answer = post(running, what, body)
    assert status == 400
    assert answer["error"]["message"]


def test_messages_without_ids_do_not_overwrite_each_other(running: Running) -> None:
    for text in ("什么时候发货", "发什么快递"):
        post(running, "suggest", {"conversation_id": "c", "text": text})
    running.parts.database.flush()
    rows = running.parts.database.rows("SELECT text FROM messages ORDER BY id")
    assert [row["text"] for row in rows] == ["什么时候发货", "发什么快递"]


def test_a_message_asked_three_times_is_one_warning(running: Running) -> None:
    message = MESSAGE | {"text": "加我微信 shop_abc123 聊"}
    for number in range(3):
        post(running, "events", EVENT | {"text": "加我微信 shop_abc123", "request_id": str(number),
                                         "details": {"message_id": "m1"}})  # fmt: skip
        post(running, "suggest", message)
    running.parts.database.flush()
    sql = "SELECT direction, rule, count(*) AS n FROM warnings GROUP BY message, rule, matched"
    counted = [(row["direction"], row["n"]) for row in running.parts.database.rows(sql)]
    assert ("sent", 1) in counted
    assert all(n == 1 for _, n in counted)
