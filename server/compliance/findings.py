"""What the checker says: categories, severities and one finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Severity = Literal["high", "medium", "low"]
Direction = Literal["outgoing", "incoming"]

SEVERITIES: Final[tuple[Severity, ...]] = ("high", "medium", "low")

CATEGORIES: Final[dict[str, str]] = {
    "contact_diversion": "站外联系",
    "offline_payment": "线下交易",
    "counterfeit_hint": "假货暗示",
    "rudeness": "不文明用语",
    "harassment": "威胁骚扰",
    "impersonation": "冒充平台",
    "review_manipulation": "干预评价",
    "absolute_claim": "绝对化用语",
    "medical_claim": "医疗功效",
    "false_promise": "不实承诺",
    "refusal_of_rights": "限制权益",
    "privacy": "个人信息",
    "disparagement": "诋毁他人",
    "fake_trade": "虚假交易",
    "passive_service": "消极服务",
    "product_fact_mismatch": "与事实不符",
    "illegal_content": "违禁信息",
    "unfilled_variable": "变量未填",
    "phishing": "针对店铺的诈骗",
    "escalation": "升级风险",
    "probe": "诱导违规",
}
"""Category code to the short Chinese name that agents read."""

INCOMING: Final[frozenset[str]] = frozenset({"phishing", "escalation", "probe"})
"""Categories that only a shopper's message can raise; every other one belongs to outgoing text."""


@dataclass(frozen=True)
class Finding:
    """One warning about a text; `start` and `end` are code points of the original text."""

    category: str
    severity: Severity
    start: int
    end: int
    matched: str
    rule: str
    clause: str
    message: str
    rewrite: str = ""
    disguised: bool = False
    rule_version: int = 1
    like: str = ""

    @property
    def told(self) -> str:
        """The message for the agent; what the judge found names the example it is like."""
        return f"{self.message}（像例句“{self.like}”）" if self.like else self.message

    def as_json(self) -> dict[str, Any]:
        """The warning of the contract; `rewrite` and `disguised` only when they say something."""
        warning: dict[str, Any] = {
            "category": self.category,
            "severity": self.severity,
            "start": self.start,
            "end": self.end,
            "matched": self.matched,
            "rule": self.rule,
            "rule_version": self.rule_version,
            "clause": self.clause,
            "message": self.told,
        }
        if self.rewrite:
            warning["rewrite"] = self.rewrite
        if self.disguised:
            warning["disguised"] = True
        return warning


def direction_of(category: str) -> Direction:
    """The side whose text can raise `category`."""
    return "incoming" if category in INCOMING else "outgoing"


def worst(severities: list[Severity]) -> Severity | None:
    """The gravest of `severities`, None for an empty list."""
    return min(severities, key=SEVERITIES.index, default=None)
