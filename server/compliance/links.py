"""Whose links stand in a text: a shop may send those of the platform it sells on, no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

HOSTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kuaishou": ("kuaishou.com", "kwaixiaodian.com", "kwai.com", "chenzhongtech.com"),
        "taobao": ("taobao.com", "tmall.com", "tb.cn", "alicdn.com", "cainiao.com", "tmall.hk"),
        "tmall": ("tmall.com", "taobao.com", "tb.cn", "alicdn.com", "cainiao.com", "tmall.hk"),
        "pinduoduo": ("yangkeduo.com", "pinduoduo.com", "pddpic.com"),
        "douyin": ("jinritemai.com", "douyin.com", "snssdk.com", "iesdouyin.com"),
        "jd": ("jd.com", "3.cn", "jd.hk", "360buyimg.com"),
        "xiaohongshu": ("xiaohongshu.com", "xhslink.com"),
        "xianyu": ("goofish.com", "idlefish.com", "tb.cn", "taobao.com"),
        "1688": ("1688.com", "alicdn.com"),
        "weixin": ("weixin.qq.com", "wxaurl.cn"),
    }
)
"""Platform code to the ends of its own host names."""
_EVERY = tuple({host for hosts in HOSTS.values() for host in hosts})
_LINK = re.compile(r"(?:https?://|www\.)([a-z0-9.-]+)", re.IGNORECASE)


def only_own_links(text: str, platform: str) -> bool:
    """Whether `text` holds links and all are the platform's own.

    Where the platform is not known, those of any platform pass.
    """
    hosts = [match.group(1).lower() for match in _LINK.finditer(text)]
    own = HOSTS.get(platform, ()) if platform else _EVERY
    return bool(hosts) and all(_ends_with(host, own) for host in hosts)


def _ends_with(host: str, ends: tuple[str, ...]) -> bool:
    return any(host == end or host.endswith(f".{end}") for end in ends)
