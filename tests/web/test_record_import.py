"""Orders, shoppers and products on the import page: looked at, mapped, written, taken back."""

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
from tests.support import CharacterEncoder, write_shop
from tests.web.test_no_500 import BASE, signed_in

ORDERS = (
    "订单编号,买家昵称,实付,付款时间,商品标题,收货地址\n"
    "A-1001,阿**月,59.90,2026-11-21 10:05:00,加绒卫衣,不读的地址\n"
    "A-1002,小**鱼,abc,2026-11-21 10:06:00,牛仔裤,\n"
    "A-1003,小**鱼,20,2026-11-22 10:06:00,牛仔裤,\n"
)
SHOPPERS = (
    "会员名,昵称,会员等级,累计消费金额,手机号\n"
    "tb_flower01,花花,金牌会员,2500.50,13800001111\n"
    "t***8,小**,,10,\n"
    "tb_flower02,小雨,,20,\n"
)
PRODUCTS = (
    "商品ID,商品标题,别名,面料\nhoodie,加绒卫衣,卫衣,棉\njeans,牛仔裤,卫衣,棉98%\n,没有编号,,\n"
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    write_shop(tmp_path / "library", "shop-a", [COURIER], {"platforms": ["taobao", "jd"]})
    made = create_app(
        Config(tmp_path / "library", tmp_path / "data", port=8765), CharacterEncoder()
    )
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, "lead")


def upload(client: FlaskClient, kind: str, text: str, name: str = "导出.csv") -> str:
    form = {"as": kind, "file": (io.BytesIO(text.encode("utf-8-sig")), name)}
    answer = client.post("/lead/shop-a/import", data=form, base_url=BASE)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location


def seen(client: FlaskClient, address: str) -> str:
    return client.get(address, base_url=BASE).get_data(as_text=True)


def done(client: FlaskClient, address: str, **form: str) -> str:
    """What the page of the finished job says."""
    answer = client.post(address, data={"do": "take", **form}, base_url=BASE)
    assert answer.status_code == 302
    for thread in threading.enumerate():
        if thread.name == "job-import":
            thread.join(20)
    return seen(client, answer.location)


def orders(app: Flask) -> dict[str, int]:
    rows = parts_of(app).database.rows("SELECT order_id, fen FROM orders ORDER BY order_id")
    return {row["order_id"]: row["fen"] for row in rows}


def shop(app: Flask) -> Shop:
    return parts_of(app).catalog.read_library().shop("shop-a")


def undo(client: FlaskClient, page: str) -> str:
    number = page.split('name="batch" value="')[1].split('"')[0]
    answer = client.post("/lead/shop-a/history/undo", data={"batch": number}, base_url=BASE)
    return seen(client, answer.location)


def test_orders_want_a_platform_then_are_shown_and_written(app: Flask, client: FlaskClient) -> None:
    address = upload(client, "orders", ORDERS)
    assert "请先选择平台" in seen(client, address)
    address += "?platform=taobao"
    page = seen(client, address)
    assert "A-1001" in page and "金额“abc”不对" in page and '<td class="num">3</td>' in page
    told = done(client, address)
    assert "已写入 2 个订单" in told and orders(app) == {"A-1001": 5990, "A-1003": 2000}
    assert "不读的地址" not in (Path(app.instance_path).name + str(orders(app)))
    again = seen(client, upload(client, "orders", ORDERS) + "?platform=taobao")
    assert "相同" in again or "没有变化" in again


def test_changed_orders_show_before_and_after_and_may_be_kept(
    app: Flask, client: FlaskClient
) -> None:
    done(client, upload(client, "orders", ORDERS) + "?platform=taobao")
    later = ORDERS.replace("59.90", "49.90") + "A-1004,新**客,5,2026-11-23,袜子,\n"
    address = upload(client, "orders", later) + "?platform=taobao"
    assert "<del>59.90</del> → 49.90" in seen(client, address)
    told = done(client, address, changed="keep")
    assert orders(app) == {"A-1001": 5990, "A-1003": 2000, "A-1004": 500}
    assert "删去 1 个新增的，0 个变回原样" in undo(client, told)
    assert orders(app) == {"A-1001": 5990, "A-1003": 2000}


def test_a_column_is_chosen_by_hand(app: Flask, client: FlaskClient) -> None:
    strange = ORDERS.replace("订单编号", "流水").replace("实付", "钱")
    address = upload(client, "orders", strange)
    assert "没有订单号一列" in seen(client, f"{address}?platform=jd")
    query = "?platform=jd&head=流水&field=order_id&head=钱&field=amount"
    assert "A-1001" in seen(client, address + query)
    done(client, address + query)
    assert orders(app) == {"A-1001": 5990, "A-1003": 2000}


def test_products_are_compared_clashes_left_out_and_taken_back(
    app: Flask, client: FlaskClient
) -> None:
    address = upload(client, "products", PRODUCTS)
    page = seen(client, address)
    assert "“卫衣”也是商品 jeans 的名字" in page and "没有商品编号或商品名" in page
    done(client, address, conflicts="take", why="双十二上新")
    assert [(p.id, p.attributes["面料"].value) for p in shop(app).products] == [
        ("hoodie", "棉"),
        ("jeans", "棉98%"),
    ]
    later = "商品ID,商品标题,面料,厚度,库存\nhoodie,加绒卫衣,棉65%,加厚,9\n"
    address = upload(client, "products", later)
    page = seen(client, address)
    assert "<del>棉</del> → 棉65%" in page and "库存" in page
    told = done(client, address)
    [hoodie, _] = shop(app).products
    assert {n: f.value for n, f in hoodie.attributes.items()} == {"面料": "棉65%", "厚度": "加厚"}
    undo(client, told)
    [hoodie, _] = shop(app).products
    assert {n: f.value for n, f in hoodie.attributes.items()} == {"面料": "棉"}


def test_products_with_names_of_others_are_skipped_unless_wanted(
    app: Flask, client: FlaskClient
) -> None:
    safe = PRODUCTS + "scarf,围巾,,羊毛\n"
    done(client, upload(client, "products", safe))
    assert [product.id for product in shop(app).products] == ["scarf"]


def test_a_column_may_be_no_attribute(app: Flask, client: FlaskClient) -> None:
    text = "商品ID,商品标题,面料,备注\nhoodie,加绒卫衣,棉,内部\n"
    address = upload(client, "products", text) + "?head=备注&field=-"
    done(client, address)
    assert list(shop(app).products[0].attributes) == ["面料"]


def test_a_file_of_something_else_is_refused_in_a_sentence(client: FlaskClient) -> None:
    page = seen(client, upload(client, "products", "姓名,年龄\n甲,3\n"))
    assert "没有商品编号和名称两列" in page
    form = {"as": "weather", "file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv")}
    answer = client.post("/lead/shop-a/import", data=form, base_url=BASE)
    assert answer.status_code == 400 and "不在可选项里" in answer.get_data(as_text=True)


def shoppers(app: Flask) -> dict[str, int]:
    rows = parts_of(app).database.rows("SELECT shopper_id, fen FROM shoppers")
    return {row["shopper_id"]: row["fen"] for row in rows}


def test_shoppers_are_shown_and_written(app: Flask, client: FlaskClient) -> None:
    address = upload(client, "shoppers", SHOPPERS)
    assert "请先选择平台" in seen(client, address)
    page = seen(client, address + "?platform=taobao")
    assert "tb_flower01" in page and "“t***8”是打码的名字" in page
    assert "累计消费" in page and "写入买家" in page
    told = done(client, address + "?platform=taobao")
    assert "已写入 2 位买家" in told
    assert shoppers(app) == {"tb_flower01": 250_050, "tb_flower02": 2_000}


def test_changed_shoppers_show_before_and_after_and_may_be_kept(
    app: Flask, client: FlaskClient
) -> None:
    done(client, upload(client, "shoppers", SHOPPERS) + "?platform=taobao")
    later = SHOPPERS.replace("2500.50", "2600") + "tb_flower03,新,,5,\n"
    address = upload(client, "shoppers", later) + "?platform=taobao"
    assert "<del>2500.50</del> → 2600.00" in seen(client, address)
    done(client, address, changed="keep")
    assert shoppers(app)["tb_flower01"] == 250_050 and shoppers(app)["tb_flower03"] == 500


def test_an_import_of_shoppers_is_taken_back(app: Flask, client: FlaskClient) -> None:
    done(client, upload(client, "shoppers", SHOPPERS) + "?platform=taobao")
    later = SHOPPERS.replace("2500.50", "2600") + "tb_flower03,新,,5,\n"
    address = upload(client, "shoppers", later) + "?platform=taobao"
    assert "写入后可以整批撤销" in seen(client, address)
    told = done(client, address)
    assert shoppers(app) == {"tb_flower01": 260_000, "tb_flower02": 2_000, "tb_flower03": 500}
    assert "买家导入" in seen(client, "/lead/shop-a/history")
    assert "删去 1 个新增的，1 个变回原样，0 个" in undo(client, told)
    assert shoppers(app) == {"tb_flower01": 250_050, "tb_flower02": 2_000}
