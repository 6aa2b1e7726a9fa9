"""How Chinese characters sound: one table for search, ranking and disguises."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

_TABLE = Path(__file__).resolve().parents[1] / "knowledge" / "pinyin.txt"


@cache
def syllables() -> Mapping[str, str]:
    """Character → its commonest reading without tone, for the 20,924 of the Unicode block."""
    table: dict[str, str] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        syllable, _, characters = line.partition(" ")
        table.update(dict.fromkeys(characters, syllable))
    return MappingProxyType(table)
