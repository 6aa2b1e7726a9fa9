"""A ranked script as the agent sees it: every wording filled, what is missing named."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from server.base.conversation import Turn
from server.base.variables import fill, page_values, variables
from server.goods import NO_GOODS, Advice, Goods, goods_of
from server.library import Script, Shop, addressed
from server.library.products import MISSING_MEASURES_VARIABLE, SIZE_VARIABLE
from server.protocol.frames import FollowUp, SizeAdvice, Suggestion
from server.ranking.audience_fit import shown_names
from server.suggest import Candidate


@dataclass(frozen=True, slots=True)
class Context:
    """What replies are filled from: the shop's facts that hold now, the page, the product.

    `audience` is what the shopper belongs to, folded; None for somebody unknown.
    """

    shop: Shop
    values: Mapping[str, str]
    page: Mapping[str, str]
    local_now: datetime
    goods: Goods = NO_GOODS
    audience: frozenset[str] | None = None


def context_of(
    shop: Shop,
    page: Mapping[str, object],
    shopper: str,
    agent: str,
    text: str = "",
    turns: Sequence[Turn] = (),
) -> Context:
    """The context of one request; a fact of the shop wins over a page value of the same name.

    `text` and `turns` tell product and measures where the page does not.
    """
    now = shop.local_now()
    known = page_values(page)
    if shopper:
        known.setdefault("昵称", shopper)
    known.setdefault("客服名", agent)
    texts = {key: str(value) for key, value in page.items() if isinstance(value, str | int | float)}
    own = {key: value for key, value in texts.items() if key not in known}
    goods = goods_of(shop, texts, text, turns)
    # The page's own title of a product stays: it is what the shopper sees.
    values = dict(goods.values) | own | known | shop.facts_at(now)
    return Context(shop, values, texts, now, goods)


def suggestion_of(candidate: Candidate, context: Context, said: AbstractSet[str]) -> Suggestion:
    """One suggestion of the protocol, under a fresh id."""
    script = candidate.script
    reply, others, for_whom = _wordings(script, context)
    wordings = (reply, *others, *script.parts, *script.steps)
    texts, values = _filled(wordings, context.values)
    variants = 1 + len(others)
    parts = variants + len(script.parts)
    return Suggestion(
        suggestion_id=uuid.uuid4().hex,
        script_id=script.id,
        title=script.name,
        text=texts[0],
        missing=list(fill(reply, context.values).missing),
        score=round(candidate.score, 6),
        confidence=round(candidate.confidence, 4),
        why=candidate.why if script.audience or not for_whom else f"{for_whom}；{candidate.why}",
        category=script.category,
        stage=script.stage,
        variants=texts[1:variants],
        parts=texts[variants:parts],
        steps=texts[parts:],
        follow_ups=_follow_ups(script, context),
        images=_images(script, context.goods),
        values=values,
        said=script.id in said,
    )


def _wordings(script: Script, context: Context) -> tuple[str, list[str], str]:
    """The reply, its other wordings, and for whom the reply is worded (in Chinese, "" for all).

    A variant for the shopper takes the reply's place; one for others is left out.
    """
    asks = context.audience or frozenset()
    own: list[tuple[str, str]] = []
    others: list[str] = []
    for variant in script.variants:
        names, words = addressed(variant, context.shop.tier_names)
        fitting = [name for name in names if name.casefold() in asks]
        if fitting:
            own.append((words, f"适用{shown_names(fitting)}"))
        elif not names:
            others.append(variant)
    if not own:
        return script.reply, others, ""
    (reply, for_whom), *more = own
    return reply, [*(words for words, _ in more), script.reply, *others], for_whom


def _images(script: Script, goods: Goods) -> list[str]:
    """The script's own; with a reply about size those of the product, which show its chart."""
    sizes = not {SIZE_VARIABLE, MISSING_MEASURES_VARIABLE}.isdisjoint(variables(script.reply))
    of_product = goods.product.images if goods.product is not None and sizes else ()
    return list(dict.fromkeys((*script.images, *of_product)))


def size_of(advice: Advice) -> SizeAdvice:
    """What the product's size chart says for one person, as the protocol holds it."""
    return SizeAdvice(
        person=advice.person,
        sizes=list(advice.sizes),
        rows=list(advice.rows),
        missing=list(advice.missing),
        measured=advice.measured,
        note=advice.note,
        says=advice.says,
        leans=advice.leans,
    )


def product_of(goods: Goods) -> dict[str, str]:
    """The product that is meant, by id and name; empty when none is."""
    if goods.product is None:
        return {}
    return {"id": goods.product.id, "name": goods.product.name}


def perhaps_of(goods: Goods) -> list[dict[str, str]]:
    """The products that could be meant, where that is not certain: the agent asks which."""
    return [{"id": product.id, "name": product.name} for product in goods.perhaps]


def _filled(wordings: Sequence[str], values: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    filled = [fill(wording, values) for wording in wordings]
    used = {name: value for one in filled for name, value in one.values.items()}
    return [one.text for one in filled], used


def _follow_ups(script: Script, context: Context) -> list[FollowUp]:
    others = (context.shop.by_id.get(script_id) for script_id in script.follow_ups)
    return [FollowUp(script_id=other.id, title=other.name) for other in others if other]
