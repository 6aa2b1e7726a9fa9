"""How far suggestions went: shown, inserted, edited, sent; and what warnings achieved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.metrics.spread import share

# Every count that a day is kept in; docs/figures.md says what each one counts.
COUNTS = (
    "shopper_messages", "agent_messages", "sessions", "offered", "shown", "inserted",
    "sent", "sent_as_is", "sent_edited", "sent_other", "dismissed", "not_relevant",
    "chars_sent", "chars_script", "warned", "heeded", "unheeded", "risks", "sent_warnings",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adoption:
    """Counts of shopper messages (shown, inserted) and replies (sent), with their shares."""

    shopper_messages: int
    shown: int
    inserted: int
    sent: int
    as_is: int
    edited: int
    chars_sent: int
    chars_script: int
    warned: int
    heeded: int
    unheeded: int

    @property
    def coverage(self) -> float | None:
        """Shopper messages for which at least one suggestion was shown."""
        return share(self.shown, self.shopper_messages)

    @property
    def inserted_share(self) -> float | None:
        """Shown ones of which a suggestion was inserted or copied."""
        return share(min(self.inserted, self.shown), self.shown)

    @property
    def adopted_share(self) -> float | None:
        """Sent replies that were a suggestion, as it was or edited."""
        return share(self.as_is + self.edited, self.sent)

    @property
    def edited_share(self) -> float | None:
        """Adopted replies that were edited first."""
        return share(self.edited, self.as_is + self.edited)

    @property
    def text_share(self) -> float | None:
        """Characters of sent replies that come from suggestions."""
        return share(self.chars_script, self.chars_sent)

    @property
    def heeded_share(self) -> float | None:
        """Warnings on drafts after which the reply went out without what was warned of."""
        return share(self.heeded, self.heeded + self.unheeded)


def adoption(counts: Mapping[str, int]) -> Adoption:
    """The funnel of summed day counts (names of COUNTS; a missing one is 0)."""

    def n(name: str) -> int:
        return counts.get(name, 0)

    return Adoption(
        shopper_messages=n("shopper_messages"),
        shown=n("shown"),
        inserted=n("inserted"),
        sent=n("sent"),
        as_is=n("sent_as_is"),
        edited=n("sent_edited"),
        chars_sent=n("chars_sent"),
        chars_script=n("chars_script"),
        warned=n("warned"),
        heeded=n("heeded"),
        unheeded=n("unheeded"),
    )
