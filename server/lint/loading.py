"""What the reader itself finds, documented here so that one list holds every code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LOADER_CODES: Mapping[str, str] = MappingProxyType(
    {
        "L001": "The file is no plain YAML: broken, not UTF-8, a key twice. Says what to type.",
        "L002": "The file's shape is off: no table, no `scripts` (mistyped), a script no table.",
        "L003": "A key that means nothing here, mostly a typing error; its value is not used.",
        "L004": "A timer is no time from 1 to 86400 seconds (20, 20s, 3分钟).",
        "L005": "Facts are no table, or a fact is neither a value nor a table with `value`.",
        "L006": "A script has no id, or one not of ascii letters, digits, - _ and .",
        "L007": "A field that takes a text holds a list or table, or a list holds one.",
        "L008": "A script without a reply.",
        "L009": "A stage other than 售前, 售中 and 售后.",
        "L010": "The library folder is missing.",
        "L011": "The library folder holds no shop.",
        "L012": "Two scripts of a shop share an id.",
        "L013": "A date that is none; dates read 2026-11-30, 2026/11/30 or 2026-11-30 20:00.",
        "L014": "Synonyms are no table of lists, or one of them stands for two words.",
        "L015": "Variables are no table of names in a file to names here.",
        "L016": "An audience other than new, returning (新客, 老客), a level or an own group.",
        "L017": "A time zone that the system does not know; the shop runs on Asia/Shanghai then.",
        "L018": "A list in brackets with full-width commas, or with an empty item.",
        "L019": "YAML reads a text otherwise than it looks: bare lines joined, `#…` cut off.",
        "L020": "A file or folder that is not read: a copy beside its original, another ending.",
        "L021": "A file without a single script; `scripts: []` says that this is meant.",
        "L022": "A platform that the program does not know; codes and usual names are understood.",
        "L023": "A product without id or name, an id twice, or `pushed` neither true nor false.",
        "L024": "A size chart that cannot be read: measures, units, sizes or ranges are amiss.",
        "L025": "Levels or groups that cannot be read: no table, an unknown condition, no number.",
    }
)
