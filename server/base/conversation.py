"""One turn of a conversation, the shape that every room below the desk shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sender = Literal["shopper", "agent"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said; earlier turns stand first wherever turns are listed."""

    sender: Sender
    text: str
