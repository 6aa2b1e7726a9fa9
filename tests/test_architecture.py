"""docs/architecture.md tells the truth: its rooms are the folders, its floors the contract's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# Folders of data and rooms of no import: nothing to put on a floor.
NO_ROOMS = {"knowledge", "_shipped", "__init__", "__pycache__"}


def section(title: str) -> str:
    """The text below a heading, up to the next one."""
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def floors() -> list[list[str]]:
    """The rows of the table of rooms, top down."""
    rows = re.findall(r"^\| (`[^|]+`) \|", section("Rooms of the server"), re.MULTILINE)
    return [re.findall(r"`([^`]+)`", row) for row in rows]


def test_every_room_stands_in_the_table() -> None:
    found = {path.stem for path in (ROOT / "server").iterdir() if path.suffix in ("", ".py")}
    assert {room for row in floors() for room in row} == found - NO_ROOMS


def test_the_floors_are_those_of_the_contract() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = pyproject["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    assert floors() == [layer.split(" | ") for layer in layers]


@pytest.mark.parametrize("title", ["message", "click", "publish", "verdict"])
def test_each_station_of_a_way_exists(title: str) -> None:
    way = section(f"The way of a {title}")
    stations = re.findall(r"`((?:server|extension)/[\w/.]+):(\w+)`", way)
    assert len(stations) >= 3
    for file, function in stations:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"(?:def|function) {function}\b", text), f"{file}:{function}"


def test_where_is_names_rooms_that_exist() -> None:
    rows = re.findall(r"^\| .+ \| (.+) \|$", section("Where is …"), re.MULTILINE)
    named = [room for row in rows for room in re.findall(r"`([^`]+)`", row)]
    assert len(rows) >= 20
    for room in named:
        there = ROOT / "server" / room, ROOT / "server" / f"{room}.py", ROOT / room
        assert any(path.exists() for path in there), room


def test_tests_stand_in_the_rooms_they_are_of() -> None:
    rooms = {room for row in floors() for room in row}
    others = {"cluster", "e2e", "extension", "pages", "__pycache__"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert folders - others <= rooms
