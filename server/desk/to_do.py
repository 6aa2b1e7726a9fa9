"""What is to be done, in the panel: the agent's promises, the conversation's requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from server.base.errors import ProtocolError, UsageError
from server.base.times import moment, utc_now, utc_text
from server.base.variables import fill, page_values
from server.catalog.served import Served
from server.desk.follow_ups import FollowUp, FollowUpLists
from server.desk.rows import utc_moment
from server.desk.seat import Seat
from server.protocol.frames import DueFollowUp, OpenPromise, OpenRequest, ToDoList, WorkAsk
from server.store.rows import PromiseRow, SaidRow
from server.store.work.requests import NewRequest, Talk
from server.store.work.stores import WorkStore
from server.work.follow_ups import words_for
from server.work.holidays import holidays
from server.work.promises import rings_at
from server.work.requests import STATIONS, kind_in, procedure_of, station_due, step_at
from server.work.saying import saying
from server.work.words import filled

_MOST_SHOWN = 50
_LONGEST = 64


class ToDo:
    """Reads promises off sent texts; answers a panel that asks what is to be done."""

    def __init__(self, work: WorkStore, follow_ups: FollowUpLists) -> None:
        self._work = work
        self._follow_ups = follow_ups

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
        """Does what is asked, then lists what is open. Raises UsageError."""
        now = utc_now()
        talk = self._work.requests.talk(seat.shop, seat.platform, request.conversation_id)
        if request.action == "open":
            self._open(seat, served, request, talk, now)
        elif request.action == "wrote":
            self._wrote(seat, served, request, talk)
        elif request.action != "list":
            self._change(seat, served, request)
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
        under_way = self._requests(seat, served, request, talk)
        return ToDoList(
            request_id=request.request_id,
            promises=listed,
            now=now,
            requests=under_way,
            follow_ups=self._due(seat, served, request, talk),
        )

    def _open(
        self, seat: Seat, served: Served, request: WorkAsk, talk: Talk | None, now: str
    ) -> None:
        """Makes a request of what the shopper said last and what the page shows."""
        order_id = _told(request, "order_id")
        if talk is None and not order_id:
            raise UsageError("还没有这个会话的消息 / nothing was said in this conversation yet")
        said = talk.said if talk else ()
        off = holidays(self._work.closed_days.of(seat.shop))
        due = station_due(STATIONS[0], moment(now), served.shop.zone, off)
        new = NewRequest(
            seat.shop,
            seat.account.name,
            platform=seat.platform,
            conversation=talk.conversation if talk else 0,
            order_id=order_id,
            shopper=talk.shopper if talk else "",
            kind=kind_in(said),
            product=_told(request, "product") or _told(request, "order_product"),
            said="；".join(reversed(said)),
        )
        self._work.requests.open(new, utc_text(due) if due else "", now)

    def _requests(
        self, seat: Seat, served: Served, request: WorkAsk, talk: Talk | None
    ) -> list[OpenRequest]:
        """Those of the conversation and of its order, with the words of their stations."""
        conversation, order_id = talk.conversation if talk else 0, _told(request, "order_id")
        rows = self._work.requests.of_talk(conversation, order_id, seat.shop, seat.platform)
        terms, facts = served.terms(), served.shop.facts_at(served.shop.local_now())
        allowed = [s for s in served.shop.scripts if s.steps and terms.allow(s, seat.platform)]
        return [
            OpenRequest(
                number=row["id"],
                order_id=row["order_id"],
                kind=row["kind"],
                station=row["station"],
                due_at=row["due_at"],
                words=fill(step_at(procedure_of(allowed, row["kind"]), row["station"]), facts).text,
            )
            for row in rows
        ]

    def _due(
        self, seat: Seat, served: Served, request: WorkAsk, talk: Talk | None
    ) -> list[DueFollowUp]:
        """What the conversation's shopper may be written about now."""
        if talk is None or not talk.shopper:
            return []
        shop, now = served.shop, datetime.now(UTC)
        found = self._follow_ups.entries(shop, now, seat.account.name, talk.shopper)
        return [
            DueFollowUp(
                order_id=one.row["order_id"],
                kind=one.kind,
                product=one.product.name if one.product else one.row["product"],
                received_at=one.row["received_at"],
                words=_follow_up_words(served, seat.platform, one, request.page),
            )
            for one in found
            if one.row["platform"] == seat.platform
            and (one.view == "mine" or (one.view == "now" and not one.taken))
        ]

    def _wrote(self, seat: Seat, served: Served, request: WorkAsk, talk: Talk | None) -> None:
        """Takes one on and closes it, in one. Raises EntryError where that may not be."""
        named, now = (seat.platform, request.order_id, request.kind), datetime.now(UTC)
        shopper = talk.shopper if talk else ""
        number = self._follow_ups.claim(served.shop, now, seat.account.name, named, shopper)
        self._work.follow_ups.done(number, now)

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


def _follow_up_words(
    served: Served, platform: str, one: FollowUp, page: Mapping[str, object]
) -> str:
    """The best approved words, those that need nothing more to be filled in first; '' for none."""
    terms, shop, row = served.terms(), served.shop, one.row
    allowed = (script for script in shop.scripts if terms.allow(script, platform))
    bought = one.product.name if one.product else row["product"]
    scripts = words_for(allowed, one.kind, one.product)
    known = page_values(page) | {"订单号": row["order_id"], "商品名": bought}
    words = filled(shop, scripts, known)
    return words[0].text if words else ""


def _told(request: WorkAsk, name: str) -> str:
    """What the page says of something, "" where it says nothing."""
    return str(request.page.get(name) or "").strip()[:_LONGEST]


def _coming(text: str, now: datetime) -> datetime:
    """The new time of a promise. Raises ProtocolError for one that is over or none."""
    due = moment(utc_moment(text, "due_at") or utc_text(now))
    if due <= now:
        raise ProtocolError(
            "bad_request", f"due_at is {text!r}; expected a time to come, as 2026-12-01T08:00:00Z"
        )
    return due
