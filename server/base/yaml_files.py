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

from server.base.collecting import uncollected
from server.base.errors import LibraryError, Problem
from server.base.yaml_faults import (
    encoding_of,
    likely_fault,
    lines_of,
    oddly_indented,
    quoted,
    swallowed_key,
)

Plain = str | list["Plain"] | dict[str, "Plain"] | None
_MAX_DEPTH = 20
_MAX_VALUES = 2_000_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as it stands in the file; `text` is None for an empty value.

    `quoted` says that quotes or a block mark its bounds. `joined` that it stands bare on several
    lines, which YAML made one with spaces; `cut` what stands behind it as a comment (`#…`).
    """

    text: str | None
    line: int
    quoted: bool = False
    joined: bool = False
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; `inline` when it is written in brackets."""

    items: tuple[Node, ...]
    line: int
    inline: bool = False


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
    return parse_yaml(read_utf8(path, name).removeprefix("\ufeff"), name)


def read_utf8(path: Path, name: str) -> str:
    """The text of a file, a byte order mark included. Raises LibraryError naming its encoding."""
    try:
        content = path.read_bytes()
        return content.decode("utf-8")
    except OSError as error:
        raise _refused(name, 0, f"cannot be read ({error.strerror})", "check the file") from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        named = encoding_of(content)
        what = f"编码是 {named}，不是 UTF-8 (is {named}" if named else "不是 UTF-8 (is not UTF-8"
        fix = "用记事本打开，另存为，编码选 UTF-8 (save it again as UTF-8)"
        raise _refused(name, line, f"{what}, byte {error.start})", fix) from error


def parse_yaml(text: str, name: str, most: int | None = None) -> Node:
    """The tree of a YAML text; `name` stands in errors. `most` values are read, more refused."""
    with uncollected():
        return _parsed(text, name, most)


def _parsed(text: str, name: str, most: int | None) -> Node:
    try:
        if most is not None:
            # Counted before a tree is made: a tree takes five hundred bytes a value.
            events = yaml.parse(text, Loader=yaml.CSafeLoader)
            if next(itertools.islice(events, most, None), None) is not None:
                raise _refused(name, 0, f"holds more than {most} values", "split the file")
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _broken(text, name, mark.line + 1 if mark else 0, error) from error
    except yaml.YAMLError as error:
        raise _broken(text, name, 0, error) from error
    if root is None:
        return Table({}, 1, {})
    if not isinstance(root, yaml.MappingNode):
        fault = likely_fault(text)
        if fault is not None:
            raise _refused(name, fault.line, fault.what, fault.fix)
    return _Converter(name, text).convert(root)


def _broken(text: str, name: str, line: int, error: yaml.YAMLError) -> LibraryError:
    """The error as a lead understands it, else as the parser tells it."""
    fault = likely_fault(text, line)
    if fault is not None:
        return _refused(name, fault.line, fault.what, fault.fix)
    told = getattr(error, "problem", "") or " ".join(str(error).split())
    if told.startswith("did not find expected"):
        what = f"这一行没有和上面的字段对齐 (not aligned with the lines above: {told})"
        return _refused(name, line or 1, what, "让同一条的字段竖着对齐 (align its fields)")
    what = f"这一行附近的格式读不了 (broken YAML: {told})"
    return _refused(
        name, line or 1, what, "检查缩进、引号和冒号 (mend indentation, quotes, colons)"
    )


class _Converter:
    """Turns PyYAML's nodes into ours; a node that aliases share is converted once and shared.

    `_sizes` counts what a node would be written out: a few lines of nested aliases can stand for
    billions of values, which must not be walked.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = lines_of(text)
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
            made = self._scalar(node, line)
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
            listed = tuple(self.convert(child, depth) for child in children)
            made = Listing(listed, line, bool(node.flow_style))
        else:
            children = [value for _, value in node.value]
            made = self._table(node, line, depth)
        self._sizes[id(node)] = 1 + sum(self._sizes[id(child)] for child in children)
        return made

    def _scalar(self, node: Any, line: int) -> Scalar:
        if not node.tag.startswith("tag:yaml.org,2002:"):
            said = self._lines[line - 1][node.start_mark.column :].strip()
            what = f"以 ! 开头的字在 YAML 里另有意思 ({node.tag} is read as a type)"
            fix = f"给整句加引号，写成 (quote the whole text): {quoted(said)}"
            raise _refused(self._name, line, what, fix)
        empty = node.tag == "tag:yaml.org,2002:null" and not node.style
        if empty or node.style:
            return Scalar(None if empty else str(node.value), line, quoted=bool(node.style))
        last = node.end_mark.line + 1
        joined = last > line and bool(self._lines[last - 1][: node.end_mark.column].strip())
        if joined:
            fault = swallowed_key(self._lines, line, last)
            if fault is not None:
                raise _refused(self._name, fault.line, fault.what, fault.fix)
        behind = self._lines[last - 1][node.end_mark.column :].lstrip(" \t")
        return Scalar(str(node.value), line, joined=joined, cut=_comment(behind))

    def _table(self, node: Any, line: int, depth: int) -> Table:
        entries: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        for key, value in node.value:
            key_line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _refused(
                    self._name,
                    key_line,
                    "字段名不是文字 (has a key that is no text)",
                    "写成文字 (write a text)",
                )
            if key.value in entries:
                what = f"{key.value!r} 写了两遍 (has the key {key.value!r} twice)"
                raise _refused(self._name, key_line, what, "只留一个 (keep one)")
            if key.value.strip(" \u200b\ufeff") != key.value.strip() or key.value[:1].isspace():
                fault = oddly_indented(self._lines, key_line)
                if fault is not None:
                    raise _refused(self._name, fault.line, fault.what, fault.fix)
            entries[key.value] = self.convert(value, depth)
            key_lines[key.value] = key_line
        return Table(entries, line, key_lines)


def _comment(behind: str) -> str:
    """`#1` and `#活动#` were meant as words; `# a remark` is one."""
    return behind.rstrip() if behind.startswith("#") and behind[1:2].strip("# ") else ""


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
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces the file in one step: a reader sees the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
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
