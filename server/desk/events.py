"""What agents do: written to disk before it is answered, then told to session and memory."""

from __future__ import annotations

import uuid

from server.base.conversation import Turn
from server.catalog.catalog import Served
from server.desk.outcome import Sent, acceptance_of, compare
from server.desk.rows import conversation_row, utc_moment, warning_row
from server.desk.seat import Seat
from server.desk.sessions import Offer, Session
from server.desk.shop_memory import Memories
from server.protocol.frames import Event, Recorded
from server.store import Acceptance, EventRow, MessageRow, Traffic, WarningRow


class Events:
    """Takes events in, one after another for each conversation."""

    def __init__(self, traffic: Traffic, memories: Memories) -> None:
        self._traffic = traffic
        self._memories = memories

    def record(self, seat: Seat, served: Served, session: Session, request: Event) -> Recorded:
        """Writes what the agent did; returns when it is on disk."""
        at = utc_moment(request.at, "at")
        offered = self._offered(seat, request, session)
        sent = compare(request, offered)
        event = EventRow(
            event=request.event,
            request_id=request.request_id,
            suggestion_id=sent.suggestion_id,
            script_id=sent.script_id,
            text=request.text,
            at=at,
            outcome=sent.outcome,
            details=request.details,
        )
        message, warnings = _own_message(seat, served, session, request, at)
        acceptance = acceptance_of(sent)
        new = self._traffic.record_event(
            conversation_row(seat, request.conversation_id), event, message, warnings, acceptance
        )
        if new:
            self._remember(seat, request, session, sent, acceptance)
        return Recorded(request_id=request.request_id)

    def _remember(
        self,
        seat: Seat,
        request: Event,
        session: Session,
        sent: Sent,
        acceptance: Acceptance | None,
    ) -> None:
        if acceptance is not None:
            self._memories.accept(seat.shop, acceptance)
        with session.lock:
            if request.event in ("inserted", "copied", "sent") and sent.script_id:
                session.said.add(sent.script_id)
            if request.event in ("inserted", "copied"):
                text = request.text or sent.offered_text
                session.inserted = Offer(sent.suggestion_id, sent.script_id, text, sent.message)
            if request.event == "sent":
                session.inserted = None
                session.draft_warnings.clear()
                session.add(Turn("agent", request.text))

    def _offered(self, seat: Seat, request: Event, session: Session) -> Offer | None:
        """What the event is about: named by id, or for a sent text the last one inserted."""
        if request.suggestion_id:
            known = session.offers.get(request.suggestion_id)
            if known is not None:
                return known
            row = self._traffic.offered(seat.shop, request.suggestion_id)
            if row is not None:
                return Offer(row.suggestion_id, row.script_id, row.text, row.message)
        if request.event == "sent" and not request.script_id:
            return session.inserted
        return None


def _own_message(
    seat: Seat, served: Served, session: Session, request: Event, at: str
) -> tuple[MessageRow | None, list[WarningRow]]:
    """What was sent, as a message of the conversation, and what there is to say against it."""
    if request.event != "sent" or not request.text:
        return None, []
    message_id = str(request.details.get("message_id") or f"agent-{uuid.uuid4().hex[:16]}")
    findings = served.checker.check(
        request.text,
        direction="outgoing",
        platform=seat.platform,
        shop=served.shop,
        turns=tuple(session.turns),
    )
    warnings = [warning_row(finding, request.text, "sent") for finding in findings]
    return MessageRow(message_id, "agent", request.text, at), warnings
