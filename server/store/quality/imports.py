"""Ratings and orders from the platforms' exports, as rows by head."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from server.base.errors import EntryError
from server.store.database import Database, Writing
from server.store.quality.audit import Audit, extend

# Where a row keeps its number in the file.
LINE: Final = "#"
_CUT = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{2}")
_RATINGS: Final = {
    "满意": "satisfied", "好评": "satisfied", "satisfied": "satisfied",
    "一般": "neutral", "中评": "neutral", "neutral": "neutral",
    "失望": "disappointed", "不满意": "disappointed", "差评": "disappointed",
    "disappointed": "disappointed",
}  # fmt: skip
# Column names that exports use, by the field they fill.
HEADS: Final[dict[str, tuple[str, ...]]] = {
    "key": ("会话ID", "会话编号", "评价编号", "conversation_id", "key"),
    "rating": ("评价", "满意度", "评价结果", "rating"),
    "order_id": ("订单号", "订单编号", "order_id"),
    "shopper": ("买家ID", "买家", "买家昵称", "shopper", "shopper_id"),
    "amount": ("实付金额", "金额", "实收款", "amount"),
    "paid": ("是否付款", "付款状态", "paid"),
    "agent": ("客服", "接待客服", "agent"),
    "day": ("日期", "付款时间", "评价时间", "下单时间", "day", "date"),
}
_IDS = frozenset({"key", "order_id", "shopper"})
_NO = {"否", "未付款", "0", "false", "no", "n", "待付款", "已取消"}


class Imports:
    """Writes ratings and orders; the same line again changes nothing but its values."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def ratings(self, rows: list[dict[str, Any]], shop: str, platform: str, who: str) -> int:
        """How many ratings were taken. Raises UsageError naming the first bad line."""
        found = []
        for place, row in enumerate(rows, start=2):
            number = row.get(LINE, place)
            rating = _RATINGS.get(_cell(row, "rating", number).lower())
            if rating is None:
                given = _cell(row, "rating", number)
                raise EntryError(
                    f"line {number}: rating is {given!r}; expected 满意, 一般 or 失望",
                    "line_rating", "file", line=number, found=given,
                )  # fmt: skip
            key = self._db.ids.kept_id(_cell(row, "key", number))
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
        for place, row in enumerate(rows, start=2):
            number = row.get(LINE, place)
            order, shopper = (
                _cell(row, "order_id", number),
                self._db.ids.kept_id(_cell(row, "shopper", number, needed=False)),
            )
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
        def job(db: Writing) -> int:
            db.executemany(sql, rows)
            extend(db, "import", who, what, {"shop": shop, "lines": len(rows)})
            return len(rows)

        return self._audit.commit(job)


def _cell(row: Mapping[str, Any], field: str, line: int = 0, *, needed: bool = True) -> str:
    for head in HEADS[field]:
        value = row.get(head)
        text = "" if value is None else str(value).strip()
        if text and field in _IDS and _CUT.fullmatch(text):
            raise EntryError(
                f"line {line}: {field} is {text}, a number that a spreadsheet cut; expected text; "
                "export it again and do not open it in between",
                "line_cut", "file", line=line, found=text,
            )  # fmt: skip
        if text:
            return text
    if line and needed:
        heads = " / ".join(HEADS[field])
        raise EntryError(
            f"line {line} has no {field}; expected a column named {heads}",
            "line_column", "file", line=line, heads=heads,
        )  # fmt: skip
    return ""


def _fen(text: str, line: int) -> int:
    try:
        yuan = Decimal(text.replace(",", "").removeprefix("¥").removeprefix("￥"))
    except InvalidOperation as error:
        raise EntryError(
            f"line {line}: amount is {text!r}; expected yuan, as 59.90",
            "line_yuan", "file", line=line, found=text,
        ) from error  # fmt: skip
    if not 0 <= yuan < 10_000_000:
        raise EntryError(
            f"line {line}: amount is {text!r}; expected 0 to 10 million yuan",
            "line_yuan", "file", line=line, found=text,
        )  # fmt: skip
    return int(yuan * 100)


def _day(row: Mapping[str, Any], line: int) -> str:
    for head in HEADS["day"]:
        value = row.get(head)
        if isinstance(value, datetime):
            return value.date().isoformat()
        if isinstance(value, date):
            return value.isoformat()
    text = _cell(row, "day", line).replace("/", "-").replace(".", "-")
    try:
        return datetime.strptime(text.split()[0].split("T")[0], "%Y-%m-%d").date().isoformat()
    except ValueError as error:
        raise EntryError(
            f"line {line}: day is {text!r}; expected 2026-11-21",
            "line_day", "file", line=line, found=text,
        ) from error  # fmt: skip
