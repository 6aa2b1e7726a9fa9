"""Approved words for an entry of a list, filled in as far as the list knows the values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.base.variables import fill
from server.library import Script, Shop


@dataclass(frozen=True, slots=True)
class Words:
    """Approved words: `missing` names what an agent still has to fill in."""

    title: str
    text: str
    missing: tuple[str, ...]


def filled(shop: Shop, scripts: Iterable[Script], known: Mapping[str, str]) -> list[Words]:
    """The scripts' replies, facts and what is known filled in; complete ones stand first."""
    known = shop.facts_at(shop.local_now()) | dict(known)
    found = [(script.name, fill(script.reply, known)) for script in scripts]
    words = [Words(title, text.text, text.missing) for title, text in found]
    return sorted(words, key=lambda one: bool(one.missing))
