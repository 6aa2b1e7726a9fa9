"""What became of suggestions: sent as they are, edited, or something else was sent.

A sent text is compared with everything that was put in for its conversation since the last one that
was sent: a reply, a part or a step of it, another wording, several on top of each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from server.desk.sessions import Offer
from server.protocol.frames import Event
from server.store import Acceptance
from server.store.rows import Outcome

# Sent texts that share this much with the suggestion count as an edit of it (rapidfuzz ratio,
# 0 to 100): a name added or a sentence cut stays above, another reply falls below.
_EDITED_FROM = 55.0
# A sent text that holds less of what was put in is another reply with the same greeting.
_HELD_FROM = 0.4
# What an agent types into a hole: an order number, a name, a date.
_HOLE = re.compile(r"\\\{[^{}\n]{1,60}?\\\}")
_HOLE_FILLED = r".{1,60}?"


@dataclass(frozen=True, slots=True)
class Sent:
    """An event with what it is about resolved; `uses` are all replies that it made something of."""

    event: str
    suggestion_id: str
    script_id: str
    message: str
    offered_text: str
    outcome: Outcome
    uses: tuple[tuple[Offer, Outcome], ...] = ()


def compare(event: Event, offered: Offer | None, inserted: Sequence[Offer] = ()) -> Sent:
    """The event beside what was offered and put in; the outcome only for a sent text.

    `inserted` stands in the order in which it was put in; what the event names counts first.
    """
    suggestion_id = event.suggestion_id or (offered.suggestion_id if offered else "")
    script_id = event.script_id or (offered.script_id if offered else "")
    message = offered.message if offered else ""
    text = offered.text if offered else ""
    if event.event != "sent":
        return Sent(event.event, suggestion_id, script_id, message, text, "")
    stack = list(inserted)
    if offered and all(one.suggestion_id != offered.suggestion_id for one in stack):
        stack.append(offered)
    uses = _uses(event.text, stack)
    about = _about(uses, suggestion_id)
    if about is None:
        # Nothing was suggested, or the agent cleared the box and wrote something else.
        if not event.suggestion_id and not event.script_id:
            suggestion_id = script_id = ""
        return Sent(event.event, suggestion_id, script_id, message, text, "other", uses)
    offer, outcome = about
    return Sent(
        event.event, offer.suggestion_id, offer.script_id, offer.message, offer.text, outcome, uses
    )


def _about(
    uses: Sequence[tuple[Offer, Outcome]], suggestion_id: str
) -> tuple[Offer, Outcome] | None:
    """The use that the event's row tells of: the named one, else the one that was kept best."""
    kept = [use for use in uses if use[1] != "other" and use[0].script_id]
    named = [use for use in kept if suggestion_id and use[0].suggestion_id == suggestion_id]
    best = [use for use in kept if use[1] == "as_is"]
    return next(iter(named or best or kept), None)


def _uses(sent: str, stack: Sequence[Offer]) -> tuple[tuple[Offer, Outcome], ...]:
    """What became of each reply that was put in, in order."""
    text = _flat(sent)
    if not text:
        return ()
    found = [_found(offer, text) for offer in stack]
    # What is left when everything that was put in is taken out of what was sent.
    rest = text
    for words in sorted(filter(None, found), key=len, reverse=True):
        rest = rest.replace(words, "", 1)
    held = len(text) - len(rest) >= _HELD_FROM * len(text)
    outcomes: list[tuple[Offer, Outcome]] = []
    for offer, words in zip(stack, found, strict=True):
        if words and held:
            outcomes.append((offer, "edited" if rest else "as_is"))
        elif any(fuzz.ratio(text, wording) >= _EDITED_FROM for wording in _wordings(offer)):
            outcomes.append((offer, "edited"))
        else:
            outcomes.append((offer, "other"))
    if len(stack) > 1 and all(outcome == "other" for _, outcome in outcomes):
        # Each alone is little of a long text; together they may be most of it.
        whole = "".join(_flat(offer.text) for offer in stack)
        if fuzz.ratio(text, whole) >= _EDITED_FROM:
            return tuple((offer, "edited") for offer in stack)
    return tuple(outcomes)


def _found(offer: Offer, text: str) -> str:
    """The words of an offer that stand in a sent text, blanks left out; empty when none do."""
    for wording in sorted(_wordings(offer), key=len, reverse=True):
        if not wording:
            continue
        if wording in text:
            return wording
        pattern = _HOLE.sub(_HOLE_FILLED, re.escape(wording))
        if pattern != re.escape(wording):
            whole = re.fullmatch(pattern, text) or re.search(pattern, text)
            if whole:
                return whole.group()
    return ""


def _wordings(offer: Offer) -> list[str]:
    return [_flat(wording) for wording in (offer.text, *offer.wordings)]


def _flat(text: str) -> str:
    """A text without blanks: editors and pages keep their own."""
    return "".join(text.split())


def acceptances_of(sent: Sent) -> list[Acceptance]:
    """What there is to learn from an event about scripts."""
    if sent.event != "sent":
        kind = {"inserted": "accepted", "copied": "accepted", "not_relevant": "rejected"}
        return _acceptance(sent.suggestion_id, sent.script_id, sent.message, kind.get(sent.event))
    kinds = {"as_is": "accepted", "edited": "edited", "other": "rejected"}
    # Of a pile that was used, what was not is no rejection: it may be what comes next.
    used = any(outcome != "other" for _, outcome in sent.uses)
    return [
        learnt
        for offer, outcome in sent.uses
        if outcome != "other" or not used
        for learnt in _acceptance(
            offer.suggestion_id, offer.script_id, offer.message, kinds[outcome]
        )
    ]


def _acceptance(
    suggestion_id: str, script_id: str, message: str, kind: str | None
) -> list[Acceptance]:
    if kind is None or not script_id or not message:
        return []
    return [Acceptance(message, script_id, kind, "panel", suggestion_id)]  # type: ignore[arg-type]
