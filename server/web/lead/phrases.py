"""Agents' own phrases as the lead sees them, checked by the shop's rules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from server.compliance.findings import CATEGORIES
from server.library import Shop
from server.web.lead.common import Console, page, show


def add(lead: Blueprint, console: Console) -> None:
    """The page's route."""

    @lead.get("/<shop>/phrases")
    @page(console)
    def phrases(shop: Shop) -> Any:
        checker = console.served(shop.id).checker
        kept = console.parts.phrases.of_shop(shop.id)
        checker.prepare([phrase.text for phrase in kept])
        rows = [(phrase, checker.check(phrase.text, shop=shop)) for phrase in kept]
        # What breaks a rule is what a lead came to see.
        rows.sort(key=lambda row: not row[1])
        return show("phrases.html", "use", rows=rows, categories=CATEGORIES)
