"""The live protocol against a real server."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest
from simple_websocket import ConnectionClosed

from server.accounts.extension_id import EXTENSION_ORIGIN
from tests.conftest import COURIER, Running, say
from tests.support import write_shop

HELLO = {"type": "hello", "protocol": 1, "client": "test/1"}
ASK = {"type": "message", "request_id": "r1", "conversation_id": "c1", "message_id": "m1"}


def test_a_message_becomes_ranked_replies_and_an_event_is_on_disk(running: Running) -> None:
    ws = running.connect()
    welcome = say(ws, **HELLO, token=running.token())
    assert welcome["type"] == "welcome"
    assert (welcome["agent"], welcome["role"], welcome["shop"]) == ("小王", "agent", "shop-a")
    assert welcome["timers"] == {"greeting_s": 15, "answer_s": 20, "platform_s": 180}

    answer = say(ws, **ASK, text="什么时候发货")
    assert (answer["request_id"], answer["conversation_id"], answer["message_id"]) == (
        "r1",
        "c1",
        "m1",
    )
    first = answer["suggestions"][0]
    assert first["script_id"] == "ship.when"
    assert first["text"] == "今天16:00前付款今天发"
    assert first["values"] == {"截止": "16:00"}
    assert first["missing"] == []
    assert 0 <= first["confidence"] <= 1
    assert first["why"]

    recorded = say(
        ws,
        type="event",
        request_id="e1",
        event="inserted",
        conversation_id="c1",
        suggestion_id=first["suggestion_id"],
        script_id="ship.when",
    )
    assert recorded == {"type": "recorded", "request_id": "e1"}
    row = running.parts.database.row("SELECT event, script_id, agent FROM events")
    assert row is not None
    assert tuple(row) == ("inserted", "ship.when", "小王")
    ws.close()


def test_a_variable_without_a_value_is_named_and_the_page_gives_it(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    answer = say(ws, **ASK, text="发什么快递")
    assert answer["suggestions"][0]["missing"] == ["昵称"]
    assert answer["suggestions"][0]["text"] == COURIER["reply"]
    named = say(ws, **ASK, text="发什么快递", shopper={"id": "u1", "name": "阿月"})
    assert named["suggestions"][0]["text"] == "默认中通，阿月放心"
    ws.close()


def test_sent_text_is_compared_with_what_was_inserted(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    first = say(ws, **ASK, text="怎么开发票")["suggestions"][0]
    about = {"type": "event", "conversation_id": "c1", "suggestion_id": first["suggestion_id"]}
    say(ws, **about, request_id="1", event="inserted", text=first["text"])
    say(ws, **about, request_id="2", event="sent", text=first["text"] + "，三天内")
    say(ws, type="event", request_id="3", event="sent", conversation_id="c1", text="另外的话")
    rows = running.parts.database.rows("SELECT event, outcome, script_id FROM events ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("inserted", "", "invoice.how"),
        ("sent", "edited", "invoice.how"),
        ("sent", "other", ""),
    ]
    learned = running.parts.traffic.acceptances("shop-a")
    assert [(a.message, a.script_id, a.kind) for a in learned] == [
        ("怎么开发票", "invoice.how", "edited")
    ]
    ws.close()


def test_drafts_and_searches_are_answered(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    checked = say(ws, type="draft", request_id="d", conversation_id="c1", text="{订单号}已发出")
    assert checked["type"] == "checked"
    results = say(ws, type="search", request_id="s", query="kuaidi")
    assert [made["script_id"] for made in results["suggestions"]][:1] == ["ship.courier"]
    ws.close()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type":"message","request_id":"q"', "bad_json"),
        ("[1]", "bad_json"),
        ('{"type":"dance","request_id":"q"}', "unknown_type"),
        ('{"type":"message","request_id":"q","text":5}', "bad_request"),
        ('{"type":"event","request_id":"q","event":"cheered"}', "bad_request"),
        ('{"type":"event","request_id":"q","event":"sent","at":"noon"}', "bad_request"),
        ('{"type":"hello","protocol":1,"token":"x"}', "unexpected"),
    ],
)
def test_a_bad_frame_is_answered_and_the_socket_lives(
    running: Running, frame: str, code: str
) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    ws.send(frame)
    error = json.loads(ws.receive(timeout=10))
    assert (error["type"], error["code"]) == ("error", code)
    assert say(ws, **ASK, text="发货")["type"] == "suggestions"
    ws.close()


@pytest.mark.parametrize(
    "first",
    [
        {"type": "message", "request_id": "r", "text": "x"},
        {**HELLO, "token": "bd_wrong"},
        {**HELLO, "token": "", "protocol": 99},
        {**HELLO, "token": ""},
    ],
    ids=["no hello", "wrong token", "wrong protocol", "no token"],
)
def test_a_socket_without_a_good_hello_is_closed_with_1008(
    running: Running, first: dict[str, object]
) -> None:
    ws = running.connect()
    assert say(ws, **first)["type"] == "error"
    with pytest.raises(ConnectionClosed) as closed:
        ws.receive(timeout=10)
    assert closed.value.reason == 1008


def test_a_frame_over_64_kib_is_refused_with_1009(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    ws.send(json.dumps({**ASK, "text": "长" * 30_000}, ensure_ascii=False))
    with pytest.raises(ConnectionClosed) as closed:
        ws.receive(timeout=10)
    assert closed.value.reason == 1009


def test_healthz_names_what_is_broken_and_what_is_set_aside(
    start: Callable[..., Running], library: Path
) -> None:
    (library / "shop-a" / "more.yaml").write_text("scripts: [", encoding="utf-8")
    (library / "shop-a" / "scripts (1).yaml").write_text("scripts: []\n", encoding="utf-8")
    with urllib.request.urlopen(start(library).url + "/healthz", timeout=10) as answer:
        told = json.load(answer)
    assert told["status"] == "degraded"
    assert [line.split(" ")[0] for line in told["library"]["problems"]] == ["shop-a/more.yaml:1"]
    assert [line.split(":")[0] for line in told["library"]["remarks"]] == [
        "shop-a/scripts (1).yaml"
    ]
    assert told["library"]["scripts"] == 3


def test_a_text_checked_over_http_is_a_whole_one(running: Running) -> None:
    token = running.token()

    def check(**fields: object) -> list[str]:
        body = json.dumps({"text": "加微信"} | fields).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        ask = urllib.request.Request(running.url + "/api/v1/check", body, headers)
        with urllib.request.urlopen(ask, timeout=10) as answer:
            return [warning["category"] for warning in json.load(answer)["warnings"]]

    assert check() == check(final=True) == ["contact_diversion"]
    assert check(final=False) == []
    ws = running.connect()
    say(ws, **HELLO, token=token)
    assert say(ws, type="draft", request_id="d1", text="加微信")["warnings"] == []
    ws.close()


@pytest.mark.parametrize("path", ["/live", "/healthz", "/signin", "/api/v1/suggest"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "chrome-extension://abcdefghijklmnopabcdefghijklmnop"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
    ],
    ids=lambda headers: next(iter(headers.values())),
)
def test_foreign_origins_and_hosts_are_refused_token_or_not(
    running: Running, headers: dict[str, str], path: str
) -> None:
    bearer = {"Authorization": f"Bearer {running.token()}"}
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }
    asked = bearer | headers | (upgrade if path == "/live" else {})
    method = "POST" if path.startswith("/api") else "GET"
    connection = HTTPConnection("127.0.0.1", running.port, timeout=10)
    connection.request(method, path, body="{}" if method == "POST" else None, headers=asked)
    assert connection.getresponse().status == 403
    connection.close()


def test_the_extension_and_own_pages_are_let_in(running: Running) -> None:
    for origin in (EXTENSION_ORIGIN, running.url, f"http://localhost:{running.port}"):
        ws = running.connect(Origin=origin)
        assert say(ws, **HELLO, token="bd_wrong")["code"] == "refused"


def test_a_revoked_token_ends_the_socket(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    account = running.parts.accounts.by_name("小王")
    assert account is not None
    running.parts.accounts.revoke_tokens(account.id)
    assert say(ws, **ASK, text="发货")["code"] == "revoked"


def test_an_agent_of_one_shop_cannot_take_another(
    start: Callable[..., Running], library: Path
) -> None:
    write_shop(library, "shop-b", [COURIER])
    running = start(library)
    ws = running.connect()
    error = say(ws, **HELLO, token=running.token(), shop="shop-b")
    assert error["code"] == "refused"


def test_a_changed_file_is_announced_and_served(
    start: Callable[..., Running], library: Path
) -> None:
    running = start(library)
    running.parts.catalog.watch()
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    write_shop(library, "shop-a", [{"id": "new", "reply": "退货请点售后"}])
    frame = json.loads(ws.receive(timeout=10))
    assert frame["type"] == "library_changed"
    assert say(ws, **ASK, text="退货")["suggestions"][0]["script_id"] == "new"
    ws.close()


def test_the_same_event_sent_again_is_one_row(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    event = {"type": "event", "request_id": "e", "event": "copied", "at": "2026-11-21T08:00:00Z"}
    assert say(ws, **event) == say(ws, **event)
    row = running.parts.database.row("SELECT count(*) AS n FROM events")
    assert row is not None
    assert row["n"] == 1
    ws.close()


def test_contact_data_is_masked_on_disk(running: Running) -> None:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())
    say(ws, **ASK, text="我手机13800000000，什么时候发货")
    running.parts.database.flush()
    for table in ("messages", "warnings", "suggestions", "acceptances"):
        dump = [tuple(row) for row in running.parts.database.rows(f"SELECT * FROM {table}")]
        assert "13800000000" not in str(dump)
    ws.close()


def test_adapter_files_of_the_library_reach_the_browser(running: Running, library: Path) -> None:
    (library / "adapters").mkdir()
    (library / "adapters" / "feige.json").write_text('{"id": "feige", "version": "2"}')
    (library / "adapters" / "broken.json").write_text("[")
    welcome = say(running.connect(), **HELLO, token=running.token())
    assert welcome["adapters"] == [{"id": "feige", "version": "2"}]


def test_pages_that_the_shop_has_not_opened_get_no_answer(
    start: Callable[..., Running], library: Path
) -> None:
    write_shop(library, "shop-a", [COURIER], {"settings": {"adapters": "douyin、京东"}})
    folder = library / "adapters"
    folder.mkdir()
    for site, platform in (("feige", "douyin"), ("kuaishou", "kuaishou"), ("own", "")):
        adapter = {"id": site, "platform": platform}
        (folder / f"{site}.json").write_text(json.dumps(adapter), encoding="utf-8")
    running = start(library)
    ws = running.connect()
    welcome = say(ws, **HELLO, token=running.token())
    assert [adapter["id"] for adapter in welcome["adapters"]] == ["feige", "own"]
    asked = {platform: say(ws, **ASK, text="发什么快递", platform=platform)
             for platform in ("", "feige", "jd", "kuaishou")}  # fmt: skip
    assert {name: answer["type"] for name, answer in asked.items()} == {
        "": "suggestions", "feige": "suggestions", "jd": "suggestions", "kuaishou": "error",
    }  # fmt: skip
    assert asked["kuaishou"]["code"] == "refused"
    assert "没有开放快手的客服页面" in asked["kuaishou"]["message"]
    late = say(ws, type="event", request_id="e", event="copied", conversation_id="c1",
               text="x", platform="kuaishou")  # fmt: skip
    assert late["type"] == "recorded"
    ws.close()


@pytest.mark.parametrize("deed", ["revoke", "disable", "change"])
def test_an_open_socket_ends_with_the_rights_of_its_account(running: Running, deed: str) -> None:
    """The server closes it by itself: an idle socket sends no frame that could be checked."""
    ws = running.connect()
    say(ws, **HELLO, token=running.token("小王"))
    account = running.parts.accounts.by_name("小王")
    assert account is not None
    arguments = ("agent", "") if deed == "change" else ()
    getattr(running.parts.auth, deed)(account.id, *arguments)
    with pytest.raises(ConnectionClosed):
        ws.receive(timeout=5)
        ws.receive(timeout=5)


def test_a_socket_opened_by_a_ticket_ends_with_the_page_that_gave_it(running: Running) -> None:
    account, _ = running.parts.auth.issue("小王", "agent", "shop-a")
    secret = running.parts.auth.open_page(account)
    page = running.parts.auth.page(secret)
    assert page is not None
    ws = running.connect()
    say(ws, **HELLO, token=running.parts.auth.ticket(page))
    running.parts.auth.end_page(secret)
    assert say(ws, **ASK, text="发货")["code"] == "revoked"
