"""One form for moments: UTC, ISO 8601 with milliseconds and `Z`, as the database writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


def utc_text(moment: datetime) -> str:
    """An aware moment as text; texts compare as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_now() -> str:
    """Now, as text."""
    return utc_text(datetime.now(UTC))


@lru_cache(maxsize=4096)
def moment(text: str) -> datetime:
    """A stored text as an aware moment; one without a zone is UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def utc_of_local(text: str, zone: ZoneInfo) -> str:
    """A local time as a page's field gives it (2026-11-21T08:00), as text. Raises ValueError."""
    return utc_text(datetime.fromisoformat(text).replace(tzinfo=zone))
