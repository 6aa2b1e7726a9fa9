"""What an account of one shop gets of another shop's pages, conversations, tasks and accounts."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.base.times import utc_now
from server.desk.seat import Seat
from server.parts import Parts, parts_of
from server.protocol.frames import Event, Message
from server.store.move import tables
from server.store.quality.bulk import Bulk
from server.store.quality.orders import Order, Orders
from server.store.shared_work import JobRows
from server.store.work.requests import NewRequest
from server.work.reviews import Review
from tests.store.test_quality import flagged
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
OWN, FOREIGN = "shop-a", "shop-b"
SCRIPT = {"id": "ship.when", "title": "什么时候发货", "reply": "今天发"}
REFUSED = (403, 404)


@pytest.fixture
def app(where: Path | str, tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    for shop in (OWN, FOREIGN):
        write_shop(root, shop, [SCRIPT])
    address = where if isinstance(where, str) else ""
    config = Config(root, tmp_path / "data", port=8765, database_address=address)
    made = create_app(config, CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.fixture
def parts(app: Flask) -> Parts:
    return parts_of(app)


@pytest.fixture
def foreign(parts: Parts) -> dict[str, int]:
    """One of everything, of the foreign shop: the numbers that addresses and forms name."""
    made = flagged("b")
    made.conversation = made.conversation.__class__(FOREIGN, "kuaishou", "c-b", "b", "买家b", "乙")
    Bulk(parts.database).add([made])
    parts.quality.rollup.refresh()
    item = parts.database.row("SELECT id, conversation FROM review_items")
    assert item is not None
    parts.quality.findings.add_task(item["id"], "gap", "质检")
    task = parts.quality.findings.tasks(FOREIGN)[0]["id"]
    account, _ = parts.auth.issue("乙", "agent", FOREIGN)
    message = parts.database.row("SELECT id FROM messages WHERE sender = 'agent'")
    assert message is not None
    return {
        "item": item["id"],
        "conversation": item["conversation"],
        "task": task,
        "account": account.id,
        "message": message["id"],
        "promise": promised(parts),
        "reminder": reminded(parts),
        "follow_up": followed_up(parts),
        "review": reviewed(parts),
        "request": parts.work.requests.open(
            NewRequest(FOREIGN, "乙", order_id="1001"), utc_now(), utc_now()
        ),
    }


def promised(parts: Parts) -> int:
    """A promise of the foreign shop's agent."""
    seat = Seat(parts.accounts.by_name("乙"), FOREIGN, "kuaishou")
    parts.desk.event(seat, Event(event="sent", conversation_id="c-b", text="24小时内给您回复"))
    row = parts.database.row("SELECT id FROM promises")
    assert row is not None
    return int(row["id"])


def reminded(parts: Parts) -> int:
    """An unpaid order that the foreign shop's agent took on."""
    order = Order("1001", fen=5000, paid=0, day="2026-11-30", ordered_at=utc_now())
    Orders(parts.database, parts.quality.audit).take([order], FOREIGN, "kuaishou", "乙")
    parts.work.unpaid.claim(FOREIGN, "kuaishou", "1001", "乙", datetime.now(UTC))
    row = parts.database.row("SELECT id FROM reminders")
    assert row is not None
    return int(row["id"])


def followed_up(parts: Parts) -> int:
    """A purchase that the foreign shop's agent writes about."""
    at = utc_now()
    order = Order("1002", fen=5000, day="2026-11-30", status="交易成功", received_at=at)
    Orders(parts.database, parts.quality.audit).take([order], FOREIGN, "kuaishou", "乙")
    now = datetime.now(UTC)
    (row,) = parts.work.follow_ups.listed(FOREIGN, "care", now - timedelta(days=1), now)
    return parts.work.follow_ups.claim(row, FOREIGN, "care", "乙", now)


def reviewed(parts: Parts) -> int:
    """A review of the foreign shop's goods."""
    review = Review("review", "k1", "1001", "买家b", "裤子", 1, "尺码不对", "2026-11-29")
    parts.work.reviews.take([review], FOREIGN, "kuaishou")
    row = parts.database.row("SELECT id FROM reviews")
    assert row is not None
    return int(row["id"])


def signed_in(app: Flask, role: str, shop: str = OWN, name: str = "") -> FlaskClient:
    auth = parts_of(app).auth
    name = name or f"{role}-{shop}"
    account = auth.accounts.by_name(name) or auth.issue(name, role, shop)[0]
    client = app.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = auth.open_page(account)
    return client


def addresses(app: Flask, foreign: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Every address that can name something of the foreign shop, by method."""
    numbers = {
        "qa.item": "item",
        "qa.judge": "item",
        "qa.take_back": "item",
        "qa.example": "item",
        "qa.task": "item",
        "qa.decide": "item",
        "qa.conversation": "conversation",
        "qa.score": "conversation",
        "qa.my_conversation": "conversation",
        "qa.miss": "message",
        "qa.appeal": "item",
        "qa.finish": "task",
        "work.change_promise": "promise",
        "work.change_reminder": "reminder",
        "work.change_follow_up": "follow_up",
        "work.one_request": "request",
        "work.change_request": "request",
        "work.change_review": "review",
    }
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in numbers and "shop" not in rule.arguments:
            continue
        values: dict[str, Any] = dict.fromkeys(rule.arguments, "x")
        values |= {"number": foreign[numbers.get(rule.endpoint, "item")], "shop": FOREIGN}
        values |= {"kind": "gap", "script_id": SCRIPT["id"]}
        adapter = app.url_map.bind("127.0.0.1:8765")
        held = {name: values[name] for name in rule.arguments}
        for method in ("GET", "POST"):
            if method in (rule.methods or ()):
                yield method, adapter.build(rule.endpoint, held, method=method)


@pytest.mark.parametrize("role", ["agent", "lead", "qa", "admin"])
def test_no_address_of_a_foreign_shop_answers(
    app: Flask, foreign: dict[str, int], role: str
) -> None:
    client, tried = signed_in(app, role), 0
    before = dump(parts_of(app))
    for method, address in addresses(app, foreign):
        answer = client.open(address, method=method, base_url=BASE, data={"verdict": "confirmed"})
        assert answer.status_code in REFUSED, (role, method, address, answer.status_code)
        tried += 1
    assert tried > 40
    assert dump(parts_of(app)) == before


def dump(parts: Parts) -> dict[str, list[tuple[Any, ...]]]:
    """What must not have changed: every table but the page sessions of the test itself."""
    return {
        table.name: [
            tuple(row)
            for row in parts.database.rows(
                f"SELECT * FROM {table.name} ORDER BY {', '.join(table.key)}"
            )
        ]
        for table in tables()
        if table.name != "tokens"
    }


def test_every_address_with_a_number_is_tried(app: Flask, foreign: dict[str, int]) -> None:
    """A new page that names rows by number alone belongs into `addresses`."""
    tried = {address for _, address in addresses(app, foreign)}
    adapter = app.url_map.bind("127.0.0.1:8765")
    untried = []
    for rule in app.url_map.iter_rules():
        if "number" not in rule.arguments or "shop" in rule.arguments:
            continue
        known = {"number": 1, "kind": "gap"}
        held = {name: known[name] for name in rule.arguments}
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        own = re.sub(r"\b1\b", r"\\d+", adapter.build(rule.endpoint, held, method=method))
        if not any(re.fullmatch(own, address) for address in tried):
            untried.append(rule.endpoint)
    assert untried == []


def test_a_file_and_a_job_are_not_had_by_their_key_at_the_own_address(
    app: Flask, parts: Parts
) -> None:
    file = {"file": (io.BytesIO("回复,问法\n外店的话,问\n".encode()), "外店.csv")}
    theirs = signed_in(app, "lead", FOREIGN)
    given = theirs.post(f"/lead/{FOREIGN}/import", data=file, base_url=BASE).location
    number = JobRows(parts.database).begin("import", FOREIGN, "外店主管", time.time())
    client = signed_in(app, "lead")
    for address in (given.replace(FOREIGN, OWN), f"/lead/{OWN}/jobs/{number}"):
        answer = client.get(address, base_url=BASE, follow_redirects=True)
        assert "外店" not in answer.text
    client.post(given.replace(FOREIGN, OWN), data={"do": "drop"}, base_url=BASE)
    assert "外店的话" in theirs.get(given, base_url=BASE).text


@pytest.mark.parametrize("shop", [FOREIGN, "no-such-shop"])
def test_a_shop_named_in_a_query_is_refused_when_it_is_not_the_own(
    app: Flask, foreign: dict[str, int], shop: str
) -> None:
    pages = ("/qa", "/qa/search", "/qa/records", "/qa/settings", "/qa/figures", "/wall/now.json")
    for role in ("qa", "lead", "admin"):
        client = signed_in(app, role)
        for page in pages:
            answer = client.get(page, query_string={"shop": shop}, base_url=BASE,
                                follow_redirects=True)  # fmt: skip
            assert answer.status_code in REFUSED, (role, page)
    assert signed_in(app, "agent").get(f"/panel?shop={shop}", base_url=BASE).status_code in REFUSED


def test_an_unknown_shop_never_means_all(app: Flask, parts: Parts) -> None:
    boss = signed_in(app, "admin", "", "总管")
    form = {"do": "add", "name": "新人", "role": "lead", "shop": "no-such-shop"}
    assert boss.post(f"/lead/{OWN}/people", data=form, base_url=BASE).status_code == 400
    assert parts.accounts.by_name("新人") is None


@pytest.mark.parametrize(
    "form",
    [
        {"do": "add", "name": "新人", "role": "agent", "shop": ""},
        {"do": "add", "name": "新人", "role": "admin", "shop": ""},
        {"do": "add", "name": "新人", "role": "agent", "shop": FOREIGN},
        {"do": "change", "role": "admin", "shop": OWN},
        {"do": "disable"},
        {"do": "enable"},
        {"do": "revoke"},
        {"do": "code", "role": "agent", "name": "乙"},
        {"do": "code", "role": "agent", "name": "总管"},
    ],
    ids=lambda form: f"{form['do']} {form.get('name', '')} {form.get('shop', '')}",
)
def test_an_admin_of_a_shop_manages_that_shop_alone(
    app: Flask, parts: Parts, foreign: dict[str, int], form: dict[str, str]
) -> None:
    parts.auth.issue("总管", "admin", "")
    client, before = signed_in(app, "admin"), dump(parts)
    data = {"account": str(foreign["account"])} | form
    answer = client.post(f"/lead/{OWN}/people", data=data, base_url=BASE)
    assert answer.status_code in REFUSED
    assert dump(parts) == before
    page = client.get(f"/lead/{OWN}/people", base_url=BASE).text
    assert "总管" not in page


@pytest.mark.parametrize(
    ("role", "name"),
    [("lead", ""), ("admin", ""), ("agent", "另一个主管"), ("agent", "乙"), ("agent", "总管")],
)
def test_a_lead_makes_codes_for_agents_of_the_own_shop_alone(
    app: Flask, parts: Parts, foreign: dict[str, int], role: str, name: str
) -> None:
    parts.auth.issue("总管", "admin", "")
    parts.auth.issue("另一个主管", "lead", OWN)
    client = signed_in(app, "lead")
    form = {"do": "code", "role": role, "name": name}
    assert client.post(f"/lead/{OWN}/people", data=form, base_url=BASE).status_code == 403


def test_the_code_at_connect_is_for_the_leads_own_shop(app: Flask, parts: Parts) -> None:
    parts.auth.open_code()
    page = signed_in(app, "lead").get("/connect", base_url=BASE).text
    assert parts.auth.open_code().shown not in page
    own = parts.auth.open_code(OWN)
    assert own.shown in page
    assert parts.auth.pair(own.code, "新客服")[0].shop == OWN


def test_qa_of_a_shop_reads_that_shops_trail_alone(
    app: Flask, parts: Parts, foreign: dict[str, int]
) -> None:
    parts.quality.audit.append("library", "外店主管", FOREIGN, {"shop": FOREIGN})
    parts.quality.audit.append("library", "本店主管", OWN, {"shop": OWN})
    parts.quality.access.note("外店质检", "qa", "item", FOREIGN, foreign["conversation"])
    page = signed_in(app, "qa").get("/qa/records", base_url=BASE).text
    assert "本店主管" in page
    assert "外店" not in page


def test_an_agent_reads_no_colleagues_line_by_naming_the_conversation(
    app: Flask, parts: Parts
) -> None:
    own = flagged("a", "私下说的话", agent="甲")
    Bulk(parts.database).add([own])
    thief, _ = parts.auth.issue("丙", "agent", OWN)
    from server.desk.seat import Seat

    seat = Seat(thief, OWN, "kuaishou")
    client = signed_in(app, "agent", OWN, "丙")
    number = parts.database.row("SELECT id FROM conversations")["id"]  # type: ignore[index]
    named = {"request_id": "1", "conversation_id": "c-a"}
    parts.desk.event(seat, Event(**named, event="flagged", text="x"))
    assert client.get(f"/me/conversation/{number}", base_url=BASE).status_code == 403
    parts.desk.message(seat, Message(**named, message_id="m9", text="在吗"))
    parts.desk.event(seat, Event(**named, event="sent", text="您好"))
    parts.database.flush()
    page = client.get(f"/me/conversation/{number}", base_url=BASE)
    assert "说的话" not in page.text
    first = signed_in(app, "agent", OWN, "甲").get(f"/me/conversation/{number}", base_url=BASE)
    assert "说的话" in first.text
    assert "您好" not in first.text


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    here = signed_in(app, "lead")
    name = app.config["SESSION_COOKIE_NAME"]
    copied = here.get_cookie(name, domain="127.0.0.1")
    assert copied is not None
    there = app.test_client()
    there.set_cookie(name, copied.value, domain="127.0.0.1")
    assert there.get(f"/lead/{OWN}/scripts", base_url=BASE).status_code == 200
    here.post("/signout", base_url=BASE)
    assert there.get(f"/lead/{OWN}/scripts", base_url=BASE).status_code == 302


@pytest.mark.parametrize("deed", ["revoke", "disable", "change"])
def test_what_an_account_had_open_ends_with_its_rights(app: Flask, parts: Parts, deed: str) -> None:
    client = signed_in(app, "lead", OWN, "某主管")
    account = parts.accounts.by_name("某主管")
    assert account is not None
    if deed == "change":
        parts.auth.change(account.id, "agent", FOREIGN)
        assert client.get(f"/lead/{OWN}/scripts", base_url=BASE).status_code == 403
    else:
        getattr(parts.auth, deed)(account.id)
        assert client.get(f"/lead/{OWN}/scripts", base_url=BASE).status_code == 302


@pytest.mark.parametrize(
    "target",
    ["//evil.test", "/\\evil.test", "/\t/evil.test", "/\n/evil.test", "https://evil.test",
     "/%09/evil.test", "javascript:alert(1)", "\t//evil.test", "/\x0b/evil.test"],
)  # fmt: skip
def test_no_sign_in_leads_to_another_site(app: Flask, parts: Parts, target: str) -> None:
    _, token = parts.auth.issue("某人", "lead", OWN)
    form = {"token": token, "next": target}
    answer = app.test_client().post("/signin", data=form, base_url=BASE)
    assert answer.status_code == 302
    place = answer.headers["Location"]
    assert place == "/" or (place.startswith("/%09/") and "//" not in place)


def test_wrong_tokens_are_logged_and_slowed(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = app.test_client()
    found = [
        client.post("/signin", data={"token": "bd_wrong"}, base_url=BASE).status_code
        for _ in range(12)
    ]
    assert found[0] == 401
    assert found[-1] == 429
    assert "sign-in failed from 127.0.0.1" in caplog.text
    assert "bd_wrong" not in caplog.text
