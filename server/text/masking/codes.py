"""What opens something for whoever holds it: codes by text message, and links that pay or add."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.text.masking.secrets import ACCOUNT, CODE, Secret, matches

_CODE: Final = re.compile(
    r"(?:验证码|校验码|动态密?码|短信码)[^a-z0-9]{0,6}(\d{4,8}|\d{3}[ -]\d{3})(?!\d)"
)
_LINK: Final = re.compile(
    r"(?:wxp://|weixin://|(?:u\.wechat|qm\.qq|qr\.alipay)\.com/|(?:t|wa|line)\.me/)"
    r"[a-z0-9_./?=&%~-]{3,80}"
)


def find_codes(text: str) -> Iterator[Secret]:
    """Codes and links of persons in a folded text."""
    yield from matches(_CODE, text, CODE)
    yield from matches(_LINK, text, ACCOUNT)
