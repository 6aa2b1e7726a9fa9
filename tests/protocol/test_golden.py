"""Golden frames that both sides accept; the extension's side is read by its own unit tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.protocol.frames import ANSWERS, EVENTS, frame_from, frame_of

HERE = Path(__file__).parent
SHAPES = {name: shape for shape, name in ANSWERS.items()}


def golden(name: str) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    return frames


def label(frame: dict[str, Any]) -> str:
    return f"{frame['type']}-{frame.get('request_id', frame.get('client', ''))}"


@pytest.mark.parametrize("frame", golden("client"), ids=label)
def test_what_the_extension_writes_is_read(frame: dict[str, Any]) -> None:
    kind, body, request_id = frame_from(json.dumps(frame))
    assert kind == frame["type"]
    assert request_id == frame.get("request_id", "")
    if kind == "event":
        known = {*body.__struct_fields__, "type"}
        assert body.details == {k: v for k, v in frame.items() if k not in known}


@pytest.mark.parametrize("frame", [f for f in golden("server") if f["type"] in SHAPES], ids=label)
def test_what_the_server_writes_is_what_the_extension_reads(frame: dict[str, Any]) -> None:
    body = {name: value for name, value in frame.items() if name != "type"}
    assert json.loads(frame_of(msgspec.convert(body, SHAPES[frame["type"]]))) == frame


def test_every_kind_of_event_is_known_to_both_sides() -> None:
    source = (HERE.parents[1] / "extension" / "src" / "protocol.js").read_text("utf-8")
    listed = source.split("EVENTS = Object.freeze([")[1].split("]")[0]
    assert tuple(json.loads(f"[{listed.strip().rstrip(',')}]")) == EVENTS
