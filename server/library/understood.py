"""Names as people write them, understood: platforms, shoppers, stages, time zones, seconds.

Each function gives the value that the program works with, and None for what it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

from server.base.platforms import PLATFORMS, platform_code
from server.library.fields import MOMENT_FIELDS, STAGES, parse_moment

# People part names with these as well; in a question or reply they are plain punctuation.
WIDE_COMMAS = "，、；"
_NAMES = frozenset({"platforms", "audience", "tags", "follow_ups"})
_PARTED = re.compile(rf"[{WIDE_COMMAS}]")
_EVERY_PLATFORM = frozenset(
    {"全部", "所有", "全平台", "所有平台", "全部平台", "通用", "不限", "all", "*"}
)

_STAGE_NAMES = {
    **dict.fromkeys(("售前", "售前咨询", "下单前", "presale", "presales", "before"), "售前"),
    **dict.fromkeys(("售中", "下单后", "发货前", "insale", "duringsale", "during"), "售中"),
    **dict.fromkeys(("售后", "售後", "售后服务", "aftersale", "aftersales", "after"), "售后"),
}
_NEW = "新客 新客户 新顾客 新买家 新用户 新人 新粉 首购 首单 未购 newcustomer newbuyer"
_RETURNING = "老客 老客户 老顾客 老买家 老用户 回头客 复购 熟客 已购 returningcustomer repeat old"
_AUDIENCE_NAMES = {
    **dict.fromkeys(("new", *_NEW.split()), "new"),
    **dict.fromkeys(("returning", *_RETURNING.split()), "returning"),
}
_LEVEL = re.compile(
    r"level|(?:s?vip|lv|v|l|plus)\d*|.*(?:会员|等级|级|卡|钻|星|粉丝|皇冠|贵宾|\d).*"
)
_ZONE_NAMES = {
    **dict.fromkeys(
        (
            "asia/beijing", "beijing", "北京", "北京时间", "中国", "中国时间", "中国标准时间",
            "china", "prc", "cst", "东八区", "上海", "shanghai", "gmt+8", "utc+8", "gmt+08:00",
            "utc+08:00", "+8", "+08:00", "+0800", "utc+08", "china standard time",
        ),
        "Asia/Shanghai",
    ),
    **dict.fromkeys(("香港", "hongkong", "hong kong"), "Asia/Hong_Kong"),
    **dict.fromkeys(("台北", "台湾", "臺北", "taipei"), "Asia/Taipei"),
    **dict.fromkeys(("澳门", "macau", "macao"), "Asia/Macau"),
    **dict.fromkeys(("新加坡", "singapore"), "Asia/Singapore"),
    **dict.fromkeys(("东京", "日本", "tokyo", "japan"), "Asia/Tokyo"),
    **dict.fromkeys(("乌鲁木齐", "新疆时间", "urumqi"), "Asia/Urumqi"),
}  # fmt: skip
_UNITS = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), 60),
    **dict.fromkeys(("h", "hour", "hours", "小时", "时"), 3600),
}
_SECONDS = re.compile(r"(\d{1,6})\s*([a-z\u4e00-\u9fff]*)")


def platform_of(text: str) -> str | None:
    """The code of a platform, '' for a word that means all of them."""
    name = text.strip().lower()
    if name in _EVERY_PLATFORM:
        return ""
    code = platform_code(re.sub(r"(?:平台|商家版|商家后台|商城|电商)$", "", name))
    return code if code in PLATFORMS else None


def audience_of(text: str) -> str | None:
    """`new`, `returning`, or the level as written."""
    name = re.sub(r"[\s_-]", "", text.lower())
    if name in _AUDIENCE_NAMES:
        return _AUDIENCE_NAMES[name]
    return text.strip() if _LEVEL.fullmatch(name) else None


def stage_of(text: str) -> str | None:
    """售前, 售中, 售后 or ''."""
    name = re.sub(r"[\s_-]", "", text.lower())
    return name if name in STAGES else _STAGE_NAMES.get(name)


def zone_of(text: str) -> str | None:
    """The name of a time zone as the system knows it."""
    name = text.strip()
    found = _ZONE_NAMES.get(name.lower(), name)
    if found not in available_timezones():
        lower = {zone.lower(): zone for zone in available_timezones()}
        found = lower.get(found.lower().replace(" ", "_"), "")
    return ZoneInfo(found).key if found else None


def seconds_of(text: str) -> int | None:
    """Whole seconds of `20`, `20s`, `20秒`, `3分钟`."""
    match = _SECONDS.fullmatch(text.strip().lower())
    unit = _UNITS.get(match[2]) if match else None
    return int(match[1]) * unit if match and unit else None


def names_parted(field: str, texts: Iterable[str]) -> list[str]:
    """The texts of a list field; names that full-width commas hold together stand apart."""
    if field not in _NAMES:
        return list(texts)
    return [part.strip() for text in texts for part in _PARTED.split(text) if part.strip()]


def understood(field: str, texts: Iterable[str]) -> list[str]:
    """The values of a list field as the program knows them; what it does not know stays."""
    parted = names_parted(field, texts)
    if field == "platforms":
        codes = [platform_of(text) for text in parted]
        if "" in codes:
            return []
        named = zip(codes, parted, strict=True)
        return list(dict.fromkeys(code or text.lower() for code, text in named))
    if field == "audience":
        return list(dict.fromkeys(audience_of(text) or text for text in parted))
    return parted


def as_read(field: str, text: str) -> str:
    """A text field's value as the program knows it."""
    if field == "stage":
        return stage_of(text) or text
    moment = parse_moment(text) if field in MOMENT_FIELDS and text else None
    return str(moment) if moment else text
