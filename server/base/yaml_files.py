"""YAML files as trees that know their lines; the only room with YAML packages.

Reading goes through PyYAML's C parser (ten times faster than ruamel.yaml on 500 scripts: 0.03 s
against 0.3 s). Scalars stay the text that stands in the file, so `16:00` is no number of seconds
and `no` no boolean. Writing goes through ruamel.yaml, which keeps people's comments.
"""

from __future__ import annotations

import io
import itertools
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from server.base.errors import LibraryError, Problem

Plain = str | list["Plain"] | dict[str, "Plain"] | None
_MAX_DEPTH = 20
_MAX_VALUES = 2_000_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as it stands in the file; `text` is None for an empty value."""

    text: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with text keys, in the file's order."""

    entries: Mapping[str, Node]
    line: int
    key_lines: Mapping[str, int]


Node = Scalar | Listing | Table


def read_yaml(path: Path, shown_as: str | None = None) -> Node:
    """The tree of one file. Raises LibraryError naming file and line when it is not plain YAML."""
    name = shown_as or str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _refused(name, 0, f"cannot be read ({error.strerror})", "check the file") from error
    except UnicodeDecodeError as error:
        raise _refused(
            name, 0, f"is not UTF-8 (byte {error.start})", "save the file as UTF-8"
        ) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str, most: int | None = None) -> Node:
    """The tree of a YAML text; `name` stands in errors. `most` values are read, more refused."""
    try:
        if most is not None:
            # Counted before a tree is made: a tree takes five hundred bytes a value.
            events = yaml.parse(text, Loader=yaml.CSafeLoader)
            if next(itertools.islice(events, most, None), None) is not None:
                raise _refused(name, 0, f"holds more than {most} values", "split the file")
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        what = f"broken YAML: {error.problem or error.context}"
        raise _refused(name, line, what, "mend the indentation, quotes or colons there") from error
    except yaml.YAMLError as error:
        what = f"broken YAML: {' '.join(str(error).split())}"
        raise _refused(name, 0, what, "remove the characters that YAML does not allow") from error
    if root is None:
        return Table({}, 1, {})
    return _Converter(name).convert(root)


class _Converter:
    """Turns PyYAML's nodes into ours; a node that aliases share is converted once and shared.

    `_sizes` counts what a node would be written out: a few lines of nested aliases can stand for
    billions of values, which must not be walked.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._done: dict[int, Node] = {}
        self._sizes: dict[int, int] = {}

    def convert(self, node: Any, depth: int = 0) -> Node:
        """The tree of one node. Raises LibraryError."""
        line = node.start_mark.line + 1
        if depth > _MAX_DEPTH:
            raise _refused(self._name, line, "nests too deep", "write the values out flat")
        if id(node) not in self._done:
            self._done[id(node)] = self._made(node, line, depth + 1)
            if self._sizes[id(node)] > _MAX_VALUES:
                raise _refused(self._name, line, "stands for too many values", "drop the aliases")
        return self._done[id(node)]

    def _made(self, node: Any, line: int, depth: int) -> Node:
        children: list[Any] = []
        made: Node
        if isinstance(node, yaml.ScalarNode):
            empty = node.tag == "tag:yaml.org,2002:null" and not node.style
            made = Scalar(None if empty else str(node.value), line)
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
            made = Listing(tuple(self.convert(child, depth) for child in children), line)
        else:
            children = [value for _, value in node.value]
            made = self._table(node, line, depth)
        self._sizes[id(node)] = 1 + sum(self._sizes[id(child)] for child in children)
        return made

    def _table(self, node: Any, line: int, depth: int) -> Table:
        entries: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _refused(self._name, key_line, "has a key that is no text", "write a text")
            if key.value in entries:
                raise _refused(self._name, key_line, f"has the key {key.value!r} twice", "keep one")
            entries[key.value] = self.convert(value, depth)
            key_lines[key.value] = key_line
        return Table(entries, line, key_lines)


def _refused(name: str, line: int, what: str, fix: str) -> LibraryError:
    return LibraryError([Problem(name, line, "", "L001", what, fix)])


def to_plain(node: Node) -> Plain:
    """The tree as dicts, lists and texts."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return [to_plain(item) for item in node.items]
    return {key: to_plain(value) for key, value in node.entries.items()}


def round_trip() -> YAML:
    """ruamel.yaml set to the canonical layout: block style, two spaces, no line folding."""
    writer = YAML(typ="rt")
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 1_000_000
    writer.allow_unicode = True
    writer.preserve_quotes = False
    return writer


def dump_yaml(document: Mapping[str, Any]) -> str:
    """Canonical text of plain dicts, lists and texts; several lines become a `|` block."""
    stream = io.StringIO()
    round_trip().dump(_literal(document), stream)
    return stream.getvalue()


def _literal(value: Any) -> Any:
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    if isinstance(value, Mapping):
        return {key: _literal(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_literal(item) for item in value]
    return value


def write_text(path: Path, text: str) -> None:
    """Replaces the file in one step: a reader sees the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
