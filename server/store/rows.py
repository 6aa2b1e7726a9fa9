"""The values that traffic is written from and read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["", "as_is", "edited", "other"]


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """Whose conversation; unique by shop, platform and the page's conversation id."""

    shop: str
    platform: str
    conversation_id: str
    shopper_id: str = ""
    shopper_name: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message; `text` is masked by the store before it is written."""

    message_id: str
    sender: Literal["shopper", "agent"]
    text: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggestion as it was offered; `rank` counts from 1."""

    suggestion_id: str
    script_id: str
    script_version: str
    rank: int
    score: float
    confidence: float
    shown: bool
    why: str
    text: str
    library_version: str


@dataclass(frozen=True, slots=True)
class WarningRow:
    """One warning about an incoming message, a draft or a sent reply; offsets in `text`."""

    direction: Literal["incoming", "draft", "sent"]
    category: str
    severity: str
    rule: str
    rule_version: str
    clause: str
    start: int
    end: int
    matched: str
    text: str
    disguised: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something an agent did. `at` is when, on the agent's clock; empty means now."""

    event: str
    request_id: str
    suggestion_id: str = ""
    script_id: str = ""
    text: str = ""
    at: str = ""
    outcome: Outcome = ""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as it is kept: its kind, the words that made it, when it is due and rings (UTC)."""

    kind: str
    words: str
    due_at: str
    rings_at: str


@dataclass(frozen=True, slots=True)
class SaidRow:
    """What a sent message does to promises: those it makes, the kinds of earlier ones it keeps."""

    made: tuple[PromiseRow, ...] = ()
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A shopper's message (masked) and what an agent made of a script suggested for it."""

    message: str
    script_id: str
    kind: Literal["accepted", "edited", "rejected"]
    source: str = "panel"
    suggestion_id: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a suggestion id stands for: the script and the message it was offered for."""

    suggestion_id: str
    script_id: str
    text: str
    message: str
    conversation_id: str
