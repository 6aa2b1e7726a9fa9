"""Full-text search over messages: Chinese has no spaces, so each character is a word.

A query is a phrase of characters; two-character words, the most usual ones, are found exactly.
"""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]")


def split(text: str) -> str:
    """The text as space-separated tokens: a Chinese character each, letters and digits whole."""
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFKC", text).lower()))


def parts_of(query: str) -> list[str]:
    """Every space-separated part of a query, split; empty when nothing can be searched."""
    return [part for part in map(split, query.split()) if part]
