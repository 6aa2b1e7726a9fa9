"""Orders and products from the platforms' exports, by the command."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.__main__ import main
from server.exchange.orders import read_orders
from server.library import load_library
from tests.exchange.test_guard import workbook

QIANNIU = (
    "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,收货地址,联系手机,"
    "订单创建时间,订单付款时间,宝贝标题,宝贝总数量\n"
    '="1234567890123456789",小**花 13812345678,99,89.90,买家已付款,张三,杭州某路1号,13900001111,'
    "2026-11-20 10:00:00,2026-11-20 10:05:00,加绒卫衣,2\n"
)
PINDUODUO = (
    "商品,订单号,订单状态,商品总价(元),商家实收金额(元),商品数量(件),商品规格,支付时间,收货人,手机\n"
    '加绒卫衣,261120-123456789012345,已收货,99,89.9,1,"黑,M",2026-11-20 10:05:00,李四,13900001111\n'
)
DOUDIAN = (
    "主订单编号,子订单编号,选购商品,商品规格,商品数量,订单应付金额,订单提交时间,订单状态\n"
    "'6901234567890123456,'1,加绒卫衣,黑M,1,50,2026/11/20 10:05,已完成\n"
    "'6901234567890123456,'2,牛仔裤,蓝28,1,39.9,2026/11/20 10:05,已完成\n"
)
JD = (
    "订单号,订单状态,下单帐号,下单时间,结算金额,商品名称,订购数量\n"
    "301234567890,等待付款,jd_abc,2026-11-20 10:05:00,89.9,加绒卫衣,1\n"
)
KUAISHOU = (
    "订单编号,订单状态,实付款,商品名称,商品规格,购买数量,支付时间,买家昵称\n"
    "2632412345678901,已发货,89.90,加绒卫衣,黑M,1,2026-11-20 10:05:00,花花\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "lib" / "a"
    folder.mkdir(parents=True)
    (folder / "shop.yaml").write_text("name: 甲\nplatforms: [taobao, jd]\n", "utf-8")
    (folder / "s.yaml").write_text("scripts:\n  - {id: a, reply: 好}\n", "utf-8")
    return tmp_path


def bring(root: Path, text: str | bytes, *more: str, name: str = "orders.csv") -> int:
    file = root / name
    file.write_bytes(text.encode("gb18030") if isinstance(text, str) else text)
    where = ["--library", str(root / "lib"), "--data", str(root / "data")]
    return main(["import", str(file), "--shop", "a", *where, *more])


def rows(root: Path) -> list[tuple[object, ...]]:
    base = sqlite3.connect(root / "data" / "bangda.db")
    try:
        return base.execute(
            "SELECT platform, order_id, shopper, fen, paid, day, product, quantity, status "
            "FROM orders ORDER BY order_id"
        ).fetchall()
    finally:
        base.close()


@pytest.mark.parametrize(
    ("text", "order_id", "fen", "paid", "quantity"),
    [
        (QIANNIU, "1234567890123456789", 8990, 1, 2),
        (PINDUODUO, "261120-123456789012345", 8990, 1, 1),
        (DOUDIAN, "6901234567890123456", 8990, 1, 2),
        (JD, "301234567890", 8990, 0, 1),
        (KUAISHOU, "2632412345678901", 8990, 1, 1),
    ],
    ids=["qianniu", "pinduoduo", "doudian", "jd", "kuaishou"],
)
def test_usual_heads(text: str, order_id: str, fen: int, paid: int, quantity: int) -> None:
    read = read_orders(text.encode("utf-8-sig"), "a.csv")
    assert read.refused == ()
    (order,) = read.orders
    assert (order.order_id, order.fen, order.paid, order.quantity) == (
        order_id,
        fen,
        paid,
        quantity,
    )
    assert order.day == "2026-11-20" and "加绒卫衣" in order.product


def test_contact_data_is_masked_and_receivers_are_never_kept(shop: Path) -> None:
    assert bring(shop, QIANNIU, "--as", "orders", "--platform", "taobao") == 0
    assert rows(shop)[0][1] == "1234567890123456789"
    raw = (shop / "data" / "bangda.db").read_bytes()
    raw += b"".join(f.read_bytes() for f in (shop / "data").glob("bangda.db-*"))
    for secret in ("13812345678", "13900001111", "张三", "杭州某路"):
        assert secret.encode() not in raw


def test_the_same_file_again_changes_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--as", "orders", "--platform", "jd")
    assert bring(shop, JD, *more, "--dry-run") == 0
    assert "1 would be written" in capsys.readouterr().out
    assert not (shop / "data").exists()
    assert bring(shop, JD, *more) == 0
    before = rows(shop)
    capsys.readouterr()
    assert bring(shop, JD, *more) == 0
    assert "0 new, 0 changed, 1 same" in capsys.readouterr().out
    assert rows(shop) == before
    assert bring(shop, JD.replace("等待付款", "已完成"), *more) == 0
    assert rows(shop)[0][4] == 1


def test_wrong_rows_are_refused_with_number_and_reason(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = (
        "1.23457E+17,完成,a,2026-11-20,10,x,1\n,完成,a,2026-11-20,10,x,1\n"
        "301234567891,完成,a,2026-11-20,十元,x,1\n301234567892,完成,a,11-20,10,x,1\n"
    )
    assert bring(shop, JD + bad, "--as", "orders", "--platform", "jd") == 1
    printed = capsys.readouterr().out
    for row, reason in ((3, "cut by a spreadsheet"), (4, "订单编号"), (5, "十元"), (6, "11-20")):
        assert any(f":{row} refused" in x and reason in x for x in printed.splitlines())
    assert len(rows(shop)) == 1


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        (JD, (), "--platform"),
        ("话术,回复\na,b\n", ("--platform", "jd"), "订单编号"),
        (b"PK\x03\x04broken", ("--platform", "jd"), "xlsx"),
    ],
)
def test_nothing_of_a_file_that_cannot_be_used_is_written(
    shop: Path, capsys: pytest.CaptureFixture[str], text: str, more: tuple[str, ...], says: str
) -> None:
    assert bring(shop, text, "--as", "orders", *more) == 2
    assert says in capsys.readouterr().err
    assert not (shop / "data").exists()


def test_products_come_in_with_their_attributes_and_keep_their_charts(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "lib" / "a" / "products.yaml"
    path.write_text(
        'products:\n  - id: "7788"\n    name: 旧名\n    size_chart:\n'
        "      measures: {身高: cm}\n      rows:\n        - {尺码: M, 身高: [155, 162]}\n",
        "utf-8",
    )
    table = workbook(
        {
            "商品": [
                ["商品ID", "商品标题", "别名", "面料", "价格", "主推"],
                ["7788", "加绒卫衣", "卫衣、连帽卫衣", "棉", "99", "是"],
                ["7789", "牛仔裤", "", "棉98%", "129", ""],
                ["", "没有编号", "", "", "", ""],
            ]
        }
    )
    assert bring(shop, table, "--as", "products", name="p.xlsx") == 1
    assert "p.xlsx:4 refused no id" in capsys.readouterr().out
    hoodie, jeans = load_library(shop / "lib").shop("a").products
    assert hoodie.name == "加绒卫衣" and hoodie.size_chart is not None and hoodie.pushed
    assert hoodie.aliases == ("卫衣", "连帽卫衣") and hoodie.attributes["面料"].value == "棉"
    assert set(jeans.attributes) == {"面料"}
    before = path.read_bytes()
    assert bring(shop, table, "--as", "products", name="p.xlsx") == 1
    assert "0 new, 0 changed, 2 same" in capsys.readouterr().out and path.read_bytes() == before
