"""The cyclic collector, held back while something large is made."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_holding = 0


@contextmanager
def uncollected() -> Iterator[None]:
    """Holds the collector back while many objects are made that all stay, as a file's tree does.

    Else they set off full collections, which look through every object of the process: 0.1 s and
    more beside a library of 5,000 scripts, with all threads waiting.
    """
    global _holding
    with _lock:
        held = _holding > 0 or gc.isenabled()
        _holding += held
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _holding -= held
            if held and _holding == 0:
                gc.enable()


def settle() -> None:
    """Leaves out of every later collection what is there now: what a server starts with stays."""
    gc.collect()
    gc.freeze()
