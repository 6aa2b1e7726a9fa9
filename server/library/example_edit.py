"""Changing the `examples` of a shop's rules file; everything else in it keeps every byte."""

from __future__ import annotations

from typing import Any

from server.base.errors import EntryError
from server.base.yaml_edit import block_of, child, edited, entry_text, root_of
from server.base.yaml_files import parse_yaml, to_plain

_ORDER = ("violating", "near_miss")
_FILE = "rules.yaml"


def with_example(text: str, rule: str, kind: str, example: str) -> str:
    """The file's text with an example of a rule; it leaves the other kind if it stood there.

    Raises LibraryError or UsageError when the text is no readable rules file.
    """
    kinds = {name: _other(texts, example) for name, texts in _held(text, rule).items()}
    kinds[kind] = [*kinds.get(kind, []), example]
    return _with_rule(text, rule, kinds)


def without_example(text: str, rule: str, example: str) -> str:
    """The file's text without an example of a rule, whatever its kind."""
    held = _held(text, rule)
    kinds = {name: _other(texts, example) for name, texts in held.items()}
    return text if kinds == held else _with_rule(text, rule, kinds)


def _other(texts: list[str], example: str) -> list[str]:
    return [text for text in texts if text != example]


def _examples(text: str) -> dict[str, Any]:
    plain = to_plain(parse_yaml(text, _FILE)) if text.strip() else {}
    held = plain.get("examples") if isinstance(plain, dict) else plain
    if held is not None and not isinstance(held, dict):
        raise EntryError(
            f"{_FILE} or its examples are no table; mend the file, then try again", "rules_no_table"
        )
    return held or {}


def _held(text: str, rule: str) -> dict[str, list[str]]:
    return dict(_examples(text).get(rule) or {})


def _with_rule(text: str, rule: str, kinds: dict[str, list[str]]) -> str:
    entry = {name: kinds[name] for name in _ORDER if kinds.get(name)}
    block = block_of(child(root_of(text, _FILE), "examples"), text)
    if block is not None and (entry or len(block.entries) > 1):
        return edited(text, block, {rule: entry or None}, ())
    whole = {name: held for name, held in (_examples(text) | {rule: entry}).items() if held}
    top = block_of(root_of(text, _FILE), text)
    if top is not None:
        return edited(text, top, {"examples": whole or None}, ())
    ending = "" if not text or text.endswith("\n") else "\n"
    return text + ending + entry_text("examples", whole, 0)
