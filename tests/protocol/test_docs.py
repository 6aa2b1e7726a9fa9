"""docs/protocol.md says what the shapes say."""

from __future__ import annotations

from pathlib import Path

from server.protocol.docs import tables
from server.protocol.frames import EVENTS

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"


def test_the_tables_are_those_of_the_code() -> None:
    text = PAGE.read_text(encoding="utf-8")
    held = text.split("<!-- tables -->")[1].split("<!-- /tables -->")[0].strip()
    assert held == tables(), "write server.protocol.docs.tables() into docs/protocol.md"


def test_every_event_is_named() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [event for event in EVENTS if f"`{event}`" not in text] == []
