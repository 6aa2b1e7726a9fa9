"""Masking of contact data, ids and card numbers before a text is written to disk.

Numbers are found through the disguises of `undisguise` (full width, circled, spoken or foreign
digits) and through what people put between them (blanks, dashes, brackets, line ends). Tracking,
order and article numbers are kept: leads need them, and they name no person.

The work is linear in the text's length: every pattern is bounded, and in a row of digits only
stretches of at most `_LONGEST` are looked at (`tests/text/test_masking.py` counts the steps).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from server.text.undisguise import Folded, plain
from server.text.undisguise_tables import SPOKEN_DIGITS

PHONE, CARD, RESIDENT_ID = "‹手机号›", "‹银行卡号›", "‹证件号›"
EMAIL, ACCOUNT, ADDRESS = "‹邮箱›", "‹账号›", "‹地址›"

_SPOKEN = {sign: SPOKEN_DIGITS[sign] for sign in "零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"}
_BETWEEN = frozenset(" \t\r\n-._·*/~、，,。…()（）[]【】:：|—–#=+&\\♥")
_WIDEST_GAP = 3
# A bank card of 19 digits is the longest number of a person, a dialling prefix comes before it.
_LONGEST = 24
_SHORTEST = 8
_LOOK_BACK = 20

_THING = re.compile(
    r"(?:单号|单子号|编号|货号|条码|条形码|款号|型号|批号|序列号|工号|流水号|取件码|尾号|sn|no\.?)"
    r"[\s:：是为#]{0,4}$"
    r"|订单[\s:：是#]{0,2}$"
    r"|(?:sf|yt|yd|yto|yz|zt|zto|jd|jdk|jdv[a-z]?|jdx|jt|sto|ems|dpk|db|best|cne|la|lp) ?$"
)
_PHONE = re.compile(
    r"(?:00)?(?:86)?0?1[3-9]\d{9}|1(?:7951|2593)1[3-9]\d{9}"
    # Landlines only with their leading nought or 86: else they are amounts and article numbers.
    r"|(?:0|(?:00)?860?)(?:10|2\d|[3-9]\d\d)\d{7,8}"
    r"|09\d{8}|(?:00)?8860?(?:9\d{8}|[2-8]\d{7,8})"  # Taiwan
    r"|(?:00)?85[23][569]\d{7}"  # Hong Kong and Macau
)
_FOREIGN = re.compile(r"[1-9]\d{9,14}")
_ABROAD = re.compile(r"(?:^|[^0-9a-z])\+$")
_CARD = re.compile(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|35\d{14}|9558\d{12,15}")
_OLD_ID = re.compile(r"[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
_ID_WORD = re.compile(r"(?:身份证|身分证|证件|居民证|老证|id ?card|sfz)[^0-9]{0,8}$")
_CARD_WORD = re.compile(
    r"(?:卡号|银行卡|储蓄卡|信用卡|这张卡|账户|账号|行卡|打到|打款|汇到|退到)[^0-9]{0,12}$"
)
_CALL_WORD = re.compile(
    r"(?:香港|澳门|hk|电话|手机|座机|固话|致电|联系|whatsapp|tel|打给)[^0-9]{0,6}$"
)
# A number in three parts with a word between them, as people tell it.
_WORD_BETWEEN = (
    r"[ ，,]{0,2}(?:中间(?:四位|是)?|后(?:面|四位|几位|边)?|末(?:尾|四位)?|尾(?:号)?|空(?:格)?|"
    r"然后|接着|再|横|杠|点|[a-z]){1,2}[ ，,:：是]{0,3}"
)
_TOLD_PHONE = re.compile(
    r"区号 ?0\d{2,3}[^\d]{1,6}\d{7,8}"
    rf"|(?<!\d)1[3-9]\d(?:{_WORD_BETWEEN}\d{{4}}){{2}}(?!\d)"
    rf"|(?<!\d)1[3-9]\d{_WORD_BETWEEN}\d{{8}}(?!\d)|(?<!\d)1[3-9]\d{{5}}{_WORD_BETWEEN}\d{{4}}(?!\d)"
)

_DOT = r" ?(?:\.|点|。|\[dot\]|\(dot\)| dot ) ?"
_DOMAIN = rf"[a-z0-9-]{{1,30}}(?:{_DOT}[a-z0-9-]{{2,30}}){{0,3}}{_DOT}[a-z]{{2,10}}(?![a-z0-9])"
_EMAIL = re.compile(
    rf"[a-z0-9][a-z0-9._%+-]{{1,40}} ?(?:@|艾特|\(at\)|\[at\]|#at#|#) ?{_DOMAIN}"
    rf"|[\u4e00-\u9fff]{{1,4}}@{_DOMAIN}"
    r"|[a-z0-9][a-z0-9._%+-]{1,40} at [a-z0-9-]{1,30} (?:dot|点) [a-z]{2,10}(?![a-z0-9])"
)
_IN = r"[ ~·._*-]{0,2}"  # what people put between the signs of a word
_MESSENGER = (
    rf"[微薇威维徽]{_IN}(?:信|芯|心|x)|微|薇|威|徽|卫星|v{_IN}信|v❤|♥信|wx|w{_IN}x|v{_IN}x|"
    rf"we{_IN}chat|wei{_IN}xin|绿泡泡|q{_IN}q|扣扣|球球|企鹅|支付宝|zfb|alipay|"
    r"抖音|快手|小红书|旺旺|钉钉|飞书|telegram|tg|whatsapp|line(?= ?(?:id|号|[:：@]))|skype|陌陌|"
    r"(?:加下?|我|我的|➕|\+) ?[vq]|[vq] ?(?:加|号)|vq"
)
# Between the messenger and the account: a word for it, small words, signs.
_SIGNS = r"[\s:：是为就吧，,@➡→=＝（(“”\"'‘`「『【\[~·-]{0,4}"
_LEADS = (
    r"(?:群|号码|账号|帐号|账户|号|id|名)?"
    rf"{_SIGNS}(?:搜索|搜|加|就是|我的是|是我的|也是|吧)?{_SIGNS}"
)
_GOODS = r"(?!iphone|ipad|android|apple|huawei|xiaomi|redmi|honor|oppo|vivo|pay|app\b|http|www)"
_VALUE = (
    rf"({_GOODS}[a-z](?:[a-z0-9]|[_.-](?=[a-z0-9_.-])){{4,24}}"
    r"|[1-9](?:[ -]?\d){4,10})(?![a-z0-9])"
)
_ACCOUNT = re.compile(rf"(?:(?<![a-z._-])(?=[a-z])|(?![a-z]))(?:{_MESSENGER}) ?{_LEADS}{_VALUE}")
_ACCOUNT_ALONE = re.compile(
    r"(?<![a-z0-9])(wxid_[a-z0-9]{6,24})"
    r"|(?<![a-z0-9])[vq] ?([a-z][a-z0-9_-]{5,20}|[1-9]\d{4,10})(?= ?(?:加我|找我|联系我))"
)
_PASSPORT = re.compile(
    r"(?:护照|passport)(?: ?(?:no\.?|号码|号|number))?[^a-z0-9]{0,8}"
    r"([a-z]{1,2}(?: ?\d){7,8})(?![a-z0-9])"
    r"|(?:通行证|回乡证|台胞证)[^a-z0-9]{0,8}([a-z]{0,2}(?: ?\d){7,10})(?![a-z0-9])"
    r"|(?:身份证|身分证|证件|hkid|id ?card|永居证|居留证)[^a-z0-9]{0,8}"
    r"([a-z][12]\d{8}|[a-z]{1,2}\d{6} ?[(（]?[0-9a][)）]?|[a-z]{3}\d{12})(?![a-z0-9])"
)
_HAN = r"[\u4e00-\u9fff]"
_PLACE = "路街巷弄道村苑园里庄屯"
_BUILDING = "小区|大厦|公寓|广场|花园|新村|家园|宿舍|宿舍楼|工业园|科技园|国际"
_STREET = rf"(?:[{_PLACE}]|{_BUILDING}|大道|胡同|大街|乡|镇|社区)"
_UNIT = r"(?:号楼|号院|号|弄|栋|幢|座|区|期|单元|组|门|楼|层|室|户|-)"
_DOORS = (
    rf"(?: ?[\dA-Za-z一二三四五六七八九十]{{1,6}} ?{_UNIT}){{0,6}}"
    r"(?: ?[a-z]?\d{1,4}室?)?"
)
_ADDRESS = re.compile(
    rf"{_HAN}{{2,12}}{_STREET} ?[甲乙丙丁]?(?: ?[a-z] ?[座区栋幢楼])? ?\d{{1,5}} ?"
    rf"(?:号楼|号院|号|弄|栋|幢|座|组|区|期|单元|-){_DOORS}"
    # Written out, only where it cannot be 知道十号 or 弄一弄.
    rf"|{_HAN}{{2,12}}(?:[路街巷]|大道|{_BUILDING})[一二三四五六七八九十百]{{2,6}}号{_DOORS}"
    rf"|{_HAN}{{2,12}}[村庄屯] ?[\d一二三四五六七八九十]{{1,3}}[组队]{_DOORS}"
    rf"|{_HAN}{{2,12}}(?:{_BUILDING}) ?(?:[a-z\d]{{1,2}} ?[座栋区楼])? ?\d{{3,4}}室?"
    r"(?![\d元件斤克])"
)
# 省市区 and a street: an address without any number.
_FAR_ADDRESS = re.compile(
    rf"(?:{_HAN}{{2,6}}(?:省|自治区) ?)?{_HAN}{{2,6}}(?:市|自治州|地区|盟) ?"
    rf"{_HAN}{{1,6}}(?:区|县|市|旗|镇) ?[\u4e00-\u9fffa-z0-9]{{1,16}}{_STREET}{_DOORS}"
)
_DOOR = re.compile(
    r"\d{1,3} ?(?:号楼|栋|幢|座) ?(?:\d{1,2} ?单元 ?)?\d{2,4} ?室?(?!\d|元|件|斤|克)"
    r"|\d{1,3} ?号 ?宿舍楼? ?\d{2,4}"
    r"|(?<![\d-])(?!19|20)\d{1,2}-\d{1,2}-(?!19|20)\d{3,4}(?![\d-])"
    r"(?=[^\d]{0,3}(?:室|放|送|门|家|收))"
)


@dataclass(frozen=True)
class _Secret:
    start: int
    end: int
    shown: str


@dataclass(frozen=True)
class _Group:
    """Digits of one kind that stand side by side, and where in the folded text."""

    digits: str
    start: int
    end: int
    spoken: bool


def mask(text: str) -> str:
    """`text` with phones, e-mails, account ids, resident ids, bank cards and addresses replaced."""
    folded = plain(_line_ends_kept(text))
    secrets = sorted(_secrets(folded), key=lambda secret: (secret.start, -secret.end))
    parts: list[str] = []
    position = 0
    for secret in secrets:
        if secret.start >= position:
            parts += [text[position : secret.start], secret.shown]
        # Of two that overlap nothing stays, also not the end of the second.
        position = max(position, secret.end)
    return "".join([*parts, text[position:]])


def _line_ends_kept(text: str) -> str:
    """Line ends and tabs as blanks: `plain` drops control signs, which would join two lines."""
    return text.translate({9: " ", 10: " ", 13: " "})


def _secrets(folded: Folded) -> Iterator[_Secret]:
    text = folded.text
    for run in _digit_runs(text):
        yield from _numbers(folded, run)
    shapes = (
        (_TOLD_PHONE, PHONE),
        (_EMAIL, EMAIL),
        (_ADDRESS, ADDRESS),
        (_FAR_ADDRESS, ADDRESS),
        (_DOOR, ADDRESS),
        (_ACCOUNT, ACCOUNT),
        (_ACCOUNT_ALONE, ACCOUNT),
        (_PASSPORT, RESIDENT_ID),
    )
    for pattern, shown in shapes:
        for match in pattern.finditer(text):
            inner = match.lastindex or 0
            yield _secret(folded, match.start(inner), match.end(inner), shown)


def _digit_runs(text: str) -> Iterator[list[_Group]]:
    """Groups of digits with at most three separators between one and the next.

    Spoken and written digits that touch are two groups: 王五138… begins with a name.
    """
    run: list[_Group] = []
    position = 0
    while position < len(text):
        start = position
        spoken = text[start] in _SPOKEN
        behind = bool(run) and run[-1].end == start
        digits: list[str] = []
        while position < len(text) and (text[position] in _SPOKEN) == spoken:
            digit = _digit(text, position, behind or bool(digits))
            if not digit:
                break
            digits.append(digit)
            position += 1
        if not digits:
            position += 1
            continue
        if run and not _close(text, run[-1].end, start):
            yield run
            run = []
        run.append(_Group("".join(digits), start, position, spoken))
    if run:
        yield run


def _close(text: str, end: int, start: int) -> bool:
    gap = text[end:start]
    return len(gap) <= _WIDEST_GAP and all(sign in _BETWEEN for sign in gap)


def _digit(text: str, position: int, behind_digits: bool) -> str:
    """The digit that a sign stands for, '' for none.

    Behind digits an o is a nought, and an x that ends the word the last sign of a resident id.
    """
    sign = text[position]
    if "0" <= sign <= "9":
        return sign
    if sign in _SPOKEN:
        return _SPOKEN[sign]
    if sign in "li" and not behind_digits:
        # An l or i that begins a row of digits is a one: l38.
        before = text[position - 1 : position]
        alone = not (before.isascii() and before.isalnum())
        begins = re.match(r"[3-9][0-9o]", text[position + 1 : position + 3])
        return "1" if alone and begins else ""
    if sign in "ox":
        follows = text[position + 1 : position + 2]
        ends = not (follows.isascii() and follows.isalnum())
        in_row = ends or follows in "o0123456789" or text[position - 1] == "o"
        if sign == "o" and behind_digits and in_row:
            return "0"
        return "x" if sign == "x" and behind_digits and ends else ""
    value = unicodedata.digit(sign, -1) if sign > "\u007f" else -1
    return str(value) if value >= 0 else ""


def _numbers(folded: Folded, run: list[_Group]) -> Iterator[_Secret]:
    """Phones, cards and ids among the groups of one run, the longest at each place."""
    first = 0
    while first < len(run):
        found = _longest(folded.text, run, first)
        if found is None:
            first += 1
            continue
        last, shown = found
        yield _secret(folded, run[first].start, run[last].end, shown)
        first = last + 1


def _longest(text: str, run: list[_Group], first: int) -> tuple[int, str] | None:
    """The last group of the longest number that begins with group `first`, and its mask."""
    before = text[max(0, run[first].start - _LOOK_BACK) : run[first].start]
    digits, best = "", None
    for last in range(first, len(run)):
        digits += run[last].digits
        if len(digits) > _LONGEST:
            break
        if len(digits) < _SHORTEST:
            continue
        shown = _kind(digits, before)
        # People mix spoken and written digits in phones; 2157789三天 is no card.
        kinds = {group.spoken for group in run[first : last + 1] if group.digits != "x"}
        if shown == PHONE or (shown and len(kinds) == 1):
            best = last, shown
    return best


def _kind(digits: str, before: str) -> str:
    """What a row of digits is: the mask to show, or '' for a number of things."""
    length = len(digits)
    if length == 18 and (
        is_resident_id(digits) or (_ID_WORD.search(before) and digits[6:8] in ("19", "20"))
    ):
        return RESIDENT_ID
    if length == 15 and _OLD_ID.fullmatch(digits) and _ID_WORD.search(before):
        return RESIDENT_ID
    if _PHONE.fullmatch(digits):
        return "" if _THING.search(before) else PHONE
    if length == 8 and digits[0] in "569" and _CALL_WORD.search(before):
        return PHONE
    if 15 <= length <= 19 and not _THING.search(before):
        if _CARD_WORD.search(before):
            return CARD
        if _CARD.fullmatch(digits) and luhn.is_valid(digits):
            return CARD
    return PHONE if _FOREIGN.fullmatch(digits) and _ABROAD.search(before) else ""


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
