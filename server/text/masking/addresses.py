"""Addresses: a street or an estate with a number, a place and a street without one, doors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from server.text.masking.places import PLACES
from server.text.masking.secrets import ADDRESS, Late, Secret, matches

_HAN = r"[\u4e00-\u9fff]"
_PLACE = "路街巷弄道村苑园里庄屯"
_ESTATE = (
    "小区|公寓|广场|花园|新村|家园|嘉园|佳苑|雅苑|名苑|名城|豪庭|华府|华庭|山庄|公馆|府邸|别墅|"
    "家属院|大院"
)
_BUILDING = rf"{_ESTATE}|大厦|宿舍|宿舍楼|工业园|科技园|软件园|产业园|国际"
_STREET = rf"(?:[{_PLACE}]|{_BUILDING}|大道|胡同|大街|乡|镇|社区)"
_UNIT = r"(?:号楼|号院|号|弄|栋|幢|座|舍|区|期|单元|组|门|楼|层|室|户|-)"
_COUNT = r"[\dA-Za-z一二三四五六七八九十]"
_DOORS = rf"(?: ?{_COUNT}{{1,6}} ?{_UNIT}){{0,6}}(?: ?[a-z]?\d{{1,4}}室?)?"
# What may still follow a street: the house, the school or the firm in it.
_NO_WORD = r"(?:(?![的吗了怎还没请麻谢电手快什能可不要发寄送放联收在])[\u4e00-\u9fffa-z0-9])"
_HOUSE_ENDS = rf"(?:{_BUILDING}|大学|学院|中学|小学|校区|医院|公司|厂|酒店|中心|[栋幢座楼室层区])"
_HOUSE = rf"(?: ?{_NO_WORD}{{1,10}}?{_HOUSE_ENDS}{_DOORS}){{0,2}}"
_ROADS = r"(?:[路街]|大道)"
_BLOCK = r"(?:号楼|[栋幢座])"
_CN = r"[一二三四五六七八九十\d]"
# A way that is no street: 路上, 路过, 路线, 走这条路.
_NO_STREET = r"(?![上过线由径费途程口边])"
_ADDRESS: Final = Late(
    rf"{_HAN}{{2,12}}{_STREET}(?:[东西南北中]|[一二三四五六七八九]段)? ?"
    rf"[甲乙丙丁]?(?: ?[a-z] ?[座区栋幢楼])? ?\d{{1,5}} ?"
    rf"(?:号楼|号院|号|弄|栋|幢|座|组|区|期|单元|-){_DOORS}"
    # Written out, only where it cannot be 知道十号 or 弄一弄.
    rf"|{_HAN}{{2,12}}(?:[路街巷]|大道|{_BUILDING})[一二三四五六七八九十百]{{2,6}}号{_DOORS}"
    rf"|{_HAN}{{2,12}}[村庄屯] ?[\d一二三四五六七八九十]{{1,3}}[组队]{_DOORS}"
    rf"|{_HAN}{{2,12}}[居苑园府城湾郡庭村] ?{_CN}{{1,3}} ?[区期] ?{_CN}{{1,3}} ?{_BLOCK}{_DOORS}"
    rf"|{_HAN}{{2,12}}(?:{_BUILDING}) ?(?:[a-z\d]{{1,2}} ?[座栋区楼])? ?\d{{3,4}}室?"
    r"(?![\d元件斤克])"
    rf"|{_HAN}{{2,12}}(?:{_BUILDING}) ?[a-z]\d{{0,2}}-\d{{2,4}}(?!\d)"
    rf"|{_HAN}{{2,12}}(?:{_BUILDING})(?:{_CN}{{1,2}}期)?[一二三四五六七八九十]{{1,2}}{_BLOCK}{_DOORS}"
    rf"|{_HAN}{{0,12}}(?:{_BUILDING}){_CN}期(?:{_NO_WORD}{{1,8}}?(?:{_ROADS}|{_BUILDING}))?{_DOORS}"
    # An estate and a house as they are written in Hong Kong.
    rf"|{_HAN}{{2,12}}[邨樓閣軒臺] ?(?:\d{{1,3}} ?[楼樓] ?)?[a-z]?\d{{1,4}} ?室"
    rf"|{_HAN}{{2,10}}[苑园居府城湾郡庭邸轩阁墅] ?\d{{1,3}} ?{_BLOCK}{_DOORS}(?: ?[a-z]室)?"
    rf"|{_HAN}{{1,10}}(?:{_BUILDING}) ?\d{{1,2}} ?[楼层](?: ?[a-z\d]{{2,5}}(?![a-z\d元件斤克]))?"
    rf"|(?:^|(?<=[，,。；;：: 住]))(?:(?![放到在打是])[\u4e00-\u9fff]){{1,6}}[村庄屯]"
    r"(?:[东西南北村][头边]|村委会|第[一二三四五六七八九\d]家)"
    # An estate that is called by such a name alone.
    rf"|(?:^|(?<=[，,。；;：: ])){_HAN}{{2,6}}(?:山庄|豪庭|华府|华庭|嘉园|佳苑|雅苑|名苑|家属院)"
    rf"|{_HAN}{{2,6}}{_ROADS}[与和跟]?{_HAN}{{2,6}}{_ROADS}(?:交叉路?口|交汇处|路?口)"
    rf"|[a-z\u4e00-\u9fff]{{2,8}}(?:大学|学院|中学|校区){_HAN}{{0,4}} ?"
    r"\d{1,3} ?(?:号楼|[舍栋幢])(?: ?\d{2,4})?"
)
_TOWN = "|".join(PLACES)
_STOPLESS = r"(?:(?![的吗了怎还没请能可不发])[\u4e00-\u9fffa-z0-9])"
_AREA = rf"{_HAN}{{1,6}}?(?:区|县|市|旗|镇|街道)(?![别域间分块])"
_ROAD = (
    rf"(?:[路街巷村]{_NO_STREET}|大道|胡同|大街|{_ESTATE}|工业园|科技园|软件园|产业园)"
    r"(?:[东西南北中]?[一二三四五六]?段)?"
)
_SHORT = rf"(?:{_TOWN})(?:省|市|自治区)? ?"
_FAR_ADDRESS: Final = Late(
    # 省市区 and a street: an address without any number.
    rf"(?:{_HAN}{{2,6}}(?:省|自治区) ?)?{_HAN}{{2,6}}(?:市|自治州|地区|盟) ?"
    rf"{_HAN}{{1,6}}(?:区|县|市|旗|镇) ?[\u4e00-\u9fffa-z0-9]{{1,16}}{_STREET}{_DOORS}{_HOUSE}"
    # The same with short names: 四川成都武侯区人民南路.
    rf"|{_SHORT}(?:(?:{_TOWN})市? ?)?{_AREA} ?{_STOPLESS}{{1,12}}?{_ROAD}{_DOORS}{_HOUSE}"
    rf"|{_SHORT}(?:{_TOWN})市? ?{_STOPLESS}{{2,10}}?{_ROAD}{_DOORS}{_HOUSE}"
    # A district and a street.
    rf"|(?:(?![小地社园城郊山的个这那])[\u4e00-\u9fff]){{2,3}}[区县](?![别域间分块]) ?"
    rf"(?:(?![的了是在到有没走去来这那条])[\u4e00-\u9fff]){{2,6}}(?:[路街巷]{_NO_STREET}|大道|胡同)"
    rf"{_DOORS}{_HOUSE}"
)
# What is called an address, or where something shall go, when it sounds like one.
_SOUNDS = (
    rf"(?:[路街巷弄村苑园庄屯镇乡府]|{_BUILDING}|大道|胡同|街道|大学|学院|医院|"
    rf"{_COUNT}(?:号楼|[栋幢座号室]))"
)
_LABELLED: Final = Late(
    r"(?:地址|住址|收货地|收件地)(?:是|为|改成|改到|改为|换成|写|填|[:：\s】\]]){1,3}"
    rf"((?![写错不没怎哪填能可要有])[\u4e00-\u9fffa-z0-9 -]{{2,24}}{_SOUNDS}{_NO_WORD}{{0,20}})"
    r"|(?:寄到|送到|寄往|改寄到?|改送到?|发到|我住在?|家住|家在|住在)[\s:：]?"
    rf"((?:(?!小区|我家|我们|哪)[\u4e00-\u9fff]){{2,10}}"
    rf"(?:{_ESTATE}|大厦|科技园|软件园|大道|[路街巷]{_NO_STREET}){_DOORS}{_HOUSE})"
)
_DOOR: Final = Late(
    r"\d{1,3} ?(?:号楼|[栋幢座舍]) ?(?:\d{1,2} ?单元 ?)?\d{2,4} ?室?(?!\d|元|件|斤|克)"
    r"|\d{1,3} ?(?:号楼|[栋幢座舍]) ?[\d一二三四五六七八九]{1,2} ?单元"
    r"|\d{1,3} ?号 ?宿舍楼? ?\d{2,4}"
    r"|(?<![\d-])(?!19|20)\d{1,2}-\d{1,2}-(?!19|20)\d{3,4}(?![\d-])"
    r"(?=[^\d]{0,3}(?:室|放|送|门|家|收))"
)
# A place in China in degrees.
_DEGREES: Final = Late(
    r"(?<![\d.])[1-5]?\d\.\d{3,8}[,， ]{1,2}(?:7[3-9]|[89]\d|1[0-3]\d)\.\d{3,8}(?![\d.])"
    r"|(?<![\d.])(?:7[3-9]|[89]\d|1[0-3]\d)\.\d{3,8}[,， ]{1,2}[1-5]?\d\.\d{3,8}(?![\d.])"
)
_ENGLISH: Final = Late(
    r"(?:(?:room|rm|flat|unit|apt|suite)\.? ?#?[a-z0-9]{1,5},? ?(?:\d{1,3}/f,? ?)?)?"
    r"(?:no\.? ?)?\d{1,5}[a-z]?,? "
    r"(?:[a-z']{2,15} ){1,3}(?:road|rd|street|st|avenue|ave|lane|boulevard|blvd|drive)(?![a-z])"
)


def find_addresses(text: str) -> Iterator[Secret]:
    """Addresses in a folded text, from the place on."""
    for pattern in (_ADDRESS, _FAR_ADDRESS, _LABELLED, _DOOR, _DEGREES, _ENGLISH):
        yield from matches(pattern.compiled, text, ADDRESS)
