"""`Fact`: a named value of the shop or of a product, with the time it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from server.library.fields import Moment


@dataclass(frozen=True, slots=True)
class Fact:
    """A named fact, with the time it holds."""

    name: str
    value: str
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    owner: str = ""
    line: int = field(default=0, compare=False)

    def holds(self, local_now: datetime) -> bool:
        """Whether the fact is true at this time (naive, in the shop's time zone)."""
        return within(self.valid_from, self.valid_until, local_now)


def within(start: Moment | None, end: Moment | None, now: datetime) -> bool:
    """Whether `now` lies between the two, an open end left out."""
    return (start is None or start.first <= now) and (end is None or now <= end.last)
