"""A column of replies for each platform, as 回复（拼多多） and 回复（抖店）: a script for each.

Such a row is read once for each reply, with the platforms that it is for. Platforms with the same
reply share a script; a reply without a platform is for those that have none of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from server.base.platforms import PLATFORMS
from server.exchange.columns import field_of, likely_field
from server.exchange.grids import Cell, Row
from server.exchange.tables import Part
from server.library.understood import platform_of

_EVERYWHERE = ""
_HEAD = "适用平台"
_WORDS = re.compile(r"[\s_\-—–·:：/（）()【】\[\]]+")
_LONGEST_NAME = 6


def platform_in(head: str) -> str:
    """The code of the platform whose reply a head names, "" for none: 回复（抖店）, 拼多多话术."""
    pieces = [piece for piece in _WORDS.split(head) if piece]
    for number, piece in enumerate(pieces):
        for size in range(min(len(piece), _LONGEST_NAME), 1, -1):
            for name, rest in ((piece[:size], piece[size:]), (piece[-size:], piece[:-size])):
                code = platform_of(name)
                left = " ".join((*pieces[:number], rest, *pieces[number + 1 :])).strip()
                if code and "reply" in (field_of(left), likely_field(left)):
                    return code
    return ""


def with_platforms(header: Sequence[str], mapping: Sequence[str]) -> list[str]:
    """The mapping, with every head that names a platform's reply as one where two or more do."""
    named = [number for number, head in enumerate(header) if platform_in(head)]
    several = len(named) > 1
    return [
        "reply" if several and not name and number in named else name
        for number, name in enumerate(mapping)
    ]


def columns_by_platform(part: Part) -> Mapping[int, str]:
    """Column number to platform ("" for the plain one); empty where nothing is to be split."""
    replies = [number for number, name in enumerate(part.mapping) if name == "reply"]
    if len(replies) < 2 or "platforms" in part.mapping:
        return {}
    found = {number: platform_in(part.sheet.header[number]) for number in replies}
    codes = list(found.values())
    apart = len(set(codes)) == len(codes) and codes.count(_EVERYWHERE) < 2
    return found if apart else {}


def split_by_platform(part: Part, platforms: Sequence[str]) -> Part:
    """The sheet with one column of replies and one of platforms; `platforms` are the shop's.

    The same part where its replies are not by platform.
    """
    columns = columns_by_platform(part)
    if not columns:
        return part
    rows = [one for row in part.sheet.rows for one in _rows(row, part, columns, platforms)]
    header = (_HEAD, *part.sheet.header)
    # In front: what lies behind the last head of a csv was torn off a cell.
    first = min(columns)
    mapping = tuple("" if n in columns and n != first else m for n, m in enumerate(part.mapping))
    sheet = replace(part.sheet, header=header, rows=tuple(rows))
    return Part(sheet, ("platforms", *mapping))


def _rows(row: Row, part: Part, columns: Mapping[int, str], platforms: Sequence[str]) -> list[Row]:
    said: dict[Cell, list[str]] = {}
    for number, code in columns.items():
        if row.cells[number]:
            said.setdefault(row.cells[number], []).append(code)
    first, own = min(columns), {code for codes in said.values() for code in codes}
    made = []
    for place, (reply, codes) in enumerate((said or {"": [_EVERYWHERE]}).items()):
        cells: list[Cell] = ["" if n in columns else cell for n, cell in enumerate(row.cells)]
        cells[first] = reply
        if place and "id" in part.mapping:
            at = part.mapping.index("id")
            cells[at] = f"{cells[at]}-{codes[0] or 'all'}" if cells[at] else ""
        others = [code for code in platforms or PLATFORMS if code not in own]
        named = [code for code in codes if code]
        if _EVERYWHERE in codes:
            named = [*named, *others] if own != {_EVERYWHERE} else []
        made.append(replace(row, cells=("、".join(named), *cells)))
    return made
