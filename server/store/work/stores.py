"""Everything that the pages of work read and write, built once over one database."""

from __future__ import annotations

from dataclasses import dataclass

from server.store.database import Database
from server.store.work.days import Days
from server.store.work.follow_ups import FollowUps
from server.store.work.promises import ClosedDays, Promises
from server.store.work.requests import Requests
from server.store.work.reviews import Reviews
from server.store.work.unpaid import Unpaid


@dataclass(frozen=True, slots=True)
class WorkStore:
    """The parts, by what they are for."""

    promises: Promises
    closed_days: ClosedDays
    unpaid: Unpaid
    follow_ups: FollowUps
    requests: Requests
    days: Days
    reviews: Reviews


def open_work(database: Database) -> WorkStore:
    """The side of a database that holds work."""
    return WorkStore(
        promises=Promises(database),
        closed_days=ClosedDays(database),
        unpaid=Unpaid(database),
        follow_ups=FollowUps(database),
        requests=Requests(database),
        days=Days(database),
        reviews=Reviews(database),
    )
