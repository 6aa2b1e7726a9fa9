"""Changing a YAML text in place: what is not changed keeps every byte, comments included.

Positions come from PyYAML's marks, which count characters of the text; texts of new values are
dumped canonically. A table that is not written as one block, one key a line, cannot be edited this
way; `editable` says so, and the caller writes its table anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from server.base.collecting import uncollected
from server.base.errors import LibraryError
from server.base.yaml_files import Plain, dump_yaml, parse_yaml, to_plain

# Dates stand bare, as people write them; the reader takes every scalar as text anyway.
_QUOTED_DATE = re.compile(
    r"^( *\S+: )'(\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?)'$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a block table: the key's place and where the value's last line ends."""

    key: str
    start: int
    value_end: int
    node: Any


@dataclass(frozen=True, slots=True)
class Block:
    """A block table in its text; `column` is where its keys stand."""

    entries: tuple[Entry, ...]
    column: int
    start: int
    end: int


def root_of(text: str, name: str = "text") -> Any:
    """The node tree with marks, None for an empty text. Raises LibraryError as the reader does."""
    try:
        with uncollected():
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return parse_yaml(text, name)  # raises, with file and line


def child(node: Any, key: str) -> Any:
    """The value under `key` of a table node, None when it is missing."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value
    return None


def items(node: Any) -> list[Any]:
    """The items of a list node; empty for anything else."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def is_block(node: Any) -> bool:
    """Whether a list or table is written in block style."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style and bool(node.value)


def value_end(node: Any, text: str) -> int:
    """Where the value itself ends, without the blank lines and comments after it."""
    if is_block(node):
        last = node.value[-1]
        return value_end(last[1] if isinstance(last, tuple) else last, text)
    end = int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return node_start(node) + len(text[node_start(node) : end].rstrip())
    return end


def node_start(node: Any) -> int:
    """Where the node starts, in characters."""
    return int(node.start_mark.index)


def line_start(text: str, index: int) -> int:
    """The start of the line that holds `index`."""
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """The start of the line after the one that holds `index`."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def block_of(node: Any, text: str) -> Block | None:
    """The table as a block; None when its keys do not stand one a line in one column."""
    if not (isinstance(node, yaml.MappingNode) and is_block(node)):
        return None
    column = int(node.value[0][0].start_mark.column)
    entries = []
    for number, (key, value) in enumerate(node.value):
        start = node_start(key)
        lead = text[line_start(text, start) : start]
        alone = not lead.strip(" ") or (number == 0 and not lead.strip(" -"))
        if not alone or int(key.start_mark.column) != column:
            return None
        end = max(value_end(value, text), int(key.end_mark.index) + 1)
        entries.append(Entry(key.value, start, end, value))
    return Block(tuple(entries), column, entries[0].start, line_end(text, entries[-1].value_end))


def entry_text(key: str, value: Plain | Mapping[str, Any], column: int) -> str:
    """Canonical lines of one entry whose key stands at `column`; the first line is not indented."""
    text = _readable({key: value})
    pad = " " * column
    lines = text.splitlines(keepends=True)
    return "".join(pad + line if n and line.strip() else line for n, line in enumerate(lines))


def table_text(table: Mapping[str, Plain | Mapping[str, Any]], column: int) -> str:
    """Canonical lines of a whole table whose keys stand at `column`."""
    pad = " " * column
    lines = _readable(table).splitlines(keepends=True)
    if len(lines) < len(table):  # the quoted form stands in one line: field by field then
        return "".join(pad + entry_text(name, value, column) for name, value in table.items())
    return "".join(pad + line if line.strip() else line for line in lines)


def _readable(document: Mapping[str, Any]) -> str:
    """The canonical dump; JSON strings, which YAML reads too, where the dump would not come back.

    ruamel.yaml writes a `|` block for texts with several lines, which cannot hold leading spaces,
    trailing blank lines or some control characters.
    """
    text = dump_yaml(document)
    for form in (_QUOTED_DATE.sub(r"\1\2", text), text):
        try:
            if to_plain(parse_yaml(form, "dump")) == document:
                return form
        except LibraryError:
            continue  # this form cannot be read back: the next one can
    quoted = json.dumps(document, ensure_ascii=True)
    return quoted[1:-1] + "\n"


def edited(
    text: str,
    block: Block,
    changes: Mapping[str, Plain | Mapping[str, Any]],
    order: Sequence[str],
) -> str:
    """`text` with entries of one table replaced, added or (value None) removed.

    New entries stand where `order` puts them, else last. Comments beside and above entries stay.
    """
    return apply_cuts(text, entry_cuts(text, block, changes, order))


def entry_cuts(
    text: str,
    block: Block,
    changes: Mapping[str, Plain | Mapping[str, Any]],
    order: Sequence[str],
) -> list[tuple[int, int, str]]:
    """The (start, end, new) pieces of `edited`, for callers that change several tables."""
    known = {entry.key: entry for entry in block.entries}
    cuts: list[tuple[int, int, str]] = []
    for key, value in changes.items():
        if key in known:
            cuts.append(_replacement(text, block, known[key], value))
        elif value is not None:
            cuts.append(_addition(text, block, key, value, order))
    return cuts


def apply_cuts(text: str, cuts: Sequence[tuple[int, int, str]]) -> str:
    """`text` with each (start, end) replaced; pieces at the same place stand in the given order."""
    pieces: list[str] = []
    done = 0
    for start, end, new in sorted(cuts, key=lambda cut: cut[:2]):
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def _replacement(
    text: str, block: Block, entry: Entry, value: Plain | Mapping[str, Any]
) -> tuple[int, int, str]:
    after = line_end(text, entry.value_end)
    if value is None:
        first = entry is block.entries[0]
        if first and len(block.entries) > 1:  # `- key:` keeps its dash for the next entry
            return entry.start, block.entries[1].start, ""
        return line_start(text, entry.start), after, ""
    new = entry_text(entry.key, value, block.column)
    newline = "\r\n" if "\r\n" in text[entry.start : after] else "\n"
    rest = text[entry.value_end : after].strip()
    if rest.startswith("#"):
        if new.count("\n") == 1:
            new = new.rstrip("\n") + f" {rest}\n"
        else:
            new = f"{rest}\n{' ' * block.column}{new}" if entry is not block.entries[0] else new
    return entry.start, after, new.replace("\n", newline)


def _addition(
    text: str, block: Block, key: str, value: Plain | Mapping[str, Any], order: Sequence[str]
) -> tuple[int, int, str]:
    ranks = {name: place for place, name in enumerate(order)}
    before = block.entries[-1]
    if key in ranks:
        earlier = [e for e in block.entries if e.key in ranks and ranks[e.key] < ranks[key]]
        before = earlier[-1] if earlier else block.entries[0]
    place = line_end(text, before.value_end)
    newline = "\r\n" if "\r\n" in text[before.start : place] else "\n"
    lead = "" if place and text[place - 1] == "\n" else newline
    new = " " * block.column + entry_text(key, value, block.column)
    return place, place, lead + new.replace("\n", newline)
