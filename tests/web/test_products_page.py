"""The lead's page of products: edited, refused beside the field, exported, read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.exchange.product_export import products_csv
from server.exchange.products import read_products
from server.library import Shop
from server.library.product_save import dump_products
from server.parts import parts_of
from server.web.lead.product_form import chart_of, chart_text
from tests.conftest import COURIER
from tests.library.test_images import PNG
from tests.support import CharacterEncoder, write_shop
from tests.web.test_no_500 import BASE, signed_in

CHART = "尺码\t身高(cm)\t体重（kg）\nM\t158-163\t48.5–55\nL\t164至169\t-\n"
PAGE = "/lead/shop-a/products"
HOODIE: dict[str, Any] = {
    "id": "hoodie",
    "name": "加绒卫衣",
    "aliases": "卫衣\n连帽卫衣",
    "links": "id=880101",
    "pushed": "1",
    "attribute_name": ["面料", "活动价", ""],
    "attribute_value": ["棉65%", "99元", ""],
    "attribute_from": ["", "2026-11-01", ""],
    "attribute_until": ["", "2026-11-30", ""],
    "size_chart": CHART,
    "chart_note": "版型宽松",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    write_shop(tmp_path / "library", "shop-a", [COURIER | {"products": ["hoodie"]}])
    write_shop(tmp_path / "library", "shop-b", [COURIER])
    made = create_app(
        Config(tmp_path / "library", tmp_path / "data", port=8765), CharacterEncoder()
    )
    yield made
    parts_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return signed_in(app, "lead")


def seen(client: FlaskClient, address: str = PAGE) -> str:
    return client.get(address, base_url=BASE).get_data(as_text=True)


def save(client: FlaskClient, **form: Any) -> tuple[int, str]:
    answer = client.post(f"{PAGE}/edit", data={"do": "save", **form}, base_url=BASE)
    return answer.status_code, answer.get_data(as_text=True)


def shop(app: Flask) -> Shop:
    return parts_of(app).catalog.snapshot.shop("shop-a").shop


def base_of(client: FlaskClient) -> str:
    page = seen(client, f"{PAGE}/edit?id=hoodie")
    return page.split('name="base" value="')[1].split('"')[0]


def test_a_new_product_is_saved_served_and_listed(app: Flask, client: FlaskClient) -> None:
    assert "还没有商品" in seen(client)
    assert save(client, **HOODIE)[0] == 302
    [product] = shop(app).products
    assert (product.id, product.name, product.aliases) == (
        "hoodie", "加绒卫衣", ("卫衣", "连帽卫衣"),
    )  # fmt: skip
    assert product.pushed and product.links == ("id=880101",)
    price = product.attributes["活动价"]
    assert (price.value, str(price.valid_from), str(price.valid_until)) == (
        "99元", "2026-11-01", "2026-11-30",
    )  # fmt: skip
    chart = product.size_chart
    assert chart is not None and chart.note == "版型宽松"
    assert dict(chart.measures) == {"身高": "cm", "体重": "kg"}
    assert dict(chart.rows[0].ranges) == {"身高": (158, 163), "体重": (48.5, 55)}
    assert dict(chart.rows[1].ranges) == {"身高": (164, 169)}
    page = seen(client)
    assert "加绒卫衣" in page and "主推" in page and "M L" in page
    assert "加绒卫衣" in seen(client, f"{PAGE}?q=棉65") and "没有找到" in seen(
        client, f"{PAGE}?q=麻"
    )


def test_a_saved_form_saved_again_changes_nothing(app: Flask, client: FlaskClient) -> None:
    save(client, **HOODIE)
    path = parts_of(app).catalog.root / "shop-a" / "products.yaml"
    before = path.read_text("utf-8")
    chart = chart_text(shop(app).products[0].size_chart)
    form = HOODIE | {"size_chart": chart, "old": "hoodie", "base": base_of(client)}
    assert save(client, **form)[0] == 302
    assert path.read_text("utf-8") == before == dump_products(shop(app).products)


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"name": " "}, "name", "请填商品名"),
        ({"id": ""}, "id", "请填商品编号"),
        ({"aliases": "围巾"}, "aliases", "“围巾”已经是商品 scarf 的名字"),
        ({"goes_with": "trousers"}, "goes_with", "“trousers”不是别的商品的编号"),
        ({"images": "gone.png"}, "images", "没有图片 gone.png"),
        ({"images": "text.png"}, "images", "text.png 不是能用的图片"),
        ({"images": "../shop-b/scripts.yaml"}, "images", "不是能用的图片"),
        ({"attribute_name": ["面{料", "活动价", ""]}, "attributes", "属性名“面{料”不能用"),
        ({"attribute_name": ["面料", "面料", ""]}, "attributes", "写了两次"),
        ({"attribute_value": ["", "99元", ""]}, "attributes", "属性“面料”要有内容"),
        ({"attribute_from": ["下周", "", ""]}, "attributes", "下周"),
        ({"attribute_until": ["", "2026-10-01", ""]}, "attributes", "对调"),
        ({"size_chart": "尺码 臂长\nM 60-62"}, "size_chart", "表头里的“臂长”认不出"),
        ({"size_chart": "尺码\t身高(斤)\nM\t1-2"}, "size_chart", "表头里的“身高(斤)”认不出"),
        ({"size_chart": "尺码\t身高\nM\t163-158"}, "size_chart", "第 2 行的“163-158”不是范围"),
        ({"size_chart": "尺码\t身高\nM\t高"}, "size_chart", "第 2 行的“高”不是范围"),
        ({"size_chart": "尺码\t身高\nM\t1-2\nM\t3-4"}, "size_chart", "尺码 M 出现了两次"),
        ({"size_chart": "尺码\t身高\nM\t-"}, "size_chart", "尺码 M 没有任何范围"),
        ({"size_chart": "尺码\t身高\nM\t1-2\t3-4"}, "size_chart", "格数比表头多"),
        ({"size_chart": "尺码\t身高"}, "size_chart", "只有表头"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    app: Flask, client: FlaskClient, change: dict[str, Any], field: str, says: str
) -> None:
    save(client, id="scarf", name="羊毛围巾", aliases="围巾")
    (parts_of(app).catalog.root / "shop-a" / "text.png").write_bytes(b"text")
    form = HOODIE | {"why": "上新", "chart_note": "记得的话"} | change
    status, page = save(client, **form)
    assert status == 400
    told = page.split(f'id="wrong-{field}"')[1].split("</p>")[0]
    assert says in told
    for kept in ("id=880101", "记得的话", "上新", "99元"):
        assert kept in page or kept in str(change)
    assert [product.id for product in shop(app).products] == ["scarf"]


def test_an_id_that_is_taken_and_a_version_that_is_old_are_refused(
    app: Flask, client: FlaskClient
) -> None:
    save(client, **HOODIE)
    status, page = save(client, **HOODIE | {"name": "另一件", "aliases": "", "links": ""})
    assert (status == 400 and "已经是商品 hoodie" in page) or "已经有了" in page
    base = base_of(client)
    form = HOODIE | {"old": "hoodie", "base": base}
    assert save(client, **form | {"name": "加绒卫衣2026"})[0] == 302
    status, page = save(client, **form | {"name": "加绒卫衣改"})
    assert status == 400 and "刚被别人改过" in page and "加绒卫衣改" in page
    assert shop(app).products[0].name == "加绒卫衣2026"


def test_a_product_in_use_is_removed_only_when_that_is_said(
    app: Flask, client: FlaskClient
) -> None:
    save(client, **HOODIE)
    form = {"old": "hoodie", "base": base_of(client), "do": "remove"}
    status, page = save(client, **form)
    assert status == 400 and COURIER["id"] in page
    assert save(client, **form, sure="1")[0] == 302
    assert shop(app).products == ()


def test_an_image_is_shown_to_the_shop_s_people_only(app: Flask, client: FlaskClient) -> None:
    (parts_of(app).catalog.root / "shop-a" / "size.png").write_bytes(PNG)
    assert save(client, **HOODIE | {"images": "size.png"})[0] == 302
    address = "/lead/shop-a/image?name=size.png"
    answer = client.get(address, base_url=BASE)
    assert (answer.status_code, answer.content_type, answer.data) == (200, "image/png", PNG)
    assert client.get("/lead/shop-a/image?name=scripts.yaml", base_url=BASE).status_code == 404
    assert client.get("/lead/shop-b/image?name=size.png", base_url=BASE).status_code == 404
    assert app.test_client().get(address, base_url=BASE).status_code in (302, 401)


def test_what_is_exported_is_read_back(app: Flask, client: FlaskClient) -> None:
    save(client, **HOODIE)
    save(client, id="scarf", name="羊毛围巾", goes_with="hoodie")
    products = shop(app).products
    answer = client.get(f"{PAGE}/export.yaml", base_url=BASE)
    assert answer.get_data(as_text=True) == dump_products(products)
    content = client.get(f"{PAGE}/export.csv", base_url=BASE).data
    assert content == products_csv(products)
    read = read_products(content, "p.csv", {product.id: product for product in products})
    assert read.refused == () and dict(read.products) == {p.id: p for p in products}


@pytest.mark.parametrize(
    "text",
    [
        "尺码,身高cm,体重kg\nM,158-163,48.5-55",
        "尺码 身高(cm) 体重(kg)\nM 158~163 48.5~55",
        "尺码  身高（cm）  体重\nM  158 - 163  48.5 - 55",
        "尺码|身高|体重kg\nM|158到163|48.5—55",
    ],
)
def test_a_chart_is_read_as_people_paste_it(text: str) -> None:
    chart = chart_of(text)
    assert chart is not None and dict(chart.measures) == {"身高": "cm", "体重": "kg"}
    assert dict(chart.rows[0].ranges) == {"身高": (158, 163), "体重": (48.5, 55)}
    assert chart_of(chart_text(chart)) == chart
