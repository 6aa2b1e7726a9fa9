"""A platform's own links pass, foreign ones do not."""

from pathlib import Path

import pytest

from server.base.platforms import PLATFORMS
from server.compliance.checker import Checker
from server.compliance.links import HOSTS, only_own_links
from server.compliance.rule_files import load_rules

CHECKER = Checker(load_rules(Path(__file__).parents[2] / "scripts_library" / "rules"))


def test_every_platform_says_which_hosts_are_its_own():
    assert set(HOSTS) == set(PLATFORMS)


@pytest.mark.parametrize(
    ("text", "platform", "own"),
    [
        ("看这个 https://item.taobao.com/item.htm?id=1", "taobao", True),
        ("看这个 https://item.taobao.com/item.htm?id=1", "tmall", True),
        ("看这个 https://item.taobao.com/item.htm?id=1", "jd", False),
        ("https://item.jd.com/1.html 和 https://example.cn/a", "jd", False),
        ("https://nottaobao.com/a", "taobao", False),
        ("https://taobao.com.example.cn/a", "taobao", False),
        ("HTTPS://Item.JD.com/1.html", "jd", True),
        ("https://item.jd.com/1.html", "", True),
        ("https://example.cn/1", "", False),
        ("没有链接", "jd", False),
    ],
)
def test_own_links_are_told_by_their_host(text, platform, own):
    assert only_own_links(text, platform) is own


@pytest.mark.parametrize(
    ("platform", "categories"),
    [("jd", []), ("taobao", ["contact_diversion"]), ("pinduoduo", ["contact_diversion"])],
)
def test_a_product_link_is_judged_by_the_platform_it_is_sent_on(platform, categories):
    found = CHECKER.check("这款在这里 https://item.jd.com/100000000001.html", platform=platform)
    assert [finding.category for finding in found] == categories
