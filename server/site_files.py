"""Adapter files of chat pages for agents' browsers: `<library>/adapters/*.json`.

Data only. The extension checks each against its own schema, takes newer versions of the sites it
knows, and never a file that names other hosts.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

log = logging.getLogger("bangda.adapters")
ADAPTERS_DIR = "adapters"
_MAX_BYTES = 64 * 1024


def site_adapters(library: Path) -> list[dict[str, Any]]:
    """The adapter objects, by file name; a file that is none is named in the log and left out."""
    found: list[dict[str, Any]] = []
    for path in sorted((library / ADAPTERS_DIR).glob("*.json")):
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise ValueError(f"it is over {_MAX_BYTES} bytes")
            adapter = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(adapter, dict):
                raise ValueError("it holds no object")
        except (OSError, ValueError) as error:
            log.error("adapter %s is left out: %s; expected one JSON object", path.name, error)
            continue
        found.append(adapter)
    return found
