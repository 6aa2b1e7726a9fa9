"""The health page, bulk mending, find and replace, and what grave findings ask for."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.library import Shop
from server.parts import parts_of
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
RULES = """rules:
  - {id: own.rival, category: disparagement, severity: high, patterns: [某某牌],
     message: 别提这个牌子, examples: {violating: [某某牌不好], near_miss: [我们的牌子]}}
"""
SCRIPTS = [
    {"id": "ship.when", "title": "发货时间", "reply": "今天{截止}前发", "questions": ["几点发货"]},
    {"id": "ship.late", "title": "发货慢", "reply": "明天发", "questions": ["几点发货"]},
    {"id": "rival", "title": "比较", "reply": "比某某牌好", "questions": ["和某某比"]},
    {"id": "well", "title": "客服", "reply": "在的", "questions": ["有人吗"], "tests": ["人呢"]},
]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    root = tmp_path / "library"
    facts = {"截止": {"value": "16:00", "valid_until": "2020-01-01"}}
    shop = {"name": "甲店", "platforms": ["douyin"], "facts": facts}
    write_shop(root, "shop-a", SCRIPTS, shop)
    (root / "shop-a" / "rules.yaml").write_text(RULES, encoding="utf-8")
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


def get(client: FlaskClient, path: str) -> str:
    answer = client.get(f"/lead/shop-a/{path}", base_url=BASE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, form: dict[str, object]) -> tuple[int, str]:
    answer = client.post(f"/lead/shop-a/{path}", data=form, base_url=BASE)
    return answer.status_code, answer.get_data(as_text=True)


def served(app: Flask) -> Shop:
    return parts_of(app).catalog.snapshot.shop("shop-a").shop


def listed(page: str) -> list[str]:
    return re.findall(r'name="ids" value="([^"]+)"', page)


def test_the_page_names_each_kind_with_its_scripts(client: FlaskClient) -> None:
    page = get(client, "health")
    kinds = re.findall(r'data-kind="(\w+)"', page)
    assert kinds == ["barred", "conflict", "fact_ended", "no_tests"]
    assert "4 条话术中，1 条没有急需处理的问题" in page
    assert "抖店 1" in page and "别提这个牌子" in page


@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ("scripts?state=barred", ["rival"]),
        ("scripts?state=barred&platform=douyin", ["rival"]),
        ("scripts?state=barred&platform=kuaishou", []),
        ("scripts?state=conflict", ["ship.when", "ship.late"]),
        ("scripts?state=fact_ended", ["ship.when"]),
        ("scripts?state=no_tests", ["ship.when", "ship.late", "rival"]),
    ],
)
def test_the_list_shows_what_a_mark_is_about(
    client: FlaskClient, address: str, ids: list[str]
) -> None:
    assert listed(get(client, address)) == ids


def test_an_ended_fact_silences_its_script_and_looks_ended_everywhere(
    app: Flask, client: FlaskClient
) -> None:
    found = parts_of(app).catalog.snapshot.shop("shop-a")
    assert found.terms().silent == {"ship.when"}
    assert "{截止}" in get(client, "scripts/ship.when")
    assert "事实已失效" in get(client, "scripts/ship.when")
    assert "事实已失效" in get(client, "scripts")
    trial = get(client, "trial?message=几点发货")
    ranked = re.findall(r'<li class="[^"]*">\s*<div class="head"><a href="[^"]*/([\w.]+)"', trial)
    assert "ship.when" not in ranked
    assert "用到的事实已失效（截止）" in trial


def test_a_whole_filter_is_mended_and_undone_at_once(app: Flask, client: FlaskClient) -> None:
    form = {"back": "/lead/shop-a/scripts?state=no_tests", "found": "1", "set_owner": "1"}
    status, _ = post(client, "scripts/bulk", form | {"owner": "小陈", "why": "分工"})
    assert status == 302
    assert [s.id for s in served(app).scripts if s.owner == "小陈"] == [
        "ship.when", "ship.late", "rival",
    ]  # fmt: skip
    batch = re.search(r'name="batch" value="(\d+)"', get(client, "history"))
    assert batch is not None
    post(client, "history/undo", {"batch": batch[1]})
    assert [s.owner for s in served(app).scripts] == ["", "", "", ""]


def test_many_are_removed_only_with_a_reason(app: Flask, client: FlaskClient) -> None:
    form = {"back": "/lead/shop-a/scripts", "ids": ["ship.late"], "do": "remove"}
    status, page = post(client, "scripts/bulk", form)
    assert status == 400
    assert "一次删除多条，请写明原因" in page
    assert "ship.late" in served(app).by_id
    post(client, "scripts/bulk", form | {"why": "重复"})
    assert "ship.late" not in served(app).by_id


REPLACE = {"find": "发", "put": "寄出", "in": "wordings"}


def test_find_and_replace_shows_what_changes_first(app: Flask, client: FlaskClient) -> None:
    page = get(client, "replace?find=发&put=寄出&in=wordings")
    assert listed(page) == ["ship.when", "ship.late"]
    assert "<del>发</del><ins>寄出</ins>" in page or "<ins>寄出</ins>" in page
    assert served(app).by_id["ship.late"].reply == "明天发"
    form = REPLACE | {"ids": ["ship.late"], "seen": ["ship.when", "ship.late"], "why": "统一说法"}
    status, _ = post(client, "replace", form)
    assert status == 302
    assert served(app).by_id["ship.late"].reply == "明天寄出"
    assert served(app).by_id["ship.when"].reply == "今天{截止}前发"
    history = get(client, "history")
    assert "“发” → “寄出”" in history
    batch = re.search(r'name="batch" value="(\d+)"', history)
    assert batch is not None
    post(client, "history/undo", {"batch": batch[1]})
    assert served(app).by_id["ship.late"].reply == "明天发"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"find": "", "put": "x"}, "还没有填要查找的内容"),
        ({"find": "明天发", "put": "", "ids": "ship.late"}, "话术 ship.late 的回复会变空"),
        ({"find": "明天", "put": "后天", "ids": "ship.late", "base_ship.late": "0"},
         "刚被别人改过，请重新预览"),
    ],
    ids=["nothing", "empties", "stale"],
)  # fmt: skip
def test_a_replacement_that_cannot_be_is_told(
    app: Flask, client: FlaskClient, form: dict[str, object], told: str
) -> None:
    status, page = post(client, "replace", {"in": "wordings", "why": "改", **form})
    assert status == 400
    assert told in page
    assert served(app).by_id["ship.late"].reply == "明天发"


GRAVE = {"id": "well", "title": "客服", "reply": "某某牌不如我们", "do": "publish"}


def test_a_grave_script_is_published_with_a_reason_that_qa_sees(
    app: Flask, client: FlaskClient
) -> None:
    form = GRAVE | {"base": served(app).by_id["well"].version, "questions": "有人吗"}
    status, page = post(client, "scripts", form)
    assert status == 422
    assert 'id="graves"' in page and "质检会看到" in page and "别提这个牌子" in page
    assert served(app).by_id["well"].reply == "在的"
    status, _ = post(client, "scripts", form | {"why": "品牌方授权的说法"})
    assert status == 302
    assert served(app).by_id["well"].reply == "某某牌不如我们"
    records = client.get("/qa/records?shop=shop-a", base_url=BASE).get_data(as_text=True)
    told = records[records.index('id="graves"') :]
    assert "品牌方授权的说法" in told and "别提这个牌子" in told and "own.rival" not in told.split(
        "</section>"
    )[0]  # fmt: skip


def test_what_served_already_asks_for_no_reason_again(app: Flask, client: FlaskClient) -> None:
    form = {"id": "rival", "title": "对比", "reply": "比某某牌好", "questions": "和某某比"}
    form |= {"base": served(app).by_id["rival"].version, "do": "publish"}
    assert post(client, "scripts", form)[0] == 302


def test_an_import_with_grave_rows_asks_for_a_reason(app: Flask, client: FlaskClient) -> None:
    file = (io.BytesIO("回复,问法\n某某牌假货多,别家怎么样\n好的,行吗\n".encode()), "a.csv")
    plan = client.post("/lead/shop-a/import", data={"file": file}, base_url=BASE).location
    path = plan.removeprefix("/lead/shop-a/")
    assert "别提这个牌子" in get(client, path)
    status, page = post(client, path, {"do": "publish"})
    assert "请写明原因，质检会看到" in page
    assert len(served(app).scripts) == len(SCRIPTS)
    assert post(client, path, {"do": "propose"})[0] == 302
    for thread in [t for t in threading.enumerate() if t.name == "job-import"]:
        thread.join(60)
    page = get(client, "review")
    form: dict[str, object] = {"ids": re.findall(r'name="ids" value="(\d+)"', page)}
    status, page = post(client, "review/many", form)
    assert (status, "请写明原因，质检会看到" in page) == (400, True)
    assert post(client, "review/many", form | {"why": "先收着"})[0] == 302
    assert len(served(app).scripts) == len(SCRIPTS) + 2
