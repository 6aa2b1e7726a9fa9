"""What agents do: written to disk before it is answered, then told to session and memory."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from server.base.conversation import Turn
from server.catalog.served import Served
from server.desk.outcome import Sent, acceptances_of, compare
from server.desk.procedure import Due, due_after
from server.desk.rows import conversation_row, utc_moment, warning_row
from server.desk.seat import Seat
from server.desk.sessions import Offer, Session
from server.desk.shop_memory import Memories
from server.desk.to_do import ToDo
from server.protocol.frames import Event, Recorded
from server.store import Acceptance, EventRow, MessageRow, Traffic, WarningRow


class Events:
    """Takes events in, one after another for each conversation."""

    def __init__(self, traffic: Traffic, memories: Memories, to_do: ToDo) -> None:
        self._traffic = traffic
        self._memories = memories
        self._to_do = to_do

    def record(self, seat: Seat, served: Served, session: Session, request: Event) -> Recorded:
        """Writes what the agent did; returns when it is on disk."""
        at = utc_moment(request.at, "at")
        offered = self._offered(seat, served, request, session)
        sent = compare(request, offered, session.inserted)
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
        # A script of another shop says nothing about this one's.
        learnt = [a for a in acceptances_of(sent) if a.script_id in served.shop.by_id]
        said = self._to_do.said(served, request.text, at) if message is not None else None
        new = self._traffic.record_event(
            conversation_row(seat, request.conversation_id, "", session.shopper_name),
            event,
            message,
            warnings,
            learnt,
            said,
        )
        if new:
            self._remember(seat, served, request, session, sent, learnt)
        return Recorded(request_id=request.request_id)

    def _remember(
        self,
        seat: Seat,
        served: Served,
        request: Event,
        session: Session,
        sent: Sent,
        learnt: Sequence[Acceptance],
    ) -> None:
        for acceptance in learnt:
            self._memories.accept(seat.shop, acceptance)
        with session.lock:
            if request.event in ("inserted", "copied", "sent") and sent.script_id:
                session.said.add(sent.script_id)
            if request.event == "copied":
                # Where nothing tells of what is sent, what was copied is.
                session.due = _due(served, sent, request.text, session.due)
            if request.event in ("inserted", "copied"):
                text = request.text or sent.offered_text
                session.put_in(Offer(sent.suggestion_id, sent.script_id, text, sent.message))
            if request.event == "sent":
                session.inserted = _left(session.inserted, sent)
                session.due = _due(served, sent, request.text, session.due)
                session.said |= {o.script_id for o, made in sent.uses if made != "other"} - {""}
                session.draft_warnings.clear()
                session.add(Turn("agent", request.text))

    def _offered(
        self, seat: Seat, served: Served, request: Event, session: Session
    ) -> Offer | None:
        """What the event is about: named by id, or for a sent text the last one inserted."""
        if request.suggestion_id:
            known = session.offers.get(request.suggestion_id)
            if known is not None:
                return known
            # Known from before a restart: the library has its other wordings, with their holes.
            row = self._traffic.offered(seat.shop, request.suggestion_id)
            if row is not None:
                script = served.shop.by_id.get(row.script_id)
                wordings = script.wordings if script else ()
                return Offer(
                    row.suggestion_id, row.script_id, row.text, row.message, tuple(wordings)
                )
        if request.event == "sent" and not request.script_id:
            return session.inserted[-1] if session.inserted else None
        return None


def _due(served: Served, sent: Sent, text: str, before: Due | None) -> Due | None:
    """What is due now: by the last script that was used; as before when none was."""
    used = [offer.script_id for offer, made in sent.uses if made != "other"]
    script = served.shop.by_id.get(used[-1] if used else sent.script_id)
    return due_after(script, text) if script and sent.outcome != "other" else before


def _left(inserted: Sequence[Offer], sent: Sent) -> list[Offer]:
    """What was put in and not sent yet; nothing when something else was sent."""
    used = {id(offer) for offer, outcome in sent.uses if outcome != "other"}
    return [offer for offer in inserted if id(offer) not in used] if used else []


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
