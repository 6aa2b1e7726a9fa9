"""Publishing through the gate: the editor, approvals and replacements take this one way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.base.collecting import uncollected
from server.curation.golden import Gate
from server.library import Script, Shop
from server.web.lead.common import Console
from server.web.lead.grave import Grave, graves_of, note_graves

NOT_TRIED = Gate((), 0)


@dataclass(frozen=True, slots=True)
class Held:
    """Why a change waits for a reason: questions that get worse, grave findings it brings in."""

    gate: Gate
    graves: tuple[Grave, ...]

    @property
    def needs_reason(self) -> bool:
        """Whether publishing asks why."""
        return self.gate.needs_reason or bool(self.graves)


@uncollected()
def publish_with_gate(
    console: Console,
    shop: Shop,
    changes: Mapping[str, Script],
    *,
    bases: Mapping[str, str],
    who: str,
    title: str,
    why: str = "",
    reason: str = "",
    batch: tuple[str, str] | None = None,
    tried_up_to: int = 1000,
) -> Held | None:
    """Publishes scripts over the versions `bases` and returns None; else what wants a reason.

    `reason` is what a person typed to publish all the same, `why` what history keeps. What the
    gate had no time for, and all of more than `tried_up_to` changes, is tried in the background.
    Raises StaleError.
    """
    late = len(changes) > tried_up_to
    graves = tuple(graves_of(console, shop, changes.values()))
    held = Held(NOT_TRIED if late else console.gate(shop, changes), graves)
    if held.needs_reason and not reason:
        return held
    # Made before the change is, so that it compares with what is served now.
    whole = console.trial(shop, changes, whole=True)
    console.curator.publish(
        shop.id, changes, who=who, why=why or reason, expected=bases, batch=batch
    )
    note_graves(console, shop, held.graves, reason)
    if held.gate.left or late:
        console.finish_gate(shop, title, whole)
    return None
