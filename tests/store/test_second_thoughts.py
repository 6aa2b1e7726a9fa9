"""Verdicts taken back, corrected, given to many at once; who is to judge what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.base.errors import StoreRuleError, UsageError
from server.quality.audit_check import verify_audit
from server.store import Database
from server.store.quality import second_thoughts
from server.store.quality.bulk import Bulk, PastTalk
from server.store.quality.review import QueueFilter
from server.store.quality.stores import Quality, open_quality
from tests.store.test_quality import NOW, flagged, talk, warning

OPEN = QueueFilter()


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(database: Database) -> Quality:
    return open_quality(database, lambda shop: ZoneInfo("Asia/Shanghai"))


def risk(shopper: str, text: str = "我要打12315") -> PastTalk:
    made = talk(shopper, f"S 11-10 09:00:00 {text}", "A 11-10 09:00:09 别急")
    told = warning(text, "incoming.escalation", "medium")
    made.messages[0].warnings = [replace(told, direction="incoming")]
    return made


def queue(database: Database, room: Quality, *talks: PastTalk) -> list[int]:
    Bulk(database).add(talks)
    room.rollup.refresh(NOW)
    return sorted(row["id"] for row in room.reviews.queue(OPEN, "质检甲"))


def test_a_verdict_just_given_is_taken_back_and_both_stay_in_the_trail(
    database: Database, room: Quality
) -> None:
    (item,) = queue(database, room, flagged("a"))
    room.reviews.judge(item, "质检甲", "qa", "confirmed")
    with pytest.raises(UsageError, match="taken back"):
        room.second_thoughts.take_back(item, "质检乙")
    assert room.second_thoughts.take_back(item, "质检甲") == 1
    assert room.reviews.total(OPEN, "质检甲") == 1
    assert room.reviews.judge(item, "质检甲", "qa", "minor") == "done"
    held = [(v["verdict"], v["withdrawn_by"]) for v in room.reviews.verdicts(item)]
    assert held == [("confirmed", "质检甲"), ("minor", None)]
    kinds = [entry["kind"] for entry in room.audit.entries()]
    assert kinds == ["verdict", "verdict_withdrawn", "verdict"]
    assert verify_audit(database).problems == ()
    with pytest.raises(StoreRuleError, match="append-only"):
        database.write(lambda db: db.execute("DELETE FROM withdrawn_verdicts"))


def test_it_is_too_late_after_some_seconds_and_once_something_was_made(
    database: Database, room: Quality, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = queue(database, room, flagged("a"), flagged("b", "别处说"))
    room.reviews.judge(first, "质检甲", "qa", "confirmed")
    room.findings.add_example(first, "质检甲")
    with pytest.raises(UsageError, match="something was made"):
        room.second_thoughts.take_back(first, "质检甲")
    room.reviews.judge(second, "质检甲", "qa", "confirmed")
    monkeypatch.setattr(second_thoughts, "TAKE_BACK", timedelta(seconds=-1))
    with pytest.raises(UsageError, match="a few seconds only"):
        room.second_thoughts.take_back(second, "质检甲")


def test_a_second_look_taken_back_waits_for_a_second_look(
    database: Database, room: Quality
) -> None:
    room.settings.set("shop-a", "blind_percent", "100", "主管")
    (item,) = queue(database, room, flagged("a"))
    room.reviews.judge(item, "质检甲", "qa", "confirmed")
    assert room.reviews.judge(item, "质检乙", "qa", "false_alarm") == "disputed"
    room.second_thoughts.take_back(item, "质检乙")
    assert room.reviews.total(OPEN, "质检乙") == 1
    assert room.reviews.judge(item, "质检乙", "qa", "confirmed") == "done"
    (pair,) = room.reviews.reviewer_pairs("shop-a")
    assert tuple(pair)[2:] == ("confirmed", "confirmed")


def test_a_reviewer_corrects_the_own_verdict_with_a_reason(
    database: Database, room: Quality
) -> None:
    (item,) = queue(database, room, flagged("a"))
    room.reviews.judge(item, "质检甲", "qa", "confirmed")
    with pytest.raises(UsageError, match="with a reason only"):
        room.reviews.judge(item, "质检甲", "qa", "false_alarm")
    assert room.reviews.judge(item, "质检甲", "qa", "false_alarm", "引用买家的话") == "done"
    before, after = room.reviews.verdicts(item)
    assert (before["verdict"], before["withdrawn"], after["round"]) == (
        "confirmed",
        "引用买家的话",
        "first",
    )
    row = room.reviews.item(item)
    assert row is not None
    assert row["verdict"] == "false_alarm"
    room.reviews.judge(item, "质检甲", "qa", "confirmed", "再看是本人说的")
    room.appeals.appeal(item, "甲", "买家先要的", 7)
    with pytest.raises(UsageError, match="appeal against"):
        room.reviews.judge(item, "质检甲", "qa", "minor", "轻")


def test_what_says_the_same_is_judged_and_taken_back_together(
    database: Database, room: Quality
) -> None:
    same, other = [flagged(name) for name in "abc"], flagged("d", "加微信吧")
    first, *rest = queue(database, room, *same, other, risk("e"))
    assert room.reviews.alike(first) == rest[:2]
    room.reviews.judge(first, "质检甲", "qa", "confirmed", also=room.reviews.alike(first))
    assert room.reviews.total(OPEN, "质检甲") == 2
    assert room.second_thoughts.take_back(rest[0], "质检甲") == 3
    assert room.reviews.total(OPEN, "质检甲") == 5


def test_of_a_shopper_s_words_is_asked_what_was_done(database: Database, room: Quality) -> None:
    (item,) = queue(database, room, risk("a"))
    with pytest.raises(UsageError, match="handled, passed_on, nothing"):
        room.reviews.judge(item, "质检甲", "qa", "confirmed")
    assert room.reviews.judge(item, "质检甲", "qa", "handled") == "done"
    assert room.appeals.about_agent("甲") == []
    with pytest.raises(UsageError, match="no verdict"):
        room.appeals.appeal(item, "甲", "不对", 7)


def test_a_lead_deals_items_out_in_turn(database: Database, room: Quality) -> None:
    queue(database, room, *(flagged(name, f"加我微信{name}") for name in "abc"))
    assert room.reviews.assign(QueueFilter(shop="shop-a"), ["质检甲", "质检乙"], "主管") == 3
    assert room.reviews.counts(OPEN, "质检甲", "assigned") == [("质检甲", 2), ("质检乙", 1)]
    assert room.reviews.total(QueueFilter(assigned="质检乙"), "质检乙") == 1
    assert room.reviews.assign(QueueFilter(assigned="质检甲"), [""], "主管") == 2
    assert room.reviews.counts(OPEN, "质检甲", "assigned") == [("质检乙", 1)]
    with pytest.raises(UsageError, match="no reviewer"):
        room.reviews.assign(OPEN, [], "主管")
