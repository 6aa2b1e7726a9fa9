"""products.yaml: what is read, what is refused with its line, and what is written back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from server.base.errors import LibraryError
from server.library import Shop, load_library
from server.library.product_save import dump_products, edit_products, save_products

CANONICAL = """products:
  - id: fleece-hoodie
    name: 加绒连帽卫衣
    aliases:
      - 连帽卫衣
      - 卫衣
    links:
      - id=7788
    attributes:
      面料: 棉65% 聚酯纤维35%
      双十二价:
        value: 99元
        valid_from: 2026-12-01
        valid_until: 2026-12-12
    size_chart:
      measures: {身高: cm, 体重: kg}
      rows:
        - {尺码: M, 身高: [155, 162], 体重: [45, 52.5]}
        - {尺码: "2XL, 大", 身高: [163, 170], 体重: [53, 60]}
      note: 版型偏大，喜欢合身选小一码
    goes_with:
      - pants
    pushed: true
    images:
      - hoodie.png
  - id: pants
    name: 束脚裤
"""


def shop_of(tmp_path: Path, products: str, scripts: str = "- {id: a, reply: 好}") -> Shop:
    folder = tmp_path / "lib" / "shop-a"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "products.yaml").write_text(products, encoding="utf-8")
    (folder / "scripts.yaml").write_text(f"scripts:\n  {scripts}\n", encoding="utf-8")
    return load_library(tmp_path / "lib").shop("shop-a")


def test_a_product_is_read_whole(tmp_path: Path) -> None:
    hoodie, pants = shop_of(tmp_path, CANONICAL).products
    assert hoodie.names == ("fleece-hoodie", "加绒连帽卫衣", "连帽卫衣", "卫衣")
    assert hoodie.pushed and not pants.pushed and hoodie.goes_with == ("pants",)
    assert hoodie.size_chart is not None and pants.size_chart is None
    assert [row.size for row in hoodie.size_chart.rows] == ["M", "2XL, 大"]
    assert hoodie.size_chart.rows[0].ranges == {"身高": (155, 162), "体重": (45, 52.5)}


def test_an_attribute_holds_in_its_time_only(tmp_path: Path) -> None:
    hoodie = shop_of(tmp_path, CANONICAL).products[0]
    assert hoodie.values_at(datetime(2026, 11, 30)) == {"商品.面料": "棉65% 聚酯纤维35%"}
    assert hoodie.values_at(datetime(2026, 12, 12, 23))["商品.双十二价"] == "99元"


def test_the_canonical_form_comes_back(tmp_path: Path) -> None:
    products = shop_of(tmp_path, CANONICAL).products
    assert dump_products(products) == CANONICAL
    path = tmp_path / "lib" / "shop-a" / "products.yaml"
    assert not save_products(path, {p.id: p for p in products})


def test_an_edit_leaves_other_products_and_comments(tmp_path: Path) -> None:
    text = "# 秋冬\n" + CANONICAL.replace("  - id: pants", "  # 下装\n  - id: pants")
    hoodie, pants = shop_of(tmp_path, text).products
    changed = edit_products(text, {"pants": replace(pants, name="束脚休闲裤")})
    assert changed == text.replace("束脚裤", "束脚休闲裤")
    assert shop_of(tmp_path, edit_products(text, {"pants": None})).products == (hoodie,)
    assert shop_of(tmp_path, edit_products(text, {"pants": None, hoodie.id: None})).products == ()
    new = replace(pants, id="hat", name="毛线帽")
    grown = shop_of(tmp_path, edit_products(text, {"hat": new})).products
    assert [product.id for product in grown] == ["fleece-hoodie", "pants", "hat"]


def test_a_file_of_this_name_may_hold_scripts_too(tmp_path: Path) -> None:
    shop = shop_of(tmp_path, "scripts:\n  - {id: b, reply: 好}\n" + CANONICAL)
    assert {script.id for script in shop.scripts} == {"a", "b"} and len(shop.products) == 2


@pytest.mark.parametrize(
    ("products", "line", "code", "says"),
    [
        ("products: 卫衣\n", 1, "L002", "no list"),
        ("products:\n  - 卫衣\n", 2, "L002", "no table"),
        ("products:\n  - name: 卫衣\n", 2, "L023", "no id"),
        ("products:\n  - id: a\n", 2, "L023", "no name"),
        ("products:\n  - {id: a, name: 甲}\n  - {id: a, name: 乙}\n", 3, "L023", "line 2"),
        ("products:\n  - id: a\n    name: 甲\n    pushed: 也许\n", 4, "L023", "也许"),
        ("products:\n  - id: a\n    name: 甲\n    size_chart: M\n", 4, "L024", "no table"),
        (
            "products:\n  - id: a\n    name: 甲\n    size_chart:\n      measures: {身高: cm}\n",
            5,
            "L024",
            "no rows",
        ),
        (
            "products:\n  - id: a\n    name: 甲\n    size_chart:\n      measures: {肩宽: cm}\n"
            "      rows:\n        - {尺码: M, 肩宽: [1, 2]}\n",
            5,
            "L024",
            "肩宽",
        ),
        (
            "products:\n  - id: a\n    name: 甲\n    size_chart:\n      measures: {身高: kg}\n"
            "      rows:\n        - {尺码: M, 身高: [1, 2]}\n",
            5,
            "L024",
            "身高 is in 'kg'",
        ),
        (
            "products:\n  - id: a\n    name: 甲\n    size_chart:\n      measures: {身高: cm}\n"
            "      rows:\n        - {尺码: M, 身高: [162, 155]}\n",
            7,
            "L024",
            "no range",
        ),
        (
            "products:\n  - id: a\n    name: 甲\n    size_chart:\n      measures: {身高: cm}\n"
            "      rows:\n        - {身高: [155, 162]}\n",
            7,
            "L024",
            "尺码",
        ),
    ],
)
def test_what_is_amiss_is_named_with_its_line(
    tmp_path: Path, products: str, line: int, code: str, says: str
) -> None:
    with pytest.raises(LibraryError) as caught:
        shop_of(tmp_path, products)
    found = [(p.file, p.line, p.code) for p in caught.value.problems]
    assert ("shop-a/products.yaml", line, code) in found
    assert any(says in problem.what for problem in caught.value.problems)
