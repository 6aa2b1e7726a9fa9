"""Which product is meant, what it fills, and which of its sizes fits."""

from __future__ import annotations

import pytest

from server.base.conversation import Turn
from server.goods import Said, advise, goods_of, meant
from server.goods.naming import perhaps
from server.library import Fact, Product, Shop, SizeChart, SizeRow, parse_moment

CHART = SizeChart(
    {"身高": "cm", "体重": "kg"},
    (
        SizeRow("S", {"身高": (148, 154), "体重": (38, 44)}),
        SizeRow("M", {"身高": (155, 162), "体重": (45, 52)}),
        SizeRow("L", {"身高": (162, 168), "体重": (53, 60)}),
        SizeRow("XL", {"身高": (169, 175), "体重": (61, 70)}),
    ),
    "版型偏大，喜欢合身选小一码。",
)
HOODIE = Product("hoodie", "加绒卫衣", ("卫衣",), ("id=7788",), {"面料": Fact("面料", "棉")}, CHART)
PANTS = Product("pants", "束脚裤", ("裤子",), ("id=77",), {"面料": Fact("面料", "涤纶")})
ZIPPED = Product("zip-hoodie", "拉链加绒卫衣", ("拉链卫衣",))
SHOP = Shop("clothes", products=(HOODIE, PANTS, ZIPPED))


@pytest.mark.parametrize(
    ("height", "kilos", "sizes"),
    [
        (158, 50, ("M",)),
        (155, 45, ("M",)),  # ends are inclusive
        (161, 52, ("M",)),
        (162, 55, ("L",)),
        (162, 52.5, ("M", "L")),  # between the rows
        (158, 55, ("M", "L")),  # the two name neighbours
        (150, 65, ()),  # rows far apart
        (190, 100, ()),  # beyond the chart
        (150, 30, ()),
    ],
)
def test_the_row_and_the_border(height: float, kilos: float, sizes: tuple[str, ...]) -> None:
    assert advise(CHART, Said(values={"身高": height, "体重": kilos})).sizes == sizes


def test_a_border_case_says_both_and_what_the_chart_says() -> None:
    advice = advise(CHART, Said(values={"身高": 158, "体重": 55}, build=-1))
    assert advice.text == "M或L（版型偏大，喜欢合身选小一码）"
    assert "身高155–162cm" in advice.rows[0] and "先看小的" in advice.says


def test_missing_measures_are_named_and_nothing_is_guessed() -> None:
    advice = advise(CHART, Said(values={"体重": 50}))
    assert advice.sizes == () and advice.missing == ("身高",) and "还缺身高" in advice.says
    assert advise(CHART, Said()).says == "还没有说尺寸；还缺身高、体重"
    other = advise(CHART, Said(values={"腰围": 70}))
    assert other.says == "说了腰围70cm，这款的表不看；还缺身高、体重"


def test_height_and_weight_stand_in_for_girths_and_units_are_the_chart_s() -> None:
    rows = (SizeRow("M", {"身高": (155, 162), "体重": (90, 104), "胸围": (80, 90)}),)
    chart = SizeChart({"身高": "cm", "体重": "斤", "胸围": "cm"}, rows)
    assert advise(chart, Said(values={"身高": 160, "体重": 50})).sizes == ("M",)
    assert advise(chart, Said(values={"胸围": 85})).missing == ("身高", "体重")
    feet = SizeChart({"脚长": "mm"}, (SizeRow("38", {"脚长": (236, 240)}),))
    assert advise(feet, Said(values={"脚长": 24})).sizes == ("38",)


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        ({"product": "hoodie"}, "", HOODIE),
        ({"product": "卫衣"}, "", HOODIE),
        ({"product": "2026新款 加绒卫衣 女 宽松"}, "", HOODIE),
        ({"product": "2026新款 拉链加绒卫衣 女"}, "", ZIPPED),
        ({"product_url": "https://shop.example/item?id=7788&spm=1"}, "", HOODIE),
        ({"product_url": "https://shop.example/item?id=77"}, "", PANTS),
        ({"product": "围巾"}, "卫衣什么面料", None),  # the card is of something unknown
        ({}, "卫衣什么面料", HOODIE),
        ({}, "拉链卫衣什么面料", ZIPPED),
        ({}, "卫衣和裤子都有吗", None),
        ({}, "什么面料", None),
    ],
)
def test_the_product_that_is_meant(
    page: dict[str, str], text: str, expected: Product | None
) -> None:
    assert meant(SHOP.products, page, text) is expected


def test_the_last_turns_name_it_within_a_limit() -> None:
    turns = (Turn("shopper", "裤子还有吗"), Turn("agent", "有的"))
    assert meant(SHOP.products, {}, "什么面料", turns) is PANTS
    later = (*turns, *(Turn("shopper", "嗯"),) * 6)
    assert meant(SHOP.products, {}, "什么面料", later) is None


def test_values_are_those_of_the_product_and_time() -> None:
    over = Fact("活动价", "99元", None, parse_moment("2020-01-01"))
    product = Product("a", "甲款", (), (), {"面料": Fact("面料", "麻"), "活动价": over})
    values = goods_of(Shop("s", products=(product,)), {"product": "a"}, "").values
    assert values["商品.面料"] == "麻" and "商品.活动价" not in values


def test_sizes_fill_and_what_is_missing_is_listed() -> None:
    page = {"product": "hoodie"}
    assert goods_of(SHOP, page, "158 100斤穿多大").values["推荐尺码"] == "M"
    asked = goods_of(SHOP, page, "我穿多大")
    assert "推荐尺码" not in asked.values and asked.values["尺码所需"] == "身高、体重"
    two = goods_of(SHOP, page, "我158 100斤 老公170 130斤穿多大")
    assert two.values["推荐尺码"] == "您M、老公XL"


def test_no_chart_no_size() -> None:
    goods = goods_of(SHOP, {"product": "pants"}, "158 100斤穿多大")
    assert goods.advice == () and "推荐尺码" not in goods.values


@pytest.mark.parametrize(
    ("page", "text", "names"),
    [
        ({}, "卫衣和裤子都有吗", ["加绒卫衣", "束脚裤"]),
        ({}, "卫衣什么面料", []),
        ({}, "什么面料", []),
        ({"product": "围巾"}, "卫衣和裤子都有吗", []),
        ({"product": "hoodie"}, "和裤子配吗", []),
    ],
)
def test_what_could_be_meant_is_named_and_not_guessed(
    page: dict[str, str], text: str, names: list[str]
) -> None:
    assert [product.name for product in perhaps(SHOP.products, page, text)] == names
    assert [product.name for product in goods_of(SHOP, page, text).perhaps] == names
