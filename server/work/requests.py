"""After-sales requests: their stations, kinds and due times, and which procedure goes with a kind.

A request goes from station to station, may skip some and never goes back behind `closed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.library import Script
from server.work.holidays import Holidays

STATIONS: Final = ("talked", "returning", "received", "checked", "solved", "closed")
SOLUTIONS: Final = ("return", "exchange", "repair", "compensation")
WAITING: Final = ("shop", "shopper", "warehouse", "carrier", "maker")
# Each kind below what it is a kind of.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "quality": ("broken", "defect", "colour", "function", "reaction"),
    "wrong": ("missing", "other_goods", "other_size"),
    "carrier": ("lost", "damaged", "stuck", "misrouted"),
    "choice": ("size", "unwanted", "unlike_page"),
    "money": ("price_gap", "freight", "invoice"),
}
ALL_KINDS: Final = tuple(f"{top}.{kind}" for top, kinds in KINDS.items() for kind in kinds)
# At which station who is waited for, unless somebody says otherwise.
WAITS_AT: Final[Mapping[str, str]] = {
    "talked": "shop", "returning": "shopper", "received": "warehouse", "checked": "shop",
    "solved": "shop", "closed": "",
}  # fmt: skip
# How long a station may take: hours of the clock, or working days.
_HOURS: Final[Mapping[str, int]] = {"talked": 24}
_WORKDAYS: Final[Mapping[str, int]] = {"received": 1, "checked": 2, "solved": 3}
_DAYS: Final[Mapping[str, int]] = {"returning": 7}

_READ: Final[Mapping[str, str]] = {
    "carrier.lost": r"丢件|快递.{0,4}丢|没收到.{0,6}签收|签收.{0,8}没(?:收|拿)到",
    "carrier.damaged": r"(?:快递|运输|路上|包装|箱子).{0,6}(?:压|摔|破|烂|坏)",
    "carrier.stuck": r"(?:物流|快递).{0,8}(?:不动|没更新|停)",
    "carrier.misrouted": r"(?:送|发|寄)错.{0,4}(?:地方|地址|站|城市)",
    "wrong.missing": r"少(?:发|了|寄)|漏发|缺(?:少|件|了)|没(?:有)?(?:看到)?(?:赠品|配件)",
    "wrong.other_size": r"(?:发|寄)错.{0,4}(?:码|号|尺寸|规格|颜色)|(?:码|号|规格|颜色)发错",
    "wrong.other_goods": r"发错|寄错|不是我(?:买|拍|要)的",
    "quality.reaction": r"过敏|红肿|刺痛|起疹|拉肚子",
    "quality.colour": r"色差|掉色|褪色|染色",
    "quality.function": r"不(?:亮|转|工作|能用|好用|通电)|用不了|没反应|充不(?:上|进)电|漏水",
    "quality.broken": r"破(?:了|损|洞)|裂|碎|断(?:了|裂)|坏(?:了|的)|烂了",
    "quality.defect": r"质量|开线|起球|线头|瑕疵|污渍|有味|异味|变形",
    "choice.size": (
        r"(?:尺码|码数|大小|号).{0,6}(?:不合适|大了|小了|不对)|(?:太|偏)(?:大|小|长|短|紧|松)"
    ),
    "choice.unlike_page": r"和?(?:图片|照片|描述|页面).{0,6}(?:不符|不一样|不同)|货不对板",
    "money.price_gap": r"降价|差价|价保|买贵",
    "money.freight": r"运费险|退.{0,2}运费|运费.{0,6}(?:谁|退)",
    "money.invoice": r"发票",
    "choice.unwanted": r"不想要|不喜欢|退货|退款|七天|7天",
}
_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _READ.items()}
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "quality.broken": ("破损", "损坏", "坏"), "quality.defect": ("质量", "瑕疵"),
    "quality.colour": ("色差", "掉色"), "quality.function": ("不能用", "故障", "质量"),
    "quality.reaction": ("过敏", "不适", "受伤"), "wrong.missing": ("少发", "漏发", "缺件"),
    "wrong.other_goods": ("发错", "错发"), "wrong.other_size": ("发错", "错发"),
    "carrier.lost": ("丢件", "丢失"), "carrier.damaged": ("破损", "运输"),
    "carrier.stuck": ("物流", "停滞", "不更新"), "carrier.misrouted": ("物流", "派送"),
    "choice.size": ("尺码", "换货", "退换"), "choice.unwanted": ("退货", "退款", "退换"),
    "choice.unlike_page": ("描述", "不符", "退货"), "money.price_gap": ("差价", "价保", "降价"),
    "money.freight": ("运费",), "money.invoice": ("发票",),
}  # fmt: skip


def kind_in(texts: Iterable[str]) -> str:
    """The kind that what was said tells of, the newest telling line first; '' for none."""
    for text in texts:
        for kind, pattern in _PATTERNS.items():
            if pattern.search(text):
                return kind
    return ""


def station_due(station: str, since: datetime, zone: ZoneInfo, off: Holidays) -> datetime | None:
    """When a station that began at `since` (aware) is late (UTC); None for one that cannot be.

    Days end at the shop's midnight; working days are the shop's.
    """
    if station in _HOURS:
        return since.astimezone(UTC) + timedelta(hours=_HOURS[station])
    today = since.astimezone(zone).date()
    if station in _WORKDAYS:
        day = off.workday_after(today, _WORKDAYS[station])
    elif station in _DAYS:
        day = today + timedelta(days=_DAYS[station])
    else:
        return None
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def procedure_of(scripts: Iterable[Script], kind: str) -> Script | None:
    """The shop's SOP for a kind: the script with `steps` that names it best; None without one."""
    names = _NAMES.get(kind, ())
    best: tuple[int, Script] | None = None
    for script in scripts:
        if not script.steps or script.stage not in ("", "售后"):
            continue
        about = f"{script.category} {script.title} {' '.join(script.tags)}"
        hits = sum(name in about for name in names)
        if hits and (best is None or hits > best[0]):
            best = hits, script
    return best[1] if best else None


def step_at(procedure: Script | None, station: str) -> str:
    """The approved words for a station: the step that stands as far on; '' without any."""
    if procedure is None or station == "closed":
        return ""
    place = STATIONS.index(station) * len(procedure.steps) // (len(STATIONS) - 1)
    return procedure.steps[min(place, len(procedure.steps) - 1)]
