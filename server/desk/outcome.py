"""What became of a suggestion: sent as it is, edited, or something else was sent."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from server.desk.sessions import Offer
from server.protocol.frames import Event
from server.store import Acceptance
from server.store.rows import Outcome

# Sent texts that share this much with the suggestion count as an edit of it (rapidfuzz ratio,
# 0 to 100): a name added or a sentence cut stays above, another reply falls below.
_EDITED_FROM = 55.0


@dataclass(frozen=True, slots=True)
class Sent:
    """An event with what it is about resolved."""

    event: str
    suggestion_id: str
    script_id: str
    message: str
    offered_text: str
    outcome: Outcome


def compare(event: Event, offered: Offer | None) -> Sent:
    """The event beside what was offered; the outcome only for a sent text."""
    suggestion_id = event.suggestion_id or (offered.suggestion_id if offered else "")
    script_id = event.script_id or (offered.script_id if offered else "")
    message = offered.message if offered else ""
    text = offered.text if offered else ""
    if event.event != "sent":
        return Sent(event.event, suggestion_id, script_id, message, text, "")
    outcome = _outcome(event.text, text)
    if outcome == "other" and not event.script_id and not event.suggestion_id:
        # The agent cleared the box and wrote something else: this is no use of the script.
        return Sent(event.event, "", "", message, text, outcome)
    return Sent(event.event, suggestion_id, script_id, message, text, outcome)


def _outcome(sent: str, offered: str) -> Outcome:
    sent, offered = " ".join(sent.split()), " ".join(offered.split())
    if not offered:
        return "other"
    if sent == offered:
        return "as_is"
    if offered in sent or fuzz.ratio(sent, offered) >= _EDITED_FROM:
        return "edited"
    return "other"


def acceptance_of(sent: Sent) -> Acceptance | None:
    """What there is to learn from an event; None when it says nothing about a script."""
    if not sent.script_id or not sent.message:
        return None
    if sent.event in ("inserted", "copied") or (sent.event == "sent" and sent.outcome == "as_is"):
        return Acceptance(sent.message, sent.script_id, "accepted", "panel", sent.suggestion_id)
    if sent.event == "sent" and sent.outcome == "edited":
        return Acceptance(sent.message, sent.script_id, "edited", "panel", sent.suggestion_id)
    if sent.event == "not_relevant" or (sent.event == "sent" and sent.outcome == "other"):
        return Acceptance(sent.message, sent.script_id, "rejected", "panel", sent.suggestion_id)
    return None
