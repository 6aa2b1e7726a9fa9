"""Every address with every value of another shop that could be named there, under the own shop.

Nothing here is listed by address: routes, the arguments of their addresses, the fields that pages
read and the deeds that forms know are gathered from the program, so that what is added tomorrow is
tried as well. A new argument without a foreign value fails.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server.app import create_app
from server.base.config import Config
from server.base.times import utc_now
from server.desk.seat import Seat
from server.exchange.uploads import ORDERS
from server.parts import Parts, parts_of
from server.protocol.frames import Event, Message
from server.store.quality.bulk import Bulk
from server.store.work.requests import NewRequest
from server.work.reviews import Review
from tests.store.test_quality import flagged
from tests.support import CharacterEncoder, write_shop
from tests.web.test_foreign import BASE, FOREIGN, OWN, dump, promised, reminded, signed_in

MARK = "外店机密"
WEB = Path(__file__).parents[2] / "server" / "web"
THEIRS = {"id": "theirs.only", "title": MARK, "reply": f"{MARK}的回复", "questions": [f"{MARK}问"]}
OURS = {"id": "ship.when", "title": "什么时候发货", "reply": "今天发"}
PRODUCT = {"id": "theirs-shirt", "name": f"{MARK}衬衫"}
"""What stands in everything of the foreign shop."""

# What a field or argument of that name is given, of the foreign shop; others get every number.
KINDS = {
    "key": "upload", "script_id": "script", "id": "script", "ids": "script", "agent": "agent",
    "name": "image", "image": "image", "order_id": "order", "order": "order", "to": "script",
    "product": "product", "shopper": "shopper", "account": "account", "shop": "own_shop",
    "proposal": "proposal", "batch": "batch", "message": "message", "ref": "gap", "ids[]": "script",
    "month": "month", "kind": "kind", "ending": "ending",
}  # fmt: skip
# Files that are everybody's, and what ends the session that tries.
OPEN = {"static", "extension_asset", "root_certificate", "choose_language", "signout"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("values")
    root = folder / "library"
    write_shop(root, OWN, [OURS])
    write_shop(root, FOREIGN, [THEIRS])
    (root / FOREIGN / "products.yaml").write_text(
        f"products:\n- id: {PRODUCT['id']}\n  name: {PRODUCT['name']}\n", encoding="utf-8"
    )
    made = create_app(Config(root, folder / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.fixture(scope="module")
def foreign(app: Flask) -> dict[str, str]:
    """One of everything of the foreign shop, by kind."""
    parts = parts_of(app)
    for number in range(3):  # so that numbers of one kind are none of another
        parts.auth.issue(f"自己人{number}", "agent", OWN)
    account, _ = parts.auth.issue("乙", "agent", FOREIGN)
    talk = flagged("b", f"{MARK}，加我微信")
    talk.conversation = talk.conversation.__class__(FOREIGN, "kuaishou", "c-b", "b", MARK, "乙")
    Bulk(parts.database).add([talk])
    parts.quality.rollup.refresh()
    item = row(parts, "SELECT id, conversation FROM review_items")
    parts.quality.findings.add_task(item["id"], "gap", "质检")
    seat = Seat(account, FOREIGN, "kuaishou")
    asked = Message(conversation_id="c-b", message_id="m9", text=f"{MARK}是什么", request_id="1")
    parts.desk.message(seat, asked)
    parts.desk.event(seat, Event(event="flagged", conversation_id="c-b", text=f"{MARK}来了"))
    parts.phrases.save(FOREIGN, "乙", MARK, f"{MARK}短语")
    review = Review("review", "k1", "1001", "b", MARK, 1, f"{MARK}很差", "2026-11-30")
    parts.work.reviews.take([review], FOREIGN, "kuaishou")
    promise, reminder = promised(parts), reminded(parts)
    request = parts.work.requests.open(
        NewRequest(FOREIGN, "乙", order_id="1001", product=MARK, said=MARK), utc_now(), utc_now()
    )
    lead = signed_in(app, "lead", FOREIGN)
    draft = {"id": "theirs.draft", "title": MARK, "reply": f"{MARK}草稿", "do": "draft"}
    lead.post(f"/lead/{FOREIGN}/scripts", data=draft, base_url=BASE)
    golden = {"message": f"{MARK}问句", "expected": THEIRS["id"]}
    lead.post(f"/lead/{FOREIGN}/golden", data=golden, base_url=BASE)
    parts.database.flush()
    content = f"订单编号,买家昵称,商品标题\n7001,{MARK},{MARK}\n".encode()
    upload = parts.uploads.keep(FOREIGN, "外店主管", f"{MARK}.csv", content, ORDERS)
    shots = (io.BytesIO(f"回复,问法\n{MARK}新,{MARK}怎么\n".encode()), f"{MARK}.csv")
    plan = lead.post(f"/lead/{FOREIGN}/import", data={"file": shots}, base_url=BASE).location
    job = lead.post(plan, data={"do": "propose"}, base_url=BASE).location
    parts.database.flush()
    # Pages of figures bring them up to date for all shops.
    parts.quality.rollup.refresh()
    numbers = {
        "item": item["id"],
        "conversation": item["conversation"],
        "account": account.id,
        "task": row(parts, "SELECT id FROM script_tasks")["id"],
        "message": row(parts, "SELECT id FROM messages WHERE sender = 'agent'")["id"],
        "proposal": row(parts, "SELECT id FROM proposals")["id"],
        "golden": row(parts, "SELECT id FROM golden_questions")["id"],
        "review": row(parts, "SELECT id FROM reviews")["id"],
        "phrase": row(parts, "SELECT id FROM phrases")["id"],
        "version": row(parts, "SELECT id FROM script_versions WHERE shop = 'shop-b'")["id"],
        "promise": promise,
        "reminder": reminder,
        "request": request,
        "job": int(job.rsplit("/", 1)[1]),
    }
    names = {
        "upload": upload, "script": THEIRS["id"], "agent": "乙", "image": "theirs.png",
        "order": "1001", "product": PRODUCT["id"], "shopper": "b", "own_shop": OWN,
        "batch": "1", "gap": f"message:{numbers['message']}", "month": "2026-11", "kind": "gap",
        "ending": "csv",
    }  # fmt: skip
    return {kind: str(value) for kind, value in (numbers | names).items()}


def row(parts: Parts, sql: str) -> Any:
    found = parts.database.row(sql)
    assert found is not None, sql
    return found


def fields() -> set[str]:
    """The names of every field that a page reads."""
    reads = re.compile(
        r"(?:request\.(?:form|values|args)(?:\.get|\.getlist|\.get_all)?[\[(]|entries\.\w+\()"
        r"\"(\w+)\""
    )
    texts = (path.read_text("utf-8") for path in WEB.rglob("*.py"))
    return {name for text in texts for name in reads.findall(text)}


def deeds() -> list[str]:
    """Every value of `do` that a form sends."""
    sends = re.compile(r"name=\"do\"[^>]*?value=\"(\w+)\"")
    texts = (path.read_text("utf-8") for path in WEB.rglob("*.html"))
    return sorted({deed for text in texts for deed in sends.findall(text)})


def rules(app: Flask) -> list[Rule]:
    """Every route but those of OPEN."""
    return [r for r in app.url_map.iter_rules() if r.endpoint.split(".")[-1] not in OPEN]


def addresses(app: Flask, rule: Rule, foreign: dict[str, str]) -> Iterator[str]:
    """The rule's addresses under the own shop with foreign values: each number, names by kind."""
    adapter = app.url_map.bind("127.0.0.1:8765")
    unknown = set(rule.arguments) - {"number"} - set(KINDS)
    assert not unknown, f"{rule} names {unknown}: give it a foreign value in KINDS"
    held: dict[str, Any] = {name: foreign[KINDS[name]] for name in rule.arguments - {"number"}}
    tried = {v for v in foreign.values() if v.isdecimal()} if "number" in rule.arguments else {""}
    for number in sorted(tried):
        given = held | ({"number": int(number)} if number else {})
        if rule.endpoint == "qa.bring":
            given["kind"] = "history"
        yield adapter.build(rule.endpoint, given, method=next(iter(rule.methods or ())))


def form_of(foreign: dict[str, str], deed: str, number: str) -> dict[str, str]:
    """Every field that any page reads, with a foreign value of its kind.

    For a conversation's number the shop is the foreign one as well.
    """
    known = {name: foreign[KINDS[name]] if name in KINDS else number for name in fields()}
    # What decides of the way through a form, not of whom it is about.
    known["shop"] = FOREIGN if number == foreign["conversation"] else OWN
    known |= {"do": deed, "verdict": "confirmed", "platform": "kuaishou", "language": "zh"}
    return known


def theirs(parts: Parts) -> dict[str, set[str]]:
    """Rows that tell of the foreign shop, by table; without what the trials themselves write."""
    own = {"access_log", "page_passes", "tries"}
    return {
        table: {repr(one) for one in rows if FOREIGN in one or MARK in repr(one) or "乙" in one}
        for table, rows in dump(parts).items()
        if table not in own
    }


def files(app: Flask) -> dict[str, bytes]:
    folder = parts_of(app).config.library_dir / FOREIGN
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("role", ["agent", "lead", "qa", "admin"])
def test_no_value_of_another_shop_is_told_or_changed(
    app: Flask, foreign: dict[str, str], role: str
) -> None:
    parts = parts_of(app)
    before, library, tried = theirs(parts), files(app), 0
    client = signed_in(app, role)
    for rule in rules(app):
        methods = (rule.methods or set()) & {"GET", "POST"}
        for address in addresses(app, rule, foreign):
            if "GET" in methods:
                told(client, address, role, form_of(foreign, "", foreign["conversation"]))
                tried += 1
            if "POST" in methods:
                tried += posted(client, address, role, foreign)
    assert tried > 300
    parts.database.flush()
    after = theirs(parts)
    assert {t: (before[t] ^ after[t]) for t in before if before[t] != after[t]} == {}
    assert files(app) == library
    assert parts.uploads.find(FOREIGN, foreign["upload"]) is not None


def told(client: FlaskClient, address: str, role: str, query: dict[str, str]) -> None:
    for given in ({}, query):
        answer = client.get(address, query_string=given, base_url=BASE)
        refuse_words(answer, given, (role, "GET", address))


def posted(client: FlaskClient, address: str, role: str, foreign: dict[str, str]) -> int:
    """Posts every deed with every number where the role may post at all; how many it were."""
    first = client.post(address, data={}, base_url=BASE)
    refuse_words(first, {}, (role, "POST", address))
    if first.status_code in (401, 403, 404):
        return 1
    numbers = sorted({value for value in foreign.values() if value.isdecimal()})
    count = 1
    for deed in deeds():
        for number in numbers[:: max(1, len(numbers) // 2)]:
            form = form_of(foreign, deed, number)
            refuse_words(
                client.post(address, data=form, base_url=BASE), form, (role, address, deed)
            )
            count += 1
    return count


def refuse_words(answer: Any, given: dict[str, str], told: tuple[str, ...]) -> None:
    assert answer.status_code < 500, told
    body = answer.get_data()
    assert MARK.encode() not in body, (told, given)


def test_what_is_gathered_is_not_empty(app: Flask) -> None:
    assert len(fields()) > 60
    assert {"publish", "drop", "revoke"} <= set(deeds())
    assert len(rules(app)) > 110
