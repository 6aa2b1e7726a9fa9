"""The data folder's own key: its hashes tell nothing to whoever has the database alone."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from hashlib import sha256

from server.base.remembered import remembers
from server.text.masking import mask

KEY = "ids.key"
_masked_id = remembers(500_000)(mask)


class Ids:
    """Keyed hashes. A key that was lost is made anew: older hashes then match nothing."""

    def __init__(self, key: Callable[[], str]) -> None:
        """`key` gives the key, when it is wanted first."""
        self._ask = key
        self._key = b""
        self._lock = threading.Lock()

    def digest(self, text: str) -> str:
        """HMAC-SHA256 of a text, in hex."""
        return hmac.new(self._read(), text.encode("utf-8", "surrogatepass"), sha256).hexdigest()

    def kept_id(self, text: str) -> str:
        """An id of the chat page as it is kept: itself, or a keyed hash where it is contact data.

        A page may number its conversations by phone. Two phones stay two conversations.
        """
        return text if _masked_id(text) == text else f"id-{self.digest(text)[:24]}"

    def _read(self) -> bytes:
        with self._lock:
            if not self._key:
                self._key = self._ask().encode()
            return self._key
