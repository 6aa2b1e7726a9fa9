"""Reasons and warnings for an agent who reads English; safe wordings stay: a shopper reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

CATEGORIES: Final[dict[str, str]] = {
    "contact_diversion": "leads the shopper off the platform",
    "offline_payment": "asks for payment outside of the platform",
    "counterfeit_hint": "hints at counterfeit goods",
    "rudeness": "rude wording",
    "harassment": "threatens or presses the shopper",
    "impersonation": "speaks for the platform",
    "review_manipulation": "interferes with reviews",
    "absolute_claim": "absolute claim without proof",
    "medical_claim": "claims a medical effect of ordinary goods",
    "false_promise": "promises what may not be kept",
    "refusal_of_rights": "denies the shopper's rights",
    "privacy": "asks for or gives away personal data",
    "disparagement": "talks others down",
    "fake_trade": "invites a fake deal",
    "passive_service": "brushes the shopper off",
    "product_fact_mismatch": "differs from what the shop states",
    "illegal_content": "forbidden content",
    "unfilled_variable": "a variable is not filled in",
    "phishing": "may be a scam against the shop: open nothing, pay nothing, give no code",
    "escalation": "may end in a complaint: answer first, and calmly",
    "probe": "invites a breach of the rules: do not agree",
}
"""Category code to what is doubtful about a text."""

_SOURCES: Final[dict[str, str]] = {
    "快手": "Kuaishou",
    "淘宝": "Taobao",
    "天猫": "Tmall",
    "拼多多": "Pinduoduo",
    "抖店": "Doudian",
    "京东": "JD",
    "广告法": "Advertising Law",
    "消法": "Consumer Protection Law",
    "七日无理由退货办法": "Seven-day Return Measures",
    "电子商务法": "E-commerce Law",
    "网络反不正当竞争暂行规定": "Online Unfair Competition Provisions",
    "反不正当竞争法": "Anti-Unfair Competition Law",
    "个人信息保护法": "Personal Information Protection Law",
    "明码标价和禁止价格欺诈规定": "Price Fraud Provisions",
    "发票管理办法": "Invoice Measures",
    "食品安全法": "Food Safety Law",
    "法律": "law",
    "服务规范": "service standard",
    "防诈骗": "scam prevention",
    "平台规则": "platform rules",
}
_ARTICLE = re.compile(r"第([一二三四五六七八九十百]+)条")
_DIGITS = {sign: place for place, sign in enumerate("零一二三四五六七八九")}
_PLAIN = re.compile(r"[\x20-\x7e]*")

_REASONS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"^本店常用于类似问题$"), "often used here for questions like this"),
    (re.compile(r"^常见问法“(.+)”$"), "asked like “{0}”"),
    (re.compile(r"^关键词 (.+)$"), "keywords {0}"),
    (re.compile(r"^话术标题“(.+)”$"), "title “{0}”"),
    (re.compile(r"^回复内容相近$"), "similar reply"),
    (re.compile(r"^接着第 (\d+) 步$"), "after step {0}"),
    (re.compile(r"^接着上一条$"), "usually follows"),
    (re.compile(r"^我的常用语$"), "my own phrase"),
)


_AUDIENCES: Final[dict[str, str]] = {"新客": "new shoppers", "老客": "returning shoppers"}
_FOR_WHOM = re.compile(r"^(只给|适用)(.+?)；(.+)$")


def reason(why: str) -> str:
    """A reason in English; one that is not known stays as it is."""
    meant = _FOR_WHOM.match(why)
    if meant:
        names = ", ".join(_AUDIENCES.get(name, name) for name in meant[2].split("、"))
        return f"{'only ' if meant[1] == '只给' else ''}for {names}; {reason(meant[3])}"
    for pattern, words in _REASONS:
        found = pattern.match(why)
        if found:
            return words.format(*(part.replace("、", ", ") for part in found.groups()))
    return why


def clause(shown: str) -> str:
    """A clause's source and number in English."""
    source, _, number = shown.partition(" ")
    article = _ARTICLE.fullmatch(number)
    if article:
        number = f"Art. {_number(article.group(1))}"
    elif not _PLAIN.fullmatch(number):
        # A rule known by its Chinese name only: the source says enough.
        number = ""
    return f"{_SOURCES.get(source, source)} {number}".strip()


def _number(signs: str) -> int:
    """A Chinese number below a thousand: 二十八 is 28."""
    total = digit = 0
    for sign in signs:
        if sign in "百十":
            total += max(digit, 1) * (100 if sign == "百" else 10)
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def warnings(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Warnings of the protocol with message and clause in English."""
    return [
        warning
        | {
            "message": CATEGORIES.get(warning["category"], warning["message"]),
            "clause": clause(warning["clause"]),
        }
        for warning in found
    ]
