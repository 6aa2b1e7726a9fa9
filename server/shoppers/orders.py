"""One purchase, and what its state says: closed, settled or under way."""

from __future__ import annotations

import re
from dataclasses import dataclass

# As the platforms' exports word them.
_CLOSED = re.compile(r"关闭|取消|已退款|退款成功|退款完成|已退货|作废")
_UNDER_WAY = re.compile(r"未(?:签收|收货|完成)|待.{0,6}(?:发货|收货|签收|付款|支付|成团)")
_SHOWN = re.compile(r"\d[\d,]*(?:\.\d{1,2})?(?![\d.])")
_MOST_FEN = 1_000_000_000
_SETTLED = re.compile(
    r"交易(?:成功|完成)|订单(?:成功|完成)|已完成|已签收|已收货|确认收货|已评价|待评价|^(?:成功|完成|签收)$"
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order of a shopper. `fen` is None where nobody told; `day` is the shop's own date."""

    order_id: str
    day: str = ""
    fen: int | None = None
    paid: bool = True
    status: str = ""
    product: str = ""
    variant: str = ""
    seen_at: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether it counts as a successful order."""
        return is_settled(self.status, paid=self.paid)


def fen_shown(text: str) -> int | None:
    """An amount as a page shows it (¥59.90, 实付 1,280 元) in fen; None where none is shown."""
    match = _SHOWN.search(text)
    if match is None:
        return None
    fen = round(float(match[0].replace(",", "")) * 100)
    return fen if fen < _MOST_FEN else None


def is_closed(status: str) -> bool:
    """Whether an order came to nothing. One whose goods fared differently is not closed."""
    parts = [part for part in status.split("；") if part]
    return bool(parts) and all(_CLOSED.search(part) for part in parts)


def is_settled(status: str, *, paid: bool) -> bool:
    """Whether an order is successful: received or completed. A paid one without a state is."""
    if not paid or is_closed(status):
        return False
    parts = [part for part in status.split("；") if part]
    return not parts or any(_is_received(part) for part in parts)


def _is_received(state: str) -> bool:
    other = _CLOSED.search(state) or _UNDER_WAY.search(state)
    return not other and _SETTLED.search(state) is not None
