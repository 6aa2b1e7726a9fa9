"""How long shoppers waited: one `Wait` for every message that a shopper sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# A consultation ends after two hours of silence: many pages keep one endless conversation for a
# shopper, so a returning shopper's greeting starts a new first response.
SESSION_GAP = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation. `key` is the caller's own id."""

    key: int
    sender: Literal["shopper", "agent"]
    at: datetime
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A shopper's message and the answer to it. `seconds` None: no answer so far."""

    key: int
    at: datetime
    seconds: int | None
    agent: str
    first: bool
    session: int


def waits(messages: Iterable[Said]) -> list[Wait]:
    """The waits of one conversation, in order of sending.

    Each message counts from its own sending to the next message of an agent, so the messages of a
    burst share an answer but not a wait. Begun seconds count as whole ones: 20.1 s is 21 s. `first`
    marks a session's first message of the shopper, whoever opened it; `session` is its key.
    """
    ordered = sorted(messages, key=lambda said: (said.at, said.key))
    answers = _answers(ordered)
    found: list[Wait] = []
    session, last_at, opened = 0, None, False
    for said, answer in zip(ordered, answers, strict=True):
        opened = opened or last_at is None or said.at - last_at > SESSION_GAP
        last_at = said.at
        if said.sender == "agent":
            continue
        first, opened = opened, False
        session = said.key if first else session
        seconds = whole_seconds(answer.at - said.at) if answer else None
        agent = answer.agent if answer else said.agent
        found.append(Wait(said.key, said.at, seconds, agent, first, session))
    return found


def _answers(ordered: Sequence[Said]) -> list[Said | None]:
    answers: list[Said | None] = []
    following: Said | None = None
    for said in reversed(ordered):
        answers.append(following)
        if said.sender == "agent":
            following = said
    return answers[::-1]


def whole_seconds(span: timedelta) -> int:
    """Begun seconds of a span, never below 0."""
    return max(0, math.ceil(span / timedelta(seconds=1)))
