"""Until when a clause binds: 24小时内, 明天上午, 周五前, 3个工作日内, 12月3号 … as a moment.

Hours and minutes run from the moment they were said; days end at midnight, the day on which they
were said not counted (民法典 201, 202), and a span that would end on a public holiday ends on the
first day after it (203). A day that is named is that day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.goods.figures import in_figures
from server.work.holidays import Holidays

# Until when a part of the day lasts, in hours of the clock; 24 is the next midnight.
_PART_ENDS = {
    "凌晨": 6, "清早": 10, "早上": 10, "早晨": 10, "上午": 12, "中午": 14, "下午": 18,
    "傍晚": 19, "下班": 18, "晚上": 24, "夜里": 24,
}  # fmt: skip
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "夜里", "下班"})
_DAYS_AHEAD = {"今": 0, "当": 0, "本": 0, "明": 1, "后": 2, "大后": 3}
_WEEKDAYS = {sign: at for at, sign in enumerate("一二三四五六")} | {"日": 6, "天": 6}
_WEEKDAYS |= {str(at + 1): at for at in range(7)}
_NOON, _WORK_BEGINS = 12, 7
_LONGEST_DAYS = 92

_PARTS = "|".join(_PART_ENDS)
_CLOCK = (
    r"(?<![\d这那几哪第下意])(?P<hour>[01]?\d|2[0-4])"
    r"(?:[:](?P<minute>[0-5]\d)|点(?:钟|整)?(?P<past>半|[0-5]?\d分?)?)"
)
_DURATION = re.compile(
    r"(?P<half>半)?(?:(?:\d+\s*(?:[-~到至、]|或者?)\s*)?(?P<count>\d+(?:\.\d+)?))?\s*(?:来|多)?"
    r"(?:个(?P<more>半)?)?\s*"
    r"(?P<unit>工作日|小时|钟头|h(?![a-z])|分钟?(?!钱)|刻钟|天|日(?!期|常)|星期|周(?![一二三四五六日天末\d])|月)"
    r"(?P<within>之?内|以内|后|之后|以后)?"
)
_NAMED = re.compile(
    r"(?P<day>今|明|大后|后|当|本)(?:天|日|儿)"
    r"|(?P<this>这个?|本|下个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])(?!\d|个)"
    r"|(?P<weekend>(?:这个?|本|(?P<nextend>下个?))?(?:周末))"
    r"|(?P<week>(?:这个?|本|下个?)(?:周|星期|礼拜)(?!末))"
    r"|(?P<monthend>(?:(?P<nextmonth>下个?)|(?P<endof>1[0-2]|0?[1-9]))?(?:月底|月末))"
    r"|(?P<holiday>假前末日|假后首日)"
    r"|(?P<sale>双1[12](?:当天|前))"
    r"|(?P<month>下个?月)(?!底|末|\d)"
    r"|(?:(?P<of>\d{1,2})(?:月|[.](?=\d{1,2}[号日])))?(?P<date>\d{1,2})(?:号|日(?!内|之内|以内))"
)
_PART_CLOCK = re.compile(rf"(?:(?P<part>{_PARTS})\s*)?{_CLOCK}|(?P<alone>{_PARTS})")
# 明早, 今晚: the day's sign and a part of it in two characters.
_SHORT = {"早": "早上", "晚": "晚上", "午": "中午"}
_TENS_PAST = re.compile(r"点([二三四五]?十[一二三四五六七八九]?)分?")
# 节前, 节后第一天, 国庆后第一个工作日: the last day before holidays, the first working day behind.
_AFTER_HOLIDAYS = re.compile(
    r"(?:节|假期?|年|国庆|元旦|五一|51|端午|中秋|清明)(?:之|以)?后(?:上班|开工|复工)?的?"
    r"(?:第[1一]个?(?:工作日|天)|首日)|(?:节|假期?|年)后(?:上班|开工|复工)(?:当天|当日|首日)"
)
_BEFORE_HOLIDAYS = re.compile(
    r"(?:国庆|元旦|春|五一|51|端午|中秋|清明)?(?:节|放假|假期)(?:之|以)?前"
    r"|(?:国庆|元旦|五一|端午|中秋|清明)(?:之|以)?前"
)
_SALE = re.compile(r"双1[12]节?(?:当天|当日|那天|(?P<before>(?:之|以)?前))")
_SHORT_DAY = re.compile(r"(今|明|后)(早|晚|午)(?!上|晨|点)")


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """A moment that words name, and where they stand in the clause as `in_figures` writes it."""

    due: datetime
    start: int
    end: int


def plain(clause: str) -> str:
    """The clause as this module reads it: one form, figures, 明早 as 明天早上."""
    # 三点五十 and 三点一刻 are no decimals; of 两三天 the third day is the last.
    clause = clause.replace("两三", "三").replace("点一刻", "点15分").replace("点三刻", "点45分")
    clause = clause.replace("个自然日", "天").replace("自然日", "天")
    clause = _BEFORE_HOLIDAYS.sub("假前末日", _AFTER_HOLIDAYS.sub("假后首日", clause))
    clause = _TENS_PAST.sub(lambda m: f"点{in_figures(m[1])}分", clause)
    figures = in_figures(clause).replace("双十一", "双11").replace("双十二", "双12")
    figures = _SALE.sub(lambda m: f"{m[0][:3]}{'前' if m['before'] else '当天'}", figures)
    return _SHORT_DAY.sub(lambda m: f"{m[1]}天{_SHORT[m[2]]}", figures)


def spoken_time(clause: str, at: datetime, zone: ZoneInfo, off: Holidays) -> SpokenTime | None:
    """The time that a clause (as `plain` writes it) names, said at `at`; None for none."""
    here = at.astimezone(zone)
    named = _NAMED.search(clause)
    clock = _PART_CLOCK.search(clause, named.end() if named else 0)
    if named is None and clock is None:
        return _after(clause, here, off)
    span = _after(clause, here, off)
    if named is None and span is not None:
        return span
    day = _day(named, here.date(), off) if named else here.date()
    if day is None:
        return None
    start = (named or clock).start()  # type: ignore[union-attr]
    end = clock.end() if clock else named.end()  # type: ignore[union-attr]
    if clock is None:
        return SpokenTime(_midnight_after(day, zone), start, end)
    return SpokenTime(_at_clock(clock, day, here, zone, said=named is not None), start, end)


def _after(clause: str, here: datetime, off: Holidays) -> SpokenTime | None:
    for match in _DURATION.finditer(clause):
        if not (match["count"] or match["half"]):
            continue
        due = _span_end(match, here, off)
        if due is not None:
            return SpokenTime(due, match.start(), match.end())
    return None


def _span_end(match: re.Match[str], here: datetime, off: Holidays) -> datetime | None:
    count = float(match["count"] or 0) + (0.5 if match["half"] or match["more"] else 0)
    unit, zone = match["unit"], here.tzinfo
    assert isinstance(zone, ZoneInfo)
    minutes = {"小时": 60, "钟头": 60, "h": 60, "分钟": 1, "分": 1, "刻钟": 15}.get(unit)
    if minutes is not None:
        if unit == "分" and not match["within"]:
            return None
        length = timedelta(minutes=count * minutes)
        return None if length > timedelta(days=_LONGEST_DAYS) else _later(here, length)
    days = {"工作日": 1, "天": 1, "日": 1, "星期": 7, "周": 7, "月": 30}[unit] * count
    # 半天 ends in half a day; 3天 without 内 is a length of something else.
    if days == 0.5 and unit in ("天", "日"):
        return _later(here, timedelta(hours=12))
    if not match["within"] or not 0 < days <= _LONGEST_DAYS:
        return None
    whole = max(1, round(days))
    if unit == "工作日":
        return _midnight_after(off.workday_after(here.date(), whole), zone)
    return _midnight_after(off.past_holidays(here.date() + timedelta(days=whole)), zone)


def _later(here: datetime, length: timedelta) -> datetime:
    """Real time that passes, whatever the clock on the wall does in between."""
    return (here.astimezone(UTC) + length).astimezone(here.tzinfo)


def _day(match: re.Match[str], today: date, off: Holidays) -> date | None:
    """The last day that the words still allow."""
    for name, of in _DAYS.items():
        if match[name] is not None:
            return of(match, today, off)
    return None


def _of_date(match: re.Match[str], today: date, _: Holidays) -> date | None:
    month, year = int(match["of"] or today.month), today.year
    try:
        found = date(year, month, int(match["date"]))
    except ValueError:
        return None
    if found >= today:
        return found
    # The 3rd, said on the 28th, is next month's; the 3rd of January, in December, next year's.
    if match["of"]:
        return found.replace(year=year + 1) if (today - found).days > 180 else None
    return _next_month(today, int(match["date"]))


def _next_month(today: date, number: int) -> date | None:
    year, month = divmod(today.year * 12 + today.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, number) if 1 <= number <= last else None


def _of_weekday(match: re.Match[str], today: date, _: Holidays) -> date:
    ahead = _WEEKDAYS[match["weekday"]] - today.weekday()
    if (match["this"] or "").startswith("下"):
        return today + timedelta(days=ahead + 7)
    # 周二, said on a Thursday without 这, is the coming one.
    return today + timedelta(days=ahead + 7 if ahead < 0 and not match["this"] else max(ahead, 0))


def _of_week(match: re.Match[str], today: date, off: Holidays) -> date:
    """Its last working day, as far as it has one that is to come."""
    monday = today - timedelta(days=today.weekday())
    if match["week"].startswith("下"):
        monday += timedelta(days=7)
    days = [monday + timedelta(days=at) for at in range(7)]
    open_days = [day for day in days if off.is_workday(day) and day >= today]
    return open_days[-1] if open_days else days[-1]


def _of_weekend(match: re.Match[str], today: date, _: Holidays) -> date:
    sunday = today + timedelta(days=6 - today.weekday())
    return sunday + timedelta(days=7) if match["nextend"] else sunday


def _of_month_end(match: re.Match[str], today: date, _: Holidays) -> date:
    if match["endof"]:
        return _month_end(today, (int(match["endof"]) - today.month) % 12)
    return _month_end(today, 1 if match["nextmonth"] else 0)


def _of_holiday(match: re.Match[str], today: date, off: Holidays) -> date | None:
    """The last day before the next public holidays, or the first working day behind them."""
    first = off.next_holiday(today)
    if first is None:
        return None
    if match["holiday"] == "假后首日":
        return off.workday_after(off.past_holidays(first) - timedelta(days=1), 1)
    return first - timedelta(days=1) if first > today else None


def _of_sale(match: re.Match[str], today: date, _: Holidays) -> date | None:
    """11 November or 12 December, or the day before."""
    number = int(match["sale"][1:3])
    day = date(today.year, number, number)
    if match["sale"].endswith("前"):
        day -= timedelta(days=1)
    return day if day >= today else None


def _month_end(today: date, ahead: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


_DAYS: dict[str, Callable[[re.Match[str], date, Holidays], date | None]] = {
    "day": lambda match, today, _: today + timedelta(days=_DAYS_AHEAD[match["day"]]),
    "weekday": _of_weekday,
    "weekend": _of_weekend,
    "week": _of_week,
    "monthend": _of_month_end,
    "holiday": _of_holiday,
    "sale": _of_sale,
    "month": lambda _, today, __: _month_end(today, 1),
    "date": _of_date,
}


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def _at_clock(
    match: re.Match[str], day: date, here: datetime, zone: ZoneInfo, *, said: bool
) -> datetime:
    """The moment of a clock or of a part of the day's end; `said` when the day was named."""
    if match["alone"]:
        return _on(day, _PART_ENDS[match["alone"]], 0, zone)
    part, hour, minute = match["part"] or "", int(match["hour"]), _minute(match)
    if part in _AFTERNOON and hour < _NOON:
        hour += 12
    if part in ("晚上", "夜里") and hour == _NOON:
        hour = 24
    if part == "中午" and hour < 3:
        hour += 12
    found = _on(day, hour, minute, zone)
    later = _on(day, hour + 12, minute, zone) if hour < _NOON and not part else found
    today = day == here.date()
    # 5点 is 17:00 when five o'clock is over, and at no time before anybody works.
    if not part and (hour < _WORK_BEGINS or (today and found <= here)):
        found = later
    if not said and found <= here:
        return found + timedelta(days=1)
    return found


def _on(day: date, hour: int, minute: int, zone: ZoneInfo) -> datetime:
    """24 o'clock is the next midnight."""
    day, hour = (day + timedelta(days=1), hour - 24) if hour >= 24 else (day, hour)
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def _minute(match: re.Match[str]) -> int:
    past = (match["past"] or "").rstrip("分")
    return 30 if past == "半" else int(match["minute"] or past or 0)
