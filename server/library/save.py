"""Writing library files: one canonical form, and edits that leave everything else as it stands.

`save(load(file)) == file` for a canonical file. When one script of a file changes, every other
byte stays, comments included; inside the script, fields that did not change stay too.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from server.base.errors import LibraryError, Problem, UsageError
from server.base.yaml_edit import (
    Block,
    apply_cuts,
    block_of,
    child,
    edited,
    entry_cuts,
    entry_text,
    is_block,
    items,
    line_end,
    line_start,
    root_of,
    table_text,
    value_end,
)
from server.base.yaml_files import parse_yaml, read_utf8, to_plain, write_text
from server.library.facts import Fact
from server.library.fields import FACT_FIELDS, LIST_FIELDS, SCRIPT_FIELDS, SHOP_FIELDS
from server.library.model import Script
from server.library.understood import as_read, understood

_BOM = "\ufeff"
_ITEM_COLUMN = 2
Fields = dict[str, Any]


def script_fields(script: Script) -> Fields:
    """The script as a file holds it: canonical order, nothing empty, texts and lists of texts."""
    fields: Fields = {}
    for name in SCRIPT_FIELDS:
        value = getattr(script, name)
        if value:
            fields[name] = list(value) if name in LIST_FIELDS else str(value)
    return fields


def dump_scripts(scripts: Iterable[Script]) -> str:
    """The canonical text of a file with these scripts, in this order."""
    texts = [_item_text(script_fields(script), _ITEM_COLUMN) for script in scripts]
    return "scripts:\n" + "".join(texts) if texts else "scripts: []\n"


def read_text(path: Path) -> str:
    """The file's text, a byte order mark included; empty when there is no file.

    Raises LibraryError when it is not UTF-8.
    """
    return read_utf8(path, path.name) if path.exists() else ""


def save_scripts(path: Path, changes: Mapping[str, Script | None]) -> None:
    """Writes changed, new and (None) removed scripts of one file in one step.

    Raises LibraryError when the file as it stands is not readable: mend it by hand first.
    """
    old = read_text(path)
    new = edit_scripts(old, path.name, changes)
    if new != old:
        write_text(path, new)


def edit_scripts(text: str, name: str, changes: Mapping[str, Script | None]) -> str:
    """`text` with these scripts changed; new ones stand in id order when the file is in id order.

    Raises LibraryError when `text` is no readable file of scripts.
    """
    bom, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    root = root_of(text, name)
    listing = child(root, "scripts")
    nodes = items(listing)
    ids = [_id_of(node) for node in nodes]
    added = [s for i, s in changes.items() if s is not None and i not in ids]
    if listing is None or not is_block(listing):
        kept = [to_plain_fields(text, name, i) for i in ids if i not in changes]
        return bom + _rewritten(text, root, kept, changes)
    if not added and all(i in changes and changes[i] is None for i in ids):
        return bom + _replace_list(text, root, "scripts: []\n")
    dash = int(listing.start_mark.column)
    cuts: list[tuple[int, int, str]] = []
    for script_id, node in zip(ids, nodes, strict=True):
        if script_id in changes:
            cuts += _cuts(text, node, dash, changes[script_id])
    cuts += _additions(text, nodes, ids, dash, added)
    return bom + apply_cuts(text, cuts)


def _id_of(item: Any) -> str:
    node = child(item, "id")
    return str(getattr(node, "value", "")).strip()


def _item_text(fields: Fields, dash: int) -> str:
    """Canonical lines of one list item whose dash stands at `dash`."""
    column = dash + 2
    text = table_text(fields, column)
    return " " * dash + "- " + text[column:]


def _cuts(text: str, node: Any, dash: int, script: Script | None) -> list[tuple[int, int, str]]:
    start = line_start(text, int(node.start_mark.index))
    end = line_end(text, value_end(node, text))
    if script is None:
        return [(start, end, "")]
    block = block_of(node, text)
    wanted = script_fields(script)
    if block is None:
        return [(start, end, _item_text(wanted, dash))]
    return entry_cuts(text, block, _differences(block, wanted), SCRIPT_FIELDS)


def _differences(block: Block, wanted: Fields) -> Fields:
    """Only what reads differently; keys that this program does not know stay."""
    changes: Fields = {}
    for entry in block.entries:
        if entry.key not in SCRIPT_FIELDS:
            continue
        value = wanted.get(entry.key)
        now = _plain(entry.node)
        if entry.key in LIST_FIELDS:
            now = now if isinstance(now, list) else [now]
            now = [str(item).strip() for item in now if item and str(item).strip()]
            now = understood(entry.key, now)
        else:
            now = str(now or "").strip()
            now = as_read(entry.key, now)
        if (value or ([] if entry.key in LIST_FIELDS else "")) != now:
            changes[entry.key] = value
    present = {entry.key for entry in block.entries}
    return changes | {name: value for name, value in wanted.items() if name not in present}


def _plain(node: Any) -> Any:
    """A scalar's text, a list's texts; None for an empty value."""
    if hasattr(node, "style") and not isinstance(node.value, list):
        empty = node.tag == "tag:yaml.org,2002:null" and not node.style
        return None if empty else str(node.value)
    return [_plain(item) for item in items(node)]


def _additions(
    text: str, nodes: Sequence[Any], ids: Sequence[str], dash: int, added: Sequence[Script]
) -> list[tuple[int, int, str]]:
    in_order = list(ids) == sorted(ids)
    last = line_end(text, value_end(nodes[-1], text))
    cuts = []
    for script in sorted(added, key=lambda s: s.id) if in_order else added:
        number = bisect(ids, script.id) if in_order else len(ids)
        place = last
        if number < len(ids):
            place = line_start(text, int(nodes[number].start_mark.index))
        lead = "" if not place or text[place - 1] == "\n" else "\n"
        cuts.append((place, place, lead + _item_text(script_fields(script), dash)))
    return cuts


def to_plain_fields(text: str, name: str, script_id: str) -> Fields:
    """One script of a file as it stands there, for files that are written anew."""
    plain = to_plain(parse_yaml(text, name))
    listed = plain.get("scripts") if isinstance(plain, dict) else None
    for item in listed if isinstance(listed, list) else []:
        if isinstance(item, dict) and str(item.get("id") or "").strip() == script_id:
            return dict(item)
    raise LibraryError(
        [Problem(name, 0, script_id, "L002", "script is not in the file", "reload the library")]
    )


def _rewritten(
    text: str, root: Any, kept: Sequence[Fields], changes: Mapping[str, Script | None]
) -> str:
    """A file whose list is missing, empty or in flow style: the list is written as blocks."""
    fields = [*kept, *(script_fields(s) for s in changes.values() if s is not None)]
    body = "".join(_item_text(item, _ITEM_COLUMN) for item in fields)
    return _replace_list(text, root, "scripts:\n" + body if body else "scripts: []\n")


def _replace_list(text: str, root: Any, new: str) -> str:
    block = block_of(root, text)
    entry = next((e for e in block.entries if e.key == "scripts"), None) if block else None
    if entry is None and getattr(root, "value", None):
        return new  # a document in flow style holds nothing but its list
    if entry is None:
        lead = text if not text or text.endswith("\n") else text + "\n"
        return lead + new
    return text[: entry.start] + new + text[line_end(text, entry.value_end) :]


def fact_fields(fact: Fact) -> str | Fields:
    """A fact as shop.yaml holds it: a bare value, or a table when it says more."""
    more = {n: str(getattr(fact, n)) for n in FACT_FIELDS[1:] if getattr(fact, n)}
    return {"value": fact.value} | more if more else fact.value


def edit_shop(text: str, changes: Mapping[str, Any], facts: Mapping[str, Fact | None]) -> str:
    """shop.yaml with settings replaced and facts changed, added or (None) removed.

    `changes` maps `name`, `platforms`, `timers`, `settings` to plain values, None removes. Raises
    LibraryError when the text is not readable.
    """
    bom, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    parse_yaml(text, "shop.yaml")
    text = _edit_table(text, dict(changes))
    if facts:
        wanted = {name: fact_fields(f) if f is not None else None for name, f in facts.items()}
        text = _edit_facts(text, wanted)
    return bom + text


def _edit_table(text: str, changes: Fields) -> str:
    unknown = set(changes) - set(SHOP_FIELDS)
    if unknown:
        raise UsageError(f"shop.yaml has no field {min(unknown)!r}; use {', '.join(SHOP_FIELDS)}")
    for key, value in changes.items():
        root = root_of(text)
        block = block_of(root, text)
        if block is not None:
            text = edited(text, block, {key: value}, SHOP_FIELDS)
        elif root is None or not root.value:
            text = text if value is None else text + entry_text(key, value, 0)
        else:
            plain = to_plain(parse_yaml(text, "shop.yaml"))
            assert isinstance(plain, dict)
            plain[key] = value
            text = "".join(entry_text(k, v, 0) for k, v in plain.items() if v is not None)
    return text


def _edit_facts(text: str, wanted: Fields) -> str:
    node = child(root_of(text), "facts")
    block = block_of(node, text)
    if block is not None:
        left = {e.key for e in block.entries} - {n for n, value in wanted.items() if value is None}
        if left or any(value is not None for value in wanted.values()):
            removed = {n: v for n, v in wanted.items() if v is None}
            text = edited(text, block, {n: v for n, v in wanted.items() if v is not None}, ())
            for name in removed:
                again = block_of(child(root_of(text), "facts"), text)
                text = edited(text, again, {name: None}, ()) if again else text
            return text
        return _edit_table(text, {"facts": None})
    plain = to_plain(parse_yaml(text, "shop.yaml"))
    held = plain.get("facts") if isinstance(plain, dict) else None
    merged = (held if isinstance(held, dict) else {}) | wanted
    kept = {name: value for name, value in merged.items() if value is not None}
    return _edit_table(text, {"facts": kept or None})


__all__ = [
    "dump_scripts",
    "edit_scripts",
    "edit_shop",
    "fact_fields",
    "read_text",
    "save_scripts",
    "script_fields",
]
