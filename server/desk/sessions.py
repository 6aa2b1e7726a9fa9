"""What the server remembers of running conversations, in memory; the rest is in the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cachetools import LRUCache

from server.base.conversation import Turn
from server.desk.procedure import Due
from server.shoppers import Who
from server.store.shoppers import Sighting

KEEP_TURNS = 12
_KEEP_OFFERS = 60
_KEEP_INSERTED = 12
_KEEP_CONVERSATIONS = 5_000

Key = tuple[str, str, str]
"""Shop, platform, conversation id."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A reply that was offered, and the shopper's message it was offered for.

    `wordings` are its further ones: variants, parts, steps. Put in, `text` is what was put in.
    """

    suggestion_id: str
    script_id: str
    text: str
    message: str
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Belongs:
    """What a shopper belonged to when it was looked up (`at`, monotonic seconds)."""

    who: Who
    version: str
    at: float
    audience: frozenset[str] | None


@dataclass
class Session:
    """One conversation: its last turns (as typed, never written), and what already went out.

    `who` is whom the page named, `heard_at` when a shopper's line came last, `belongs` what was
    found of them just before, `sighted` what the page showed of an order.
    """

    turns: list[Turn] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    offers: dict[str, Offer] = field(default_factory=dict)
    inserted: list[Offer] = field(default_factory=list)
    due: Due | None = None
    last_message_id: str = ""
    shopper_name: str = ""
    who: Who | None = None
    heard_at: datetime | None = None
    belongs: Belongs | None = None
    sighted: tuple[Who, Sighting] | None = None
    draft_warnings: set[tuple[str, str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, turn: Turn) -> None:
        """Appends a turn, unless it is the same one told again."""
        if not self.turns or self.turns[-1] != turn:
            self.turns = [*self.turns, turn][-KEEP_TURNS:]

    def put_in(self, offer: Offer) -> None:
        """Keeps what was put in until something of this conversation is sent, in order."""
        self.inserted = [*self.inserted, offer][-_KEEP_INSERTED:]

    def offer(self, offers: Iterable[Offer]) -> None:
        """Keeps offers by id: an event about one may come before the store has it."""
        merged = self.offers | {offer.suggestion_id: offer for offer in offers}
        self.offers = dict(list(merged.items())[-_KEEP_OFFERS:])

    def last_shopper_text(self) -> str:
        """What the shopper said last, empty when nothing is known."""
        return next((turn.text for turn in reversed(self.turns) if turn.sender == "shopper"), "")

    def earlier(self, message_id: str, text: str) -> tuple[Turn, ...]:
        """The turns before a message; a message asked about again does not precede itself."""
        turns = tuple(self.turns)
        again = message_id == self.last_message_id and turns and turns[-1].text == text
        return turns[:-1] if again else turns


class Sessions:
    """The running conversations, the longest unused forgotten first."""

    def __init__(self, restore: Callable[[Key], Session]) -> None:
        self._restore = restore
        self._open: LRUCache[Key, Session] = LRUCache(_KEEP_CONVERSATIONS)
        self._lock = threading.Lock()

    def get(self, key: Key) -> Session:
        """The session of a conversation, restored from the store when it is not in memory."""
        with self._lock:
            if key in self._open:
                return self._open[key]
        restored = self._restore(key)
        with self._lock:
            return self._open.setdefault(key, restored)

    def forget_all(self) -> None:
        """Drops every conversation from memory; each is restored when it is needed."""
        with self._lock:
            self._open.clear()

    def forget(self, keys: Iterable[Key]) -> None:
        """Drops these conversations from memory: what was said in them was deleted."""
        with self._lock:
            for key in keys:
                self._open.pop(key, None)
