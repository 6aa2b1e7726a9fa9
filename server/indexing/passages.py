"""What of a script is searched: its questions, its title, its reply wordings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Role
from server.library import Script
from server.text.normal import normalize

_BRACES = re.compile(r"[{}]")


class Kind(IntEnum):
    """Where a passage stands in its script."""

    QUESTION = 0
    TITLE = 1
    REPLY = 2

    @property
    def role(self) -> Role:
        """Questions are compared as queries, the rest as documents."""
        return "query" if self is Kind.QUESTION else "document"


@dataclass(frozen=True, slots=True)
class Passages:
    """Texts in script order, within a script by kind. `owner` int32 and `kind` uint8, (n,)."""

    texts: tuple[str, ...]
    folded: tuple[str, ...]
    owner: NDArray[np.int32]
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.texts)


def passages_of(scripts: Sequence[Script]) -> Passages:
    """Every searched text of the scripts; the same text twice in one script counts once.

    `tests` are held out and never among them.
    """
    texts: list[str] = []
    folded: list[str] = []
    owner: list[int] = []
    kinds: list[int] = []
    for number, script in enumerate(scripts):
        held = (
            (Kind.QUESTION, script.questions),
            (Kind.TITLE, (script.title,)),
            (Kind.REPLY, script.wordings),
        )
        for kind, group in held:
            plain = {normalize(_BRACES.sub("", text)): text for text in reversed(group)}
            for form, text in reversed(plain.items()):
                if form:
                    texts.append(text)
                    folded.append(form)
                    owner.append(number)
                    kinds.append(int(kind))
    return Passages(
        tuple(texts),
        tuple(folded),
        np.asarray(owner, dtype=np.int32),
        np.asarray(kinds, dtype=np.uint8),
    )
