"""Ids that a chat page gives, as they may be written: a page may number people by their phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from server.protocol.frames import WaitingList

T = TypeVar("T", bound=msgspec.Struct)
_IDS = ("conversation_id", "message_id")
Keep = Callable[[str], str]


def with_kept_ids(request: T, keep: Keep) -> T:
    """The request with its ids as they are kept; the same object when none is contact data."""
    made: dict[str, Any] = {}
    for name in _IDS:
        given = getattr(request, name, "")
        if given and keep(given) != given:
            made[name] = keep(given)
    shopper = getattr(request, "shopper", None)
    if shopper is not None and keep(shopper.id) != shopper.id:
        made["shopper"] = msgspec.structs.replace(shopper, id=keep(shopper.id))
    details = getattr(request, "details", None)
    if isinstance(details, dict) and isinstance(details.get("message_id"), str):
        made["details"] = details | {"message_id": keep(details["message_id"])}
    if isinstance(request, WaitingList):
        made["waiting"] = [
            msgspec.structs.replace(one, conversation_id=keep(one.conversation_id))
            for one in request.waiting
        ]
    return msgspec.structs.replace(request, **made) if made else request


def with_own_ids(answer: T, request: msgspec.Struct) -> T:
    """The answer with the ids that its request gave."""
    made = {
        name: getattr(request, name)
        for name in _IDS
        if hasattr(answer, name) and getattr(answer, name) != getattr(request, name, "")
        and getattr(request, name, "")
    }  # fmt: skip
    return msgspec.structs.replace(answer, **made) if made else answer
