"""What an agent has promised, in the panel: read from what was sent, listed, mended."""

from __future__ import annotations

from datetime import datetime

from server.base.errors import ProtocolError, UsageError
from server.base.times import moment, utc_now, utc_text
from server.catalog.catalog import Served
from server.desk.rows import utc_moment
from server.desk.seat import Seat
from server.protocol.frames import OpenPromise, ToDoList, WorkAsk
from server.store.rows import PromiseRow, SaidRow
from server.store.work.stores import WorkStore
from server.work.holidays import holidays
from server.work.promises import rings_at
from server.work.saying import saying

_MOST_SHOWN = 50


class ToDo:
    """Reads promises off sent texts; answers a panel that asks for the agent's own."""

    def __init__(self, work: WorkStore) -> None:
        self._work = work

    def said(self, served: Served, text: str, at: str) -> SaidRow:
        """What a text sent at `at` (UTC, '' for now) does to promises, by the shop's clock."""
        zone, sent_at = served.shop.zone, moment(at or utc_now())
        off = holidays(self._work.closed_days.of(served.shop.id))
        found = saying(text, sent_at, zone, off)
        made = tuple(
            PromiseRow(
                one.kind, one.words, utc_text(one.due), utc_text(rings_at(sent_at, one.due, zone))
            )
            for one in found.made
        )
        return SaidRow(made, found.kept)

    def answer(self, seat: Seat, served: Served, request: WorkAsk) -> ToDoList:
        """Does what is asked with one promise, then lists the agent's. Raises UsageError."""
        if request.action != "list":
            self._change(seat, served, request)
        now = utc_now()
        rows = self._work.promises.listed(
            seat.shop, "open", now, seat.account.name, last=_MOST_SHOWN
        )
        listed = [
            OpenPromise(
                promise_id=row["id"],
                kind=row["kind"],
                words=row["words"],
                due_at=row["due_at"],
                rings_at=row["rings_at"],
                conversation_id=row["conversation_id"],
                shopper=row["shopper_name"],
                platform=row["platform"],
            )
            for row in rows
        ]
        return ToDoList(request_id=request.request_id, promises=listed, now=now)

    def _change(self, seat: Seat, served: Served, request: WorkAsk) -> None:
        row = self._work.promises.one(request.promise_id)
        if row is None or row["shop"] != seat.shop or row["agent"] != seat.account.name:
            raise UsageError("没有这个承诺，或不是你的 / no such promise of yours")
        now = utc_now()
        if request.action == "keep":
            self._work.promises.keep(row["id"], seat.account.name, now)
        elif request.action == "drop":
            self._work.promises.drop(row["id"], seat.account.name, now, request.note)
        else:
            due = _coming(request.due_at, moment(now))
            rings = rings_at(moment(now), due, served.shop.zone)
            self._work.promises.mend(row["id"], utc_text(due), utc_text(rings))


def _coming(text: str, now: datetime) -> datetime:
    """The new time of a promise. Raises ProtocolError for one that is over or none."""
    due = moment(utc_moment(text, "due_at") or utc_text(now))
    if due <= now:
        raise ProtocolError(
            "bad_request", f"due_at is {text!r}; expected a time to come, as 2026-12-01T08:00:00Z"
        )
    return due
