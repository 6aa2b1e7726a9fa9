"""The hash chain over decisions.

Every entry's hash covers its content and the hash before it, so a changed, removed or inserted row
breaks the chain from there on. The last hash also stands in `audit.head` beside the database, which
shows entries cut off at the end; note it elsewhere (the monthly report prints it) to be sure of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64


def link(previous: str, number: int, at: str, kind: str, who: str, what: str, details: str) -> str:
    """The hash of an entry, SHA-256 in hex."""
    parts = [previous, str(number), at, kind, who, what, details]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def details_text(details: Mapping[str, Any]) -> str:
    """Details in one canonical form."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
