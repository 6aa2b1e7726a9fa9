"""The codes of selling platforms, one for each, whatever people call it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PLATFORMS: Mapping[str, str] = MappingProxyType(
    {
        "kuaishou": "快手",
        "taobao": "淘宝",
        "tmall": "天猫",
        "pinduoduo": "拼多多",
        "douyin": "抖店",
        "jd": "京东",
        "xiaohongshu": "小红书",
        "xianyu": "闲鱼",
        "1688": "1688",
        "weixin": "微信小店",
    }
)
"""Code to the name that agents read."""

_OTHER_NAMES = {
    "pdd": "pinduoduo",
    "wechat": "weixin",
    "wx": "weixin",
    "feige": "douyin",
    "dongdong": "jd",
    "jingdong": "jd",
    "xhs": "xiaohongshu",
    "ks": "kuaishou",
    "goofish": "xianyu",
    "抖音": "douyin",
    "飞鸽": "douyin",
    "微信": "weixin",
}
_CODES = {**{name: code for code, name in PLATFORMS.items()}, **_OTHER_NAMES}


def platform_code(name: str) -> str:
    """The code for a platform's code, name or usual short name; anything else stays as it is."""
    name = name.strip().lower()
    return _CODES.get(name, name)
