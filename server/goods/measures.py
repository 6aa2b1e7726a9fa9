"""What a shopper says of a body: 165 110斤, 一米六五, 胸围88, 脚长24.5, 三岁, 老公180 150.

Heights, girths and feet come out in cm, weights in kg, ages in years. Where a number could be two
things, it is none: an approved script asks then.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.base.conversation import Turn
from server.goods.figures import in_figures, measures_only

SELF = ""
_NUMBER = r"(?<![\d.#])(\d{1,3}(?:\.\d{1,2})?)(?![\d#]|\.\d)"
_IS = r"\s*(?:量了|量出来|量下来|是|有|只有|才|大概|大约|约|差不多|为|在|:|,)?\s*(?:是|有)?\s*"
_CM = r"\s*(cm|厘米|公分|mm|毫米)?"
_KILOS = r"(kg|公斤|千克|市?斤)"
_ABOUT = r"\s*(?:多|来|几|出头|左右|不到)?\s*"
_PERSONS = re.compile(
    r"妈妈|母亲|婆婆|丈母娘|我妈|老妈|爸爸|父亲|公公|岳父|我爸|老爸|老公|老婆|媳妇|男朋友|男友|女朋友|女友|"
    r"对象|儿子|女儿|闺女|宝宝|孩子|娃|小孩|小朋友|弟弟|妹妹|哥哥|姐姐|奶奶|爷爷|外婆|姥姥|外公|姥爷|"
    r"闺蜜|同事|朋友|本人|我自己|我(?=身高|体重|是?\s*\d)"
)
_SELVES = frozenset({"本人", "我自己", "我"})
_PARENTS = {"我妈": "妈妈", "老妈": "妈妈", "我爸": "爸爸", "老爸": "爸爸"}
_CHILD = re.compile(r"儿子|女儿|闺女|宝宝|孩子|娃|小孩|小朋友|婴|幼|童|月龄")
_SIZE_ASK = re.compile(
    r"穿|码|尺寸|大小|身高|体重|合身|推荐|选|买哪|买什么|多大|拍哪|拍什么|建议|合适|"
    r"胖|瘦|壮|宽松|修身|肩|胯|大腿|肚子|体型|身材|会不会[大小]|(?<![a-z])(?:s|m|x*l)(?![a-z])"
)
_PRICE_TALK = re.compile(r"便宜|价|优惠|贵|钱|活动|满|减|券|折|付|快递|单号|运费")
_NOT_A_BABY = re.compile(r"保修|质保|保质|会员|分期|免息|有效|用了|买了|才用")
_SLIM = re.compile(
    r"偏瘦|很瘦|比较瘦|瘦瘦|太瘦|有点瘦|苗条|(?:喜欢|想要?|要|爱)穿?(?:修身|紧身|合身|贴身)"
)
_STOUT = re.compile(
    r"偏胖|微胖|有点胖|比较胖|很胖|胖胖|壮|肚子大|有肚子|骨架大|丰满|(?:喜欢|想要?|要|爱)穿?(?:宽松|大一?点|宽大)"
)
_GIRTH_WORDS = (
    ("胸围", "(?:胸围?|上围)"),
    ("腰围", "腰围?"),
    ("臀围", "(?:臀围?|屁股|胯围)"),
)
# Below this age a body is measured as a child's.
_GROWN = 15
_TALLEST_CHILD = 180
# 155-165 asks for a range, of heights or of weights: nobody's own.
_SPAN, _LEAST_OF_A_SPAN = 20, 80
# Two readings of a weight without unit this near to each other (in log BMI) are left open.
_LIKE_EACH_OTHER = 0.15
_LEAST_BMI, _MOST_BMI = 12.0, 45.0


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one person: measures in cm, kg and years; `build` −1 slim, +1 stout."""

    person: str = SELF
    values: Mapping[str, float] = field(default_factory=dict)
    build: int = 0


def said_measures(text: str, turns: Sequence[Turn] = ()) -> tuple[Said, ...]:
    """What this message and the turns before it say, of the persons that the message is about.

    One person is the rule; a message that measures two gives both. Who is named in an earlier turn
    stays meant until somebody else is named.
    """
    known: dict[str, Said] = {}
    person, asked = SELF, ""
    spoken: tuple[str, ...] = (SELF,)
    for turn in (*turns, Turn("shopper", text)):
        if turn.sender == "agent":
            asked = turn.text
            continue
        parts = _by_person(in_figures(turn.text), person)
        for name, part in parts:
            found = _said(name, part, asked)
            before = known.get(name, Said(name))
            values = {**before.values, **found.values}
            known[name] = Said(name, values, found.build or before.build)
        with_values = [name for name, part in parts if _said(name, part, asked).values]
        spoken = tuple(dict.fromkeys(with_values or [parts[-1][0]]))
        person, asked = spoken[-1], ""
    return tuple(known[name] for name in spoken)


def _by_person(text: str, inherited: str) -> list[tuple[str, str]]:
    """The message's stretches with whom each is about."""
    marks = list(_PERSONS.finditer(text))
    names = [_person(mark.group()) for mark in marks]
    if not names:
        return [(inherited, text)]
    if len(set(names)) == 1:
        return [(names[0], text)]
    starts = [0, *(mark.start() for mark in marks[1:])]
    ends = [*starts[1:], len(text)]
    return [(n, text[a:b]) for n, a, b in zip(names, starts, ends, strict=True)]


def _person(word: str) -> str:
    return SELF if word in _SELVES else _PARENTS.get(word, word)


def _said(person: str, text: str, asked: str) -> Said:
    build = (1 if _STOUT.search(text) else 0) - (1 if _SLIM.search(text) else 0)
    return Said(person, _Reading(text, person, asked).values, build)


class _Reading:
    """One stretch of text; each pattern takes what it understood out of it."""

    def __init__(self, text: str, person: str, asked: str) -> None:
        self._child = bool(_CHILD.search(text) or _CHILD.search(person))
        self._asking = bool(_SIZE_ASK.search(text)) or bool(_SIZE_ASK.search(asked))
        self._asked = asked
        self._self_named = text.startswith(("我", "本人"))
        self._baby_months = self._child and not _NOT_A_BABY.search(text)
        self._money = bool(_PRICE_TALK.search(text))
        self.values: dict[str, float] = {}
        self._weight_without_unit: float | None = None
        self._left = text
        self._three()
        self._ranges()
        self._ages()
        self._child = self._child or self.values.get("年龄", _GROWN) < _GROWN
        self._left = measures_only(self._left)
        self._girths()
        self._feet()
        self._heights()
        self._weights()
        self._bare()
        self._settle()

    def _take(self, pattern: str) -> list[re.Match[str]]:
        return list(re.finditer(pattern, self._left))

    def _done(self, match: re.Match[str]) -> None:
        gap = "|" * (match.end() - match.start())
        self._left = self._left[: match.start()] + gap + self._left[match.end() :]

    def _keep(self, measure: str, value: float, low: float, high: float) -> bool:
        if not low <= value <= high or measure in self.values:
            return False
        self.values[measure] = round(value, 2)
        return True

    def _ages(self) -> None:
        """Ages are read before quantities are taken away: 18个月 is no month."""
        for match in self._take(r"(?<![\d.])(\d{1,2})\s*周?岁(半)?(?:\s*(\d{1,2})\s*个?月)?"):
            years, half, months = match.groups()
            age = int(years) + (0.5 if half else 0) + int(months or 0) / 12
            if self._keep("年龄", age, 0, 110):
                self._done(match)
        if "半岁" in self._left and "年龄" not in self.values:
            self.values["年龄"] = 0.5
        for match in self._take(r"(?<![\d.])(\d{1,2})\s*个?月龄"):
            if self._keep("年龄", int(match.group(1)) / 12, 0, 6):
                self._done(match)
        for match in self._take(r"(?<![\d.])(\d{1,2})\s*个(半)?月(大)?"):
            number, half, big = match.groups()
            age = (int(number) + (0.5 if half else 0)) / 12
            if (big or self._baby_months) and self._keep("年龄", age, 0, 6):
                self._done(match)

    def _three(self) -> None:
        """三围 88/68/92 before dates are taken away, which look the same."""
        three = r"(\d{2,3})\D{1,3}(\d{2,3})\D{1,3}(\d{2,3})"
        for pattern in (
            r"[三3]围" + _IS + three + r"(?!\d)",
            r"(?<!\d)" + three + r"\s*的?[三3]围",
        ):
            for match in self._take(pattern):
                for measure, value in zip(("胸围", "腰围", "臀围"), match.groups(), strict=True):
                    self._keep(measure, float(value), 40, 180)
                self._done(match)

    def _ranges(self) -> None:
        for match in self._take(
            r"(?<![\d.])(\d{2,3})\s*(?:cm|斤)?\s*[-~到至]\s*(\d{2,3})(?![\d-])"
        ):
            low, high = sorted(map(int, match.groups()))
            if high - low <= _SPAN and low >= _LEAST_OF_A_SPAN:
                self._done(match)

    def _girths(self) -> None:
        for measure, word in _GIRTH_WORDS:
            feet = r"(\d)\s*尺\s*(\d)?\s*寸?"
            for pattern in (word + _IS + feet, feet + rf"\s*的?{word}(?!{_IS}\d)"):
                for match in self._take(pattern):
                    inches = int(match.group(1)) * 10 + int(match.group(2) or 0)
                    if self._keep(measure, inches * 10 / 3, 40, 180):
                        self._done(match)
            after = _NUMBER + r"\s*(?:cm|厘米|公分)?\s*的?" + f"{measure}(?!{_IS}\\d)"
            for pattern in (word + _IS + _NUMBER + r"\s*(?:cm|厘米|公分)?", after):
                for match in self._take(pattern):
                    if self._keep(measure, float(match.group(1)), 40, 180):
                        self._done(match)

    def _feet(self) -> None:
        before = r"(?:脚底?长|足长|脚丫?)(?:的?长度?)?" + _IS + _NUMBER + _CM + "(半)?"
        after = _NUMBER + _CM + r"(半)?\s*的?(?:脚长|足长|脚)(?!码|踝|感)"
        for pattern in (before, after):
            for match in self._take(pattern):
                value, unit = float(match.group(1)), match.group(2)
                value += 0.5 if match.group(3) else 0
                tenths = unit in ("mm", "毫米") or (unit is None and value >= 100)
                if self._keep("脚长", value / 10 if tenths else value, 8, 35):
                    self._done(match)

    def _heights(self) -> None:
        named = r"(?:身高|身长|个子|个头|(?<![领腰跟])高)" + _IS
        metres = r"(?<![\d.#])([12]\.\d{1,2})"
        behind = r"\s*(?:cm|厘米|公分)?\s*的?(?:身高(?!" + _IS + r"\d)|个子|个头|高(?![腰领跟]))"
        for pattern, factor in (
            (named + metres + r"\s*(?:米|m)?", 100),
            (metres + r"\s*(?:米|m(?![a-z]))", 100),
            (named + _NUMBER + f"(?!{_ABOUT}{_KILOS})" + r"\s*(?:cm|厘米|公分)?", 1),
            (_NUMBER + behind, 1),
        ):  # fmt: skip
            for match in self._take(pattern):
                if self._keep("身高", float(match.group(1)) * factor, 45, 220):
                    self._done(match)
        for match in self._take(_NUMBER + r"\s*(?:cm|厘米|公分)"):
            least = 45 if self._child or "年龄" in self.values else 90
            if self._keep("身高", float(match.group(1)), least, 220):
                self._done(match)

    def _weights(self) -> None:
        for match in self._take(
            r"(?:体重|(?<![净毛承载限超])重)" + _IS + _NUMBER + f"(?:{_ABOUT}{_KILOS})?"
        ):
            value, unit = float(match.group(1)), match.group(2)
            if unit is None:
                self._weight_without_unit = value
                self._done(match)
            elif self._keep("体重", _kilos(value, unit), 2, 250):
                self._done(match)
        for match in self._take(_NUMBER + _ABOUT + _KILOS):
            kilos = _kilos(float(match.group(1)), match.group(2))
            known = self._child or self._asking or "身高" in self.values or "年龄" in self.values
            if self._keep("体重", kilos, 2 if known else 30, 250):
                self._done(match)

    def _bare(self) -> None:
        """Numbers without unit or name, which mean something only beside others."""
        if self._money:
            return
        bare = [float(match.group(1)) for match in self._take(_NUMBER)]
        height, weight = "身高" in self.values, "体重" in self.values
        weight = weight or self._weight_without_unit is not None
        alone = not re.sub(r"[\d.,、/|#\s+~x\-的呢啊吧我]", "", _PERSONS.sub("", self._left))
        spoken = self._asking or alone or self._child
        if len(bare) == 2 and not height and not weight and spoken:
            self._pair(*bare)
        elif len(bare) == 1 and weight and not height:
            self._keep("身高", _centimetres(bare[0]), 60 if self._child else 120, 220)
        elif len(bare) == 1 and not height and self._child and bare[0] <= _TALLEST_CHILD:
            self._keep("身高", bare[0], 60, _TALLEST_CHILD)
        elif len(bare) == 1 and height and not weight and spoken:
            self._weight_without_unit = bare[0]
        elif len(bare) == 1 and self._asked and alone:
            self._answer(bare[0])
        elif len(bare) == 1 and spoken and self._self_named and 140 <= bare[0] <= 210:
            self._keep("身高", bare[0], 140, 210)

    def _pair(self, one: float, other: float) -> None:
        one, other = _centimetres(one), _centimetres(other)
        if one < 140 <= other and not self._child:
            one, other = other, one
        if (60 if self._child else 120) <= one <= 220 and _weight(other, one) is not None:
            self._keep("身高", one, 45, 220)
            self._weight_without_unit = other

    def _answer(self, value: float) -> None:
        """A number alone, after the agent asked for one thing."""
        wanted = [
            name for name in ("身高", "体重", "胸围", "腰围", "臀围", "脚长") if name in self._asked
        ]
        if wanted == ["体重"]:
            self._weight_without_unit = value
        elif wanted == ["脚长"]:
            self._keep("脚长", value / 10 if value >= 100 else value, 8, 35)
        elif len(wanted) == 1 and wanted != ["年龄"]:
            self._keep(wanted[0], _centimetres(value), 40, 220)

    def _settle(self) -> None:
        """A weight without unit is in kg or 斤 as the height tells; left out when both could be."""
        value = self._weight_without_unit
        if value is not None and "体重" not in self.values:
            kilos = _weight(value, self.values.get("身高"))
            if kilos is not None:
                self._keep("体重", kilos, 2, 250)


def _centimetres(value: float) -> float:
    return value * 100 if 1 < value < 2.3 and value != int(value) else value


def _kilos(value: float, unit: str) -> float:
    return value / 2 if unit.endswith("斤") and unit != "公斤" else value


def _weight(value: float, height: float | None) -> float | None:
    """A weight without unit in kg; None when neither or both units could be meant."""
    if height is None:
        # Nobody who is measured for clothes by 90 and more weighs kilos without saying so.
        return value / 2 if 90 <= value <= 250 else None
    usual = 21.0 if height >= 150 else 16.0
    readings = []
    for kilos in (value, value / 2):
        index = kilos / (height / 100) ** 2
        if _LEAST_BMI <= index <= _MOST_BMI:
            readings.append((abs(math.log(index / usual)), kilos))
    readings.sort()
    if not readings or (len(readings) == 2 and readings[1][0] - readings[0][0] < _LIKE_EACH_OTHER):
        return None
    return readings[0][1]
