"""Quiet work: library changes in the audit chain, retention; which indexes big tables use."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.base.times import utc_text
from server.quality.audit_check import verify_audit
from server.store import Database
from server.store.quality import days, rollup
from server.store.quality.bulk import Bulk, PastMessage, PastTalk
from server.store.quality.stores import open_quality
from server.store.rows import ConversationRow
from tests.conftest import COURIER, INVOICE, SHIP, Running
from tests.support import write_shop


def changes(running: Running) -> list[dict[str, object]]:
    entries = running.parts.quality.audit.entries(kind="library")
    return [json.loads(entry["details"]) for entry in reversed(entries)]


def test_changes_of_scripts_enter_the_chain(running: Running, library: Path) -> None:
    background, catalog = running.parts.background, running.parts.catalog
    background.record_library(catalog.snapshot)
    background.record_library(catalog.snapshot)
    (first,) = changes(running)
    assert (first["first"], first["entries"], first["added"]) == (True, 3, [])
    edited = COURIER | {"reply": "默认圆通，{昵称}放心"}
    added = {"id": "ship.where", "reply": "浙江发货"}
    write_shop(library, "shop-a", [SHIP, edited, added], {"facts": {"截止": "16:00"}})
    assert catalog.reload()
    second = changes(running)[-1]
    assert second["changed"] == [COURIER["id"]]
    assert second["added"] == ["ship.where"]
    assert second["removed"] == [INVOICE["id"]]
    assert verify_audit(running.parts.database).problems == ()


def test_a_round_sums_up_and_deletes_what_is_past_its_time(running: Running) -> None:
    now = datetime.now(UTC)
    for name, back in (("old", 200), ("new", 2)):
        owner = ConversationRow("shop-a", "kuaishou", name, name, "", "小王")
        message = PastMessage("shopper", f"{name}的消息", utc_text(now - timedelta(days=back)))
        Bulk(running.parts.database).add([PastTalk(owner, [message])])
    running.parts.background.tick(now)
    rows = running.parts.database.rows("SELECT text FROM messages")
    assert [row["text"] for row in rows] == ["new的消息"]
    assert running.parts.quality.rollup.backlog() == 0
    sums = running.parts.quality.figures.days()
    assert sums is not None
    assert sums[0] < sums[1]


@pytest.mark.parametrize(
    "name", ["_MESSAGES", "_OFFERED", "_INSERTED", "_EVENTS", "_EDITED", "_WARNINGS", "_DRAFTS"]
)
def test_a_day_is_summed_up_from_that_day_s_rows(tmp_path: Path, name: str) -> None:
    database = Database(tmp_path / "bangda.db")
    try:
        plan = database.rows(f"EXPLAIN QUERY PLAN {getattr(days, name)}", ["a", "b", "c"])
    finally:
        database.close()
    first = plan[0]["detail"]
    assert any(f"{column}>?" in first for column in ("sent_at", "created_at", "at")), first
    assert not [row["detail"] for row in plan if row["detail"].startswith("SCAN")]


def test_what_is_overdue_is_looked_up_among_what_still_waits(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    try:
        (step,) = database.rows(f"EXPLAIN QUERY PLAN {rollup.OVERDUE}", ["a"])
    finally:
        database.close()
    assert "waits_pending" in step["detail"]


def test_a_round_without_news_writes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    try:
        room = open_quality(database, lambda shop: ZoneInfo("Asia/Shanghai"))
        owner = ConversationRow("shop-a", "kuaishou", "c-1", "a", "", "小王")
        sent = utc_text(datetime(2026, 11, 10, tzinfo=UTC))
        Bulk(database).add([PastTalk(owner, [PastMessage("shopper", "在吗", sent)])])
        changes = [room.rollup.refresh() or total_changes(database) for _ in range(3)]
    finally:
        database.close()
    assert changes[0] == changes[1] == changes[2]


def total_changes(database: Database) -> int:
    return database.write(lambda db: db.execute("SELECT total_changes()").fetchone()[0])


def old_message(running: Running, now: datetime, days_old: int) -> None:
    owner = ConversationRow("shop-a", "kuaishou", f"c{days_old}", "买家", "", "小王")
    message = PastMessage("shopper", "旧消息", utc_text(now - timedelta(days=days_old)))
    Bulk(running.parts.database).add([PastTalk(owner, [message])])


def kept(running: Running) -> int:
    row = running.parts.database.row("SELECT count(*) AS n FROM messages")
    return int(row["n"]) if row else 0


def test_a_clock_ahead_deletes_no_history(running: Running) -> None:
    now, background = datetime.now(UTC), running.parts.background
    background.tick(now)
    old_message(running, now, 10)
    background.tick(now + timedelta(days=400))
    background.tick(now + timedelta(days=401))
    assert kept(running) == 1
    assert running.parts.quality.clock.waiting()
    background.tick(now + timedelta(days=1))  # set right again: a jump back, and days in order
    for day in range(2, 9):
        background.tick(now + timedelta(days=day))
    assert running.parts.quality.clock.waiting() == ""
    assert kept(running) == 1


def test_somebody_who_looked_at_the_clock_lets_retention_go_on(running: Running) -> None:
    now, background = datetime.now(UTC), running.parts.background
    background.tick(now)
    old_message(running, now, 10)
    background.tick(now + timedelta(days=400))
    running.parts.quality.clock.confirm("管理员")
    background.tick(now + timedelta(days=401))
    assert kept(running) == 0
    kinds = [entry["who"] for entry in running.parts.quality.audit.entries(kind="clock")]
    assert kinds == ["管理员", "(server)"]


def test_a_holiday_of_some_days_waits_and_then_goes_on_by_itself(running: Running) -> None:
    now, background = datetime.now(UTC), running.parts.background
    background.tick(now)
    old_message(running, now, 178)
    for day in range(10, 18):
        background.tick(now + timedelta(days=day))
    assert kept(running) == 0


def test_the_audit_head_is_written_by_one_thread_at_a_time(running: Running) -> None:
    """Eighteen of 180 commits once raised after they had been committed."""
    audit = running.parts.quality.audit
    failed: list[Exception] = []

    def append() -> None:
        try:
            for number in range(25):
                audit.append("setting", "主管", str(number), {"shop": "shop-a"})
        except Exception as error:  # noqa: BLE001 - what a thread raised is this test's finding
            failed.append(error)

    threads = [threading.Thread(target=append) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert verify_audit(running.parts.database).problems == ()
