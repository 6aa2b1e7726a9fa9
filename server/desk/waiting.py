"""Who waits by the pages' own lists: shoppers whose conversation nobody opened. In memory only."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass

from server.desk.rows import utc_moment
from server.desk.seat import Seat
from server.protocol.frames import WaitingList

# Panels tell again within a minute; what is not told again has no panel behind it any more.
_HOLDS_S = 150.0
_MOST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A shopper who waits, as an agent's page says."""

    shop: str
    platform: str
    agent: str
    conversation_id: str
    shopper: str
    since: str


class WaitingRoom:
    """The newest word of each agent's pages."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str, str], tuple[float, list[Listed]]] = {}
        self._lock = threading.Lock()

    def tell(self, seat: Seat, request: WaitingList, now: float | None = None) -> None:
        """Takes the place of what this agent's page said before. Raises ProtocolError."""
        key = (seat.shop, seat.platform, seat.account.name)
        listed = [
            Listed(*key, one.conversation_id, one.name, utc_moment(one.since, "since"))
            for one in request.waiting[:_MOST]
        ]
        with self._lock:
            self._told[key] = (time.monotonic() if now is None else now, listed)

    def forget(self, conversations: Collection[tuple[str, str, str]]) -> None:
        """Takes these (shop, platform, conversation id) off the list."""
        with self._lock:
            self._told = {
                key: (at, [one for one in listed if _key(one) not in conversations])
                for key, (at, listed) in self._told.items()
            }

    def waiting(self, shop: str, now: float | None = None) -> list[Listed]:
        """Everybody who waits (in one shop), the longest first."""
        now = time.monotonic() if now is None else now
        with self._lock:
            self._told = {k: v for k, v in self._told.items() if now - v[0] < _HOLDS_S}
            told = [listed for _, listed in self._told.values()]
        found = [one for listed in told for one in listed if shop in ("", one.shop)]
        return sorted(found, key=lambda one: one.since)


def _key(one: Listed) -> tuple[str, str, str]:
    return one.shop, one.platform, one.conversation_id
