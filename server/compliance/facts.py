"""Promises held against what the shop has on file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from server.compliance.rules import FactCondition

Verdict = Literal["granted", "denied", "unknown"]


class FactLike(Protocol):
    """What is read of a shop's fact."""

    @property
    def value(self) -> str:
        """The fact's text."""

    def holds(self, local_now: datetime) -> bool:
        """Whether the fact is true at that time."""


_NO = re.compile(
    r"^(?:否|无|没有?|不|no|false|0$|暂无|暂不|未)|不支持|不提供|不包邮|没有|不参加|不含|不保"
)
_YES = re.compile(
    r"^(?:是|有|支持|提供|可|yes|true|全|包|满|已|购买|平台|参加|赠)|支持|包邮|免费|均"
)
_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?|半|[一二三四五六七八九十两]{1,3}|终身|永久|一辈子) ?个? ?"
    r"(天|日|小时|钟头|分钟|年|月|周|星期)?"
)
_LIMITED = re.compile(r"除外|除[^，。]{1,10}外|偏远[^，。]{0,6}(?:补|加|另|不)|部分")
_EVERYWHERE = re.compile(r"全国|偏远|新疆|西藏|哪里都|都包|统统|一律")
_BY_NAME = re.compile(r"hours?$|months?$")
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HOURS = {"小时": 1, "钟头": 1, "分钟": 1 / 60, "天": 24, "日": 24, "周": 168, "星期": 168}
_MONTHS = {"月": 1, "年": 12, "天": 1 / 30, "日": 1 / 30, "周": 0.25, "星期": 0.25}


def verdict(
    condition: FactCondition,
    promise: str,
    facts: Mapping[str, FactLike],
    now: datetime,
    found: str = "",
) -> Verdict:
    """What the shop's `facts` say about `promise` (the clause around `found`) at that time.

    An expired fact denies: the promise was true once.
    """
    named = [
        (name, fact)
        for name, fact in facts.items()
        if any(_named(wanted, name) for wanted in condition.names)
    ]
    if not named:
        return "unknown"
    verdicts = [_one(condition, promise, name, fact, now, found) for name, fact in named]
    for outcome in ("denied", "granted"):
        if outcome in verdicts:
            return outcome
    return "unknown"


def _named(wanted: str, name: str) -> bool:
    """包邮 is wanted anywhere in a fact's name, =运费 as the whole name."""
    return name == wanted[1:] if wanted.startswith("=") else wanted in name


def _one(
    condition: FactCondition, promise: str, name: str, fact: FactLike, now: datetime, found: str
) -> Verdict:
    if not fact.holds(now):
        return "denied"
    value = fact.value.strip().lower()
    if condition.reads == "same":
        return "granted" if found.lower() in value or value in promise else "denied"
    if _NO.search(value):
        return "denied"
    if condition.reads == "yes_no":
        if _LIMITED.search(value) and _EVERYWHERE.search(promise):
            return "denied"
        if value.startswith("满") and "满" not in promise:
            return "unknown"
        return "granted" if _YES.search(value) or _says_itself(name, value, promise) else "unknown"
    units = _HOURS if condition.reads == "hours" else _MONTHS
    bare = value.isdecimal() and _BY_NAME.search(name)
    allowed = float(value) if bare else amount(value, units)
    promised = amount(promise, units)
    if allowed is None or promised is None:
        return "unknown"
    better = promised < allowed if condition.reads == "hours" else promised > allowed
    return "denied" if better else "granted"


def _says_itself(name: str, value: str, promise: str) -> bool:
    """假一赔十 against the fact 正品保障: 假一赔四; the same words grant."""
    return bool(value) and (value in promise or promise in value or name in promise)


def amount(text: str, units: Mapping[str, float]) -> float | None:
    """The first amount of time in `text` in the base unit of `units`; None without one."""
    for match in _NUMBER.finditer(text):
        number, unit = match.group(1), match.group(2)
        if number in ("终身", "永久", "一辈子"):
            return 1200.0
        if unit in units:
            return _value(number) * units[unit]
    if re.search(r"今天|当天|今晚|当日", text):
        return units.get("小时", 1 / 30) * 12
    if re.search(r"马上|立刻|立马|现在就|秒发|立即", text):
        return units.get("小时", 1 / 30) * 1
    return None


def _value(number: str) -> float:
    if number == "半":
        return 0.5
    if number[0].isdigit():
        return float(number)
    tens, _, ones = number.rpartition("十")
    if "十" in number:
        return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
    return float(_DIGITS.get(number[-1], 1))
