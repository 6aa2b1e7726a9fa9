"""Scripts to and from plain fields, as forms, proposals and versions hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.base.errors import UsageError
from server.library import SCRIPT_FIELDS, Script, parse_moment
from server.library.fields import LIST_FIELDS, MOMENT_FIELDS, VALID_ID
from server.library.understood import stage_of, understood


def script_from(fields: Mapping[str, Any], shop: str) -> Script:
    """The script of these fields. Raises UsageError naming the first thing that is wrong."""
    values: dict[str, Any] = {}
    for name in SCRIPT_FIELDS:
        value = fields.get(name)
        if name in LIST_FIELDS:
            items = [value] if isinstance(value, str) else value or ()
            typed = [text for item in items if (text := str(item).strip())]
            values[name] = tuple(understood(name, typed))
        elif name in MOMENT_FIELDS:
            values[name] = parse_moment(str(value)) if value else None
            if value and values[name] is None:
                raise UsageError(f"{name} is {value!r}; expected 2026-11-30 or 2026-11-30 20:00")
        else:
            values[name] = str(value or "").strip()
    if not VALID_ID.fullmatch(values["id"]):
        raise UsageError(f"id is {values['id']!r}; expected ascii letters, digits, '-', '_', '.'")
    if not values["reply"]:
        raise UsageError("reply is empty; expected the text that agents send")
    stage = stage_of(values["stage"])
    if stage is None:
        raise UsageError(f"stage is {values['stage']!r}; expected 售前, 售中 or 售后")
    values["stage"] = stage
    return Script(**values, shop=shop)
