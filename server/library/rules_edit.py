"""Changing a shop's rules.yaml in place; what is not changed keeps every byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from server.base.errors import EntryError
from server.base.yaml_edit import block_of, edited, entry_text, root_of
from server.base.yaml_files import parse_yaml, to_plain
from server.library.folders import SHOP_RULES_FILE

KEYS: Final = ("off", "severity", "exceptions", "rules", "examples")


def held_rules(text: str) -> dict[str, Any]:
    """What the file says, by its top keys; empty for an empty file.

    Raises LibraryError for a broken file, EntryError for one that is no table.
    """
    if not text.strip():
        return {}
    plain = to_plain(parse_yaml(text, SHOP_RULES_FILE))
    if plain is None:
        return {}
    if not isinstance(plain, dict):
        raise EntryError(
            f"{SHOP_RULES_FILE} is no table; mend the file, then try again", "rules_no_table"
        )
    return plain


def edit_rules(text: str, changes: Mapping[str, Any]) -> str:
    """The file's text with top keys replaced; an empty value takes its key away."""
    for key, value in changes.items():
        held = held_rules(text)
        if not value and key not in held:
            continue
        block = block_of(root_of(text, SHOP_RULES_FILE), text)
        if block is not None and (value or len(held) > 1):
            text = edited(text, block, {key: value or None}, KEYS)
        elif value:
            ending = "" if not text or text.endswith("\n") else "\n"
            if held:  # written in one line: the file is written anew
                whole = held | {key: value}
                text = "".join(entry_text(name, held, 0) for name, held in whole.items())
            else:
                text = text + ending + entry_text(key, value, 0)
        else:
            text = ""
    return text
