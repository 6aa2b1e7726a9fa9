"""How SQLite reads the lists of work: by shopper and order, never through a shop's whole past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.store import Database
from server.store.work import unpaid
from server.store.work.follow_ups import FollowUps
from server.store.work.reviews import Reviews

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)


class Plans:
    """Stands in for a database: keeps how each query would be read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.steps: list[str] = []

    def rows(self, sql: str, values: Sequence[object]) -> list[object]:
        plan = self._database.rows(f"EXPLAIN QUERY PLAN {sql}", values)
        self.steps += [str(row["detail"]) for row in plan]
        return []


@pytest.mark.parametrize("name", ["unpaid", "past", "care", "again", "came back", "reviews"])
def test_no_list_goes_through_a_shop_s_orders_or_talks_by_time(tmp_path: Path, name: str) -> None:
    database = Database(tmp_path / "bangda.db")
    try:
        plans = Plans(database)
        lists = unpaid.Unpaid(plans)  # type: ignore[arg-type]
        follow_ups = FollowUps(plans)  # type: ignore[arg-type]
        asked = {
            "unpaid": lambda: lists.listed("s", NOW),
            "past": lambda: lists.chances("s", NOW, timedelta(hours=2)),
            "care": lambda: follow_ups.listed("s", "care", NOW, NOW),
            "again": lambda: follow_ups.listed("s", "again", NOW, NOW, ["收纳箱"]),
            "came back": lambda: follow_ups.came_back("s", "care", NOW, 3),
            "reviews": lambda: Reviews(plans).listed("s", "bad"),  # type: ignore[arg-type]
        }
        asked[name]()
        inner = [step for step in plans.steps if step.startswith(("SEARCH b ", "SEARCH n "))]
        assert all("shopper=?" in step or "order_id=?" in step for step in inner), inner
        assert name not in ("unpaid", "past", "again", "came back") or inner
        talks = [step for step in plans.steps if step.startswith("SEARCH c ")]
        assert all("shopper_id=?" in step for step in talks), talks
        assert not any(step.startswith("SCAN") and "SUBQUERY" not in step and " r" not in step
                       for step in plans.steps), plans.steps  # fmt: skip
    finally:
        database.close()
