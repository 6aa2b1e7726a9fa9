"""The import page: what it asks, what it keeps, what it says, without a browser."""

from __future__ import annotations

import io
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
from tests.conftest import COURIER
from tests.exchange.files import workbook
from tests.support import CharacterEncoder, write_shop
from tests.web.test_no_500 import BASE, signed_in

ASKED = {"id": "ship.when", "title": "发货时间", "questions": ["几点发货"], "reply": "今天发货"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    write_shop(tmp_path / "library", "shop-a", [ASKED, COURIER], {"facts": {"截止": "16:00"}})
    made = create_app(
        Config(tmp_path / "library", tmp_path / "data", port=8765), CharacterEncoder()
    )
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, "lead")


def uploaded(client: FlaskClient, name: str, content: bytes) -> str:
    file = (io.BytesIO(content), name)
    answer = client.post("/lead/shop-a/import", data={"file": file}, base_url=BASE)
    assert answer.status_code == 302
    return answer.location


def text(client: FlaskClient, address: str, **form: str) -> str:
    if form:
        return client.post(address, data=form, base_url=BASE).get_data(as_text=True)
    return client.get(address, base_url=BASE).get_data(as_text=True)


def published(app: Flask, client: FlaskClient, address: str, **form: str) -> Shop:
    client.post(address, data={"do": "publish", **form}, base_url=BASE)
    for thread in threading.enumerate():
        if thread.name == "job-import":
            thread.join(20)
    return parts_of(app).catalog.read_library().shop("shop-a")


def test_which_column_is_the_reply_is_asked(app: Flask, client: FlaskClient) -> None:
    content = "问题,回答,话术\n过敏怎么办,人工复核,亲，先停用\n".encode()
    plan = uploaded(client, "a.csv", content)
    assert "有几列都可能是回复：回答、话术" in text(client, plan)
    assert "Several columns could be the reply" in text(client, f"{plan}?lang=en")
    shop = published(app, client, f"{plan}?map_0_0=questions&map_0_1=&map_0_2=reply")
    assert shop.scripts[-1].reply == "亲，先停用"


def test_the_row_of_the_heads_is_asked(app: Flask, client: FlaskClient) -> None:
    content = workbook([["某表"], ["甲", "乙"], ["几点发呀", "今天就发"]])
    plan = uploaded(client, "a.xlsx", content)
    page = text(client, plan)
    assert "标题在第" in page and "没有认出标题行" in page
    assert "第 9 行是空的" in text(client, f"{plan}?head_0=9&was_0=2")
    moved = text(client, f"{plan}?head_0=1&was_0=2&map_0_0=reply")
    assert "某表" in moved and "没有“回复”列" in moved
    shop = published(app, client, f"{plan}?head_0=2&was_0=2&map_0_0=questions&map_0_1=reply")
    assert shop.scripts[-1].questions == ("几点发呀",)


def test_sheets_and_hidden_rows_are_told(app: Flask, client: FlaskClient) -> None:
    table = [["问题", "话术"], ["怎么洗", "机洗即可"], ["旧的", "不要用了"]]
    content = workbook({"甲品": table, "说明": [["请填"]], "乙品": table[:1]}, hidden_rows=[3])
    plan = uploaded(client, "a.xlsx", content)
    page = text(client, plan)
    assert "甲品" in page and "说明" in page and "第 3 行是隐藏的" in page
    assert "不要用了" in text(client, f"{plan}?hidden=yes&use=0&chosen=1")
    shop = published(app, client, f"{plan}?use=0&chosen=1")
    assert [s.reply for s in shop.scripts[2:]] == ["机洗即可"]


def test_variables_are_mapped_once_a_shop(app: Flask, client: FlaskClient) -> None:
    content = "回复\n{买家} 您好，{最晚}前付款\n".encode()
    plan = uploaded(client, "a.csv", content)
    assert "不认识，请选择" in text(client, plan)
    form = {"do": "variables", "token": ["{买家}", "{最晚}"], "own": ["昵称", "截止"]}
    answer = client.post(plan, data=form, base_url=BASE)
    assert answer.status_code == 302
    shop = parts_of(app).catalog.read_library().shop("shop-a")
    assert dict(shop.variables) == {"{买家}": "昵称", "{最晚}": "截止"}
    again = uploaded(client, "b.csv", content)
    assert "{昵称} 您好，{截止}前付款" in text(client, again)


def test_a_conflict_is_named_left_out_and_merged(app: Flask, client: FlaskClient) -> None:
    question = ASKED["questions"][0]
    content = f"标题,问法,回复\n甲,{question},明天才发\n乙,别的问法,别的答复\n".encode()
    plan = uploaded(client, "a.csv", content)
    page = text(client, plan)
    assert "有 1 行与其他话术冲突" in page and f"({ASKED['id']})" in page
    kept = text(client, plan, deed_0="variant", page="1", why="换季")
    assert '<option value="variant" selected>' in kept and 'value="换季"' in kept
    shop = published(app, client, plan, deed_0="variant", deed_1="skip")
    assert "明天才发" in shop.by_id[ASKED["id"]].variants
    assert len(shop.scripts) == 2


def test_what_was_said_of_rows_outlives_a_page(client: FlaskClient) -> None:
    rows = "".join(f"题{n},答复第{n}号\n" for n in range(120))
    plan = uploaded(client, "a.csv", f"标题,回复\n{rows}".encode())
    second = text(client, plan, deed_3="skip", page="2")
    assert '<input type="hidden" name="deed_3" value="skip">' in second


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_cannot_be_read_is_told_in_the_readers_language(
    client: FlaskClient, language: str
) -> None:
    data = {"file": (io.BytesIO(b"<html></html>"), "a.xls")}
    answer = client.post(f"/lead/shop-a/import?lang={language}", data=data, base_url=BASE)
    said = {"zh": "其实是网页", "en": "is a web page named as a workbook"}[language]
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)
