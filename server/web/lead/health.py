"""The health page: what is to be mended in the shop's scripts, and where to do it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from server.base.platforms import PLATFORMS
from server.curation.health import GRAVE, KINDS
from server.library import Shop
from server.web.lead.common import Console, page, show
from server.web.lead.facts import state_of, uses_of

_EXAMPLES = 4


def add(lead: Blueprint, console: Console) -> None:
    """The health page's route."""

    @lead.get("/<shop>/health")
    @page(console)
    def health(shop: Shop) -> Any:
        found = console.health_of(shop)
        uses = uses_of(shop)
        facts = [
            (fact, state, uses.get(fact.name, []))
            for fact in shop.facts.values()
            if (state := state_of(fact, shop)) in ("expired", "soon", "later")
        ]
        return show(
            "health.html",
            "health",
            health=found,
            kinds=[kind for kind in KINDS if found.count(kind)],
            well=[kind for kind in KINDS if not found.count(kind)],
            grave=GRAVE,
            examples={
                kind: [(shop.by_id[i], _first(found.of(i), kind)) for i in ids[:_EXAMPLES]]
                for kind, ids in found.scripts.items()
            },
            sound=len(shop.scripts) - len({i for k in GRAVE for i in found.scripts.get(k, ())}),
            facts=facts,
            platform_names=PLATFORMS,
            comparing=console.health.comparing(shop.id),
        )


def _first(marks: Any, kind: str) -> Any:
    return next(mark for mark in marks if mark.kind == kind)
