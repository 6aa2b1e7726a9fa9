"""Lists of members and customers as platforms export them; wrong rows are named and left out.

Phones, receivers, addresses and birthdays are never read. A row names its shopper by the
platform's id; a masked name does not, since several people bear it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.base.errors import EntryError
from server.exchange.grids import Grid
from server.exchange.headed import (
    NOTHING_CHOSEN,
    Chosen,
    Heads,
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
from server.shoppers import is_identity
from server.store.shoppers import Member

# Heads by field, as 千牛 (客户运营), 抖店, 快手, 拼多多 and 京东 export members and customers.
HEADS: Heads = {
    "shopper_id": ("买家ID", "用户ID", "客户ID", "会员ID", "买家会员名", "会员名", "旺旺名",
                   "旺旺昵称", "客户信息", "用户账号", "会员账号", "客户账号", "用户PIN",
                   "下单帐号", "下单账号", "买家账号", "shopper_id", "shopper"),
    "name": ("客户昵称", "买家昵称", "用户昵称", "会员昵称", "昵称", "客户名称", "买家", "name"),
    "level": ("会员等级", "客户等级", "会员级别", "店铺会员等级", "等级", "level"),
    "amount": ("累计消费金额", "累计交易金额", "累计支付金额", "交易总额", "交易总金额", "交易金额",
               "消费总额", "消费金额", "成交金额", "累计成交金额",
               "累计付款金额", "付款金额", "amount"),
    "orders": ("累计消费次数", "累计交易笔数", "累计支付订单数", "累计成交订单数", "交易笔数",
               "交易次数", "成交笔数", "成交订单数", "消费次数", "购买次数", "下单次数", "订单数",
               "累计付款次数", "付款次数", "orders"),
    "last_day": ("最近交易时间", "最近一次交易时间", "上次交易时间", "最后交易时间", "最近消费时间",
                 "最近支付时间", "最近下单时间", "最近购买时间", "最近成交时间",
                 "最后付款时间", "最近付款时间", "最后下单时间", "last_day"),
    "groups": ("客户分组", "会员分组", "所属分组", "分组", "人群标签", "客户标签", "会员标签",
               "标签", "groups"),
    "remark": ("备注", "客户备注", "会员备注", "remark"),
}  # fmt: skip
_TABLE = HeadTable(HEADS)
_LONGEST_NAME, _LONGEST_REMARK, _MOST_GROUPS = 40, 500, 20
_NO_LEVEL = frozenset({"", "-", "无", "非会员", "未入会", "0"})


@dataclass(frozen=True, slots=True)
class ShopperFile:
    """What a list holds: members in order, the row of each, and rows that are none."""

    members: tuple[Member, ...]
    refused: tuple[Refused, ...]
    rows: Mapping[str, int] = field(default_factory=dict)


def read_shoppers(content: bytes, name: str, platform: str) -> ShopperFile:
    """The members of a platform's list. Raises UsageError for a broken file, or without ids."""
    return shoppers_of(read_grids(content, name, RECORDS), name, platform)


def shoppers_of(
    grids: Sequence[Grid], name: str, platform: str, chosen: Chosen = NOTHING_CHOSEN
) -> ShopperFile:
    """The members on sheets that were read; `chosen` says what the columns of some heads are.

    Raises EntryError when no column names shoppers.
    """
    table = _TABLE.with_columns(chosen)
    sheets = table.sheets_of(grids, frozenset({"shopper_id", "name"}))
    if not sheets:
        heads = "、".join(HEADS["shopper_id"][:3])
        raise EntryError(
            f"{name} has no column of shoppers; expected one named {heads}; choose the export of "
            "members or customers",
            "shopper_heads", "file", name=name, heads=heads,
        )  # fmt: skip
    found: dict[str, Member] = {}
    rows: dict[str, int] = {}
    refused: list[Refused] = []
    for number, row in (pair for sheet in sheets for pair in table.rows(sheet)):
        try:
            member = _member(row, platform)
            if member.shopper_id in found:
                told = f"shopper {member.shopper_id} stands in the file twice"
                raise RowError(told, "shopper_twice", member.shopper_id)
        except RowError as error:
            refused.append(error.of_row(number))
            continue
        found[member.shopper_id], rows[member.shopper_id] = member, number
    refuse_empty(name, found, refused)
    return ShopperFile(tuple(found.values()), tuple(refused), rows)


def shopper_field(head: str, chosen: Chosen) -> str:
    """The field that a head names, "" for none."""
    return _TABLE.with_columns(chosen).field_of(head)


def _member(row: Mapping[str, str], platform: str) -> Member:
    refuse_errors(row)
    shopper_id = _id(row, platform)
    level = row.get("level", "")
    day = row.get("last_day", "")
    return Member(
        shopper_id=shopper_id,
        name=_short(row.get("name", ""), "name (昵称)"),
        fen=fen_of(row["amount"]) if "amount" in row else 0,
        orders=count_of(row.get("orders", ""), "number of orders"),
        last_day=day_of(day, "最近交易时间") if day not in ("", "-") else "",
        given_level="" if level in _NO_LEVEL else _short(level, "level (会员等级)"),
        given_groups=_groups(row.get("groups", "")),
        remark=row.get("remark", "")[:_LONGEST_REMARK],
    )


def _id(row: Mapping[str, str], platform: str) -> str:
    text = row.get("shopper_id") or row.get("name", "")
    if not text:
        raise RowError("no shopper id (买家ID, 会员名); every row needs one", "no_shopper")
    if is_cut(text):
        raise RowError(
            f"shopper id {text} was cut by a spreadsheet; export again, do not open it in between",
            "cut",
            text,
        )
    if not is_identity(text, platform):
        raise RowError(
            f"shopper id {text[:40]!r} is masked or a name that several people bear; expected the "
            "platform's own id (买家ID, 会员名)",
            "masked",
            text,
        )
    return text


def _short(text: str, what: str) -> str:
    if len(text) > _LONGEST_NAME:
        reason = f"{what} has {len(text)} signs; expected at most {_LONGEST_NAME}"
        raise RowError(reason, "long", str(_LONGEST_NAME))
    return text


def _groups(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split(r"[\n|,，、;；]", text))
    names = tuple(dict.fromkeys(part for part in parts if part and part != "-"))
    if len(names) > _MOST_GROUPS or any(len(name) > _LONGEST_NAME for name in names):
        raise RowError(
            f"groups (分组) {text[:40]!r}; expected at most {_MOST_GROUPS} short names with 、 "
            "between them",
            "groups",
            text,
        )
    return names
