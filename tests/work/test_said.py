"""Lines that agents really say: which bind the shop to a time, and to which, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.work.holidays import holidays
from server.work.promises import promises_in

SHANGHAI = ZoneInfo("Asia/Shanghai")
FILE = Path(__file__).with_name("said.tsv")


def moment(text: str) -> datetime:
    """A time of the file; 24:00 ends its day."""
    if text.endswith("24:00"):
        return datetime.fromisoformat(text[:10]).replace(tzinfo=SHANGHAI) + timedelta(days=1)
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def lines() -> Iterator[tuple[datetime, str, str, str]]:
    """Said at, kind, due, text."""
    at = datetime.min
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            at = moment(line.removeprefix("@ "))
        elif not line.startswith("#"):
            kind, due, text = line.split("\t")
            yield at, kind, due, text


LINES = list(lines())


def test_there_are_as_many_as_the_file_says() -> None:
    assert len(LINES) >= 340
    assert sum(kind == "-" for _, kind, _, _ in LINES) >= 180


@pytest.mark.parametrize(
    ("at", "kind", "due", "text"), LINES, ids=[f"{at:%m%d}-{text}" for at, _, _, text in LINES]
)
def test_what_a_line_binds_to(at: datetime, kind: str, due: str, text: str) -> None:
    found = [(one.kind, one.due) for one in promises_in(text, at, SHANGHAI, holidays())]
    assert found == ([] if kind == "-" else [(kind, moment(due))])
