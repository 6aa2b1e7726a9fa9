"""No address and no form ends as an error of the server's own, whatever is typed into it."""

from __future__ import annotations

import inspect
import io
import logging
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server.app import create_app
from server.base.config import Config
from server.base.times import utc_now
from server.desk.seat import Seat
from server.parts import Parts, parts_of
from server.protocol.frames import Event
from server.store import ConversationRow, EventRow, MessageRow
from server.store.quality.orders import Order, Orders
from server.store.work.requests import NewRequest
from server.work.reviews import Review
from tests.conftest import COURIER, SHIP
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
JUNK = (
    "", "x", "-1", "1.5", "nan", "²", "９", "2" * 19, "9" * 30, "2026-13-45", "2026-11",
    "0001-01-01", "9999-12-31", "2026-11-21T25:61", "\x00\n\r", "'\"%_", "../../x",
    "a" * 3000, "shop-a", "fix",
)  # fmt: skip
UPLOADS = {
    "scripts": "问法,回复\n问一,答一\n",
    "orders": "订单编号,买家昵称,实付,订单状态,付款时间\n1002,小鹿,9.5,交易成功,2026-11-01 10:00\n",
    "shoppers": "会员名,会员等级,累计消费金额\nxiaolu1,金卡,120\n",
    "products": "商品名称,商品ID,面料\n裤子,p1,棉\n",
}
NUMBERS = ("0", "1", "9" * 12, "2" * 19, "9" * 40)
# A stream without an end, and addresses that are files.
NOT_WALKED = {"/live", "static", "assets"}
_ASKED = re.compile(
    r"""(?:args|form|values|files)\.(?:get|getlist)\(\s*["'](\w+)["']|["'](\w+)["'] in request\."""
)
_NAMED = re.compile(r"""name=["']([\w-]+)["']""")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("junk")
    root = folder / "library"
    settings = {"timezone": "Asia/Shanghai"}
    shop = {
        "name": "甲店",
        "platforms": ["douyin"],
        "facts": {"截止": "16:00"},
        "settings": settings,
    }
    write_shop(root, "shop-a", [SHIP, COURIER], shop)
    write_shop(root, "shop-b", [COURIER])
    made = create_app(Config(root, folder / "data", port=8765), CharacterEncoder())
    _seed(made)
    yield made
    parts_of(made).close()


def _seed(app: Flask) -> None:
    """One of everything that an address can name: conversation, item, task, proposal, upload."""
    parts = parts_of(app)
    owner = ConversationRow("shop-a", "douyin", "c1", "s1", "小鹿", "小晴")
    for number, sender in enumerate(("shopper", "agent", "shopper")):
        parts.traffic.record_turn(owner, MessageRow(f"m{number}", sender, f"话{number}", ""))
    sent = EventRow("sent", "o1", text="加我微信", outcome="other")
    parts.traffic.record_event(owner, sent)
    parts.traffic.record_event(owner, EventRow("missing_script", "r1", text="话0"))
    number = parts.database.rows("SELECT id FROM messages WHERE sender = 'agent'")[0]["id"]
    findings = parts.quality.findings
    item = findings.report_miss(number, "qa", "rudeness", "注")
    for kind in ("fix", "gap"):
        findings.add_task(item, kind, "注")
    client = signed_in(app, "admin")
    form = {"shop": "shop-a", "question": "问", "reply": "答", "note": "注"}
    client.post("/lead/propose", data=form, base_url=BASE)
    client.post("/lead/shop-a/golden", data={"message": "几点发"}, base_url=BASE)
    app.config["JUNK_UPLOADS"] = [_uploaded(client, kind, text) for kind, text in UPLOADS.items()]
    _seed_work(parts)


def _uploaded(client: FlaskClient, kind: str, text: str) -> str:
    """The key of a file that waits to be looked at."""
    form = {"file": (io.BytesIO(text.encode()), "a.csv"), "kind": kind, "platform": "douyin"}
    posted = client.post("/lead/shop-a/import", data=form, base_url=BASE)
    assert posted.status_code == 302, kind
    return str(posted.location.rsplit("/", 1)[1].partition("?")[0])


def _seed_work(parts: Parts) -> None:
    """A promise, an order that is not paid, a request and a review: what lists of work name."""
    account, _ = parts.auth.issue("小晴", "agent", "shop-a")
    seat = Seat(account, "shop-a", "douyin")
    said = Event(event="sent", conversation_id="c1", text="24小时内给您回复")
    parts.desk.event(seat, said)
    now = utc_now()
    order = Order("1001", fen=5000, paid=0, day=now[:10], ordered_at=now)
    Orders(parts.database, parts.quality.audit).take([order], "shop-a", "douyin", "主管")
    parts.work.unpaid.claim("shop-a", "douyin", "1001", "小晴", datetime.now(UTC))
    parts.work.requests.open(NewRequest("shop-a", "小晴", order_id="1001"), now, now)
    review = Review("review", "k1", "1001", "小鹿", "裤子", 1, "尺码不对", now[:10])
    parts.work.reviews.take([review], "shop-a", "douyin")
    for table in ("promises", "reminders", "requests", "reviews"):
        assert parts.database.rows(f"SELECT id FROM {table}")[0]["id"] == 1


def signed_in(app: Flask, role: str) -> FlaskClient:
    account, _ = parts_of(app).auth.issue(f"{role}{secrets.token_hex(4)}", role, "")
    client = app.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = parts_of(app).auth.open_page(account)
    return client


def addresses(app: Flask, rule: Rule) -> list[str]:
    """A route's address with what exists, what does not, and numbers that fit nowhere."""
    found = [rule.rule]
    for part in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule):
        kind, name = part
        known = {"shop": "shop-a", "script_id": "ship.when", "key": "x",
                 "ending": "csv", "kind": "fix", "month": "2026-11", "name": "en"}  # fmt: skip
        values = NUMBERS if kind == "int" else (known.get(name, "x"), "x", "2026-99", "²", "9" * 40)
        hole = f"<{kind}:{name}>" if kind else f"<{name}>"
        if name == "key":
            values = (*app.config["JUNK_UPLOADS"], *values)
        found = [a.replace(hole, value) for a in found for value in values]
    return found


def usual_ones(app: Flask, rule: Rule) -> list[str]:
    """Addresses of what exists: rows have the number 1."""
    if "<key>" in rule.rule:
        return addresses(app, rule)[: len(UPLOADS)]
    return [next((a for a in addresses(app, rule) if re.search(r"/1(?:/|$)", a)), None)
            or addresses(app, rule)[0]]  # fmt: skip


def names_asked(app: Flask, rule: Rule) -> list[str]:
    """What the module of a route's view, and the templates beside it, call their fields."""
    view = inspect.unwrap(app.view_functions[rule.endpoint])
    path = Path(inspect.getsourcefile(view) or "")
    texts = [p.read_text("utf-8") for p in path.parent.glob("*.py")]
    templates = (p.read_text("utf-8") for p in path.parent.rglob("*.html"))
    found = {name for text in texts for pair in _ASKED.findall(text) for name in pair if name}
    found |= {name for text in templates for name in _NAMED.findall(text)}
    return sorted(found - {"do"})


def routes(app: Flask) -> list[Rule]:
    rules = app.url_map.iter_rules()
    return [r for r in rules if not any(part in r.rule for part in NOT_WALKED)]


def tried(client: FlaskClient, rule: Rule, address: str, fields: dict[str, str]) -> Iterator[str]:
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        if method == "GET":
            answer = client.get(address, query_string=fields, base_url=BASE)
        elif rule.rule.startswith("/api/"):
            answer = client.post(address, json=fields, base_url=BASE)
        else:
            answer = client.post(address, data=fields, base_url=BASE)
        if answer.status_code >= 500:
            yield f"{method} {address} {dict(list(fields.items())[:3])}: {answer.status_code}"


@pytest.mark.parametrize("role", ["admin", "agent"])
def test_no_address_and_no_form_is_a_500(
    app: Flask, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    client = signed_in(app, role)
    failed: list[str] = []
    for rule in routes(app):
        names = names_asked(app, rule)
        if rule.rule == "/signout":
            continue
        for address in addresses(app, rule):
            failed += tried(client, rule, address, {})
        for usual in usual_ones(app, rule):
            for junk in JUNK:
                failed += tried(client, rule, usual, dict.fromkeys(names, junk))
    assert failed == []


def test_the_walk_sees_every_route_and_its_fields(app: Flask) -> None:
    walked = {rule.rule: names_asked(app, rule) for rule in routes(app)}
    assert len(walked) > 80
    assert {"from", "to"} <= set(walked["/qa/figures"])
    assert {"ids", "back"} <= set(walked["/lead/<shop>/scripts/bulk"])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/qa/figures?to=2026-13-45", "to 填的是“2026-13-45”，应为日期"),
        ("/qa/figures?from=9999-12-31", "应为日期"),
        ("/lead/shop-a/use?page=x", "page 填的是“x”，应为整数"),
        ("/lead/shop-a/use?page=x&lang=en", "expected a whole number"),
    ],
)
def test_a_wrong_entry_is_told_in_the_readers_language(app: Flask, address: str, said: str) -> None:
    answer = signed_in(app, "admin").get(address, base_url=BASE)
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)


@pytest.mark.parametrize("number", ["2" * 19, "9" * 40])
def test_a_row_that_cannot_be_is_not_found(app: Flask, number: str) -> None:
    answer = signed_in(app, "admin").get(f"/qa/item/{number}", base_url=BASE)
    assert answer.status_code == 404


@pytest.mark.parametrize("back", ["//example.com", "https://example.com", "/\t/example.com"])
def test_a_form_leads_nowhere_else(app: Flask, back: str) -> None:
    client = signed_in(app, "admin")
    answer = client.post("/lead/shop-a/scripts/bulk", data={"back": back}, base_url=BASE)
    assert answer.location == "/lead/shop-a/scripts"


def test_every_look_that_was_noted_is_told_in_words(app: Flask) -> None:
    client = signed_in(app, "admin")
    pages = [rule.rule for rule in routes(app) if "<" not in rule.rule and "GET" in rule.methods]
    for page in pages:
        client.get(page, base_url=BASE)
    for language in ("zh", "en"):
        shown = client.get(f"/qa/records?lang={language}", base_url=BASE).get_data(as_text=True)
        assert re.findall(r">[^<]*\b((?:qa|work|site|lead)\.[a-z_]+)\b", shown) == []
    noted = parts_of(app).database.rows("SELECT DISTINCT action FROM access_log")
    assert {"work promises", "work reviews", "work day"} <= {row["action"] for row in noted}
