"""Variables of other tools in replies: found, and written as this program's own.

`{买家昵称}`, `[订单号]`, `#昵称#`, `{{ticket.requester.first_name}}`, `${name}`, `%name%`. Usual
names are known; what a shop maps by hand is kept in its shop.yaml under `variables`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from server.base.variables import PAGE_VARIABLES

# "Leave it as it stands", chosen on purpose.
AS_TEXT: Final = "-"
_USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "昵称": (
            "昵称", "买家昵称", "顾客昵称", "客户昵称", "用户昵称", "买家姓名", "客户姓名",
            "买家名", "客户名", "用户名", "旺旺", "买家旺旺", "买家旺旺名", "旺旺昵称", "顾客姓名",
            "买家",
            "buyer_nick", "nickname", "buyername", "buyernick", "firstname", "first_name", "name",
            "fullname", "full_name", "customername", "customer", "contactname",
            "contactfirstname", "ticketrequestername", "ticketrequesterfirstname",
            "ticketcustomerfirstname", "ticketcustomername", "userfirstname", "username",
            "visitorname", "customerfirstname", "ticketrequesterfullname", "contactfullname",
        ),
        "订单号": (
            "订单号", "订单编号", "订单id", "单号", "交易单号", "orderid", "order_id",
            "ordernumber", "orderno", "ordersn", "ordername", "tickettid", "tid",
            "ticketcustomerlastordername",
        ),
        "快递单号": (
            "快递单号", "物流单号", "运单号", "运单编号", "物流编号", "trackingnumber",
            "trackingno", "expressno", "waybill", "waybillno", "tracking",
        ),
        "快递公司": (
            "快递公司", "物流公司", "快递名称", "承运商", "快递", "courier", "carrier",
            "logisticscompany", "expresscompany",
        ),
        "商品名": (
            "商品名", "商品名称", "商品标题", "宝贝名称", "宝贝标题", "宝贝", "商品", "产品名称",
            "产品名", "productname", "product", "itemname", "itemtitle", "goodsname",
            "producttitle",
        ),
        "商品链接": (
            "商品链接", "宝贝链接", "商品地址", "producturl", "productlink", "itemurl", "goodsurl",
        ),
        "规格": ("规格", "商品规格", "sku", "颜色分类", "规格型号", "variant", "skuname"),
        "金额": (
            "金额", "订单金额", "实付金额", "付款金额", "应付金额", "amount", "orderamount",
            "payment", "totalprice", "ordertotal",
        ),
        "收货地址": (
            "收货地址", "收件地址", "地址", "address", "shippingaddress", "receiveraddress",
        ),
        "客服名": (
            "客服名", "客服昵称", "客服姓名", "客服", "客服名称", "agentname", "agent",
            "agentfirstname", "currentusername", "currentuserfirstname", "ticketassigneename",
            "ticketassigneefirstname", "operatorname", "currentagentname", "ticketagentname",
        ),
    }
)  # fmt: skip
_SIGNS = re.compile(r"[\s._\-·|]+")


def _form(name: str) -> str:
    return _SIGNS.sub("", name).casefold()


_KNOWN = {_form(name): own for own, names in _USUAL.items() for name in (own, *names)}
# Brackets that are always a variable somewhere, and those that are one only around a usual name:
# [微笑] and #爱心# are stickers, 【新品】 is a heading.
_SURE = re.compile(
    r"\{\{\s*(?P<a>[^{}\n]{1,60}?)\s*\}\}|\$\{\s*(?P<b>[^{}\n]{1,60}?)\s*\}"
    r"|(?<![{$])\{\s*(?P<c>[^{}\n]{1,30}?)\s*\}(?!\})|%(?P<d>[A-Za-z][A-Za-z_.]{2,39})%"
)
_MAYBE = re.compile(
    r"\[(?P<a>[^\[\]\n]{1,30})\]|#(?P<b>[^#\n]{1,30})#|【(?P<c>[^【】\n]{1,30})】"
    r"|<(?P<d>[^<>\n]{1,30})>|｛(?P<e>[^｛｝\n]{1,30})｝|%(?P<f>[\u4e00-\u9fff]{1,12})%"
    r"|\$(?P<g>[\u4e00-\u9fff]{1,12})\$|「(?P<h>[^「」\n]{1,30})」"
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A variable as a file writes it: what stands for it, "" while nobody knows; how often."""

    token: str
    own: str
    count: int


def usual(name: str) -> str:
    """The variable that a usual name stands for, "" for none."""
    return _KNOWN.get(_form(name), "")


class Translator:
    """Writes other tools' variables as this program's own, and counts what it met."""

    def __init__(self, mapped: Mapping[str, str], known: Iterable[str]) -> None:
        """`mapped`: a token as files write it to an own name, or AS_TEXT; `known`: own names."""
        self._mapped = mapped
        self._known = frozenset(known) | frozenset(PAGE_VARIABLES)
        self._met: dict[str, int] = {}

    def translate(self, text: str) -> str:
        """`text` with every variable that is known written in braces."""
        if text.isascii() and not any(sign in text for sign in "{[#%<$"):
            return text
        return _MAYBE.sub(self._maybe, _SURE.sub(self._sure, text))

    @property
    def met(self) -> tuple[Foreign, ...]:
        """What was met and is not this program's own, most frequent first."""
        listed = sorted(self._met.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(Foreign(token, self._own(token), count) for token, count in listed)

    def _own(self, token: str) -> str:
        mapped = self._mapped.get(token)
        return usual(_name(token)) if mapped is None else mapped

    def _sure(self, match: re.Match[str]) -> str:
        name = match[match.lastgroup or 0].strip()
        if match.lastgroup == "c" and name in self._known:
            return match[0]
        return self._written(match[0])

    def _maybe(self, match: re.Match[str]) -> str:
        name = match[match.lastgroup or 0].strip()
        if match[0] in self._mapped or usual(name) or (match.lastgroup == "e"):
            return self._written(match[0])
        return match[0]

    def _written(self, token: str) -> str:
        self._met[token] = self._met.get(token, 0) + 1
        own = self._own(token)
        return token if own in ("", AS_TEXT) else "{" + own + "}"


def _name(token: str) -> str:
    return token.strip("{}$[]#【】<>%｛｝「」").strip()
