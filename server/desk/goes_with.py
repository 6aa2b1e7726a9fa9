"""What goes with a product: at most one follow-up, in approved words, behind the first reply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

import msgspec

from server.base.variables import variables
from server.desk.replies import Context
from server.library import Script
from server.library.products import ATTRIBUTE_PREFIX, COMPANION_VARIABLE, SIZE_VARIABLE
from server.protocol.frames import FollowUp, Suggestion

_BEFORE_BUYING = "售前"


def words_for_companions(scripts: Iterable[Script]) -> tuple[Script, ...]:
    """The scripts that say what goes with a product."""
    return tuple(script for script in scripts if COMPANION_VARIABLE in variables(script.reply))


def with_companion(
    made: list[Suggestion],
    context: Context,
    words: Sequence[Script],
    said: AbstractSet[str],
    *,
    calm: bool,
) -> list[Suggestion]:
    """`made` with a follow-up at the first reply, where that answers a question about a product.

    Never with an order on the page or after the purchase, never unless the shopper is `calm`, and
    once a conversation.
    """
    ordered = bool(context.page.get("order_id"))
    if not made or not calm or ordered or COMPANION_VARIABLE not in context.goods.values:
        return made
    first = context.shop.by_id.get(made[0].script_id)
    if first is None or not _is_about_product(first, context):
        return made
    script = _fitting(words, first, context)
    if script is None or script.id in said:
        return made
    title = f"{script.name}：{context.goods.values[COMPANION_VARIABLE]}"
    held = [one for one in made[0].follow_ups if one.script_id != script.id]
    follow_ups = [*held, FollowUp(script_id=script.id, title=title)]
    return [msgspec.structs.replace(made[0], follow_ups=follow_ups), *made[1:]]


def _fitting(words: Sequence[Script], first: Script, context: Context) -> Script | None:
    """The words for this product before those for any; none that are for another, or for others."""
    audience = context.audience or frozenset()
    open_to = [
        script
        for script in words
        if script.id != first.id
        and (not script.products or _names_product(script, context))
        and (not script.audience or {name.casefold() for name in script.audience} & audience)
    ]
    return min(open_to, key=lambda script: not script.products, default=None)


def _names_product(script: Script, context: Context) -> bool:
    product = context.goods.product
    return product is not None and bool({*script.products} & {*product.names})


def _is_about_product(script: Script, context: Context) -> bool:
    """Whether a reply speaks of the product that is meant, before it is bought."""
    if script.stage != _BEFORE_BUYING:
        return False
    used = variables(script.reply)
    speaks = SIZE_VARIABLE in used or any(name.startswith(ATTRIBUTE_PREFIX) for name in used)
    return speaks or _names_product(script, context)
