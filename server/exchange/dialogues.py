"""Lists without columns: 问 and 答 below each other, and headings between the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from server.exchange.grids import Cell, Grid, Row

HEADS = ("questions", "reply")
_NUMBER = r"\s*(?:[(（]?\d{1,3}[)）.、．]\s*)?"
_ASKED = re.compile(rf"{_NUMBER}(?:问题?|提问|Q|买家|顾客|客户)\s*\d{{0,3}}\s*[:：]\s*(\S.*)",
                    re.DOTALL | re.IGNORECASE)  # fmt: skip
_TOLD = re.compile(rf"{_NUMBER}(?:答案?|回答|回复|A|客服)\s*\d{{0,3}}\s*[:：]\s*(\S.*)",
                   re.DOTALL | re.IGNORECASE)  # fmt: skip
_MARKED = re.compile(
    r"(?:问题?|提问|Q|买家|顾客|客户|答案?|回答|回复|A|客服)\s*\d{0,3}", re.IGNORECASE
)
# A title and a few notes may stand among the lines.
_LEAST = 0.8
_HEADING = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[章节类部]\S?|[(（][一二三四五六七八九十]{1,2}[)）])"
    r"\s*(\S.*)|\s*[【\[]([^】\]]+)[】\]]\s*"
)
_LONGEST_HEADING = 24


def as_pairs(grid: Grid) -> Grid:
    """The grid as a list of questions and replies if that is what its lines are, else as it is.

    Rows keep the numbers of their replies.
    """
    lines = [(row.number, _line(row)) for row in grid.rows]
    spoken = [n for n, text in lines if _ASKED.fullmatch(text) or _TOLD.fullmatch(text)]
    pairs = list(_paired(lines))
    if len(pairs) < 1 or len(spoken) < 2 or len(spoken) < _LEAST * len(lines):
        return grid
    hidden = frozenset(grid.hidden_rows)
    return replace(grid, rows=(Row(0, HEADS), *pairs), hidden_rows=hidden)


def _line(row: Row) -> str:
    """What a row says as one line; `问 | 几点发` counts as 问：几点发, other tables as nothing."""
    filled = [cell for cell in row.cells if cell]
    if not all(isinstance(cell, str) for cell in filled):
        return ""
    texts = [str(cell) for cell in filled]
    if len(texts) == 2 and _MARKED.fullmatch(texts[0].strip()):
        return f"{texts[0].strip()}：{texts[1]}"
    return texts[0] if len(texts) == 1 else ""


def _paired(lines: Sequence[tuple[int, str]]) -> Iterator[Row]:
    """Each reply with the questions before it; further answers join it."""
    asked: list[str] = []
    told: list[str] = []
    at = 0
    for number, text in lines:
        if question := _ASKED.fullmatch(text):
            if told:
                yield Row(at, (tuple(asked), "\n".join(told)))
                asked, told = [], []
            asked.append(question[1].strip())
        elif answer := _TOLD.fullmatch(text):
            told.append(answer[1].strip())
            at = at if len(told) > 1 else number
    if told:
        yield Row(at, (tuple(asked), "\n".join(told)))


def sections(rows: Sequence[Row], width: int) -> tuple[list[Row], bool]:
    """The rows with the heading that they stand below as one more cell; False when there is none.

    A heading is one text alone in its row, across merged cells, or with 一、 or 【】.
    """
    found: list[Row] = []
    section, seen = "", False
    for number, row in enumerate(rows):
        heading = _heading(row.cells) if number + 1 < len(rows) else ""
        if heading:
            section, seen = heading, True
        else:
            found.append(Row(row.number, (*row.cells[:width], section, *row.cells[width:])))
    return (found, True) if seen else (list(rows), False)


def _heading(cells: Sequence[Cell]) -> str:
    texts = [cell for cell in cells if cell]
    if not texts or len(set(texts)) > 1 or not isinstance(texts[0], str):
        return ""
    text = texts[0].strip()
    if not text or len(text) > _LONGEST_HEADING or "\n" in text:
        return ""
    numbered = _HEADING.fullmatch(text)
    if len(texts) == 1 and (numbered is None or not cells[0]):
        return ""
    return (numbered[1] or numbered[2]).strip() if numbered else text
