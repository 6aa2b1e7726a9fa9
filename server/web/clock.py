"""Stored times as people of a shop read them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.base.times import moment


@dataclass(frozen=True)
class Clock:
    """Stored times as people of the shop read them."""

    zone: ZoneInfo

    def full(self, text: str) -> str:
        """`2026-11-21 09:30:05`."""
        return moment(text).astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S") if text else ""

    def minute(self, text: str) -> str:
        """`2026-11-21 09:30`."""
        return moment(text).astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if text else ""

    def short(self, text: str) -> str:
        """`11-21 09:30`."""
        return moment(text).astimezone(self.zone).strftime("%m-%d %H:%M") if text else ""

    def time(self, text: str) -> str:
        """`09:30:05`."""
        return moment(text).astimezone(self.zone).strftime("%H:%M:%S") if text else ""

    def day(self, text: str) -> str:
        """`2026-11-21`."""
        return moment(text).astimezone(self.zone).date().isoformat() if text else ""
