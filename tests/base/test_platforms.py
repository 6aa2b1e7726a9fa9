"""One code for each platform."""

from __future__ import annotations

import pytest

from server.base.platforms import platform_code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("pinduoduo", "pinduoduo"),
        ("PDD", "pinduoduo"),
        ("拼多多", "pinduoduo"),
        ("wechat", "weixin"),
        ("微信小店", "weixin"),
        ("抖音", "douyin"),
        ("thelounge", "thelounge"),
        ("", ""),
    ],
)
def test_a_platform_has_one_code(said: str, code: str) -> None:
    assert platform_code(said) == code
