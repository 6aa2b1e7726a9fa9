"""Which script of the shop a row without an id means: a file that comes again changes nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from server.library import Script

Shape = Callable[[str], str]
# What two wordings of one reply may differ in. A comma or dot within a number or word is no such
# sign, and a link, a sticker or an emoji says something of its own.
_LINK = re.compile(r"((?:https?://|www\.)[\x21-\x7e]+)")
_SIGNS = re.compile(r"[\s!?、。;:~…·\"'“”‘’()\[\]【】「」-]+|[,.](?![0-9a-z])")


def reply_shape(text: str) -> str:
    """The form in which two replies count as the same."""
    parts = _LINK.split(unicodedata.normalize("NFKC", text))
    parts[::2] = [_SIGNS.sub("", part.casefold()) for part in parts[::2]]
    return "".join(parts) or text.strip()


_SCOPE = ("platforms", "audience", "products", "valid_from", "valid_until")


@dataclass
class Settled:
    """Rows by number: the script each means, and those that could mean several."""

    known: dict[int, Script] = field(default_factory=dict)
    unsure: dict[int, tuple[str, ...]] = field(default_factory=dict)


class Known:
    """The shop's scripts, and those that the file's earlier rows bring."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        self._shape = cache(reply_shape)
        self._titles: dict[tuple[str, str], list[Script]] = {}
        self._replies: dict[str, dict[str, Script]] = {}
        for script in scripts:
            if script.title:
                self._titles.setdefault((script.category, script.title), []).append(script)
            self.add(script)

    def add(self, script: Script) -> None:
        """Lets later rows find this script by its wordings."""
        for text in (script.reply, *script.variants):
            self._replies.setdefault(self._shape(text), {}).setdefault(script.id, script)

    def grow(self, script_id: str, more: Script) -> None:
        """Notes that a script gets the questions of `more`, too."""
        for held in self._replies.values():
            if script_id in held:
                old = held[script_id]
                held[script_id] = replace(old, questions=(*old.questions, *more.questions))

    def answering(self, fields: Mapping[str, Any]) -> Script | None:
        """The script that already says this row's reply, to the same shoppers."""
        held = self._replies.get(self._shape(str(fields.get("reply", ""))), {})
        return next((script for script in held.values() if not _apart(fields, script)), None)

    def settled(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Settled:
        """Rows with a title, matched with the scripts of the same category and title.

        Equal replies go together first. One row and one script that are left over are a change;
        when more are, nobody can know which row changes which script.
        """
        groups: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
        for number, fields in rows:
            key = (str(fields.get("category", "")), str(fields.get("title", "")))
            if key[1] and key in self._titles:
                groups.setdefault(key, []).append((number, fields))
        found = Settled()
        for key, group in groups.items():
            self._settle(group, self._titles[key], found)
        return found

    def _settle(
        self, group: list[tuple[int, Mapping[str, Any]]], scripts: list[Script], found: Settled
    ) -> None:
        free = {script.id: script for script in scripts}
        left = []
        said: set[str] = set()
        for number, fields in group:
            wanted = self._shape(str(fields["reply"]))
            script = next((s for s in free.values() if self._says(s, wanted)), None)
            if script is not None:
                found.known[number] = free.pop(script.id)
                said.add(wanted)
            elif wanted not in said and not self._answered(scripts, wanted):
                left.append((number, wanted))
        if not free or not left:
            return
        if len(left) == len(free) == 1:
            found.known[left[0][0]] = next(iter(free.values()))
            return
        for number, _ in left:
            found.unsure[number] = tuple(free)

    def _says(self, script: Script, wanted: str) -> bool:
        return self._shape(script.reply) == wanted

    def _answered(self, scripts: list[Script], wanted: str) -> bool:
        return any(wanted == self._shape(v) for s in scripts for v in s.variants)


def _apart(fields: Mapping[str, Any], script: Script) -> bool:
    """Whether both say for whom they are, and say otherwise."""
    pairs = ((fields.get(name), getattr(script, name)) for name in _SCOPE)
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def is_within(fields: Mapping[str, Any], script: Script, shape: Shape) -> bool:
    """Whether a row with the script's reply adds no question to it."""
    asked = {shape(question) for question in script.questions}
    return all(shape(question) in asked for question in fields.get("questions", ()))
