"""Chat pages on which agents may work, and adapter files for them: `<library>/adapters/*.json`.

Adapter files are data only. The extension checks each against its own schema, takes newer versions
of the sites it knows, and never a file that names other hosts.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from server.base.errors import AuthError
from server.base.platforms import PLATFORMS, platform_code
from server.library import Shop

log = logging.getLogger("bangda.adapters")
ADAPTERS_DIR = "adapters"
_MAX_BYTES = 64 * 1024
NO_PAGES = "off"


def open_platforms(shop: Shop) -> frozenset[str] | None:
    """Platforms on whose chat pages agents may work: the setting `adapters`; None for all."""
    named = shop.settings.get("adapters", "").replace("、", ",").replace("，", ",").split(",")
    codes = frozenset(platform_code(name) for name in named if name.strip())
    return codes - {NO_PAGES} if codes else None


def refuse_closed_page(shop: Shop, platform: str) -> None:
    """Raises AuthError for a page of a platform that the shop has not opened."""
    allowed = open_platforms(shop)
    if platform and allowed is not None and platform not in allowed:
        name = PLATFORMS.get(platform, platform)
        raise AuthError(
            f"本店没有开放{name}的客服页面，请主管在设置里打开（pages of {platform} are off for "
            f"shop {shop.id}; a lead can open them in the settings）"
        )


def site_adapters(library: Path, allowed: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """The adapter objects of allowed platforms (None: of all), by file name.

    A file that is none is named in the log and left out.
    """
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
        platform = platform_code(str(adapter.get("platform", "")))
        if allowed is None or not platform or platform in allowed:
            found.append(adapter)
    return found
