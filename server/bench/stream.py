"""What shoppers write in a load: texts of knowledge/, some often, in talks of five turns."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"
HELD_OUT, BANK = KNOWLEDGE / "heldout_shops", KNOWLEDGE / "bank"
TURNS = 5
_FALL = 0.9  # the text of rank r comes as often as r ** -_FALL says


def texts_of(folder: Path, field: str) -> list[str]:
    """The texts of every JSON Lines file below a folder, each once, in order."""
    rows = (
        json.loads(line)
        for path in sorted(folder.rglob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    )
    return list(dict.fromkeys(str(row[field]) for row in rows if isinstance(row.get(field), str)))


@cache
def _ranked() -> tuple[list[str], list[float]]:
    """All texts, and for each how often it and those before it come (cumulated)."""
    texts = [*texts_of(HELD_OUT, "message"), *texts_of(BANK, "text")]
    random.Random(0).shuffle(texts)  # noqa: S311 - no secret
    return texts, list(accumulate((rank + 1) ** -_FALL for rank in range(len(texts))))


def talks(seed: int) -> Iterator[tuple[str, ...]]:
    """Talks without end; the same seed gives the same ones, and all seeds the same ranks."""
    texts, weights = _ranked()
    chosen = random.Random(seed)  # noqa: S311 - no secret
    while True:
        yield tuple(chosen.choices(texts, cum_weights=weights, k=TURNS))
