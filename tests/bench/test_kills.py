"""Kills that are broken off count: every one is looked at, told and kept at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.base.errors import UsageError
from server.bench.kills import Standing, kills


def test_every_kill_is_told_and_added_to_the_tally_with_earlier_runs(tmp_path: Path) -> None:
    tally, told = tmp_path / "tally.jsonl", list[str]()
    earlier = {"kills": 28, "acknowledged": 246, "drafts": 5, "publishes": 28}
    tally.write_text(json.dumps(earlier) + "\n")

    report = kills(2, tally, told.append)

    assert report.met
    assert [line.split(" ")[0] for line in told] == ["1", "2"]
    lines = [json.loads(line) for line in tally.read_text().splitlines()]
    assert [line["kills"] for line in lines] == [28, 1, 1]
    found = {row.what: row.value for row in report.rows}
    assert found["kills"] == 2
    assert found["with earlier runs: kills"] == 30
    acknowledged = sum(line["acknowledged"] for line in lines)
    assert found["with earlier runs: events that were acknowledged"] == acknowledged
    assert found["with earlier runs: of them lost"] == found["events written twice"] == 0
    assert found["with earlier runs: times the database was damaged"] == 0


def test_a_loss_breaks_the_bar_and_is_named() -> None:
    one = Standing(kills=1, acknowledged=5) + Standing(kills=1, acknowledged=2, lost=1)
    assert not one.holds
    assert str(one).startswith("2 kills, 7 events acknowledged: 1 lost")


def test_a_file_that_is_no_tally_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a tally\n")
    with pytest.raises(UsageError, match=r"notes.txt:1: .*expected a tally of kills"):
        kills(1, other)
    assert other.read_text() == "not a tally\n"
