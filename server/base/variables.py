"""Variables in replies: `{昵称}`, `{发货截止时间}` become values, or are named as missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_VARIABLE = re.compile(r"\{([^{}\n]{1,30})\}")

# What a chat page may know of this shopper and order; `page` keys of the protocol beside it.
PAGE_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "昵称": "shopper_name",
        "订单号": "order_id",
        "快递单号": "tracking_number",
        "快递公司": "courier",
        "商品名": "product",
        "商品链接": "product_url",
        "规格": "variant",
        "金额": "amount",
        "收货地址": "address",
        "客服名": "agent_name",
    }
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A reply with its values in place; `missing` names stay in the text as `{name}`."""

    text: str
    values: Mapping[str, str]
    missing: tuple[str, ...]


def variables(text: str) -> tuple[str, ...]:
    """The variable names in a text, each once, in order."""
    return tuple(dict.fromkeys(name.strip() for name in _VARIABLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """`text` with every known variable replaced; a name without a value is listed as missing."""
    used: dict[str, str] = {}
    missing: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        name = match.group(1).strip()
        value = values.get(name, "")
        if value:
            used[name] = value
            return value
        if name not in missing:
            missing.append(name)
        return match.group(0)

    return Filled(_VARIABLE.sub(replaced, text), used, tuple(missing))


def page_values(page: Mapping[str, object]) -> dict[str, str]:
    """Values by variable name from a protocol `page` object, by Chinese name or protocol key."""
    found: dict[str, str] = {}
    for name, key in PAGE_VARIABLES.items():
        value = page.get(name) or page.get(key)
        if isinstance(value, str | int | float) and str(value).strip():
            found[name] = str(value).strip()
    return found
