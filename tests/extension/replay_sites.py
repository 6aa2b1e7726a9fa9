"""The replay pages: which adapter reads them, their shoppers, how to open a conversation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReplaySite:
    """One replay page. `talks` are the shoppers' ids as the page's state knows them."""

    page: str
    site: str
    talks: tuple[str, str, str]
    frame: str = ""
    has_ids: bool = True  # the page's messages carry ids
    sure: bool = True  # the page's conversations carry ids or names that do not collide
    robots: bool = True  # robot lines can be told from an agent's


_D = ("810001", "810002", "810003")

SITES = [
    ReplaySite("pinduoduo", "pinduoduo", _D),
    ReplaySite("feige", "feige", _D, robots=False),
    ReplaySite("kuaishou", "kuaishou", _D),
    ReplaySite("dongdong", "dongdong", _D, sure=False, robots=False),
    ReplaySite("1688", "1688", ("b2b-1", "b2b-2", "b2b-3"), frame="def_cbu", robots=False),
    ReplaySite("xianyu", "xianyu", _D, has_ids=False, robots=False),
    ReplaySite("qianfan", "xiaohongshu-qianfan", ("q1", "q2", "q3"), sure=False, robots=False),
    ReplaySite("sixintong", "xiaohongshu-sixintong", ("x810001", "x810002", "x810003"),
               robots=False),
    ReplaySite("xhsweb", "xiaohongshu-web", ("c1", "c2", "c3"), robots=False),
    ReplaySite("weixin", "weixin", _D, robots=False),
]  # fmt: skip
