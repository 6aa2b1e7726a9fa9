"""The memory of each shop, built from the store on first use and kept up to date by the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from server.encoder import Encoder
from server.store import Acceptance


class Memories:
    """What agents of each shop accepted before."""

    def __init__(self, encoder: Encoder, load: Callable[[str], Sequence[Acceptance]]) -> None:
        self._encoder = encoder
        self._load = load
        self._lock = threading.Lock()

    def of(self, shop: str) -> None:
        """The memory of a shop."""

    def accept(self, shop: str, acceptance: Acceptance) -> None:
        """Adds one acceptance, so that the next message already profits."""
