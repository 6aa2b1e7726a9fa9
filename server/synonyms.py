"""The shop's own words: what shoppers call a thing, said in the word that the shop writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.conversation import Turn
from server.wording import fold


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
        known = sorted({*self.words, *self.words.values()}, key=len, reverse=True)
        pattern = "|".join(re.escape(word) for word in known)
        folded = fold(text)
        told = re.sub(pattern, lambda match: self.words.get(match.group(), match.group()), folded)
        return text if told == folded else told

    def turns(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        """Earlier turns with the shop's words."""
        return tuple(Turn(turn.sender, self.said(turn.text)) for turn in turns)


def synonyms_of(listed: Mapping[str, Sequence[str]]) -> Synonyms:
    """From a shop's table: its word → what shoppers say instead."""
    pairs = ((fold(said), fold(word)) for word, others in listed.items() for said in others)
    return Synonyms({said: word for said, word in pairs if said and said != word})
