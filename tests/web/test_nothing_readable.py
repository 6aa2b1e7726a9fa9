"""What stays readable on disk when a phone, a name and an address stand in everything people type.

Every form of the pages, with every deed, every frame and every import is filled in; then every
byte of the data folder, the database and its log included, and what was logged is looked through.
The shop's own words (scripts, products, facts, rules, settings) may hold the shop's phone: `OWN`.
"""

from __future__ import annotations

import io
import json
import logging
import re
import threading
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.parts import Parts, parts_of
from server.protocol import frames
from server.store.move import tables
from tests.conftest import SHIP, Running, say
from tests.support import CharacterEncoder, write_shop
from tests.web.test_every_value import OPEN, deeds, fields

SHOP = "shop-a"
BASE = "http://127.0.0.1:8765"
PHONE, PERSON, STREET, CARD = "13800001234", "王小明", "幸福路123号5幢", "6222020000001234564"
SAID = f"收件人：{PERSON}，电话{PHONE}，地址{STREET}，卡号{CARD}"
# Pages on which a lead writes what is the shop's own, and who may work for it.
OWN = re.compile(
    r"lead\.(script_save|script_new|fact_save|settings_save|rules_\w+|product_save|replace\w*|"
    r"people_change|shop_add|tiers_save|bulk|history_undo|script_remove|script_restore|trial_part|"
    r"script_check)|qa\.(save_form|save_settings|confirm_clock)|work\.(set_\w+)"
)
# Fields that are no words: what a form must have to be taken at all.
PLAIN = {
    "platform": "taobao", "shop": SHOP, "verdict": "confirmed", "severity": "high",
    "language": "zh",
    "script_id": "ship.when", "id": "ship.when", "ids": "ship.when", "expected": "ship.when",
    "conversation_id": "c-1", "agent": "甲", "reviewer": "甲", "status": "open", "station": "",
    "base": "", "show": "", "view": "", "category": "rudeness", "page": "1", "days": "3",
    "percent": "5", "threshold": "0.5", "points": "10", "level": "", "order_id": PHONE,
    "shopper": PHONE, "once": "1", "account": "1", "to": "ship.when", "due": "2026-12-30T10:00",
}  # fmt: skip


def test_nothing_of_a_person_stays_readable(
    start: Callable[..., Running], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    root, data = tmp_path / "library", tmp_path / "data"
    write_shop(root, SHOP, [SHIP])
    server = start(root, data)
    talked(server)
    server.hang_up()
    server.parts.close()
    app = create_app(Config(root, data, port=8765), CharacterEncoder())
    client, parts = boss(app), parts_of(app)
    assert posted(app, client) > 400
    imported(client)
    parts.database.flush()
    assert found(parts) == {}
    held = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    parts.close()
    for secret in (PHONE, PERSON, STREET, CARD):
        assert secret.encode() not in held, secret
        assert secret not in caplog.text


def boss(app: Flask) -> FlaskClient:
    """A client whose account may do everything."""
    account, _ = parts_of(app).auth.issue("总管", "admin", "")
    client = app.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = parts_of(app).auth.open_page(account)
    return client


def talked(server: Running) -> None:
    """Every kind of frame with every action, its words and ids a person's."""
    ws = server.connect()
    say(ws, type="hello", protocol=1, token=server.token("甲", shop=SHOP), client=SAID)
    shopper = {"id": PHONE, "name": PERSON}
    for event in ("", "inserted", "copied", "sent", "dismissed", "not_relevant", "flagged"):
        for kind, frame in sorted(frames.REQUESTS.items()):
            if kind in ("hello", "pong"):
                continue
            names = [f.encode_name for f in msgspec.structs.fields(frame) if f.name != "action"]
            given: dict[str, Any] = {name: SAID for name in names if name in WORDS}
            given |= {name: PHONE for name in names if name.endswith("_id")}
            given |= {
                "shopper": shopper, "page": {"product": SAID, "order_id": PHONE, "别的": SAID},
                "history": [{"from": "shopper", "text": SAID}, {"from": "agent", "text": SAID}],
                "details": {PHONE: SAID, "note": [SAID]}, "event": event or SAID,
                "waiting": [{"conversation_id": PHONE, "name": PERSON}],
                "platform": "taobao", "shop": SHOP,
            }  # fmt: skip
            given = {name: value for name, value in given.items() if name in names}
            given |= {name: 0 for name in ("promise_id", "note_id", "phrase_id") if name in names}
            hints = typing.get_type_hints(frame)
            for action in typing.get_args(hints.get("action", typing.Literal[""])):
                say(ws, type=kind, **given, **({"action": action} if action else {}))
    server.parts.database.flush()


WORDS = {
    "text",
    "query",
    "title",
    "note",
    "category",
    "due_at",
    "image",
    "at",
    "sent_at",
    "language",
}


def posted(app: Flask, client: FlaskClient) -> int:
    """Posts every form but those of OWN with every deed; how many were sent."""
    adapter = app.url_map.bind("127.0.0.1:8765")
    count = 0
    for rule in app.url_map.iter_rules():
        passed = rule.endpoint.split(".")[-1] in OPEN or OWN.fullmatch(rule.endpoint)
        if "POST" not in (rule.methods or ()) or passed or "key" in rule.arguments:
            continue
        held: dict[str, Any] = dict.fromkeys(rule.arguments, "gap") | {"shop": SHOP}
        for number in (1, 2, 3) if "number" in rule.arguments else (1,):
            given = {name: held[name] for name in rule.arguments} | (
                {"number": number} if "number" in rule.arguments else {}
            )
            address = adapter.build(rule.endpoint, given, method="POST")
            for deed in deeds():
                form = dict.fromkeys(fields(), SAID) | PLAIN | {"do": deed}
                answer = client.post(address, data=form, base_url=BASE)
                assert answer.status_code < 500, (address, deed)
                count += 1
    return count


def imported(client: FlaskClient) -> None:
    """Files of orders, shoppers, reviews and past chats; what may be confirmed is."""
    heads = "订单编号,买家昵称,收货人,手机,收货地址,商品标题,买家留言"
    orders = f"{heads}\n7001,{PERSON},{PERSON},{PHONE},{STREET},{SAID},{SAID}\n"
    shoppers = f"用户ID,昵称,备注,手机号\n{PHONE},{PERSON},{SAID},{PHONE}\n"
    for kind, text in (("orders", orders), ("shoppers", shoppers)):
        file = (io.BytesIO(text.encode()), f"{SAID}.csv")
        data = {"file": file, "as": kind, "platform": "taobao"}
        plan = client.post(f"/lead/{SHOP}/import", data=data, base_url=BASE).location
        client.get(plan, base_url=BASE)
        done = client.post(plan, data={"do": "take", "platform": "taobao"}, base_url=BASE)
        assert done.status_code in (200, 302)
    reviews = f"订单编号,买家昵称,评价内容,星级\n7001,{PERSON},{SAID},1\n"
    file = (io.BytesIO(reviews.encode()), f"{SAID}.csv")
    client.post("/work/reviews/import", base_url=BASE,
                data={"file": file, "platform": "taobao", "shop": SHOP})  # fmt: skip
    chat = {"conversation_id": PHONE, "from": "shopper", "text": SAID, "at": "2026-11-01T08:00:00Z"}
    for kind in ("history", "orders", "conversations", "turnover"):
        file = (io.BytesIO((json.dumps(chat) + "\n").encode()), f"{SAID}.jsonl")
        client.post(f"/qa/import/{kind}", base_url=BASE,
                    data={"file": file, "platform": "taobao", "shop": SHOP})  # fmt: skip
    for job in [one for one in threading.enumerate() if one.name.startswith("job-")]:
        job.join(30)


def found(parts: Parts) -> dict[str, list[str]]:
    """Tables with what is readable in them, to say where."""
    told = {}
    for table in tables():
        rows = [repr(tuple(row)) for row in parts.database.rows(f"SELECT * FROM {table.name}")]
        bad = [one[:300] for one in rows if any(s in one for s in (PHONE, PERSON, STREET, CARD))]
        if bad:
            told[table.name] = bad[:3]
    return told
