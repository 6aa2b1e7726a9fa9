"""The bank of how shoppers ask, read and embedded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.base.errors import UsageError
from server.indexing.encoder import Vectors
from server.indexing.vector_cache import VectorCache
from server.text.normal import normalize
from server.text.understanding import bare_text

KINDS = ("ask", "title", "reply")
NONE = "none-"
# Fewer asks than this make no intent: a pair is drawn from them at each step.
_FEWEST_ASKS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bank."""

    intent: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One intent's vectors: `asks` as queries, `titles` and `replies` as documents."""

    name: str
    asks: Vectors
    titles: Vectors
    replies: Vectors

    @property
    def answered(self) -> bool:
        """Whether a script could answer it."""
        return not self.name.startswith(NONE)


def read_bank(folder: Path) -> list[Line]:
    """Every line of every `*.jsonl` file in the folder. Raises UsageError when there is none."""
    lines: list[Line] = []
    for path in sorted(folder.glob("*.jsonl")):
        for text in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(text)
            lines.append(Line(row["intent"], row["kind"], row["text"]))
    if not lines:
        raise UsageError(f"{folder} holds no *.jsonl; expected the bank; run from a checkout")
    return lines


def embed_bank(lines: Sequence[Line], cache: VectorCache) -> list[Intent]:
    """The intents in order of name, those with too few asks or without title or reply left out.

    An unanswered intent has asks only.
    """
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: {kind: [] for kind in KINDS})
    for line in lines:
        form = bare_text(line.text) if line.kind == "ask" else normalize(line.text)
        if form:
            texts[line.intent][line.kind].append(form)
    intents: list[Intent] = []
    for name in sorted(texts, key=lambda name: (name.startswith(NONE), name)):
        held = texts[name]
        complete = held["title"] and held["reply"]
        if len(held["ask"]) >= _FEWEST_ASKS and (complete or name.startswith(NONE)):
            intents.append(
                Intent(
                    name,
                    cache.vectors(held["ask"], "query"),
                    cache.vectors(held["title"], "document"),
                    cache.vectors(held["reply"], "document"),
                )
            )
    return intents
