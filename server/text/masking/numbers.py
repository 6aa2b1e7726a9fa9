"""Rows of digits that name a person: phones, bank cards, resident ids.

Numbers of things stay: what stands before them, their length and their check digits tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from server.text.masking.secrets import CARD, PHONE, RESIDENT_ID, Secret, matches
from server.text.undisguise_tables import SPOKEN_DIGITS

_SPOKEN = {sign: SPOKEN_DIGITS[sign] for sign in "零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"}
_BETWEEN = frozenset(" \t\r\n-._·*/~、，,。…()（）[]【】:：|—–#=+&\\♥")
_WIDEST_GAP = 3
# A phone with its prefixes comes in at most so many parts, unless every digit stands alone.
_PARTS = 5
# A bank card of 19 digits is the longest number of a person, a dialling prefix comes before it.
_LONGEST = 24
_SHORTEST = 7
_LOOK_BACK = 20

_THING = re.compile(
    r"(?:单号|单子号|编号|货号|条码|条形码|款号|型号|批号|序列号|工号|流水号|取件码|代码|尾号|sn|"
    r"(?<!card )(?<!phone )(?<!tel )(?<!mobile )(?<!contact )no\.?)"
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
_ID_WORD = re.compile(r"(?:身份证|身分证|证件|居民证|老证|id ?card|sfz|1[58]位的?)[^0-9]{0,8}$")
_CARD_WORD = re.compile(
    r"(?:卡号|银行卡|储蓄卡|信用卡|这张卡|账户|账号|帐号|行卡|打到|打款|汇到|退到|"
    r"(?<![a-z])(?:yhk|visa|amex|master(?:card)?|card(?: ?no)?))[^0-9]{0,12}$"
)
_CALL_WORD = re.compile(
    r"(?:香港|澳门|hk|电话|手机|座机|固话|致电|联系|whatsapp|tel|打给)[^0-9]{0,6}$"
)
# Seven or eight digits are a phone at home only where it is said.
_HOME_WORD = re.compile(
    r"(?:(?<!客服)电话|座机|固话|家电|宅电|致电|打给|(?<![a-z])tel)"
    r"(?:号码?)?[ :：是为改成留了(（]{0,4}$"
)
_HOME = re.compile(r"[2-8]\d{6,7}")
_HOTLINE = re.compile(r"[48]00\d{7}")
# A number in three parts with a word between them, as people tell it.
_WORD_BETWEEN = (
    r"[ ，,（(]{0,2}(?:中间(?:四位|是)?|后(?:面|四位|几位|边)?|末(?:尾|四位)?|尾(?:号)?|空(?:格)?|"
    r"然后|接着|再|横|杠|点|[a-z]){1,2}[ ，,:：是）)]{0,3}"
)
_TOLD_PHONE = re.compile(
    r"区号 ?0\d{2,3}[^\d]{1,6}\d{7,8}"
    r"|(?<![\d-])[48]00(?:[ -]\d{3}[ -]?\d{4}|[ -]\d{4}[ -]?\d{3})(?![\d-])"
    rf"|(?<!\d)1[3-9]\d(?:{_WORD_BETWEEN}\d{{4}}){{2}}(?!\d)"
    rf"|(?<!\d)1[3-9]\d{_WORD_BETWEEN}\d{{8}}(?!\d)|(?<!\d)1[3-9]\d{{5}}{_WORD_BETWEEN}\d{{4}}(?!\d)"
)

# A day or a time of day is nobody's number, nor the beginning of one: 2026-11-02–2026-12-01. Only
# a resident id is written around its date of birth.
_WHEN = re.compile(
    r"(?<!\d)(?<!\d{6}[-. ])(?:19|20)\d\d[-./_年](?:0?[1-9]|1[0-2])[-./_月](?:0?[1-9]|[12]\d|3[01])"
    r"(?!\d)(?![-. ]?\d{3}[\dx](?!\d))"
    r"|(?<!\d)(?<!\d[-. ])(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|[12]\d|3[01])[-./](?:19|20)\d\d"
    r"(?!\d)(?![-. ]\d{3})"
    r"|(?<!\d)(?:(?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01]) ?)?"
    r"(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-5]\d)?(?!\d)"
)


@dataclass(frozen=True)
class _Group:
    """Digits of one kind that stand side by side, and where in the folded text."""

    digits: str
    start: int
    end: int
    spoken: bool


def find_numbers(text: str) -> Iterator[Secret]:
    """Phones, cards and ids in a folded text, found through what stands between their digits."""
    for run in _digit_runs(text):
        yield from _numbers(text, run)
    yield from matches(_TOLD_PHONE, text, PHONE)


def _digit_runs(text: str) -> Iterator[list[_Group]]:
    """Groups of digits with at most three separators between one and the next.

    Spoken and written digits that touch are two groups: 王五138… begins with a name.
    """
    run: list[_Group] = []
    position = 0
    days = {match.start(): match.end() for match in _WHEN.finditer(text)}
    while position < len(text):
        if position in days:
            position = days[position]
            if run:
                yield run
                run = []
            continue
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
    if sign in "li" and behind_digits:
        # Between digits it is one too: l38ool38ooo.
        in_digits = text[position - 1] in "o0123456789"
        follow = re.match(r"[0-9o]{2}", text[position + 1 : position + 3])
        return "1" if in_digits and follow else ""
    if sign in "li":
        # An l or i that begins a row of digits is a one: l38.
        before = text[position - 1 : position]
        alone = not (before.isascii() and before.isalnum())
        begins = re.match(r"[3-9][0-9o]|[0-9o]{3}", text[position + 1 : position + 4])
        return "1" if alone and begins else ""
    if sign in "ox":
        follows = text[position + 1 : position + 2]
        ends = not (follows.isascii() and follows.isalnum())
        in_row = ends or follows in "oli0123456789" or text[position - 1] == "o"
        if sign == "o" and behind_digits and in_row:
            return "0"
        return "x" if sign == "x" and behind_digits and ends else ""
    value = unicodedata.digit(sign, -1) if sign > "\u007f" else -1
    return str(value) if value >= 0 else ""


def _numbers(text: str, run: list[_Group]) -> Iterator[Secret]:
    """Phones, cards and ids among the groups of one run, the longest at each place."""
    first = 0
    while first < len(run):
        found = _longest(text, run, first)
        if found is None:
            first += 1
            continue
        last, shown = found
        yield Secret(run[first].start, run[last].end, shown)
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
        if (shown == PHONE and not _are_sizes(text, run[first : last + 1])) or (
            shown not in ("", PHONE) and len(kinds) == 1
        ):
            best = last, shown
    return best


def _are_sizes(text: str, groups: list[_Group]) -> bool:
    """Whether groups that make a phone are sizes: 135 140 145 50, or 1.5 250/2 255/2.5."""
    if len(groups) < 4:
        return False
    values = [int(group.digits) for group in groups[:3] if group.digits.isdecimal()]
    widths = {len(group.digits) for group in groups[:3]}
    steps = {right - left for left, right in pairwise(values)}
    if len(values) == 3 and len(steps) == 1 and not steps & {0, 1} and widths <= {2, 3}:
        return True
    gaps = [text[left.end : right.start].strip() for left, right in pairwise(groups)]
    return "." in gaps and "/" in gaps and len(groups) > _PARTS


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
    if _HOME.fullmatch(digits) and _HOME_WORD.search(before):
        return PHONE
    if _HOTLINE.fullmatch(digits) and _CALL_WORD.search(before):
        return PHONE
    if 15 <= length <= 22 and not _THING.search(before):
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
