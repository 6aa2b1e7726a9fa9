"""What forms for something new have made, so that one that is sent again makes it once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from server.library import Script

_MOST: Final = 2_000


@dataclass
class Made:
    """By a form's own `once`: the script it published, or the proposal it made; the newest ones."""

    _scripts: OrderedDict[str, tuple[str, str]] = field(default_factory=OrderedDict)
    _drafts: OrderedDict[str, int] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, once: str, script_id: str, version: str) -> None:
        """A form published this version of a script."""
        with self._lock:
            _keep(self._scripts, once, (script_id, version))

    def of(self, once: str) -> tuple[str, str] | None:
        """Id and version of the script that a form published, None for a fresh form."""
        with self._lock:
            return self._scripts.get(once)

    def note_draft(self, once: str, proposal: int) -> None:
        """A form made this proposal."""
        with self._lock:
            _keep(self._drafts, once, proposal)

    def draft_of(self, once: str) -> int | None:
        """The proposal that a form made, None for a fresh form."""
        with self._lock:
            return self._drafts.get(once)


def says_the_same(fields: Mapping[str, Any], script: Script | None) -> bool:
    """Whether a form is about the script that it made before: title, reply or a question stayed.

    A form that was gone back to and holds something else is meant to make another one.
    """
    if script is None:
        return False
    same = [name for name in ("title", "reply") if fields.get(name)]
    questions = set(fields.get("questions", ())) & set(script.questions)
    return bool(questions) or any(fields[name] == getattr(script, name) for name in same)


def _keep(held: OrderedDict[str, Any], once: str, value: object) -> None:
    if once:
        held[once] = value
        while len(held) > _MOST:
            held.popitem(last=False)
