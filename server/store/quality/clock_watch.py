"""Whether the clock can be believed before history is deleted by it."""

from __future__ import annotations

from datetime import date, timedelta

from server.store.database import Database, Writing
from server.store.quality.audit import Audit, extend
from server.store.quality.marks import mark, set_mark

# A shop closes over a holiday, so a jump is no proof of a wrong clock; a wrong clock is set right
# within days. Deleting a week later harms nobody, deleting a year at once does.
PLAUSIBLE_DAYS = 3
GRACE_DAYS = 7
_SEEN, _HELD = "clock_seen", "clock_held"


class ClockWatch:
    """Remembers the days it was asked on; a jump holds retention back until it is explained."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def held(self, today: str) -> str:
        """The day from which retention is held back, "" when `today` (a UTC day) is believed.

        A hold ends when somebody confirms the clock, or after a week of days in order.
        """

        def job(db: Writing) -> str:
            seen, held = mark(db, _SEEN, ""), mark(db, _HELD, "")
            set_mark(db, _SEEN, today)
            now = date.fromisoformat(today)
            gap = (now - date.fromisoformat(seen)).days if seen else 0
            if gap < 0 or gap > PLAUSIBLE_DAYS:
                held = today
                details = {"seen": seen, "today": today}
                extend(db, "clock", "(server)", "retention waits", details)
            elif held and now >= date.fromisoformat(held) + timedelta(days=GRACE_DAYS):
                held = ""
            set_mark(db, _HELD, held)
            return held

        return self._audit.commit(job)

    def waiting(self) -> str:
        """The day from which retention waits, "" when it does not."""
        rows = self._db.rows("SELECT value FROM figure_marks WHERE name = ?", [_HELD])
        return str(rows[0]["value"]) if rows else ""

    def confirm(self, who: str) -> None:
        """Somebody looked at the clock: retention goes on."""

        def job(db: Writing) -> None:
            extend(db, "clock", who, "confirmed", {"held": mark(db, _HELD, "")})
            set_mark(db, _HELD, "")

        self._audit.commit(job)
