"""The tables of docs/protocol.md, made from the message shapes themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import msgspec

from server.protocol.frames import (
    ANSWERS,
    REQUESTS,
    CardDuty,
    CardNote,
    CardOrder,
    DueFollowUp,
    FollowUp,
    OpenPromise,
    OpenRequest,
    Shopper,
    SizeAdvice,
    Suggestion,
)


def tables() -> str:
    """A table for requests, one for answers, one for the parts that both hold."""
    requests = [(name, shape) for name, shape in REQUESTS.items()]
    answers = [(name, shape) for shape, name in ANSWERS.items()]
    cards = (CardOrder, CardNote, CardDuty)
    shapes: tuple[type[msgspec.Struct], ...] = (
        Shopper,
        Suggestion,
        FollowUp,
        SizeAdvice,
        OpenPromise,
        OpenRequest,
        DueFollowUp,
        *cards,
    )
    parts = [(shape.__name__, shape) for shape in shapes]
    sections = (("From the client", requests), ("From the server", answers), ("Parts", parts))
    return "\n\n".join("\n".join(_section(title, rows)) for title, rows in sections)


def _section(title: str, rows: list[tuple[str, type[msgspec.Struct]]]) -> Iterator[str]:
    yield f"### {title}\n"
    yield "| type | fields (required first, then those that may be left out) | means |"
    yield "| --- | --- | --- |"
    for name, shape in rows:
        fields = msgspec.structs.fields(shape)
        needed = [f"**`{field.encode_name}`**" for field in fields if field.required]
        free = [f"`{field.encode_name}`" for field in fields if not field.required]
        about = " ".join((inspect.getdoc(shape) or "").split())
        yield f"| `{name}` | {' '.join(needed + free) or '–'} | {about} |"
