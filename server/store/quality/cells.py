"""Rows of a day table as columns, and their sums by day, month, agent, platform or shop.

A cell is one (shop, day, platform, agent). Groupings are worked out over the cells, of which there
are few, and carried over to the rows with numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, cast

import numpy as np
import numpy.typing as npt

By = Literal["", "day", "month", "agent", "platform", "shop", "pair", "agent_day"]
Cell = tuple[str, str, str, str]
Ints = npt.NDArray[np.int64]
KEY_COLUMNS: Final = "shop, day, platform, agent"

_NONE: Final[Ints] = np.array([], dtype=np.int64)
_KEYS: Final[dict[str, Callable[[Cell], Any]]] = {
    "": lambda cell: "",
    "day": lambda cell: cell[1],
    "month": lambda cell: cell[1][:7],
    "agent": lambda cell: cell[3],
    "platform": lambda cell: cell[2],
    "shop": lambda cell: cell[0],
    "pair": lambda cell: (cell[0], cell[2]),
    "agent_day": lambda cell: (cell[3], cell[1]),
}


class Cells:
    """Which cell each row belongs to; `rows` start with KEY_COLUMNS."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        places: dict[Cell, int] = {}
        found = [places.setdefault(cast(Cell, tuple(row[:4])), len(places)) for row in rows]
        self.cells = tuple(places)
        self._of_row: Ints = np.array(found, dtype=np.int64)

    def group(self, key: Callable[[Cell], Any]) -> tuple[list[Any], Ints]:
        """The groups in order, and the place of each row's group in them; int64, (rows,)."""
        keys = [key(cell) for cell in self.cells]
        names = sorted(set(keys))
        place = {name: number for number, name in enumerate(names)}
        of_cell: Ints = np.array([place[key] for key in keys], dtype=np.int64)
        return names, of_cell[self._of_row] if keys else self._of_row

    def by(self, by: By) -> tuple[list[Any], Ints]:
        """See `group`."""
        return self.group(_KEYS[by])

    def sums(self, by: By, values: Ints) -> dict[Any, list[int]]:
        """Group → sums of the columns of `values`; int64, (rows, columns)."""
        names, groups = self.by(by)
        found: Ints = np.zeros((len(names), values.shape[1]), dtype=np.int64)
        np.add.at(found, groups, values)
        return dict(zip(names, found.tolist(), strict=True))


def part_of(by: By) -> Callable[[Cell], Any]:
    """What a grouping looks at in a cell."""
    return _KEYS[by]


def numbers(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """The whole numbers in JSON lists or tables, one after another, and how many each text holds.

    A table `{"7": 3}` gives key and value in turn. All texts are parsed at once: 60 days of a large
    shop hold ten thousand of them.
    """
    inner = [text[1:-1] for text in texts]
    flat = ",".join(filter(None, inner)).replace('"', "").replace(":", ",")
    found: Ints = np.fromstring(flat, dtype=np.int64, sep=",") if flat else _NONE
    sizes = [text.count(",") + text.count(":") + 1 if text else 0 for text in inner]
    return found, np.array(sizes, dtype=np.int64)


def histograms(names: Sequence[Any], groups: Ints, seconds: Ints, n: Ints) -> dict[Any, Any]:
    """Group → {seconds: sum of n}, groups and seconds in order; seconds are -1 or more."""
    if not len(groups):
        return {}
    width = int(seconds.max()) + 2
    keys, place = np.unique(groups * width + seconds + 1, return_inverse=True)
    sums = np.bincount(place, weights=n).astype(np.int64)
    values = (keys % width - 1).tolist()
    ends = np.searchsorted(keys, np.arange(len(names) + 1) * width).tolist()
    counts = sums.tolist()
    spans = zip(names, ends, ends[1:], strict=False)
    return {
        name: dict(zip(values[start:end], counts[start:end], strict=True))
        for name, start, end in spans
        if end > start
    }


def distinct(groups: Ints, things: Ints, flags: Ints, n_groups: int) -> tuple[list[int], list[int]]:
    """By group: how many different things, and how many of them have a row with flag 1."""
    if not len(groups):
        return [0] * n_groups, [0] * n_groups
    width = int(things.max()) + 1
    rows = np.unique((groups * width + things) * 2 + flags)
    keys = rows >> 1
    last = np.append(keys[1:] != keys[:-1], True)
    owners = keys[last] // width
    counted = np.bincount(owners, minlength=n_groups)
    flagged = np.bincount(owners, weights=rows[last] & 1, minlength=n_groups)
    return counted.tolist(), flagged.astype(np.int64).tolist()
