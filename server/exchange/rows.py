"""One row of a table to a script's fields, with what stands against it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.exchange.cells import separator_in, split_list
from server.exchange.columns import JOINED, PERIOD, SHORTCUT, SUBCATEGORY, SWITCH
from server.exchange.dates import moment_of, period_of
from server.exchange.encodings import UNREADABLE
from server.exchange.grids import Cell, is_error
from server.exchange.html_text import is_html, text_of
from server.exchange.variables import Translator
from server.library import STAGES, Script
from server.library.fields import LIST_FIELDS, MOMENT_FIELDS, VALID_ID
from server.library.understood import platform_of, stage_of, understood

_WORDINGS = frozenset({"reply", "variants", "parts", "steps"})
_PLAIN = frozenset({"title", "category", "questions", "tests", *_WORDINGS})
_LONGEST = 500  # what a chat box takes; as L107 says
_EXPONENT = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{2}")
_PLATFORM_SIGNS = re.compile(r"[/／+＋&\s和]+")
# Where a service desk's macros are used: no marketplace, and no limit to one.
_CHANNELS = frozenset(
    ("chat", "email", "web", "phone", "messaging", "messenger", "social", "sms", "any")
)
_OFF = re.compile(
    r"否|不启用|未启用|已?(?:停用|禁用|关闭|下线|失效|作废|过期|删除)|停止|false|no|n|0|off|inactive|disabled"
    r"|draft|archived|草稿",
    re.IGNORECASE,
)
_PATH = re.compile(r"\s*(?:>|＞|»|→|::)\s*")
_PARTS = re.compile(r"\s*[|｜]\s*")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# A piece shorter than this is a size or a colour in a row of them, no message of its own.
_SHORTEST_PART = 3
_MACRO = re.compile(r"[^:\n]+(?:::[^:\n]+)+")
# Columns that are not put into a field of their name.
_OWN_WAY = frozenset({SHORTCUT, SUBCATEGORY, PERIOD, SWITCH})


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a row: a code (see NOTES), what it is about, and who else is meant.

    `row`, `sheet` and `title` name the other script: its row in the file, 0 when it stands in the
    shop.
    """

    code: str
    detail: str = ""
    row: int = 0
    sheet: str = ""
    title: str = ""

    def __str__(self) -> str:
        return NOTES[self.code].format(detail=self.detail, other=self.other)

    @property
    def other(self) -> str:
        """The other script as people find it: row, title and id."""
        place = f"row {self.row} " if self.row else ""
        sheet = f"of {self.sheet} " if self.row and self.sheet else ""
        title = f"“{self.title}” " if self.title else ""
        return f"{place}{sheet}{title}({self.detail})"


# The console's tables hold the same codes, each as `note_<code>`.
NOTES = {
    "no_reply": "reply is missing or empty",
    "bad_id": "id {detail!r} is not usable: ascii letters, digits, '-', '_' and '.'",
    "digits_lost": "{detail} is a number that a spreadsheet cut; make that column text and write "
    "it again",
    "id_twice": "the id stands in an earlier row too: {other}",
    "bad_stage": "stage is {detail!r}; expected 售前, 售中 or 售后",
    "bad_date": "{detail} is no date; write 2026-11-30",
    "bad_platform": "{detail!r} is no platform; expected one of: 淘宝, 天猫, 拼多多, 抖店, 京东, …",
    "formula_error": "the column {detail} shows a formula's error; mend the formula, or paste its "
    "value",
    "too_wide": "the row has {detail} cells more than the heads, mostly from a comma without "
    "quotes; put the cell into quotes",
    "unreadable": "the column {detail} holds bytes that cannot be read; the file was cut there, or "
    "is in two encodings",
    "title_unsure": "several scripts have this category and title, none this reply: {detail}; add "
    "a column 编号 that says which one changes",
    "duplicate": "the same reply is already there: {other}",
    "merged": "the same reply is already there, its questions are added: {other}",
    "conflict": "a question has another answer in {other}",
    "shortcut_twice": "the shortcut stands in an earlier row too: {other}",
    "parts_made": "sent in {detail} messages, as the signs | in it say",
    "switched_off": "the file says that it is not in use: {detail}",
    "long_reply": "the reply has {detail} characters; a chat box takes 500",
}
REFUSALS = frozenset(
    {
        "no_reply", "bad_id", "digits_lost", "id_twice", "bad_stage", "bad_date", "bad_platform",
        "formula_error", "unreadable", "title_unsure", "too_wide", "switched_off",
    }
)  # fmt: skip


class RowReader:
    """Reads rows of one sheet; `held` gives the shop's scripts by id."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: Sequence[str],
        held: Mapping[str, Script],
        translator: Translator,
        platforms: Sequence[str] = (),
        extra: Mapping[str, str] | None = None,
        *,
        delimited: bool = False,
    ) -> None:
        self._columns: dict[str, int] = {}
        # Further columns of a field that are joined with the first.
        self._more: list[tuple[str, int]] = []
        for number, name in enumerate(mapping):
            if name in self._columns and name in JOINED:
                self._more.append((name, number))
            elif name:
                self._columns[name] = number
        self._separators = {n: separator_in(head) for n, head in enumerate(header)}
        self._header = header
        # In a csv, cells beyond the heads are torn off a cell before them.
        heads = [number for number, head in enumerate(header) if head]
        self._ends = 1 + max(heads, default=-1) if delimited else len(header)
        self._held = held
        self._translator = translator
        self._platforms = frozenset(platforms)
        self._extra = extra or {}

    def read(self, cells: Sequence[Cell]) -> tuple[dict[str, Any], list[Note], str]:
        """Fields, notes and shortcut of a row. The row is refused when a note is of REFUSALS."""
        broken = self._broken(cells)
        if broken:
            return {}, broken, ""
        known = self._held.get(_text(cells[self._columns["id"]])) if "id" in self._columns else None
        fields: dict[str, Any] = dict(self._extra)
        notes: list[Note] = []
        for name, column in self._columns.items():
            if name not in _OWN_WAY:
                notes += self._put(fields, name, self._cell(cells, column, name), known)
        for name, column in self._more:
            if name != SUBCATEGORY:
                notes += self._join(fields, name, self._cell(cells, column, name))
        self._shelve(fields, cells)
        notes += self._period(fields, cells) + self._switched_off(cells)
        if "parts" not in self._columns and known is None:
            notes += _parted(fields)
        shortcut = self._shortcut(fields, cells)
        return fields, notes + _findings(fields), shortcut

    def _broken(self, cells: Sequence[Cell]) -> list[Note]:
        """Formula errors, unreadable bytes, torn cells: such a row is not guessed at."""
        torn = sum(1 for cell in cells[self._ends :] if cell)
        if torn:
            return [Note("too_wide", str(torn))]
        for name, column in (*self._columns.items(), *self._more):
            cell = cells[column]
            head = self._header[column] or name
            if is_error(cell):
                return [Note("formula_error", head)]
            if any(UNREADABLE in text for text in ((cell,) if isinstance(cell, str) else cell)):
                return [Note("unreadable", head)]
        return []

    def _cell(self, cells: Sequence[Cell], column: int, name: str) -> Cell:
        """A cell, with an item a line where its head names the sign between them."""
        cell, sign = cells[column], self._separators[column]
        if sign and name in LIST_FIELDS and isinstance(cell, str):
            return cell.replace(sign, "\n")
        return cell

    def _join(self, fields: dict[str, Any], name: str, cell: Cell) -> list[Note]:
        more: dict[str, Any] = {}
        notes = self._put(more, name, cell, None)
        fields[name] = tuple(dict.fromkeys([*fields.get(name, ()), *more[name]]))
        return notes

    def _period(self, fields: dict[str, Any], cells: Sequence[Cell]) -> list[Note]:
        text = _text(cells[self._columns[PERIOD]]) if PERIOD in self._columns else ""
        if not text:
            return []
        period = period_of(text)
        if period is None:
            return [Note("bad_date", text[:40])]
        for name, moment in zip(("valid_from", "valid_until"), period, strict=True):
            if moment is not None and not fields.get(name):
                fields[name] = moment
        return []

    def _switched_off(self, cells: Sequence[Cell]) -> list[Note]:
        text = _text(cells[self._columns[SWITCH]]) if SWITCH in self._columns else ""
        return [Note("switched_off", text)] if _OFF.fullmatch(text) else []

    def _put(
        self, fields: dict[str, Any], name: str, cell: Cell, known: Script | None
    ) -> list[Note]:
        if name in MOMENT_FIELDS:
            text = _text(cell)
            fields[name] = moment_of(text) if text else None
            return [Note("bad_date", text[:40])] if text and fields[name] is None else []
        if name in LIST_FIELDS:
            items = cell if isinstance(cell, tuple) else split_list(cell, name)
            if known is not None and items == getattr(known, name):
                fields[name] = items
                return []
            if name == "platforms":
                return self._put_platforms(fields, items)
            if name == "audience":
                items = tuple(understood(name, items))
            fields[name] = tuple(
                text for text in (self._plain(name, item) for item in items) if text
            )
            return []
        text = _text(cell)
        if name == "category" and _PATH.search(text):
            text = text if known is not None and text == known.category else _PATH.sub("/", text)
        unchanged = known is not None and text == getattr(known, name)
        fields[name] = text if unchanged else self._plain(name, text)
        if name == "stage":
            fields[name] = stage_of(text) or next(
                (stage for stage in STAGES if stage and text.startswith(stage)), text
            )
        return []

    def _plain(self, name: str, text: str) -> str:
        """The text without another tool's mark-up and variables."""
        if name in _PLAIN and is_html(text):
            text = text_of(text)
        return self._translator.translate(text) if name in _WORDINGS else text

    def _put_platforms(self, fields: dict[str, Any], items: Sequence[str]) -> list[Note]:
        named = [part for item in items for part in _PLATFORM_SIGNS.split(item) if part]
        codes = {name: self._platform(name) for name in named}
        every = "" in codes.values()
        known = () if every else tuple(dict.fromkeys(c for c in codes.values() if c))
        fields["platforms"] = known
        return [Note("bad_platform", name[:40]) for name, code in codes.items() if code is None]

    def _platform(self, name: str) -> str | None:
        if name.casefold() in _CHANNELS:
            return ""
        return name if name in self._platforms else platform_of(name)

    def _shelve(self, fields: dict[str, Any], cells: Sequence[Cell]) -> None:
        if SUBCATEGORY in self._columns:
            columns = [self._columns[SUBCATEGORY], *(c for n, c in self._more if n == SUBCATEGORY)]
            shelves = (fields.get("category", ""), *(_text(cells[column]) for column in columns))
            fields["category"] = "/".join(shelf for shelf in shelves if shelf)
        title = fields.get("title", "")
        if "category" not in self._columns and _MACRO.fullmatch(title):
            # A macro's title holds the folders that it stands in.
            *path, fields["title"] = [part.strip() for part in title.split("::")]
            fields["category"] = "/".join(part for part in path if part)

    def _shortcut(self, fields: dict[str, Any], cells: Sequence[Cell]) -> str:
        code = _text(cells[self._columns[SHORTCUT]]) if SHORTCUT in self._columns else ""
        tags = fields.get("tags", ())
        if code and code not in tags:
            fields["tags"] = (*tags, code)
        return code


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "\n".join(cell)


def _parted(fields: dict[str, Any]) -> list[Note]:
    """A reply whose messages another tool keeps in one cell, with a bar between."""
    pieces = [piece for piece in _PARTS.split(fields.get("reply", "")) if piece]
    if not 1 < len(pieces) <= 8:
        return []
    if any(len(piece) < _SHORTEST_PART or not _HAN.search(piece) for piece in pieces):
        return []
    fields["reply"], fields["parts"] = "\n".join(pieces), tuple(pieces)
    return [Note("parts_made", str(len(pieces)))]


def _findings(fields: Mapping[str, Any]) -> list[Note]:
    notes = []
    reply = str(fields.get("reply", ""))
    if not reply:
        notes.append(Note("no_reply"))
    elif _EXPONENT.fullmatch(reply):
        notes.append(Note("digits_lost", reply))
    elif len(reply) > _LONGEST:
        notes.append(Note("long_reply", str(len(reply))))
    script_id = str(fields.get("id", ""))
    if _EXPONENT.fullmatch(script_id):
        notes.append(Note("digits_lost", script_id))
    elif script_id and not VALID_ID.fullmatch(script_id):
        notes.append(Note("bad_id", script_id[:40]))
    if fields.get("stage", "") not in STAGES:
        notes.append(Note("bad_stage", fields["stage"][:40]))
    return notes
