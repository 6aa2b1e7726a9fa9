"""Grouped sums of day tables by hand, and old day tables carried over."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import sqlite_utils

from server.metrics.reply_rate import ReplyRate
from server.store import Database
from server.store.migrations import migrations
from server.store.quality.cells import Cells, distinct, histograms, numbers
from server.store.quality.figures import Figures, Scope

DOCS = Path(__file__).parents[2] / "docs"
ROWS = [
    ("shop-a", "2026-10-31", "kuaishou", "甲"),
    ("shop-a", "2026-11-01", "kuaishou", "甲"),
    ("shop-a", "2026-11-01", "kuaishou", "乙"),
    ("shop-a", "2026-11-01", "kuaishou", "乙"),
]


@pytest.mark.parametrize(
    ("by", "sums"),
    [
        ("", {"": [10]}),
        ("agent", {"乙": [7], "甲": [3]}),
        ("month", {"2026-10": [1], "2026-11": [9]}),
        ("pair", {("shop-a", "kuaishou"): [10]}),
        ("agent_day", {("乙", "2026-11-01"): [7], ("甲", "2026-10-31"): [1],
                       ("甲", "2026-11-01"): [2]}),
    ],
)  # fmt: skip
def test_rows_sum_up_by_group(by: str, sums: dict[object, list[int]]) -> None:
    assert Cells(ROWS).sums(by, np.array([[1], [2], [3], [4]])) == sums  # type: ignore[arg-type]


def test_nothing_sums_up_to_nothing() -> None:
    none = np.array([], dtype=np.int64)
    assert Cells([]).sums("day", none.reshape(0, 1)) == {}
    assert histograms([], none, none, none) == {}
    assert distinct(none, none, none, 2) == ([0, 0], [0, 0])


def test_numbers_of_lists_and_tables() -> None:
    found, sizes = numbers(['{"-1":2,"15":3}', "[]", "[7,8,9]"])
    assert found.tolist() == [-1, 2, 15, 3, 7, 8, 9]
    assert sizes.tolist() == [4, 0, 3]
    assert numbers(["[]"])[0].tolist() == []


def test_histograms_add_up_equal_waits() -> None:
    groups, seconds = np.array([1, 0, 1, 1]), np.array([20, -1, 20, 3])
    found = histograms(["a", "b", "c"], groups, seconds, np.array([1, 5, 2, 4]))
    assert found == {"a": {-1: 5}, "b": {3: 4, 20: 3}}


def test_things_count_once_and_one_flag_is_enough() -> None:
    groups, things, flags = (np.array(x) for x in ([0, 0, 0, 2], [7, 7, 8, 7], [0, 1, 0, 0]))
    assert distinct(groups, things, flags, 3) == ([2, 0, 1], [1, 0, 0])


def test_day_tables_of_an_older_database_are_carried_over(tmp_path: Path) -> None:
    before = sqlite_utils.Database(tmp_path / "bangda.db")
    migrations.apply(before, stop_before="quality_0004_cells")
    cell = {"shop": "shop-a", "day": "2026-11-10", "platform": "kuaishou", "agent": "甲"}
    before["wait_counts"].insert_all(
        cell | {"first": first, "wait_s": wait_s, "n": n}
        for first, wait_s, n in ((0, 15, 2), (0, -1, 1), (1, 15, 4))
    )
    before["unit_days"].insert_all(cell | {"unit": unit, "late": unit == 8} for unit in (7, 8, 9))
    before["person_days"].insert_all(cell | {"person": person} for person in (7, 8))
    before["day_counts"].insert_all(
        cell | {"name": name, "n": n} for name, n in (("shopper_messages", 7), ("heeded", 1))
    )
    before.close()
    database = Database(tmp_path / "bangda.db")
    figures, november = Figures(database), Scope("2026-11-01", "2026-11-30")
    try:
        assert figures.waits(november) == {"": {-1: 1, 15: 6}}
        assert figures.waits(november, first=True) == {"": {15: 4}}
        assert figures.reply_rates(november) == {"kuaishou": {"": ReplyRate(3, 1)}}
        assert figures.shoppers(november) == {"": 2}
        counts = figures.counts(november)[""]
        assert {name: n for name, n in counts.items() if n} == {"shopper_messages": 7, "heeded": 1}
    finally:
        database.close()


def test_the_questions_in_the_documentation_are_answered(tmp_path: Path) -> None:
    text = (DOCS / "database.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(.*?)```", text, flags=re.DOTALL)
    database = Database(tmp_path / "bangda.db")
    try:
        questions = [part for part in block.split(";") if part.strip()]
        assert len(questions) == 4
        assert [database.rows(question) for question in questions] == [[], [], [], []]
    finally:
        database.close()
