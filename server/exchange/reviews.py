"""Exports of reviews and public questions (问大家), row by row; wrong rows are named."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from server.base.errors import EntryError
from server.exchange.headed import HeadTable, Refused, RowError, day_of, is_cut, refuse_errors
from server.exchange.limits import RECORDS
from server.exchange.tables import read_grids
from server.work.reviews import Review, stars_of

HEADS: Mapping[str, tuple[str, ...]] = {
    "text": ("评价内容", "评论内容", "首次评价", "评价", "评论", "买家评价", "review", "text"),
    "question": ("问题", "提问内容", "问大家", "提问", "question"),
    "key": ("评价编号", "评价ID", "评论ID", "问题ID", "key"),
    "stars": ("评分", "星级", "评价等级", "评价星级", "商品评分", "描述相符", "评价类型", "stars"),
    "order_id": ("订单编号", "订单号", "主订单编号", "订单ID", "order_id"),
    "shopper": ("买家ID", "买家昵称", "用户昵称", "评价人", "提问人", "买家", "shopper"),
    "product": ("商品标题", "宝贝标题", "商品名称", "商品", "宝贝名称", "product"),
    "day": ("评价时间", "评论时间", "提问时间", "时间", "日期", "day", "date"),
}
_TABLE = HeadTable(HEADS)
_TEXT_LENGTH = 1_000


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """What an export holds, and rows that are none."""

    reviews: tuple[Review, ...]
    refused: tuple[Refused, ...]


def read_reviews(content: bytes, name: str) -> ReviewFile:
    """Reviews and questions of an export.

    Raises UsageError for a broken file, or one without a column of words.
    """
    sheets = _TABLE.sheets_of(read_grids(content, name, RECORDS), frozenset({"text", "question"}))
    if not sheets:
        heads = "、".join((*HEADS["text"][:2], *HEADS["question"][:1]))
        raise EntryError(
            f"{name} has no column of reviews or questions; expected one named {heads}",
            "review_heads", "file", name=name, heads=heads,
        )  # fmt: skip
    found: dict[str, Review] = {}
    refused: list[Refused] = []
    for sheet in sheets:
        for number, row in _TABLE.rows(sheet):
            try:
                review = _review(row)
            except RowError as error:
                refused.append(error.of_row(number))
                continue
            found[review.key] = review
    return ReviewFile(tuple(found.values()), tuple(refused))


def _review(row: Mapping[str, str]) -> Review:
    refuse_errors(row)
    question = row.get("question", "")
    text = (question or row.get("text", ""))[:_TEXT_LENGTH]
    if not text:
        raise RowError("no words (评价内容); every row needs some", "no_words")
    stars = stars_of(row.get("stars", ""))
    if stars is None:
        raise RowError(
            f"stars {row['stars'][:40]!r}; expected 1 to 5, 好评 or 差评", "stars", row["stars"]
        )
    order = row.get("order_id", "")
    if is_cut(order):
        raise RowError(
            f"order number {order} was cut by a spreadsheet; "
            "export again, do not open it in between",
            "cut", order,
        )  # fmt: skip
    day = day_of(row.get("day", ""), "评价时间")
    whole = "\x1f".join((order, row.get("shopper", ""), row.get("product", ""), day, text))
    key = row.get("key") or hashlib.sha256(whole.encode()).hexdigest()[:24]
    return Review(
        "question" if question else "review", key, order, row.get("shopper", ""),
        row.get("product", ""), stars, text, day,
    )  # fmt: skip
