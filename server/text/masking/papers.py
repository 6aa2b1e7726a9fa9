"""Papers that are not a row of digits: passports, travel permits, ids of elsewhere, plates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from server.text.masking.secrets import PLATE, RESIDENT_ID, Secret, matches

_GAP = r"[^a-z0-9]{0,8}"
_PERMIT = r"(?:通行证|回乡证|台胞证|还乡证|旅行证|海员证|返乡证)"
_PAPER: Final = re.compile(
    rf"(?:护照|passport)(?: ?(?:no\.?|号码|号|number))?{_GAP}"
    r"([a-z]{1,2}(?: ?\d){7,8}[a-z]?)(?![a-z0-9])"
    rf"|{_PERMIT}{_GAP}([a-z]{{0,2}}(?: ?\d){{7,10}})(?![a-z0-9])"
    rf"|(?:身份证|身分证|证件|hkid|id ?card|永居证|居留证|居留许可){_GAP}"
    r"([a-z][12]\d{8}|[a-z]{1,2}\d{6,7} ?[(（]?[0-9a][)）]?|[a-z]{3}\d{12})(?![a-z0-9])"
    rf"|(?:军官证|士兵证|警官证){_GAP}"
    r"(?:[\u4e00-\u9fff]{1,4}第? ?)?(\d{6,9})(?!\d)"
    rf"|(?:驾照|驾驶证|行驶证|档案编号){_GAP}(\d{{12,18}}x?)(?![a-z0-9])"
    # The paper named behind its number.
    r"|(?<![a-z0-9])([a-z]{1,2}\d{7,8})(?=[ ，,是]{0,3}(?:这个|我的|的|我)?"
    rf"(?:护照|passport|{_PERMIT}))"
    r"|(?<!\d)([1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?!\d)"
    r"(?=[ ，,是]{0,3}(?:这个|我的|的|我)?(?:老|旧)?(?:身份证|身分证|证件))"
    r"|(?:社保卡?号|医保卡?号|学号|学生证号?|准考证号?|考号)[^a-z0-9]{0,4}"
    r"([a-z]?\d{6,14}[a-z]?)(?![a-z0-9])"
    # An id of Hong Kong with its check sign in brackets is nothing else.
    r"|(?<![a-z0-9])([a-z]{1,2}\d{6}[(（][0-9a][)）])"
    r"|身份证(?:号码?)?(?:的?后|末|最后)[四六八468]位(?:数|号码?)?[是:： ]{0,3}"
    r"(\d{3,8}x?)(?![a-z0-9])"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE: Final = re.compile(
    # Letter and five signs, six on an electric car; i and o are never used.
    rf"([{_PROVINCES}] ?[a-hj-np-z][ ·.•-]{{0,2}}(?=(?:[a-z] ?){{0,3}}\d)"
    r"(?:[a-hj-np-z0-9] ?){4}(?:[a-hj-np-z0-9]{1,2}|[港澳学警挂])(?![a-z0-9]))"
    r"|(?:车架号|车辆识别码|vin)[^a-z0-9]{0,4}([a-hj-npr-z0-9]{17})(?![a-z0-9])"
    r"|车牌号?码?[ :：是为]{0,3}([\u4e00-\u9fff]? ?[a-z][ ·.•-]{0,2}[a-z0-9]{4,6})(?![a-z0-9])"
)


def find_papers(text: str) -> Iterator[Secret]:
    """Ids and plates with letters in a folded text."""
    yield from matches(_PAPER, text, RESIDENT_ID)
    yield from matches(_PLATE, text, PLATE)
