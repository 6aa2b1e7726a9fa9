"""Worked-out values that are asked for again: kept in memory, the longest unused forgotten."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Generic, TypeVar

from cachetools import LRUCache

V = TypeVar("V")
_ALL: weakref.WeakSet[Remembered[Any]] = weakref.WeakSet()


class Remembered(Generic[V]):
    """Values by key, up to `room` of what `weigh` says of a key and its value (default: 1 each).

    Safe to use from several threads. Two that ask for one key at a time may both work it out.
    """

    def __init__(self, room: int, weigh: Callable[[Hashable, V], int] = lambda _k, _v: 1) -> None:
        self._weigh = weigh
        self._room = room
        self._held: LRUCache[Hashable, tuple[int, V]] = LRUCache(room, lambda entry: entry[0])
        self._lock = threading.Lock()
        _ALL.add(self)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, from `make` when it is not held."""
        with self._lock:
            entry = self._held.get(key)
        if entry is not None:
            return entry[1]
        value = make()
        weight = self._weigh(key, value)
        if weight <= self._room:
            with self._lock:
                self._held[key] = (weight, value)
        return value

    def forget(self) -> None:
        """Drops every value."""
        with self._lock:
            self._held.clear()


def forget_remembered() -> None:
    """Drops what is remembered anywhere: somebody's words were deleted and may be among it."""
    for remembered in list(_ALL):
        remembered.forget()


_OVERHEAD = 64  # signs that an entry of any length weighs at least


def remembers(signs: int) -> Callable[[Callable[[str], V]], Callable[[str], V]]:
    """Lets a pure function of a text remember what it said of the latest `signs` signs."""

    def remembering(function: Callable[[str], V]) -> Callable[[str], V]:
        held: Remembered[V] = Remembered(signs, lambda text, _: len(str(text)) + _OVERHEAD)

        @wraps(function)
        def remembered(text: str) -> V:
            return held.get(text, lambda: function(text))

        return remembered

    return remembering
