"""Reading tables of library files, with every finding collected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from server.base.errors import LibraryError, Problem
from server.base.platforms import PLATFORMS
from server.base.yaml_files import Listing, Node, Scalar, Table
from server.library.facts import Fact
from server.library.fields import FACT_FIELDS, Moment, parse_moment
from server.library.folders import KnownFiles, shop_file
from server.library.understood import (
    WIDE_COMMAS,
    audience_of,
    names_parted,
    platform_of,
    understood,
)

ReadYaml = Callable[[Path, str], Node]


class TableReader:
    """Reads tables of one shop folder; `problems` stop it from being served, `remarks` do not."""

    def __init__(
        self, root: Path, folder: Path, read: ReadYaml, known: KnownFiles | None = None
    ) -> None:
        self._root = root
        self._folder = folder
        self._read = read
        self._files = {} if known is None else known
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []

    @property
    def _shop_shown(self) -> str:
        return self._shown(shop_file(self._folder))

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _problem(self, file: str, line: int, subject: str, code: str, what: str, fix: str) -> None:
        self.problems.append(Problem(file, line, subject, code, what, fix))

    def _table(self, path: Path) -> Table:
        shown = self._shown(path)
        try:
            node = self._read(path, shown)
        except LibraryError as error:
            self.problems += error.problems
            return Table({}, 1, {})
        if not isinstance(node, Table):
            self._problem(
                shown, node.line, "", "L002", "is no table of keys", "start with `scripts:`"
            )
            return Table({}, 1, {})
        return node

    def _unknown_keys(self, table: Table, known: Sequence[str], file: str, subject: str) -> None:
        for key in table.entries:
            if key not in known:
                fix = f"use one of: {', '.join(known)}"
                line = table.key_lines[key]
                self.remarks.append(
                    Problem(file, line, subject, "L003", f"unknown key {key!r}", fix)
                )

    def _texts(self, table: Table, *names: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in names:
            node = table.entries.get(name)
            if isinstance(node, Scalar):
                found[name] = (node.text or "").strip()
        return found

    def _list(self, table: Table, name: str, file: str, subject: str) -> tuple[str, ...]:
        node = table.entries.get(name)
        if node is None:
            return ()
        items = node.items if isinstance(node, Listing) else (node,)
        told = [item for item in items if isinstance(item, Scalar)]
        if len(told) < len(items):
            what = f"{name} 里有一项不是文字 ({name} holds something that is no text)"
            wrong = next(item for item in items if not isinstance(item, Scalar))
            fix = f"给它加引号 (quote it){in_quotes('-', wrong)}"
            self._problem(file, wrong.line, subject, "L007", what, fix)
        if isinstance(node, Listing):
            self._list_remarks(node, name, file, subject)
        texts = [item.text.strip() for item in told if item.text and item.text.strip()]
        self._known_names(name, texts, node.line, file, subject)
        return tuple(understood(name, texts))

    def _list_remarks(self, node: Listing, name: str, file: str, subject: str) -> None:
        for item in node.items:
            if not isinstance(item, Scalar):
                continue
            what = fix = ""
            if item.text is None or not item.text.strip():
                what = f"{name} 里有一项是空的 ({name} has an empty item)"
                fix = "写上字，或删掉这一项 (write a text, or remove the item)"
            elif node.inline and not item.quoted and any(sign in item.text for sign in WIDE_COMMAS):
                parts = re.split(f"[{WIDE_COMMAS}]", item.text)
                what = f"{name} 里用了全角逗号，几项会连成一项 (full-width commas in a list)"
                fix = f"写成 (write) [{', '.join(part.strip() for part in parts)}]"
            if what:
                self.remarks.append(Problem(file, item.line, subject, "L018", what, fix))

    def _known_names(
        self, name: str, texts: Sequence[str], line: int, file: str, subject: str
    ) -> None:
        for text in names_parted(name, texts):
            if name == "platforms" and platform_of(text) is None:
                what = f"平台 {text!r} 不认识 (an unknown platform)"
                fix = f"写其中之一 (write one of): {'、'.join(PLATFORMS.values())}"
                self.remarks.append(Problem(file, line, subject, "L022", what, fix))
            if name == "audience" and audience_of(text) is None:
                fix = (
                    "写新客、老客、等级名如 VIP1，或 shop.yaml 里的分组 "
                    "(write new, returning, a level, or a group of shop.yaml)"
                )
                what = unknown_audience(text)
                self.remarks.append(Problem(file, line, subject, "L016", what, fix))

    def _facts(self, table: Table, key: str, file: str) -> Iterator[tuple[str, Fact]]:
        """The named facts below `key`, each a value or a table with `value`."""
        node = table.entries.get(key)
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return
        if not isinstance(node, Table):
            self._problem(file, node.line, "", "L005", f"{key} are no table", "write `name: value`")
            return
        for name, value in node.entries.items():
            line = node.key_lines[name]
            if isinstance(value, Scalar):
                yield name, Fact(name, (value.text or "").strip(), line=line)
            elif isinstance(value, Table) and "value" in value.entries:
                self._unknown_keys(value, FACT_FIELDS, file, name)
                texts = self._texts(value, "value", "owner")
                start = self._moment(value, "valid_from", file, name)
                end = self._moment(value, "valid_until", file, name)
                text, owner = texts.get("value", ""), texts.get("owner", "")
                yield name, Fact(name, text, start, end, owner, line)
            else:
                what = f"fact {name!r} is neither a value nor a table with `value`"
                self._problem(file, line, name, "L005", what, "write {value: …, valid_until: …}")

    def _moment(self, table: Table, name: str, file: str, subject: str) -> Moment | None:
        node = table.entries.get(name)
        if node is None or (isinstance(node, Scalar) and not node.text):
            return None
        moment = parse_moment(node.text or "") if isinstance(node, Scalar) else None
        if moment is None:
            said = repr(node.text) if isinstance(node, Scalar) else "不是文字 (no text)"
            what = f"{name} 不是日期：{said} ({name} is no date)"
            fix = "写成 2026-11-30 或 2026-11-30 20:00 (write it so)"
            self._problem(file, node.line, subject, "L013", what, fix)
        return moment


def unknown_audience(text: str) -> str:
    """What a remark says of an audience that is none by its looks."""
    return f"适用人群 {text!r} 不认识 (an unknown audience)"


def in_quotes(before: str, node: Node) -> str:
    """`{昵称}` was meant as a text: how to write it, '' for what holds more than names."""
    if not isinstance(node, Table) or any(
        not isinstance(held, Scalar) or held.text is not None for held in node.entries.values()
    ):
        return ""
    names = "".join(f"{{{name}}}" for name in node.entries)
    return f': {before + ":" if before != "-" else before} "{names}"'
