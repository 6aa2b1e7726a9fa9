"""Ratings and orders from the platforms' exports (csv or xlsx)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import sqlite_utils

from server.base.errors import UsageError
from server.store.database import Database
from server.store.quality.audit import Audit, extend
from server.text.masking import mask

MOST_ROWS: Final = 200_000
_RATINGS: Final = {
    "满意": "satisfied", "好评": "satisfied", "satisfied": "satisfied",
    "一般": "neutral", "中评": "neutral", "neutral": "neutral",
    "失望": "disappointed", "不满意": "disappointed", "差评": "disappointed",
    "disappointed": "disappointed",
}  # fmt: skip
# Column names that exports use, by the field they fill.
_HEADS: Final[dict[str, tuple[str, ...]]] = {
    "key": ("会话ID", "会话编号", "评价编号", "conversation_id", "key"),
    "rating": ("评价", "满意度", "评价结果", "rating"),
    "order_id": ("订单号", "订单编号", "order_id"),
    "shopper": ("买家ID", "买家", "买家昵称", "shopper", "shopper_id"),
    "amount": ("实付金额", "金额", "实收款", "amount"),
    "paid": ("是否付款", "付款状态", "paid"),
    "agent": ("客服", "接待客服", "agent"),
    "day": ("日期", "付款时间", "评价时间", "下单时间", "day", "date"),
}
_NO = {"否", "未付款", "0", "false", "no", "n", "待付款", "已取消"}


def read_table(name: str, content: bytes) -> list[dict[str, Any]]:
    """The rows of a csv (UTF-8 or GB18030) or xlsx file by head. Raises UsageError."""
    rows = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    if not rows:
        raise UsageError("file is empty; expected a line of column names and lines below it")
    heads = [str(cell or "").strip() for cell in rows[0]]
    return [dict(zip(heads, row, strict=False)) for row in rows[1:] if any(row)]


def _csv(content: bytes) -> list[Sequence[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return _limited(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as error:
            raise UsageError(f"file is no csv ({error}); save it as csv or xlsx") from error
    raise UsageError("file is neither UTF-8 nor GB18030; save it as csv (UTF-8) or xlsx")


def _xlsx(content: bytes) -> list[Sequence[Any]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return _limited(book.active.iter_rows(values_only=True))
    except Exception as error:
        # openpyxl raises whatever its zip and XML readers raise on a broken file.
        raise UsageError(f"file is no xlsx that can be read ({type(error).__name__})") from error


def _limited(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    found: list[Sequence[Any]] = []
    for row in rows:
        if len(found) > MOST_ROWS:
            raise UsageError(f"file has more than {MOST_ROWS} lines; split it by month")
        found.append(row)
    return found


class Imports:
    """Writes ratings and orders; the same line again changes nothing but its values."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def ratings(self, rows: list[dict[str, Any]], shop: str, platform: str, who: str) -> int:
        """How many ratings were taken. Raises UsageError naming the first bad line."""
        found = []
        for number, row in enumerate(rows, start=2):
            rating = _RATINGS.get(_cell(row, "rating", number).lower())
            if rating is None:
                given = _cell(row, "rating", number)
                raise UsageError(f"line {number}: rating is {given!r}; expected 满意, 一般 or 失望")
            key = mask(_cell(row, "key", number))
            day = _day(row, number)
            found.append((shop, platform, key, _cell(row, "agent"), rating, day))
        sql = (
            "INSERT INTO ratings (shop, platform, key, agent, rating, day) VALUES (?,?,?,?,?,?) "
            "ON CONFLICT (shop, platform, key) DO UPDATE SET rating = excluded.rating, "
            "agent = excluded.agent, day = excluded.day"
        )
        return self._write(sql, found, "ratings", shop, who)

    def orders(self, rows: list[dict[str, Any]], shop: str, platform: str, who: str) -> int:
        """How many orders were taken. Raises UsageError naming the first bad line."""
        found = []
        for number, row in enumerate(rows, start=2):
            order, shopper = _cell(row, "order_id", number), mask(_cell(row, "shopper"))
            paid = int(_cell(row, "paid").lower() not in _NO)
            fen = _fen(_cell(row, "amount", number), number)
            day = _day(row, number)
            found.append((shop, platform, order, shopper, _cell(row, "agent"), fen, paid, day))
        sql = (
            "INSERT INTO orders (shop, platform, order_id, shopper, agent, fen, paid, day) "
            "VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (shop, platform, order_id) DO UPDATE SET "
            "fen = excluded.fen, paid = excluded.paid, agent = excluded.agent, day = excluded.day"
        )
        return self._write(sql, found, "orders", shop, who)

    def _write(self, sql: str, rows: list[tuple[Any, ...]], what: str, shop: str, who: str) -> int:
        def job(db: sqlite_utils.Database) -> int:
            db.conn.executemany(sql, rows)
            extend(db, "import", who, what, {"shop": shop, "lines": len(rows)})
            return len(rows)

        return self._audit.commit(job)


def _cell(row: Mapping[str, Any], field: str, line: int = 0) -> str:
    for head in _HEADS[field]:
        value = row.get(head)
        if value is not None and str(value).strip():
            return str(value).strip()
    if line:
        heads = " / ".join(_HEADS[field])
        raise UsageError(f"line {line} has no {field}; expected a column named {heads}")
    return ""


def _fen(text: str, line: int) -> int:
    try:
        yuan = Decimal(text.replace(",", "").removeprefix("¥").removeprefix("￥"))
    except InvalidOperation as error:
        raise UsageError(f"line {line}: amount is {text!r}; expected yuan, as 59.90") from error
    if not 0 <= yuan < 10_000_000:
        raise UsageError(f"line {line}: amount is {text!r}; expected 0 to 10 million yuan")
    return int(yuan * 100)


def _day(row: Mapping[str, Any], line: int) -> str:
    for head in _HEADS["day"]:
        value = row.get(head)
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
    text = _cell(row, "day", line).replace("/", "-").replace(".", "-")
    try:
        return datetime.strptime(text.split()[0].split("T")[0], "%Y-%m-%d").date().isoformat()
    except ValueError as error:
        raise UsageError(f"line {line}: day is {text!r}; expected 2026-11-21") from error
