"""The lexicon on disk: one `count word` a line, written by `bangda fit`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from server.compliance.sound import Lexicon

LEXICON_FILE = Path(__file__).resolve().parents[1] / "knowledge" / "shop_words.txt"


@lru_cache(maxsize=2)
def read_lexicon(path: Path = LEXICON_FILE) -> Lexicon:
    """The words of ordinary shop talk with their counts; read once."""
    counts: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        count, _, word = line.partition(" ")
        counts[word] = int(count)
    return Lexicon(counts)
