"""Masking of contact data, ids and card numbers before a text is written to disk.

Phones are found through the disguises of `undisguise` (spaces, full width, circled or spoken
digits). Tracking, order and article numbers are kept: leads need them, and they name no person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from server.text.undisguise import Folded, plain
from server.text.undisguise_tables import SPOKEN_DIGITS

PHONE, CARD, RESIDENT_ID = "‹手机号›", "‹银行卡号›", "‹证件号›"
EMAIL, ACCOUNT, ADDRESS = "‹邮箱›", "‹账号›", "‹地址›"

_SPOKEN = {sign: SPOKEN_DIGITS[sign] for sign in "零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"}
_DIGIT_LIKE = "0123456789" + "".join(_SPOKEN)
_RUN = re.compile(rf"[{_DIGIT_LIKE}](?:[ \-._·*/~、，,]{{0,3}}[{_DIGIT_LIKE}o])+x?")
_GAP = re.compile(r"[ \-._·*/~、，,]+")
_NUMBER_OF_THINGS = re.compile(
    r"(?:单号|单子号|编号|货号|条码|条形码|款号|型号|批号|序列号|工号|sn|no\.?)[\s:：是为]{0,4}$"
    r"|订单[\s:：是]{0,2}$|(?:sf|yt|zto|zt|jd|ems|jt|sto|yd|yto|dpk|jdv[a-z]?|jdx) ?$"
)
_PHONE = re.compile(r"(?:86)?(1[3-9]\d{9})$")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)|(?<!\d)0\d{2,3}[- ]\d{4}[- ]\d{4}(?!\d)")
_EMAIL = re.compile(
    r"[a-z0-9._%+-]{2,40} ?(?:@|艾特|\(at\)|#at#) ?[a-z0-9-]{1,30}(?: ?(?:\.|点) ?[a-z]{2,10}){1,2}"
)
_ACCOUNT = re.compile(
    r"(?:微信|薇信|威信|微|薇|v信|v❤|wx|vx|wechat|weixin|qq|扣扣|企鹅|支付宝|zfb|抖音|快手|小红书)"
    r"(?:号码|账号|帐号|号|id)?[\s:：是为]{0,4}([a-z][a-z0-9_-]{4,19}|[1-9]\d{4,10})(?![a-z0-9])"
)
_PLACE = "路街巷弄道村苑园里庄屯"
_ADDRESS = re.compile(
    rf"[\u4e00-\u9fff]{{2,12}}(?:[{_PLACE}]|小区|大厦|公寓|广场|花园|新村|家园|大道)"
    r" ?\d{1,5} ?(?:号楼|号院|号|弄|栋|幢|座|区|期|单元|-)"
    r"(?:[\dA-Za-z\-一二三四五六七八九十 ]{0,6}(?:号楼|号|栋|幢|座|单元|楼|层|室|户))*"
    r"(?:\d{2,4})?室?"
)
_DOOR = re.compile(
    r"\d{1,3} ?(?:号楼|栋|幢|座) ?(?:\d{1,2} ?单元 ?)?\d{2,4} ?室?(?!\d|元|件|斤|克)"
)


@dataclass(frozen=True)
class _Secret:
    start: int
    end: int
    shown: str


def mask(text: str) -> str:
    """`text` with phones, e-mails, account ids, resident ids, bank cards and addresses replaced."""
    folded = plain(text)
    secrets = sorted(_secrets(folded), key=lambda secret: (secret.start, -secret.end))
    parts: list[str] = []
    position = 0
    for secret in secrets:
        if secret.start < position:
            continue
        parts += [text[position : secret.start], secret.shown]
        position = secret.end
    return "".join([*parts, text[position:]])


def _secrets(folded: Folded) -> Iterator[_Secret]:
    for match in _RUN.finditer(folded.text):
        yield from _numbers(folded, match)
    shapes = ((_LANDLINE, PHONE), (_EMAIL, EMAIL), (_ADDRESS, ADDRESS), (_DOOR, ADDRESS))
    for pattern, shown in shapes:
        for match in pattern.finditer(folded.text):
            yield _secret(folded, match.start(), match.end(), shown)
    for match in _ACCOUNT.finditer(folded.text):
        yield _secret(folded, match.start(1), match.end(1), ACCOUNT)


def _numbers(folded: Folded, match: re.Match[str]) -> Iterator[_Secret]:
    """Phones, cards and ids in one run of digits, which may be grouped by separators."""
    named = _NUMBER_OF_THINGS.search(folded.text[max(0, match.start() - 12) : match.start()])
    after = folded.text[match.end() : match.end() + 1]
    if after.isascii() and after.isalnum():
        return
    groups = _groups(match)
    for first in range(len(groups)):
        for last in range(len(groups), first, -1):
            digits = "".join(_digits(group[0]) for group in groups[first:last])
            shown = _kind(digits, bool(named) and first == 0)
            if shown:
                yield _secret(folded, groups[first][1], groups[last - 1][2], shown)
                return


def _groups(match: re.Match[str]) -> list[tuple[str, int, int]]:
    groups: list[tuple[str, int, int]] = []
    position = match.start()
    for piece in re.split(rf"({_GAP.pattern})", match.group()):
        if piece and not _GAP.fullmatch(piece):
            groups.append((piece, position, position + len(piece)))
        position += len(piece)
    return groups


def _digits(run: str) -> str:
    return "".join(_SPOKEN.get(sign, "0" if sign == "o" else sign) for sign in run)


def _kind(digits: str, named: bool) -> str:
    """What a row of digits is: the mask to show, or '' for a number of things."""
    if len(digits) == 18 and is_resident_id(digits):
        return RESIDENT_ID
    if named:
        return ""
    if _PHONE.fullmatch(digits):
        return PHONE
    if 15 <= len(digits) <= 19 and digits[0] in "3456" and luhn.is_valid(digits):
        return CARD
    return ""


def is_resident_id(digits: str) -> bool:
    """Whether 18 signs are a mainland resident id: a plausible birth date and the check sign.

    The county is not looked up: an id of one that no longer exists is an id all the same.
    """
    body = digits[:17]
    if not body.isdecimal() or body[6:8] not in ("19", "20"):
        return False
    if not ("01" <= body[10:12] <= "12" and "01" <= body[12:14] <= "31"):
        return False
    return bool(mod_11_2.is_valid(digits.upper()))


def _secret(folded: Folded, start: int, end: int, shown: str) -> _Secret:
    original = folded.span(start, end)
    return _Secret(original[0], original[1], shown)
