"""Order exports of the platforms' back offices, row by row; wrong rows are named and left out.

Receivers, phones and addresses are never read. An order that stands in several rows (one a
product) is one order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.base.errors import EntryError
from server.base.times import utc_text
from server.exchange.dates import moment_of
from server.exchange.grids import Grid
from server.exchange.headed import (
    NOTHING_CHOSEN,
    Chosen,
    HeadTable,
    Refused,
    RowError,
    count_of,
    day_of,
    fen_of,
    is_cut,
    refuse_empty,
    refuse_errors,
)
from server.exchange.limits import RECORDS
from server.exchange.tables import read_grids
from server.metrics.clock import DEFAULT_ZONE
from server.shoppers.orders import is_closed
from server.store.quality.orders import Order

# Heads by field, as 千牛, 拼多多, 抖店, 快手 and 京东 export them; of several the first with a
# value counts, so what was paid stands before what was due.
HEADS: Mapping[str, tuple[str, ...]] = {
    "order_id": ("主订单编号", "订单编号", "订单号", "订单ID", "order_id"),
    "part": ("子订单编号", "子订单号", "商品单号"),
    "shopper": ("买家ID", "买家会员名", "买家昵称", "买家账号", "用户账号", "下单帐号", "下单账号",
                "客户昵称", "买家", "shopper", "shopper_id"),
    "agent": ("客服", "接待客服", "agent"),
    "amount": ("买家实际支付金额", "用户实付金额(元)", "用户实付金额", "实付金额", "实付款", "实付",
               "订单实际支付金额", "实际支付金额", "订单实付金额", "支付金额",
               "商家实收金额(元)", "商家实收金额", "实收款", "订单应付金额", "应付金额", "应付款",
               "结算金额", "订单金额", "总金额", "金额", "amount"),
    "paid": ("是否付款", "付款状态", "paid"),
    "paid_at": ("订单付款时间", "付款时间", "支付时间", "支付完成时间", "付款确认时间"),
    "ordered_at": ("订单成交时间", "订单创建时间", "下单时间", "订单下单时间", "订单提交时间",
                   "拍下时间", "日期", "day", "date"),
    "received_at": ("签收时间", "确认收货时间", "收货时间", "订单完成时间", "完成时间",
                    "received_at"),
    "status": ("订单状态", "交易状态", "状态", "status"),
    "product": ("商品标题", "宝贝标题", "标题", "商品名称", "选购商品", "商品", "宝贝名称",
                "product"),
    "variant": ("商品规格", "规格", "商品属性", "销售属性", "规格名称", "variant"),
    "quantity": ("商品数量(件)", "商品数量", "宝贝总数量", "购买数量", "订购数量", "成交数量",
                 "购买件数", "SKU件数", "件数", "数量",
                 "quantity"),
}  # fmt: skip
_TABLE = HeadTable(HEADS)
_ID = re.compile(r"[A-Za-z0-9][\w.-]{2,63}")
_UNPAID = re.compile(r"(?:等待|待)(?:买家)?(?:付款|支付)|未付款|未支付|取消|关闭")
_NO = frozenset({"否", "未付款", "0", "false", "no", "n", "待付款", "已取消"})


@dataclass(frozen=True, slots=True)
class OrderFile:
    """What an export holds: orders in order, the first row of each, and rows that are none."""

    orders: tuple[Order, ...]
    refused: tuple[Refused, ...]
    rows: Mapping[str, int] = field(default_factory=dict)


def read_orders(content: bytes, name: str, zone: ZoneInfo = DEFAULT_ZONE) -> OrderFile:
    """The orders of an export, its times by the clock of `zone`.

    Raises UsageError for a broken file, or one without order numbers.
    """
    return orders_of(read_grids(content, name, RECORDS), name, zone)


def orders_of(
    grids: Sequence[Grid], name: str, zone: ZoneInfo, chosen: Chosen = NOTHING_CHOSEN
) -> OrderFile:
    """The orders of sheets that were read; `chosen` says what the columns of some heads are.

    Raises EntryError when no column holds order numbers.
    """
    orders: dict[str, Order] = {}
    parts: set[tuple[str, str]] = set()
    refused: list[Refused] = []
    rows: dict[str, int] = {}
    for number, row in _rows(grids, name, chosen):
        try:
            order, part = _order(row, zone)
        except RowError as error:
            refused.append(error.of_row(number))
            continue
        before = orders.get(order.order_id)
        if before is None:
            orders[order.order_id] = order
            rows[order.order_id] = number
        else:
            orders[order.order_id] = _joined(before, order, by_part=bool(part))
        if part and (order.order_id, part) in parts:
            orders[order.order_id] = before or order
        parts.add((order.order_id, part))
    refuse_empty(name, orders, refused)
    return OrderFile(tuple(orders.values()), tuple(refused), rows)


def order_field(head: str, chosen: Chosen) -> str:
    """The field that a head names, "" for none."""
    return _TABLE.with_columns(chosen).field_of(head)


def _rows(grids: Sequence[Grid], name: str, chosen: Chosen) -> Iterator[tuple[int, dict[str, str]]]:
    table = _TABLE.with_columns(chosen)
    sheets = table.sheets_of(grids, frozenset({"order_id"}))
    if not sheets:
        heads = "、".join(HEADS["order_id"][:3])
        raise EntryError(
            f"{name} has no column of order numbers; expected one named {heads}; choose the export "
            "of orders",
            "order_heads", "file", name=name, heads=heads,
        )  # fmt: skip
    for sheet in sheets:
        yield from table.rows(sheet)


def _order(row: Mapping[str, str], zone: ZoneInfo) -> tuple[Order, str]:
    """The order of a row, and which part of it the row is. Raises RowError."""
    refuse_errors(row)
    status = row.get("status", "")
    paid = row["paid"].lower() not in _NO if "paid" in row else not _UNPAID.search(status)
    ordered, paid_at = (_clock(row.get(head, "")) for head in ("ordered_at", "paid_at"))
    received = None if is_closed(status) or not paid else _clock(row.get("received_at", ""))
    took = (paid_at - ordered) // timedelta(minutes=1) if paid_at and ordered and paid else None
    return Order(
        order_id=_id(row),
        shopper=row.get("shopper", ""),
        agent=row.get("agent", ""),
        fen=_fen(row.get("amount", "")),
        paid=int(paid),
        day=_day(row),
        product=row.get("product", ""),
        variant=row.get("variant", ""),
        quantity=count_of(row.get("quantity", ""), "quantity"),
        status=status,
        ordered_at=utc_text(ordered.replace(tzinfo=zone)) if ordered else "",
        pay_minutes=took if took is not None and took >= 0 else None,
        closed=int(is_closed(status)),
        received_at=utc_text(received.replace(tzinfo=zone)) if received else "",
    ), row.get("part", "")


def _clock(text: str) -> datetime | None:
    """The moment that a cell names to the minute (naive, the shop's), None for a bare day."""
    moment = moment_of(text)
    return moment.first if moment is not None and moment.first.time() != time() else None


def _id(row: Mapping[str, str]) -> str:
    text = row.get("order_id", "")
    if not text:
        raise RowError("no order number (订单编号); every row needs one", "no_number")
    if is_cut(text):
        raise RowError(
            f"order number {text} was cut by a spreadsheet; "
            "export again, do not open it in between",
            "cut", text,
        )  # fmt: skip
    if not _ID.fullmatch(text):
        raise RowError(f"order number {text[:40]!r}; expected letters and digits", "number", text)
    return text


def _fen(text: str) -> int:
    if not text:
        raise RowError("no amount (实付金额); every row needs one", "no_amount")
    return fen_of(text)


def _day(row: Mapping[str, str]) -> str:
    return day_of(row.get("paid_at") or row.get("ordered_at") or "", "付款时间, 下单时间")


def _joined(one: Order, other: Order, *, by_part: bool) -> Order:
    """Two rows of one order: goods and pieces together; what was paid a part, or for all of it."""
    return replace(
        one,
        fen=one.fen + other.fen if by_part else max(one.fen, other.fen),
        product=_both(one.product, other.product),
        variant=_both(one.variant, other.variant),
        quantity=one.quantity + other.quantity,
        status=one.status if one.status == other.status else _both(one.status, other.status),
        paid=max(one.paid, other.paid),
        closed=min(one.closed, other.closed),
        # Several parcels: care begins when all of it is there.
        received_at=max(one.received_at, other.received_at),
    )


def _both(one: str, other: str) -> str:
    kept: Sequence[str] = [text for text in dict.fromkeys((*one.split("；"), other)) if text]
    return "；".join(kept)
