"""The editor's form to fields and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from server.exchange.cells import split_list
from server.library import SCRIPT_FIELDS
from server.library.fields import LIST_FIELDS

# Wordings may hold several lines, so each stands in a box of its own; other lists take one item a
# line in one box (chips when JavaScript runs).
BOXES = ("variants", "parts", "steps")
CHIPS = tuple(name for name in LIST_FIELDS if name not in BOXES)
BULK = ("category", "stage", "tags", "owner", "valid_from", "valid_until", "reviewed")


def fields_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the editor's form says, as library fields; nothing empty."""
    fields: dict[str, Any] = {}
    for name in SCRIPT_FIELDS:
        if name in BOXES:
            value: Any = [text.strip() for text in map(_lines, form.getlist(name)) if text.strip()]
        elif name in LIST_FIELDS:
            joined = "\n".join(map(_lines, form.getlist(name)))
            value = [line.strip() for line in joined.split("\n") if line.strip()]
        else:
            value = _lines(form.get(name, "")).strip()
        if value:
            fields[name] = value
    return fields


def _lines(text: str) -> str:
    """The text with plain line ends; browsers send CR LF for every one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def bulk_changes(form: MultiDict[str, str]) -> Mapping[str, Any]:
    """Fields that a bulk edit sets: those whose box is ticked. `tags` are added, not replaced."""
    chosen = [name for name in BULK if form.get(f"set_{name}")]
    return {
        name: split_list(form.get(name, ""), name) if name == "tags" else form.get(name, "").strip()
        for name in chosen
    }
