"""Find and replace over a shop's scripts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from server.library import Script

# What a replacement may touch, by the name that the page gives it.
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "wordings": ("reply", "variants", "parts", "steps"),
    "questions": ("questions", "tests"),
    "title": ("title", "category", "tags"),
}


@dataclass(frozen=True, slots=True)
class Replacing:
    """What is looked for and what comes in its place; `places` are keys of PLACES."""

    find: str
    put: str
    places: tuple[str, ...]
    exact: bool = False

    def of(self, script: Script) -> Script:
        """The script with every find replaced; the same object when there is none."""
        pattern = re.compile(re.escape(self.find), 0 if self.exact else re.IGNORECASE)
        changed: dict[str, Any] = {}
        for name in (field for place in self.places for field in PLACES[place]):
            old = getattr(script, name)
            if isinstance(old, str):
                new: Any = pattern.sub(lambda _: self.put, old)
            else:
                texts = (pattern.sub(lambda _: self.put, text).strip() for text in old)
                new = tuple(dict.fromkeys(text for text in texts if text))
            if new != old:
                changed[name] = new
        return replace(script, **changed) if changed else script


def replaced(scripts: Iterable[Script], wanted: Replacing) -> Sequence[tuple[Script, Script]]:
    """(script, what it becomes) for every script that holds what is looked for."""
    pairs = ((script, wanted.of(script)) for script in scripts)
    return [(script, new) for script, new in pairs if new is not script]
