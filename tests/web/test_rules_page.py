"""Rules without YAML: softer, off, exceptions, own words with examples; what a threshold shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.curation.use import WouldShow, would_show
from server.library.rules_edit import edit_rules
from server.parts import parts_of
from tests.conftest import SHIP
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
SAID = "亲，加我微信 shop_abc123"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    write_shop(root, "shop-a", [SHIP], {"name": "甲店", "facts": {"截止": "16:00"}})
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


def post(client: FlaskClient, path: str, form: dict[str, str]) -> tuple[int, str]:
    answer = client.post(f"/lead/shop-a/rules/{path}", data=form, base_url=BASE)
    return answer.status_code, answer.get_data(as_text=True)


def found(app: Flask, text: str) -> list[tuple[str, str]]:
    served = parts_of(app).catalog.snapshot.shop("shop-a")
    checked = served.checker.check(text, direction="outgoing", platform="", shop=served.shop)
    return [(finding.rule, finding.severity) for finding in checked]


def file_of(app: Flask) -> str:
    path = parts_of(app).catalog.root / "shop-a" / "rules.yaml"
    return path.read_text("utf-8") if path.exists() else ""


def test_the_page_says_what_each_rule_says_and_where_it_comes_from(client: FlaskClient) -> None:
    page = client.get("/lead/shop-a/rules", base_url=BASE).get_data(as_text=True)
    rule = page[page.index('id="rule-contact.wechat"') :]
    rule = rule[: rule.index("</section>")]
    assert "疑似引导买家到平台外联系" in rule and "快手 2.3" in rule and SAID in rule
    assert "contact.wechat</" not in rule


def test_a_rule_is_made_softer_and_switched_off(app: Flask, client: FlaskClient) -> None:
    assert ("contact.wechat", "high") in found(app, SAID)
    form = {"pack": "contact", "rule": "contact.wechat", "state_contact.wechat": "low"}
    assert post(client, "pack", form)[0] == 302
    assert file_of(app) == "severity:\n  contact.wechat: low\n"
    assert ("contact.wechat", "high") not in found(app, SAID)
    post(client, "pack", form | {"state_contact.wechat": "off"})
    assert file_of(app) == "off:\n- contact.wechat\n" or "contact.wechat" in file_of(app)
    assert "contact.wechat" not in {rule for rule, _ in found(app, SAID)}
    post(client, "pack", form | {"state_contact.wechat": ""})
    assert file_of(app) == ""


def test_an_exception_counts_where_it_stands_and_no_further(
    app: Flask, client: FlaskClient
) -> None:
    form = {
        "pack": "contact",
        "rule": "contact.wechat",
        "except_contact.wechat": "企业微信工单",
    }
    assert post(client, "pack", form)[0] == 302
    rules = {rule for rule, _ in found(app, "同事请加我微信走企业微信工单处理")}
    assert "contact.wechat" not in rules
    assert "contact.wechat" in {rule for rule, _ in found(app, SAID)}


def test_an_exception_that_lets_everything_pass_is_refused(app: Flask, client: FlaskClient) -> None:
    form = {"pack": "contact", "rule": "contact.wechat", "except_contact.wechat": "微信"}
    status, page = post(client, "pack", form)
    assert status == 400
    assert "没有找到自己的违规例句" in page
    assert file_of(app) == ""


OWN = {"words": "某某牌\n老某家", "category": "disparagement", "severity": "medium",
       "message": "别提这个牌子", "near_miss": "我们的牌子"}  # fmt: skip


def test_words_that_a_shop_forbids(app: Flask, client: FlaskClient) -> None:
    assert post(client, "own", OWN)[0] == 302
    assert found(app, "比老某家好") == [("own.1", "medium")]
    page = client.get("/lead/shop-a/rules", base_url=BASE).get_data(as_text=True)
    assert "某某牌、老某家" in page
    post(client, "own", {"do": "remove", "id": "own.1"})
    assert found(app, "比老某家好") == []


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"words": ""}, "words", "还没有填禁用的词"),
        ({"words": "{微信}"}, "words", "请只写文字"),
        ({"words": "字" * 61}, "words", "有 61 字，最多 60 字"),
        ({"category": "probe"}, "category", "不在可选项里"),
        ({"message": ""}, "message", "请写提醒内容"),
        ({"near_miss": "某某牌也行"}, "rules", "把自己的合规例句当成了违规"),
    ],
)
def test_what_cannot_be_a_word_is_told(
    app: Flask, client: FlaskClient, change: dict[str, str], field: str, told: str
) -> None:
    status, page = post(client, "own", OWN | change)
    assert status == 400
    shown = re.search(rf'id="wrong-{field}" role="alert">([^<]*)<', page)
    assert shown is not None and told in shown[1]
    assert "老某家" in page or "words" in change
    assert file_of(app) == ""


def test_another_leads_change_is_not_written_over(app: Flask, client: FlaskClient) -> None:
    page = client.get("/lead/shop-a/rules", base_url=BASE).get_data(as_text=True)
    base = re.search(r'name="base" value="(\w+)"', page)
    assert base is not None
    post(client, "own", OWN)
    status, page = post(client, "own", OWN | {"base": base[1], "words": "别的"})
    assert status == 400
    assert "规则刚被别人改过" in page
    assert "别的" not in file_of(app)


@pytest.mark.parametrize(
    ("text", "changes", "after"),
    [
        ("", {"off": ["a"]}, "off:\n- a\n"),
        ("# 我的\noff: [a]  # 旧\nrules: []\n", {"severity": {"b": "low"}},
         "# 我的\noff: [a]  # 旧\nseverity:\n  b: low\nrules: []\n"),
        ("off: [a]\n", {"off": []}, ""),
        ("{off: [a]}\n", {"severity": {"b": "low"}}, "off:\n- a\nseverity:\n  b: low\n"),
    ],
    ids=["empty", "comments stay", "nothing left", "one line"],
)  # fmt: skip
def test_the_file_keeps_what_is_not_changed(
    text: str, changes: dict[str, object], after: str
) -> None:
    assert edit_rules(text, changes).replace("  - ", "- ") == after


def test_what_a_threshold_would_have_shown() -> None:
    held = [(0.9, True), (0.5, True), (0.5, False), (0.1, False)]
    assert would_show(held, [0.4, 0.8]) == [
        WouldShow(0.4, 3, 4, 2, 2),
        WouldShow(0.8, 1, 4, 1, 2),
    ]
