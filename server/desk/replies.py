"""A ranked script as the agent sees it: every wording filled, what is missing named."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from server.base.variables import fill, page_values
from server.library import Script, Shop
from server.protocol.frames import FollowUp, Suggestion
from server.suggest import Candidate


@dataclass(frozen=True, slots=True)
class Context:
    """What replies are filled from: the shop's facts that hold now, and the page."""

    shop: Shop
    values: Mapping[str, str]
    page: Mapping[str, str]
    local_now: datetime


def context_of(shop: Shop, page: Mapping[str, object], shopper: str, agent: str) -> Context:
    """The context of one request; a fact of the shop wins over a page value of the same name."""
    now = shop.local_now()
    known = page_values(page)
    if shopper:
        known.setdefault("昵称", shopper)
    known.setdefault("客服名", agent)
    texts = {key: str(value) for key, value in page.items() if isinstance(value, str | int | float)}
    own = {key: value for key, value in texts.items() if key not in known}
    return Context(shop, own | known | shop.facts_at(now), texts, now)


def suggestion_of(candidate: Candidate, context: Context, said: AbstractSet[str]) -> Suggestion:
    """One suggestion of the protocol, under a fresh id."""
    script = candidate.script
    texts, values = _filled(script.wordings, context.values)
    variants = 1 + len(script.variants)
    parts = variants + len(script.parts)
    return Suggestion(
        suggestion_id=uuid.uuid4().hex,
        script_id=script.id,
        title=script.title or script.reply[:20],
        text=texts[0],
        missing=list(fill(script.reply, context.values).missing),
        score=round(candidate.score, 6),
        confidence=round(candidate.confidence, 4),
        why=candidate.why,
        category=script.category,
        stage=script.stage,
        variants=texts[1:variants],
        parts=texts[variants:parts],
        steps=texts[parts:],
        follow_ups=_follow_ups(script, context),
        images=list(script.images),
        values=values,
        said=script.id in said,
    )


def _filled(wordings: Sequence[str], values: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    filled = [fill(wording, values) for wording in wordings]
    used = {name: value for one in filled for name, value in one.values.items()}
    return [one.text for one in filled], used


def _follow_ups(script: Script, context: Context) -> list[FollowUp]:
    others = (context.shop.by_id.get(script_id) for script_id in script.follow_ups)
    return [
        FollowUp(script_id=other.id, title=other.title or other.id) for other in others if other
    ]
