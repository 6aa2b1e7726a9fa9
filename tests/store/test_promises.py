"""Promises on disk: made and kept by what is sent, masked, deleted with the shopper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.base.errors import EntryError
from server.store import Database, Traffic
from server.store.quality.stores import open_quality
from server.store.rows import ConversationRow, EventRow, MessageRow, PromiseRow, SaidRow
from server.store.work.promises import OPEN_VIEWS, VIEWS
from server.store.work.stores import WorkStore, open_work

SHANGHAI = ZoneInfo("Asia/Shanghai")


def hour(clock: str) -> str:
    """A moment of 30 November 2026 as it is stored."""
    return f"2026-11-30T{clock}:00.000Z"


REPLY = PromiseRow("reply", "12点前回您13800000000", hour("12:00"), hour("11:30"))


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def work(database: Database) -> WorkStore:
    return open_work(database)


def send(
    database: Database,
    at: str,
    *made: PromiseRow,
    kept: str = "",
    talk: str = "a",
    agent: str = "甲",
) -> None:
    """An agent sends something in a talk at an hour."""
    owner = ConversationRow("shop-a", "kuaishou", f"c-{talk}", talk, f"买家{talk}", agent)
    Traffic(database).record_event(
        owner,
        EventRow("sent", f"r-{talk}-{at}", text=at, at=hour(at)),
        MessageRow(f"m-{talk}-{at}", "agent", at, hour(at)),
        said=SaidRow(made, frozenset(kept.split())),
    )


def states(work: WorkStore, now: str, agent: str = "") -> dict[str, int]:
    found = {view: len(work.promises.listed("shop-a", view, hour(now), agent)) for view in VIEWS}
    counted = work.promises.counts("shop-a", hour(now), agent)
    assert counted == {view: found[view] for view in OPEN_VIEWS}
    return {view: n for view, n in found.items() if n}


def test_a_promise_is_masked_and_waits(database: Database, work: WorkStore) -> None:
    send(database, "10:00", REPLY)
    (row,) = work.promises.listed("shop-a", "open", hour("10:30"))
    assert row["words"] == "12点前回您‹手机号›"
    assert (row["due_at"], row["agent"], row["shopper_name"]) == (hour("12:00"), "甲", "买**")
    assert states(work, "12:00") == {"open": 1}
    assert states(work, "12:01") == {"open": 1, "late": 1, "broken": 1}


@pytest.mark.parametrize(("at", "view"), [("11:00", "kept"), ("12:30", "broken")])
def test_a_later_message_keeps_it_in_time_or_late(
    database: Database, work: WorkStore, at: str, view: str
) -> None:
    send(database, "10:00", REPLY, kept="reply")
    assert states(work, "10:01") == {"open": 1}  # not by itself
    send(database, "10:30", kept="reply", talk="b")  # not by another talk
    send(database, "10:40", kept="ship")  # not by another deed
    assert states(work, "10:41") == {"open": 1}
    send(database, at, kept="reply", agent="乙")
    assert states(work, "13:00") == {view: 1}
    (row,) = work.promises.listed("shop-a", view, hour("13:00"))
    assert (row["closed_by"], row["closed_at"]) == ("乙", hour(at))


def test_the_same_promise_again_makes_no_second_entry(database: Database, work: WorkStore) -> None:
    send(database, "10:00", REPLY)
    send(database, "10:10", PromiseRow("reply", "回您", hour("13:00"), hour("12:30")))
    assert [r["due_at"] for r in work.promises.listed("shop-a", "open", hour("10:11"))] == [
        hour("12:00")
    ]
    send(database, "10:20", PromiseRow("reply", "回您", hour("11:00"), hour("10:50")))
    assert [r["due_at"] for r in work.promises.listed("shop-a", "open", hour("10:21"))] == [
        hour("11:00")
    ]
    # One that is late already is broken; what is said then is a new one.
    send(database, "11:30", PromiseRow("reply", "回您", hour("15:00"), hour("14:30")))
    assert states(work, "11:31") == {"open": 2, "late": 1, "broken": 1}


def test_a_repeated_event_promises_once(database: Database, work: WorkStore) -> None:
    for _ in range(2):
        send(database, "10:00", REPLY)
    assert states(work, "10:01") == {"open": 1}


def test_by_hand(database: Database, work: WorkStore) -> None:
    send(database, "10:00", REPLY)
    (row,) = work.promises.listed("shop-a", "open", hour("10:01"))
    work.promises.mend(row["id"], hour("14:00"), hour("13:30"))
    assert states(work, "13:00") == {"open": 1}
    work.promises.drop(row["id"], "甲", hour("13:10"), "打 13800000000 说的")
    (row,) = work.promises.listed("shop-a", "dropped", hour("13:11"))
    assert row["note"] == "打 ‹手机号› 说的"
    for deed in (
        lambda: work.promises.keep(row["id"], "甲", hour("13:20")),
        lambda: work.promises.mend(row["id"], hour("15:00"), hour("14:30")),
    ):
        with pytest.raises(EntryError, match="closed already"):
            deed()


def test_leads_see_who_kept_what(database: Database, work: WorkStore) -> None:
    for talk, agent in (("a", "甲"), ("b", "甲"), ("c", "甲"), ("d", "乙"), ("e", "乙")):
        send(database, "10:00", REPLY, talk=talk, agent=agent)
    send(database, "11:00", kept="reply", talk="a")
    send(database, "13:00", kept="reply", talk="b")
    (dropped,) = (
        r["id"]
        for r in work.promises.listed("shop-a", "open", hour("10:01"))
        if r["conversation_id"] == "c-e"
    )
    work.promises.drop(dropped, "乙", hour("10:05"), "")
    found = work.promises.by_agent("shop-a", hour("00:00"), hour("23:00"), hour("12:01"))
    counted = {(o.agent, o.made, o.kept, o.late, o.missed, o.open, o.dropped) for o in found}
    assert counted == {("甲", 3, 1, 1, 1, 0, 0), ("乙", 2, 0, 0, 1, 0, 1)}
    assert work.promises.by_agent("shop-a", hour("11:00"), hour("23:00"), hour("12:01")) == []
    assert states(work, "12:01", "乙") == {"open": 1, "late": 1, "broken": 1, "dropped": 1}


def test_a_shopper_s_promises_are_exported_deleted_and_expire(
    database: Database, work: WorkStore
) -> None:
    quality = open_quality(database, lambda shop: SHANGHAI)
    send(database, "10:00", REPLY)
    send(database, "10:00", REPLY, talk="b")
    assert [r["kind"] for r in quality.privacy.shopper_rows("shop-a", "", "a")["promises"]] == [
        "reply"
    ]
    quality.privacy.delete_shopper("shop-a", "", "a", "主管")
    assert [
        r["conversation_id"] for r in work.promises.listed("shop-a", "open", hour("10:01"))
    ] == ["c-b"]
    quality.privacy.expire("shop-a", 30, SHANGHAI, datetime(2027, 3, 1, tzinfo=UTC))
    assert database.rows("SELECT id FROM promises") == []


def test_lists_are_read_by_an_index(tmp_path: Path) -> None:
    sql = "SELECT id FROM promises WHERE shop = 'a' AND state = 'open' AND due_at < 'x'"
    with closing(Database(tmp_path / "bangda.db")) as database:
        plan = " ".join(row["detail"] for row in database.rows(f"EXPLAIN QUERY PLAN {sql}"))
    assert "promises_open" in plan
