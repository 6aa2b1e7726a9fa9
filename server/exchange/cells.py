"""Cells: lists in one cell, and texts that a spreadsheet must not take for formulas or numbers."""

from __future__ import annotations

import json
import re

# Full-width signs and line feeds count too: spreadsheets fold the one and skip the other.
_FORMULA = re.compile(r"'*[\s\u200b\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫]|'*[\t\r\n]")
# What Excel and WPS turn into a number or a date when they open a csv: long digits lose their
# end, leading zeros go, 1e5 and 3-4 change their look.
_NUMBERISH = re.compile(
    r"'*(?:0\d+|\d{11,}|\d+(?:\.\d+)?[eE][+\-]?\d+|\d{1,4}[-/]\d{1,2}(?:[-/]\d{1,4})?)"
)
_PIPES = re.compile(r"[|｜]")
# Questions are short: a semicolon parts two of them, as a bar or a line does.
_QUESTIONS = re.compile(r"[|｜;；\n]")
# 1. 2、 (3) ④ in front of every item of a list.
_NUMBER = re.compile(r"\s*(?:[(（]?\d{1,2}(?:[、)）:：]|[.．](?!\d))|[①-⑳❶-❿]|[•·▪●*-](?=\s))\s*")
_SEPARATED = re.compile(
    r"[用以][“\"'‘「]?(逗号|分号|顿号|竖线|井号|换行|空格|[^\w\s“\"'‘「])[”\"'’」]?(?:符?号)?(?:来)?(?:隔开|分隔|分割|分开|间隔)"
)
_NAMED_SIGNS = {
    "逗号": ",",
    "分号": ";",
    "顿号": "、",
    "竖线": "|",
    "井号": "#",
    "换行": "\n",
    "空格": " ",
}
_MARKS = re.compile(r"[,，、;；|｜\n]")
# Fields of short names, where commas separate; sentences may hold commas themselves.
NAME_LISTS = frozenset({"tags", "products", "audience", "platforms", "follow_ups", "images"})


def guard(text: str) -> str:
    """The text as a csv cell that spreadsheets keep: a `'` stands before what they would run."""
    return f"'{text}" if _FORMULA.match(text) or _NUMBERISH.fullmatch(text) else text


def unguard(text: str) -> str:
    """The text of a csv cell that `guard` may have written."""
    return text[1:] if text.startswith("'") and guard(text[1:]) == text else text


def join_list(items: tuple[str, ...], field: str) -> str:
    """One cell that `split_list` reads back: an item a line, JSON when that would not come back."""
    text = "\n".join(items)
    return text if split_list(text, field) == items else json.dumps(items, ensure_ascii=False)


def separator_in(head: str) -> str:
    """The sign that a head names between the items of its cells (多个用#隔开), "" for none."""
    found = _SEPARATED.search(head)
    return _NAMED_SIGNS.get(found[1], found[1]) if found else ""


def split_list(text: str, field: str) -> tuple[str, ...]:
    """The items of a cell: a JSON list, else one a line, else at `|` (names also at commas)."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            items = json.loads(text)
        except ValueError:
            items = None  # a text in square brackets, no list
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return tuple(item.strip() for item in items if item.strip())
    if field in NAME_LISTS:
        parts = _MARKS.split(text)
    elif field in ("questions", "tests"):
        parts = _QUESTIONS.split(text)
    elif "\n" in text:
        parts = text.split("\n")
    else:
        parts = _PIPES.split(text)
    return _unnumbered(tuple(part.strip() for part in parts if part.strip()))


def _unnumbered(items: tuple[str, ...]) -> tuple[str, ...]:
    """The items of a numbered list without their numbers."""
    found = [_NUMBER.match(item) for item in items]
    if len(items) < 2 or not all(f and f.end() < len(i) for f, i in zip(found, items, strict=True)):
        return items
    return tuple(item[f.end() :] for f, item in zip(found, items, strict=True) if f)
