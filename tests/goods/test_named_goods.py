"""Which product messages mean that carry no card: by name, and by words that mean one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from server.base.conversation import Turn
from server.base.yaml_files import read_yaml, to_plain
from server.goods import meant
from server.goods.naming import perhaps
from server.library import Product

FOLDER = Path(__file__).parents[2] / "knowledge" / "named_goods"


@cache
def goods() -> dict[str, tuple[Product, ...]]:
    listed: Any = to_plain(read_yaml(FOLDER / "shops.yaml"))
    return {
        shop: tuple(Product(p["id"], p["name"], tuple(p["aliases"])) for p in products)
        for shop, products in listed.items()
    }


@cache
def messages() -> Sequence[dict[str, Any]]:
    lines = (FOLDER / "messages.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def outcome(row: dict[str, Any]) -> str:
    products = goods()[row["shop"]]
    product = meant(products, {}, row["message"])
    if product is not None:
        return "right" if product.id == row["product"] else "wrong"
    if perhaps(products, {}, row["message"]):
        return "asked"
    return "silent"


def test_the_wrong_product_is_meant_by_one_message_in_a_hundred_at_most() -> None:
    counted = Counter(outcome(row) for row in messages())
    assert counted["wrong"] <= 0.01 * len(messages()), counted


def test_of_shops_that_no_word_was_written_for_most_named_products_are_found() -> None:
    unseen = [row for row in messages() if row["set"] == "unseen" and row["product"]]
    counted = Counter(outcome(row) for row in unseen)
    assert counted["right"] >= 0.75 * len(unseen), counted


def test_two_that_could_be_meant_are_asked_for() -> None:
    open_to = [row for row in messages() if row.get("could")]
    counted = Counter(outcome(row) for row in open_to)
    assert counted["asked"] >= 0.7 * len(open_to), counted


HOODIE = Product("hoodie", "加绒连帽卫衣")
JEANS = Product("jeans", "直筒牛仔裤")
TENTS = (Product("two", "双人速开帐篷"), Product("four", "四人露营帐篷 240cm"))
SHOP = (HOODIE, JEANS, Product("quilt", "桑蚕丝被", (), ()), *TENTS)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("裤子掉色吗", ["jeans"]),
        ("这条裤掉色吗", ["jeans"]),
        ("卫衣厚吗", ["hoodie"]),
        ("被子能洗吗", ["quilt"]),
        ("连帽的那件有绒吗", ["hoodie"]),
        ("双人的帐篷睡得下吗", ["two"]),
        ("四人的能站直吗", ["four"]),
        ("240的多重", ["four"]),
        ("帐篷好搭吗", ["two", "four"]),
        ("裤子和卫衣都要", ["jeans", "hoodie"]),
        # About another thing than the shop's, or about goods in general.
        ("配什么裤子好看", []),
        ("我平时裤子穿28", []),
        ("有没有短裤子", []),
        ("被套有吗", []),
        ("裤子有吗", []),
        ("帐篷推荐一个", []),
        ("羽绒裤子有货不", []),
        ("棉的还是化纤的", []),
        ("什么时候发货", []),
    ],
)
def test_what_words_mean(text: str, names: list[str]) -> None:
    product = meant(SHOP, {}, text)
    found = [product.id] if product else [p.id for p in perhaps(SHOP, {}, text)]
    assert sorted(found) == sorted(names)


def test_what_a_line_leaves_open_an_earlier_one_may_have_told() -> None:
    turns = (Turn("shopper", "双人速开帐篷有货吗"), Turn("agent", "有的"))
    assert meant(SHOP, {}, "帐篷防雨吗", turns) is TENTS[0]
    assert meant(SHOP, {}, "四人的帐篷呢", turns) is TENTS[1]
    # Two things that are both named are two, whatever came before.
    assert meant(SHOP, {}, "帐篷和裤子都要", turns) is None
    many = tuple(Product(f"t{n}", f"{n}号露营帐篷") for n in range(9))
    assert perhaps(many, {}, "帐篷防雨吗") == () and meant(many, {}, "帐篷防雨吗") is None


def test_a_newer_line_means_another_and_names_go_with_meanings() -> None:
    turns = (Turn("shopper", "加绒连帽卫衣有货吗"), Turn("agent", "有的"))
    assert meant(SHOP, {}, "几天到", turns) is HOODIE
    assert meant(SHOP, {}, "裤子呢", turns) is JEANS
    assert perhaps(SHOP, {}, "直筒牛仔裤和卫衣一起洗吗") == (JEANS, HOODIE)
    assert meant(SHOP, {}, "直筒牛仔裤，这条裤子掉色吗") is JEANS
    assert meant(SHOP, {"product": "围巾"}, "裤子掉色吗") is None
