"""Publishing one script through the gate: the editor and approvals take this one way."""

from __future__ import annotations

from server.curation.golden import Gate
from server.library import Script, Shop
from server.web.lead.common import Console


def publish_with_gate(
    console: Console,
    shop: Shop,
    script: Script,
    *,
    base: str,
    who: str,
    why: str = "",
    reason: str = "",
) -> Gate | None:
    """Publishes `script` over version `base` and returns None; else the gate that wants a reason.

    `reason` is what a person typed to publish all the same, `why` what history keeps. What the
    gate had no time for is tried in the background. Raises StaleError.
    """
    gate = console.gate(shop, {script.id: script})
    if gate.needs_reason and not reason:
        return gate
    # Made before the change is, so that it compares with what is served now.
    whole = console.trial(shop, {script.id: script}, whole=True)
    console.curator.publish(
        shop.id, {script.id: script}, who=who, why=why or reason, expected={script.id: base}
    )
    if gate.left:
        console.finish_gate(shop, script.title or script.id, whole)
    return None
