"""What one sent message does to the shop's promises: which it makes, which it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.work.holidays import Holidays
from server.work.keeping import keeps
from server.work.promises import Promise, promises_in

_ANSWERS = frozenset({"reply", "handle"})


@dataclass(frozen=True, slots=True)
class Saying:
    """`made` are new promises, `kept` the kinds of earlier ones that the message keeps."""

    made: tuple[Promise, ...] = ()
    kept: frozenset[str] = frozenset()


def saying(text: str, at: datetime, zone: ZoneInfo, off: Holidays) -> Saying:
    """Reads a sent text. One that promises an answer is none yet: 已经反馈了，24小时内回复您."""
    made = promises_in(text, at, zone, off)
    kinds = frozenset(promise.kind for promise in made)
    later = kinds | (_ANSWERS if kinds & _ANSWERS else frozenset())
    return Saying(made, keeps(text) - later)
