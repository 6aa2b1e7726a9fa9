"""What a missed target costs by the clause, and what agents bring in.

Source: 快手小店商家客户服务管理规则 4.4/4.5, in force since 2021-09-01.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CLAUSE = "快手小店商家客户服务管理规则 4.4.1（2021-09-01 起施行）"
OPEN_DAYS_OVER = 60
SHOPPERS_OVER = 1500
TURNOVER_OVER = Decimal(50_000)
_SHARE = Decimal("0.005")
_AT_MOST = Decimal(50_000)
_CENT = Decimal("0.01")

Standing = Literal["applies", "exempt", "unknown"]


@dataclass(frozen=True, slots=True)
class Risk:
    """Yuan for one missed target. `why` names the condition that exempts or is not known."""

    standing: Standing
    yuan: Decimal
    why: Literal["", "open_days", "shoppers", "turnover"]


def money_at_risk(open_days: int | None, shoppers: int, turnover: Decimal | None) -> Risk:
    """What each missed target of this month costs: 0.5 % of the turnover, at most 50,000 yuan.

    Only shops open for more than 60 days, with more than 1,500 consulting shoppers and more than
    50,000 yuan of turnover in the month pay.
    """
    if open_days is not None and open_days <= OPEN_DAYS_OVER:
        return Risk("exempt", Decimal(0), "open_days")
    if shoppers <= SHOPPERS_OVER:
        return Risk("exempt", Decimal(0), "shoppers")
    if turnover is not None and turnover <= TURNOVER_OVER:
        return Risk("exempt", Decimal(0), "turnover")
    if turnover is None:
        return Risk("unknown", Decimal(0), "turnover")
    yuan = min(_AT_MOST, turnover * _SHARE).quantize(_CENT, ROUND_HALF_UP)
    return Risk(
        "unknown" if open_days is None else "applies",
        yuan,
        "open_days" if open_days is None else "",
    )


@dataclass(frozen=True, slots=True)
class AgentResult:
    """咨询量 × 成交率 × 客单价: shoppers who asked, those of them who paid, what they paid."""

    asked: int
    paid: int
    turnover: Decimal

    @property
    def close_rate(self) -> float | None:
        """成交率, 0 to 1."""
        return self.paid / self.asked if self.asked else None

    @property
    def per_payer(self) -> Decimal | None:
        """客单价 in yuan."""
        return (self.turnover / self.paid).quantize(_CENT, ROUND_HALF_UP) if self.paid else None

    @property
    def result(self) -> Decimal:
        """The product of the three: the turnover of shoppers who asked and paid."""
        return self.turnover


def satisfaction(satisfied: int, neutral: int, disappointed: int) -> float | None:
    """好评率 = 满意 / (满意 + 一般 + 失望); None without ratings."""
    total = satisfied + neutral + disappointed
    return satisfied / total if total else None
