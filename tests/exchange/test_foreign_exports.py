"""Exports as the platforms' back offices write them: heads, quotes, units, titles of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.base.errors import UsageError
from server.exchange.orders import read_orders
from server.exchange.products import read_products
from server.exchange.shoppers import read_shoppers
from server.store.shoppers import Member

FOREIGN = Path(__file__).with_name("foreign")


def content(name: str, encoding: str = "gb18030") -> bytes:
    return (FOREIGN / f"{name}.csv").read_bytes().decode("utf-8").encode(encoding)


@pytest.mark.parametrize(
    ("name", "encoding", "first"),
    [
        ("qianniu", "gb18030", ("2024112233445566778", "tb88291", 18900, "加绒卫衣 女", "", 2)),
        ("qianniu-goods", "gb18030",
         ("2024112233445566700", "", 22800, "加绒卫衣；牛仔裤", "颜色：米白；颜色：蓝", 2)),
        ("pinduoduo", "utf-8-sig", ("241121-123456789012345", "", 9400, "加绒卫衣", "米白,M", 1)),
        ("douyin", "utf-8", ("6921234567890123456", "", 9900, "加绒卫衣", "米白 M", 1)),
        ("douyin-tabs", "utf-16", ("6921234567890123457", "", 9900, "加绒卫衣", "", 1)),
        ("kuaishou", "gb18030", ("2332500012345678", "小米粥", 5990, "不粘锅", "28cm", 1)),
        ("jd", "gb18030", ("287654321012", "jd_66aabb", 128900, "保温杯 500ml", "", 1)),
        ("xiaohongshu", "utf-8", ("P701234567890123456", "", 11900, "面霜", "50g", 1)),
        ("weixin", "gb18030", ("3712345678901234567", "阿花", 9900, "卫衣", "米白;M", 1)),
    ],
)  # fmt: skip
def test_orders(name: str, encoding: str, first: tuple[object, ...]) -> None:
    read = read_orders(content(f"orders-{name}", encoding), f"{name}.csv")
    assert read.refused == ()
    one = read.orders[0]
    told = (one.order_id, one.shopper, one.fen, one.product, one.variant, one.quantity)
    assert told == first
    assert one.paid and one.day in ("2026-11-20", "2026-11-21")
    assert "某某" not in repr(read.orders)  # receivers are never read


@pytest.mark.parametrize(
    ("name", "platform", "expected"),
    [
        ("qianniu", "taobao",
         Member("tb88291", "", 235050, 12, "2026-11-20", "店铺VIP会员", ("老客户",))),
        ("jxt", "taobao",
         Member("tb88291", "", 235050, 12, "2026-11-20", "VIP2", ("高消费", "孕妈"))),
        ("douyin", "douyin",
         Member("7123456789012345678", "花花", 56000, 5, "2026-11-20", "LV3")),
        ("jd", "jd", Member("jd_66aabb", "", 128900, 4, "2026-11-01", "PLUS")),
        ("kuaishou", "kuaishou", Member("1234567890", "小米粥", 5990, 1, "2026-11-21")),
    ],
)  # fmt: skip
def test_shoppers(name: str, platform: str, expected: Member) -> None:
    read = read_shoppers(content(f"shoppers-{name}"), f"{name}.csv", platform)
    assert (read.refused, read.members) == ((), (expected,))


@pytest.mark.parametrize(
    ("file", "name", "attributes"),
    [
        ("assistant", "卫衣", {}),
        ("qianniu", "卫衣", {}),
        ("pinduoduo", "卫衣", {"面料材质": "棉", "适用季节": "秋冬"}),
        ("douyin", "加绒卫衣", {"材质": "棉"}),
    ],
)
def test_products(file: str, name: str, attributes: dict[str, str]) -> None:
    read = read_products(content(f"products-{file}"), f"{file}.csv", {})
    assert read.refused == ()
    product = read.products["880101"]
    told = {fact.name: fact.value for fact in product.attributes.values()}
    assert (product.name, told) == (name, attributes)


def test_what_cannot_be_taken_is_named_with_its_row() -> None:
    text = (
        "订单编号,买家会员名,实付金额,付款时间,订单状态\n1.23E+17,a,1,2026-11-21,\n"
        "合计,,10,2026-11-21,\n10001,a,-10,2026-11-21,退款成功\n10002,a,,2026-11-21,\n"
        "10003,a,1,昨天,\n10005,a,1,,\n10004,a,1,2026-11-21,\n"
    )
    read = read_orders(text.encode(), "orders.csv")
    assert [one.order_id for one in read.orders] == ["10004"]
    assert [(one.row, one.code) for one in read.refused] == [
        (2, "cut"),
        (3, "number"),
        (4, "amount_range"),
        (5, "no_amount"),
        (6, "time"),
        (7, "no_time"),
    ]


@pytest.mark.parametrize("heads", ["订单编号,实付", "会员名,昵称", "商品ID,商品标题"])
def test_heads_without_rows_are_told(heads: str) -> None:
    content, name = f"{heads}\n".encode(), "empty.csv"
    with pytest.raises(UsageError, match="heads but no rows"):
        if "订单" in heads:
            read_orders(content, name)
        elif "会员" in heads:
            read_shoppers(content, name, "taobao")
        else:
            read_products(content, name, {})
