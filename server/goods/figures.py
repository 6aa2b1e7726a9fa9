"""Numbers as shoppers write them, made figures; numbers that measure nobody, taken away."""

from __future__ import annotations

import re

from server.text.normal import normalize

_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_RUN = re.compile(r"[零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?(?!下|些|样)")
# 一米六五, 1m65, 1米6: metres and what is left of one.
_METRES = re.compile(
    r"(?<![\d.])([12])\s*(?:米|m)\s*([0-9]{1,2})(?!\d|\.\d)(?:\s*(?:cm|公分|厘米))?"
)
_SAID_METRES = re.compile(
    r"([一二两12])米([零〇一二三四五六七八九])([零〇一二三四五六七八九](?![十百]))?(?![十百])"
)
_CLOTH = r"(?!\s*(?:的?(?:床|被|桌|窗|布|线|绳|杆)|宽|长|厚|款))"

_GONE = tuple(
    re.compile(pattern)
    for pattern in (
        r"[¥$]\s*\d+(?:\.\d+)?",
        r"\d+(?:\.\d+)?\s*(?:元|块|圆|rmb|毛钱?|角|折|万)",
        r"满\s*\d+\s*[减-]\s*\d+|[满减券]\s*\d+|\d+\s*减\s*\d+|(?:价格?|优惠|单价|售价|原价)[是:]?\s*\d+",
        r"\d{2,4}([-/.])\d{1,2}\1\d{1,2}(?![\d.])|\d{2,4}年\d{1,2}月\d{1,2}[日号]?",
        r"\d{1,2}\s*月(?:份|底|初|中|\s*\d{1,2}\s*[日号]?)?",
        r"\d{1,2}\s*[:]\s*\d{2}(?:\s*:\s*\d{2})?|\d{1,2}点(?:半|\d{1,2}分?)?",
        r"\d+\s*(?:分钟|小时|天|日|周(?!岁)|秒|年|星期|期|点)",
        r"(?:订单号?|单号|编号|货号|款号|型号|尾号|后四位|手机号?|电话|快递|运单)[是为:]?\s*[a-z]*\d[\d\s-]*",
        r"\d+\s*(?:件|双|条|个(?!半?月)|套|瓶|盒|包|箱|袋|单|张|码|号|次|人|家|款|片|只|把|克|%|度|伏|瓦|楼|栋)",
        r"(?<!尺)\d+(?:\.\d+)?\s*(?:ml|g|v|w|mah|gb|寸|英寸)(?![a-z])",
        r"\d+(?:\.\d+)?l(?![a-z])",  # 120 L is a weight and a size
        r"1\d\d\s*/\s*\d{2,3}\s*[abcy](?![a-z])",  # the label of a size, 165/88A
        r"(?<![\d.])\d{2}\s*[a-g](?![a-z])",  # a bra's size
        r"(?<![a-z])(?!kg|cm|mm|m\d)[a-z]+-?\d{2,}",
        r"\d{4,}",
        r"(?:买|来|拍|订|称|发|装|净重|毛重|承重|载重|限重|承受|能坐|托)了?\s*\d+(?:\.\d+)?\s*(?:斤|kg|公斤|千克)",
        r"\d+(?:\.\d+)?\s*(?:斤|kg|公斤|千克)(?=装|一箱|一袋|一件|包邮|起|的?(?:大?米|面粉|果|苹果|橙|快递|货))",
        r"(?:衣长|裤长|裙长|袖长|肩宽|鞋跟|跟高|床|桌|柜|帘|布|毯|被子|架|屏|直径|厚|宽|(?<![脚足身底])长)[度是为:]?\s*\d+(?:\.\d+)?\s*(?:cm|厘米|公分|mm|米|m)?",
        r"\d+(?:\.\d+)?\s*(?:cm|厘米|公分|米|m)\s*(?:的?(?:床|被|桌|窗|布|线|绳|杆|跟)|宽|长(?!得)|厚)",
    )
)  # fmt: skip


def in_figures(text: str) -> str:
    """The text in one form, with 一百一十 as 110 and 一米六五 as 165cm."""
    parted = _SAID_METRES.sub(_parted, normalize(text))
    folded = _RUN.sub(lambda run: _figure(run.group()), parted)
    return re.sub(_METRES.pattern + _CLOTH, _centimetres, folded)


def _parted(match: re.Match[str]) -> str:
    """一米六二九十八斤 is 1米62 and 九十八斤."""
    metres, tens, ones = match.groups(default="")
    figures = "".join(str(_DIGITS[sign]) for sign in tens + ones)
    return f"{_DIGITS.get(metres, metres)}米{figures} "


def measures_only(text: str) -> str:
    """`text` with prices, dates, times, quantities, codes and order numbers put out."""
    for pattern in _GONE:
        text = pattern.sub(lambda match: "#" * len(match.group()), text)
    return text


def _centimetres(match: re.Match[str]) -> str:
    metres, rest = match.groups()
    return f"{int(metres) * 100 + int(rest.ljust(2, '0'))}cm"


def _figure(run: str) -> str:
    """三十五 is 35, 一百一 is 110, 一六五 is 165, 二十四点五 is 24.5; anything else stays."""
    whole, _, part = run.partition("点")
    if all(sign in _DIGITS for sign in whole):
        value: int | str | None = "".join(str(_DIGITS[sign]) for sign in whole)
    else:
        value = _whole(whole)
    if value is None:
        return run
    return f"{value}.{''.join(str(_DIGITS[sign]) for sign in part)}" if part else str(value)


def _whole(run: str) -> int | None:
    match = re.fullmatch(r"(?:([一二两三四五六七八九])百)?(零|〇)?(?:(.)?(十))?(.)?", run)
    if match is None or not all(s in _DIGITS for s in match.group(3, 5) if s):
        return None
    hundred, zero, tens, ten, ones = match.groups()
    value = _DIGITS[hundred] * 100 if hundred else 0
    if ten:
        return value + (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    if ones:  # 一百一 says 110, 一百零一 says 101
        return value + _DIGITS[ones] * (1 if zero else 10)
    return value or None
