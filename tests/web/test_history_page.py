"""History in the shop's own time, searchable; the audit trail says once who did what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.parts import parts_of
from tests.conftest import COURIER, SHIP
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    settings = {"timezone": "Pacific/Auckland"}
    write_shop(root, "shop-a", [SHIP, COURIER], {"name": "甲店", "settings": settings})
    made = create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder())
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    account, _ = parts_of(app).auth.issue("阿明", "lead", "")
    made = app.test_client()
    with made.session_transaction(base_url=BASE) as session:
        session["page"] = parts_of(app).auth.open_page(account)
    return made


def publish(app: Flask, client: FlaskClient, script_id: str, reply: str, why: str) -> None:
    script = parts_of(app).catalog.snapshot.shop("shop-a").shop.by_id[script_id]
    form = {"id": script_id, "title": script.title, "reply": reply, "why": why, "do": "publish"}
    form["base"] = script.version
    answer = client.post("/lead/shop-a/scripts", data=form, base_url=BASE)
    assert answer.status_code == 302


def changes(client: FlaskClient, query: str = "") -> str:
    page = client.get(f"/lead/shop-a/history?{query}", base_url=BASE).get_data(as_text=True)
    return page[page.index('id="changes"') :]


def test_times_are_the_shops(app: Flask, client: FlaskClient) -> None:
    publish(app, client, "ship.when", "今天发", "改短")
    database = parts_of(app).database
    at = "2026-06-30T20:30:00.000Z"
    database.write(lambda db: db.execute("UPDATE script_versions SET at = ?", [at]))
    page = changes(client)
    assert "2026-07-01 08:30" in page and "20:30" not in page
    assert "Pacific/Auckland" in page
    assert "什么时候发货" in changes(client, "from=2026-07-01&to=2026-07-01")
    assert "没有符合条件的修改" in changes(client, "to=2026-06-30")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=改短", ["什么时候发货"]),
        ("q=顺丰", ["发什么快递"]),
        ("q=阿明", ["发什么快递", "什么时候发货"]),
        ("q=阿明 顺丰", ["发什么快递"]),
        ("q=ship.when", ["什么时候发货"]),
        ("q=%25", []),
    ],
    ids=["why", "content", "who", "both words", "id", "no wildcard"],
)
def test_history_is_searched(
    app: Flask, client: FlaskClient, query: str, titles: list[str]
) -> None:
    publish(app, client, "ship.when", "今天发", "改短")
    publish(app, client, "ship.courier", "默认顺丰", "换快递")
    assert re.findall(r'/history">([^<]+)</a>', changes(client, query)) == titles


def test_a_wrong_day_is_told_beside_it(client: FlaskClient) -> None:
    answer = client.get("/lead/shop-a/history?to=2026-13-45", base_url=BASE)
    assert answer.status_code == 400
    assert 'id="wrong-to"' in answer.get_data(as_text=True)


def test_a_change_stands_once_in_the_trail_and_by_name(app: Flask, client: FlaskClient) -> None:
    parts = parts_of(app)
    parts.background.record_library(parts.catalog.snapshot)
    before = len(parts.quality.audit.entries())
    publish(app, client, "ship.when", "今天发", "改短")
    rules = "off: [contact.wechat]"
    client.post("/lead/shop-a/settings/rules", data={"rules": rules}, base_url=BASE)
    entries = parts.quality.audit.entries()[: len(parts.quality.audit.entries()) - before]
    assert [(e["kind"], e["who"]) for e in entries] == [("rules", "阿明"), ("library", "阿明")]
    assert json.loads(entries[0]["details"])["removed"] == ["contact.wechat"]
    page = client.get("/qa/records?shop=shop-a", base_url=BASE).get_data(as_text=True)
    assert "<summary>什么时候发货（改短）</summary>" in page
    assert "<td>甲店</td>" in page


def test_what_is_edited_in_files_is_still_told(app: Flask, client: FlaskClient) -> None:
    parts = parts_of(app)
    parts.background.record_library(parts.catalog.snapshot)
    publish(app, client, "ship.when", "今天发", "改短")
    path = parts.catalog.root / "shop-a" / "scripts.yaml"
    path.write_text(path.read_text("utf-8").replace("默认中通", "默认圆通"), "utf-8")
    parts.catalog.reload()
    newest = parts.quality.audit.entries(1)[0]
    assert newest["who"] == "(files)"
    assert json.loads(newest["details"])["changed"] == ["ship.courier"]
