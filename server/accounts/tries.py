"""Failed sign-ins and pairings, counted by address: after some, the next ones wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from cachetools import TTLCache

from server.base.errors import TooManyTriesError

log = logging.getLogger("bangda.accounts")
MOST = 8
WITHIN_S = 60.0
_ADDRESSES = 10_000


class Tries:
    """Counts what failed in the last minute. Codes and tokens of others are never touched by it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._failed: TTLCache[str, int] = TTLCache(_ADDRESSES, WITHIN_S, timer=clock)
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Raises TooManyTriesError when the address has failed too often."""
        with self._lock:
            if self._failed.get(address, 0) >= MOST:
                raise TooManyTriesError(
                    f"试错太多次，请等一分钟 / {MOST} wrong tries within a minute; wait a minute, "
                    "then read the code or token again"
                )

    def failed(self, address: str, what: str) -> None:
        """Counts and logs one failed try; `what` names the door, never what was typed."""
        with self._lock:
            self._failed[address] = self._failed.get(address, 0) + 1
        log.warning("%s failed from %s", what, address)
