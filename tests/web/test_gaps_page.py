"""Gaps that are gaps: greetings apart, what a script answers a fault, typed replies checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.curation.gap_book import GapBook, Gaps, Raw
from server.curation.gaps import Cluster, Item
from server.parts import parts_of
from server.store import ConversationRow, EventRow, MessageRow
from server.text.understanding import asks_nothing
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
SCRIPT = {"id": "ship", "title": "发货", "reply": "今天发", "questions": ["几点发货"]}
# Each of its own signs, so that no two of them are alike.
ASKED = [chr(0x4E00 + n) * 6 for n in range(45)]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    write_shop(root, "shop-a", [SCRIPT], {"name": "甲店", "settings": {"threshold": "1"}})
    made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    account, _ = parts_of(app).auth.issue("主管", "lead", "")
    made = app.test_client()
    with made.session_transaction(base_url=BASE) as session:
        session["page"] = parts_of(app).auth.open_page(account)
    return made


def asked(app: Flask, *texts: str) -> None:
    """Shoppers say these texts, and nothing is shown for them."""
    traffic = parts_of(app).traffic
    for number, text in enumerate(texts):
        owner = ConversationRow("shop-a", "douyin", f"c{number}", f"s{number}", "", "小晴")
        traffic.record_turn(owner, MessageRow(f"m{number}", "shopper", text, ""))
    typed(app, "收尾", 1)  # an event is on disk when this returns, and all before it


def typed(app: Flask, text: str, times: int) -> None:
    owner = ConversationRow("shop-a", "douyin", "c0", "s0", "", "小晴")
    for number in range(times):
        event = EventRow("sent", f"{text}{number}", text=text, outcome="other")
        parts_of(app).traffic.record_event(owner, event)


def gaps(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/lead/shop-a/gaps?{query}", base_url=BASE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def heads(page: str) -> list[str]:
    return re.findall(r'<article class="card gap">\s*<div class="head"><b>([^<]*)</b>', page)


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("你好", True), ("在吗？", True), ("亲，在不在呀", True), ("谢谢啦", True), ("好的", True),
        ("😊", True), ("你好，几点发货", False), ("在吗 有货吗", False), ("怎么退", False),
    ],
)  # fmt: skip
def test_what_needs_no_answer(text: str, nothing: bool) -> None:
    assert asks_nothing(text) is nothing


def test_greetings_stand_apart_and_own_questions_are_faults(
    app: Flask, client: FlaskClient
) -> None:
    asked(app, "你好", "谢谢", "能开发票么", "几点发货？", "几点发货")
    page = gaps(client)
    assert heads(page) == ["能开发票么"]
    assert "不用回答的 2 条不在内" in page
    page = gaps(client, "view=faults")
    assert len(heads(page)) == 1 and heads(page)[0].startswith("几点发货")
    assert 'href="/lead/shop-a/scripts/ship"' in page


def test_a_typed_reply_that_breaks_a_rule_is_no_script(app: Flask, client: FlaskClient) -> None:
    typed(app, "直接转我支付宝就行了亲", 3)
    typed(app, "仓库今天盘点明早发出", 3)
    page = gaps(client, "view=typed")
    articles = page.split('<article class="card gap">')[1:]
    told = {("支付宝" in one, "违规，不能做成话术" in one, "写成话术" in one) for one in articles}
    assert told == {(True, True, False), (False, False, True)}


def test_pages_of_twenty(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    at = "2026-11-20T01:00:00.000Z"
    items = [Item("message", n, text, at, "nothing") for n, text in enumerate(ASKED)]
    found = Gaps(tuple(Cluster.made_of([item]) for item in items))
    monkeypatch.setattr(GapBook, "of", lambda *_: found)
    pages = [heads(gaps(client, f"page={number}")) for number in (1, 2, 3)]
    assert pages == [ASKED[:20], ASKED[20:40], ASKED[40:]]


def test_a_draft_is_made_once_of_a_gap(app: Flask, client: FlaskClient) -> None:
    asked(app, "能开发票么")
    ref = re.search(r'name="ref" value="(message:\d+)"', gaps(client))
    assert ref is not None
    form = {"ref": ref[1], "question": "能开发票么"}
    places = [
        client.post("/lead/shop-a/gaps/draft", data=form, base_url=BASE).location for _ in range(2)
    ]
    assert places[0] == places[1]
    assert heads(gaps(client)) == []


def test_a_line_that_is_taken_out_stays_a_gap(app: Flask, client: FlaskClient) -> None:
    asked(app, "能开发票么", "能开发票吗呀", "能开发票么", "能开电子发票么")
    page = gaps(client)
    (form,) = re.findall(r'<form method="post" action="[^"]*gaps/draft".*?</form>', page, re.S)
    lines = dict(re.findall(r'name="(said_\d+)" value="([^"]*)"', form))
    assert sorted(lines.values()) == ["能开发票么", "能开发票吗呀", "能开电子发票么"]
    assert form.count('name="line"') == form.count("checked>") == 3
    out = next(name for name, text in lines.items() if text == "能开电子发票么")
    fields = dict(re.findall(r'name="((?:said|refs)_\d+|lines|days|view)" value="([^"]*)"', form))
    ticked = [name[5:] for name in lines if name != out]
    answer = client.post("/lead/shop-a/gaps/draft", data={**fields, "line": ticked}, base_url=BASE)
    assert answer.status_code == 302
    draft = client.get(answer.location, base_url=BASE).get_data(as_text=True)
    assert "能开发票么" in draft and "能开发票吗呀" in draft and "能开电子发票么" not in draft
    assert heads(gaps(client)) == ["能开电子发票么"]


@pytest.mark.parametrize(("view", "outcome"), [("typed", "other"), ("edited", "edited")])
def test_a_typed_or_edited_wording_that_is_taken_out_stays(
    app: Flask, client: FlaskClient, view: str, outcome: str
) -> None:
    owner = ConversationRow("shop-a", "douyin", "c0", "s0", "", "小晴")
    written = ["仓库今天盘点明早发出", "仓库今天盘点明早发出哈", "仓库今天盘点明天早上发出"]
    for number, text in enumerate([written[0], *written] * 2):
        event = EventRow("sent", f"e{number}", text=text, outcome=outcome, script_id="ship")
        parts_of(app).traffic.record_event(owner, event)
    page = gaps(client, f"view={view}")
    (form,) = re.findall(r'<form method="post" action="[^"]*gaps/draft".*?</form>', page, re.S)
    lines = dict(re.findall(r'name="reply_(\d+)" value="([^"]*)"', form))
    assert next(iter(lines.values())) == written[0] and sorted(lines.values()) == sorted(written)
    names = r'name="((?:reply|refs)_\d+|lines|days|view|script_id)" value="([^"]*)"'
    ticked = [number for number, text in lines.items() if text != written[2]]
    fields = {**dict(re.findall(names, form)), "line": ticked}
    answer = client.post("/lead/shop-a/gaps/draft", data=fields, base_url=BASE)
    draft = client.get(answer.location, base_url=BASE).get_data(as_text=True)
    assert written[0] in draft and written[2] not in draft
    assert written[2] in gaps(client, f"view={view}")


def test_nothing_is_done_when_no_line_is_ticked(app: Flask, client: FlaskClient) -> None:
    asked(app, "能开发票么", "能开发票吗呀")
    for deed in ("draft", "dismiss"):
        answer = client.post(
            f"/lead/shop-a/gaps/{deed}", data={"lines": "2"}, base_url=BASE, follow_redirects=True
        )
        assert "一句都没有勾选，没有改动" in answer.get_data(as_text=True)
    assert len(heads(gaps(client))) == 1


def test_many_messages_are_sorted_while_the_page_waits(app: Flask) -> None:
    served = parts_of(app).catalog.snapshot.shop("shop-a")
    at = "2026-11-20T01:00:00.000Z"
    items = [Item("message", n, f"{ASKED[n % 45]}{n}", at, "nothing") for n in range(301)]
    book = GapBook(lambda shop, days: Raw(items, (), (), ()), lambda index: index)
    assert book.of(served, 14) is None
    for thread in book._running.values():
        thread.join(60)
    found = book.of(served, 14)
    assert found is not None
    assert sum(one.count for one in found.unanswered) == 301
    done = {("message", n) for n in range(300)}
    assert sum(one.count for one in found.without(done).unanswered) == 1
