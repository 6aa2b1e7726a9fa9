"""Dates as spreadsheets and people write them, as library files do."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from server.library.fields import Moment, parse_moment

# Excel counts days from here; 1900 is no leap year, whatever Excel says.
_EPOCH = datetime(1899, 12, 30)
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")
_PLAUSIBLE = range(36_526, 73_051)  # 2000 to 2099
_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*分?(?:[:：]\d{1,2}(?:\.\d+)?)?)?"
)

_ALWAYS = re.compile(
    r"长期(?:有效)?|永久(?:有效)?|一直(?:有效)?|不限|无期?限?|always|none|[-—/]*", re.IGNORECASE
)
# What stands around the dates of a period.
_BETWEEN = re.compile(r"[\s\-~～至到—–―()（）前止从起截]*")


def moment_of(text: str) -> Moment | None:
    """The moment that a cell names, None when it is none or the year is missing.

    Midnight is a bare day: spreadsheets write one when only a date was meant.
    """
    text = text.strip()
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _PLAUSIBLE:
        fraction = float(f"0.{serial[2] or 0}")
        at = _EPOCH + timedelta(days=int(serial[1]), minutes=round(fraction * 1440))
        return _moment(at.date(), at.hour, at.minute)
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None  # a thirteenth month, a thirtieth of February
    hour, minute = int(found[4] or 0), int(found[5] or 0)
    return _moment(day, hour, minute) if hour < 24 and minute < 60 else None


def _moment(day: date, hour: int, minute: int) -> Moment | None:
    clock = f" {hour:02}:{minute:02}" if hour or minute else ""
    return parse_moment(f"{day.isoformat()}{clock}")


def period_of(text: str) -> tuple[Moment | None, Moment | None] | None:
    """First and last moment of a cell that holds both; None for one that is no period.

    One date alone is the last; 长期 and the like end never.
    """
    text = text.strip()
    if _ALWAYS.fullmatch(text):
        return None, None
    found = [match[0] for match in _WRITTEN.finditer(text)]
    rest = _WRITTEN.sub("", text)
    moments = [moment_of(one) for one in found]
    if not 0 < len(found) <= 2 or None in moments or not _BETWEEN.fullmatch(rest):
        return None
    return (moments[0], moments[1]) if len(moments) == 2 else (None, moments[0])
