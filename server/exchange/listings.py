"""Json and yaml: this program's own files, and lists of other tools."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.base.errors import LibraryError
from server.base.yaml_files import Plain, parse_yaml, to_plain
from server.exchange.columns import field_of
from server.exchange.grids import Cell, Grid, Row, clean
from server.exchange.limits import Guard
from server.library.fields import SCRIPT_FIELDS

# Where tools keep their list, the innermost last.
_LISTS = (
    "scripts", "matches", "snippets", "macros", "canned_responses", "responses", "items", "data",
    "results", "payload", "rows",
)  # fmt: skip
_SET_BY_ACTIONS = frozenset({"comment_value", "comment_value_html"})
_PAIR = ("questions", "reply")


def read_json(text: str, encoding: str, guard: Guard) -> Grid:
    """The list of a json file. Raises FileError."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise guard.problem("broken_json", what=str(error)[:80]) from error
    return _grid(plain, encoding, guard)


def read_json_lines(text: str, encoding: str, guard: Guard) -> Grid:
    """The list of a file that holds one json value a line. Raises FileError."""
    plain = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            plain.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise guard.problem("broken_json", what=f"line {number}: {error}"[:80]) from error
    return _grid(plain, encoding, guard)


def read_yaml_list(text: str, encoding: str, guard: Guard) -> Grid:
    """The list of a yaml file. Raises FileError."""
    try:
        plain: Plain = to_plain(parse_yaml(text, guard.name, most=guard.limits.cells))
    except LibraryError as error:
        raise guard.problem("broken_yaml", what=str(error)) from error
    except RecursionError as error:
        raise guard.problem("too_deep", most=guard.limits.depth) from error
    return _grid(plain, encoding, guard)


def _grid(plain: Any, encoding: str, guard: Guard) -> Grid:
    listed = _found(plain)
    if listed is None:
        raise guard.problem("no_list")
    if not listed:
        raise guard.problem("empty")
    if len(listed) > guard.limits.rows:
        raise guard.problem("too_many_rows", most=guard.limits.rows)
    if all(isinstance(item, dict) for item in listed):
        return _tables(listed, encoding, guard)
    if all(_is_pair(item) for item in listed):
        heads = Row(0, _PAIR)
        rows = [Row(n, tuple(clean(str(v)) for v in p)) for n, p in enumerate(listed, start=1)]
        return Grid("", (heads, *rows), encoding)
    raise guard.problem("no_list")


def _is_pair(item: Any) -> bool:
    return isinstance(item, list) and len(item) == 2 and all(isinstance(v, str) for v in item)


def _found(plain: Any) -> Sequence[Any] | None:
    """The list that a file holds, bare or under a usual name; a table of texts counts as pairs."""
    for _ in range(3):
        if isinstance(plain, list):
            return plain
        if not isinstance(plain, dict):
            return None
        key = next((k for k in _LISTS if isinstance(plain.get(k), list | dict)), None)
        if key is None:
            break
        plain = plain[key]
    if isinstance(plain, dict) and plain and all(isinstance(v, str) for v in plain.values()):
        return [[key, value] for key, value in plain.items()]
    return plain if isinstance(plain, list) else None


def _tables(listed: Sequence[Mapping[str, Any]], encoding: str, guard: Guard) -> Grid:
    """Tables as rows whose columns are the names found, this program's own first."""
    names: dict[str, None] = {}
    listed = _alike([_unwrapped(item) for item in listed])
    for item in listed:
        names.update(dict.fromkeys(item))
        guard.columns(len(names))
    header = [field for field in SCRIPT_FIELDS if field in names]
    header += [name for name in names if name not in header]
    rows = []
    for number, item in enumerate(listed, start=1):
        cells = tuple(_cell(item.get(name), guard) for name in header)
        guard.row(number, [cell for cell in cells if isinstance(cell, str)])
        rows.append(Row(number, cells))
    return Grid("", (Row(0, tuple(header)), *rows), encoding)


def _unwrapped(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table without an interface's wrapping: `attributes`, and what a macro's actions set."""
    held = item.get("attributes")
    plain = dict(item) if not isinstance(held, dict) else {**item, **held}
    plain.pop("attributes", None)
    actions = plain.get("actions")
    for action in actions if isinstance(actions, list) else ():
        if isinstance(action, dict) and str(action.get("field")) in _SET_BY_ACTIONS:
            value = action.get("value")
            # Zendesk names the channel first, then the text.
            plain.setdefault("comment", value[-1] if isinstance(value, list) and value else value)
    return plain


def _alike(listed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tables with one name a field: a list may say `question` here and `q` there."""
    first: dict[str, str] = {}
    found = []
    for item in listed:
        table: dict[str, Any] = {}
        for key, value in item.items():
            field = field_of(str(key)) if len(str(key)) < 80 else ""
            name = first.setdefault(field, str(key)) if field else str(key)
            table[name if name not in table and (name == key or name not in item) else key] = value
        found.append(table)
    return found


def _cell(value: Any, guard: Guard, depth: int = 0) -> Cell:
    guard.depth(depth)
    if isinstance(value, list):
        guard.cells(len(value))
        texts = [_cell(item, guard, depth + 1) for item in value]
        flat = [text if isinstance(text, str) else " ".join(text) for text in texts]
        return tuple(text for text in flat if text)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return clean(str(value))
