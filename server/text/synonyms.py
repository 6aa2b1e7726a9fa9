"""The shop's own words: what shoppers call a thing, said in the word that the shop writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from server.base.conversation import Turn
from server.text.normal import normalize


@dataclass(frozen=True)
class Synonyms:
    """`words` maps what shoppers say to what the shop writes, both folded."""

    words: Mapping[str, str] = field(default_factory=dict)

    def said(self, text: str) -> str:
        """`text` with the shop's words; untouched where nobody said another.

        A longer word goes first, and the shop's own stays, so 小白 in 小白鞋 is no 小白.
        """
        if not self.words:
            return text
        folded = normalize(text)
        told = self._known.sub(lambda match: self.words.get(match[0], match[0]), folded)
        return text if told == folded else told

    @cached_property
    def _known(self) -> re.Pattern[str]:
        known = sorted({*self.words, *self.words.values()}, key=len, reverse=True)
        return re.compile("|".join(re.escape(word) for word in known))

    def turns(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Earlier turns with the shop's words."""
        return tuple(Turn(turn.sender, self.said(turn.text)) for turn in turns)


def synonyms_of(listed: Mapping[str, Sequence[str]]) -> Synonyms:
    """From a shop's table: its word → what shoppers say instead."""
    pairs = (
        (normalize(said), normalize(word)) for word, others in listed.items() for said in others
    )
    return Synonyms({said: word for said, word in pairs if said and said != word})
