"""Scripts to and from plain fields, as forms, proposals and versions hold them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from server.base.errors import EntryError
from server.library import SCRIPT_FIELDS, Script, parse_moment
from server.library.fields import LIST_FIELDS, MOMENT_FIELDS, VALID_ID
from server.library.understood import stage_of, understood

# What a person means to write; longer is something pasted by mistake. Files may hold more.
LONGEST: Mapping[str, int] = MappingProxyType(
    {"id": 64, "reply": 2000, "variants": 2000, "parts": 2000, "steps": 2000, "images": 2000}
    | dict.fromkeys(("questions", "tests", "products", "follow_ups"), 300)
)
_LONGEST_OTHER = 200
_MOST_ITEMS = 300


def check_lengths(fields: Mapping[str, Any]) -> None:
    """Raises EntryError naming the first field that holds more than a person would write."""
    for name, value in fields.items():
        texts, most = (
            [value] if isinstance(value, str) else value,
            LONGEST.get(name, _LONGEST_OTHER),
        )
        longest = max(map(len, texts), default=0)
        if longest > most:
            message = f"{name} has {longest} characters; expected at most {most}"
            raise EntryError(message, "too_long", name, found=longest, most=most)
        if len(texts) > _MOST_ITEMS:
            message = f"{name} has {len(texts)} entries; expected at most {_MOST_ITEMS}"
            raise EntryError(message, "too_many", name, found=len(texts), most=_MOST_ITEMS)


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
                raise EntryError(
                    f"{name} is {value!r}; expected 2026-11-30 or 2026-11-30 20:00",
                    "moment", name, found=value,
                )  # fmt: skip
        else:
            values[name] = str(value or "").strip()
    if not VALID_ID.fullmatch(values["id"]):
        raise EntryError(
            f"id is {values['id']!r}; expected ascii letters, digits, '-', '_', '.'",
            "id_form", "id", found=values["id"],
        )  # fmt: skip
    if not values["reply"]:
        raise EntryError("reply is empty; expected the text that agents send", "no_reply", "reply")
    stage = stage_of(values["stage"])
    if stage is None:
        raise EntryError(
            f"stage is {values['stage']!r}; expected 售前, 售中 or 售后",
            "stage", "stage", found=values["stage"],
        )  # fmt: skip
    values["stage"] = stage
    return Script(**values, shop=shop)
