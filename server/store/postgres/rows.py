"""Rows as the store's readers know them: by name and by place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Cursor
from psycopg.adapt import Loader


class NamedRow(tuple[Any, ...]):
    """One row: by column name or place; iterating gives the values."""

    __slots__ = ()
    _places: dict[str, int] = {}  # noqa: RUF012 - a subclass for each set of columns has its own

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self._places[key] if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The columns' names in order."""
        return list(self._places)


@lru_cache(maxsize=1_000)
def _class_of(names: tuple[str, ...]) -> type[NamedRow]:
    places = {name: place for place, name in enumerate(names)}
    return type("NamedRow", (NamedRow,), {"__slots__": (), "_places": places})


def named_rows(cursor: Cursor[Any]) -> Callable[[Sequence[Any]], NamedRow]:
    """The row factory of readers."""
    names = tuple(column.name for column in cursor.description or ())
    return _class_of(names)


class NumberLoader(Loader):  # type: ignore[misc]
    """Sums of whole numbers are whole numbers, means are not: as SQLite gives them."""

    def load(self, data: Any) -> int | float:
        """The number in a text."""
        text = bytes(data).decode()
        return float(text) if "." in text or "N" in text else int(text)
