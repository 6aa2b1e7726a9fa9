"""Verdicts taken back within a moment."""

from __future__ import annotations

from datetime import UTC, datetime

from server.base.errors import EntryError
from server.base.times import moment, utc_now
from server.store.database import Database, Writing
from server.store.quality.audit import Audit
from server.store.quality.verdicts import (
    STANDING,
    TAKE_BACK,
    check_free,
    own_verdict,
    settle,
    state_of,
    withdraw,
)


class SecondThoughts:
    """What a reviewer does about a verdict just given."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._db = database
        self._audit = audit

    def take_back(self, item: int, reviewer: str) -> int:
        """Takes the reviewer's own verdict back that was given just now, with all given beside it.

        Returns how many items are open again. Raises EntryError when the time for it is over, or
        something was made of the verdict already.
        """

        def job(db: Writing) -> int:
            own = own_verdict(db, item, reviewer)
            if own is None or moment(own.at) < datetime.now(UTC) - TAKE_BACK:
                raise EntryError(
                    "a verdict can be taken back for a few seconds only; correct it with a reason",
                    "too_late_to_take_back",
                )
            given = db.execute(
                "SELECT v.id, v.item FROM verdicts v "
                f"WHERE v.reviewer = ? AND v.at = ? AND {STANDING}",
                [reviewer, own.at],
            ).fetchall()
            for verdict, number in given:
                check_free(db, number)
                withdraw(db, verdict, "", reviewer, utc_now())
                settle(db, number, *state_of(db, number))
            return len(given)

        return self._audit.commit(job)
