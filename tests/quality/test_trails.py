"""The audit chain, retention, one shopper's records, exports."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from server.base.conversation import Turn
from server.base.errors import StoreRuleError
from server.exchange.cells import guard
from server.quality.audit_check import verify_audit
from server.quality.exports import (
    CONVERSATION_COLUMNS,
    conversation_rows,
    conversations_csv,
    conversations_xlsx,
    json_block,
    month_xlsx,
)
from server.quality.figures_board import board
from server.store import Acceptance, Database, Traffic
from server.store.curation import Inbox
from server.store.database import HEAD_FILE
from server.store.quality.bulk import Bulk
from server.store.quality.figures import Scope
from server.store.quality.lookups import Wanted
from server.store.quality.review import QueueFilter
from server.store.quality.stores import Quality, open_quality
from tests.postgres import held, tamper
from tests.store.test_quality import NOVEMBER, NOW, flagged, talk

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(database: Database) -> Quality:
    return open_quality(database, lambda shop: SHANGHAI)


@pytest.fixture
def judged(database: Database, room: Quality) -> int:
    """An item with a verdict and an appeal, and two more entries."""
    Bulk(database).add([flagged("a")])
    room.rollup.refresh(NOW)
    item = int(room.reviews.queue(QueueFilter(), "质检甲")[0]["id"])
    room.reviews.judge(item, "质检甲", "qa", "confirmed", "引导站外")
    room.appeals.appeal(item, "甲", "不对", 7)
    room.audit.append("library", "(files)", "shop-a", {"changed": ["ship"]})
    room.audit.append("rules", "(files)", "shop-a", {"changed": ["contact.wechat"]})
    return item


def test_an_untouched_chain_is_intact(database: Database, judged: int) -> None:
    report = verify_audit(database)
    assert report.problems == ()
    assert report.entries == 4


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_log SET who = '别人' WHERE id = 2", "entry 2 (appeal by 别人) was changed"),
        ("UPDATE audit_log SET details = '{}' WHERE id = 3", "entry 3 (library by (files)) was"),
        ("DELETE FROM audit_log WHERE id = 3", "entry 3 is missing"),
        ("DELETE FROM audit_log WHERE id = 4", "some were cut off"),
        ("UPDATE verdicts SET verdict = 'false_alarm'", "verdicts row 1 was changed: verdict"),
        ("DELETE FROM verdicts", "verdicts row 1 is gone"),
        (
            "INSERT INTO verdicts (item, round, verdict, reviewer, at) "
            "VALUES (1, 'lead', 'minor', 'x', 'now')",
            "verdicts row 2 has no audit entry",
        ),
        ("UPDATE appeals SET agent = '乙'", "appeals row 1 was changed: agent"),
    ],
)
def test_tampering_with_one_row_is_found(
    where: Path | str, database: Database, judged: int, statement: str, said: str
) -> None:
    tamper(where, statement)
    problems = verify_audit(database).problems
    assert any(said in problem for problem in problems), problems


def test_a_chain_forged_anew_does_not_fit_the_head(database: Database, judged: int) -> None:
    head = database.folder / HEAD_FILE
    head.write_text(f"4 {'0' * 64}", encoding="ascii")
    assert verify_audit(database).problems == (f"{HEAD_FILE} does not fit entry 4",)
    head.unlink()
    missing = verify_audit(database).problems
    # A server that shares its database may not have written to the trail itself.
    assert ["is missing" in problem for problem in missing] == [True] * (not database.is_shared)


def test_the_chain_holds_no_text_of_shoppers(
    database: Database, room: Quality, judged: int
) -> None:
    room.findings.add_example(judged, "质检甲")
    room.findings.add_task(judged, "gap", "质检甲")
    told = " ".join(row["details"] + row["what"] for row in room.audit.entries())
    assert "微信" not in told
    assert "在吗" not in told


def test_retention_removes_for_real_and_keeps_the_sums(
    where: Path | str, database: Database, room: Quality
) -> None:
    Bulk(database).add(
        [
            talk("a", "S 11-01 09:00:00 旧消息甲", "A 11-01 09:00:05 旧回复"),
            talk("b", "S 11-10 23:59:59 前一天", "S 11-11 00:00:00 留下来", "A 11-11 00:00:05 好"),
        ]
    )
    room.rollup.refresh(NOW)
    traffic = Traffic(database)
    old = Acceptance("旧消息甲", "ship", "accepted")
    traffic.add_acceptances("shop-a", [old], at="2026-11-01T01:00:00.000Z")
    before = room.figures.waits(NOVEMBER)
    assert held(where, "旧消息甲")
    gone = room.privacy.expire("shop-a", 19, SHANGHAI, NOW)
    assert (gone.conversations, gone.messages) == (1, 3)
    assert held(where, "旧消息甲") == []
    assert held(where, "前一天") == []
    assert held(where, "留下来")
    assert traffic.acceptances("shop-a") == []
    assert room.lookups.search(Wanted(text="旧消息")) == []
    room.rollup.refresh(NOW)
    assert room.figures.waits(NOVEMBER) == before
    assert room.privacy.expire("shop-a", 19, SHANGHAI, NOW).messages == 0
    assert verify_audit(database).problems == ()


def test_one_shopper_is_exported_and_deleted(
    where: Path | str, database: Database, room: Quality
) -> None:
    mine = flagged("a", "加我微信细说")
    Bulk(database).add([mine, talk("b", "S 11-10 09:00:00 我是别人", "A 11-10 09:00:05 在")])
    room.rollup.refresh(NOW)
    item = int(room.reviews.queue(QueueFilter(), "质检甲")[0]["id"])
    room.reviews.judge(item, "质检甲", "qa", "confirmed")
    room.findings.add_example(item, "质检甲")
    rows = room.privacy.shopper_rows("shop-a", "", "a")
    assert [row["text"] for row in rows["messages"]] == ["在吗", "加我微信细说"]
    assert {len(rows[name]) for name in ("conversations", "warnings", "events")} == {1}
    json.dumps(rows)
    gone = room.privacy.delete_shopper("shop-a", "", "a", "主管")
    assert (gone.conversations, gone.messages) == (1, 2)
    assert held(where, "加我微信细说") == []
    assert held(where, "我是别人")
    assert not any(room.privacy.shopper_rows("shop-a", "", "a").values())
    assert [v["verdict"] for v in room.reviews.verdicts(item)] == ["confirmed"]
    assert verify_audit(database).problems == ()
    assert room.privacy.shopper_rows("shop-a", "", "")["conversations"] == []


def test_a_deleted_shopper_is_gone_from_what_leads_keep(
    where: Path | str, database: Database, room: Quality
) -> None:
    own, shared = "给我家小宝寄到三楼", "几点发货"
    Bulk(database).add(
        [
            talk("a", f"S 11-10 09:00:00 {own}", f"S 11-10 09:01:00 {shared}"),
            talk("b", f"S 11-10 10:00:00 {shared}", "A 11-10 10:00:05 今天发"),
        ]
    )
    room.rollup.refresh(NOW)
    inbox = Inbox(database)
    draft = {"id": "gap.a", "title": own, "questions": [own, shared], "reply": "可以的"}
    bare = {"id": "gap.b", "questions": [own], "reply": own}
    inbox.propose("shop-a", [("gap.a", "", draft)], source="gap", who="主管", note=own)
    inbox.propose("shop-a", [("gap.b", "", bare)], source="agent", who="小王")
    inbox.save_golden("shop-a", own, (), "ship", "主管")
    inbox.save_golden("shop-a", "那呢", (Turn("shopper", own),), "ship", "主管")
    inbox.save_golden("shop-a", shared, (), "ship", "主管")
    keys = [row["id"] for row in database.rows("SELECT id FROM messages ORDER BY id")]
    inbox.mark_gaps("shop-a", [("message", key) for key in keys], "draft", "主管")

    room.privacy.delete_shopper("shop-a", "", "a", "主管")
    assert held(where, own) == []
    (left,) = inbox.proposals("shop-a")
    assert dict(left.fields) == {"id": "gap.a", "questions": [shared], "reply": "可以的"}
    assert left.note == ""
    assert [kept.message for kept in inbox.golden("shop-a")] == [shared]
    assert inbox.marked("shop-a") == {("message", key) for key in keys[2:]}


def test_the_access_log_is_masked_and_stays(database: Database, room: Quality) -> None:
    room.access.note("质检甲", "qa", "search", "shop-a", None, "text=13800000000")
    (row,) = room.access.newest("")
    assert row["details"] == "text=‹手机号›"
    with pytest.raises(StoreRuleError, match="append-only"):
        database.write(lambda db: db.execute("UPDATE access_log SET who = 'x'"))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2", "'-2"),
        ("202611100000000001", "'202611100000000001"),
        ("007", "'007"),
        ("12E5", "'12E5"),
        ("12345", "12345"),
        ("亲，在的", "亲，在的"),
        ("", ""),
    ],
)
def test_texts_stay_texts_in_a_spreadsheet(cell: str, shown: str) -> None:
    assert guard(cell) == shown


def exported(database: Database, room: Quality) -> list[list[object]]:
    made = talk("=HYPERLINK(1)", "S 11-10 09:00:00 在吗", "A 11-10 09:00:12 在")
    made.conversation = replace(made.conversation, conversation_id="202611100000000001")
    Bulk(database).add([made])
    room.rollup.refresh(NOW)
    return list(conversation_rows(database, room, "", NOVEMBER.first, NOVEMBER.last))


def test_conversations_export_as_csv(database: Database, room: Quality) -> None:
    content = conversations_csv(exported(database, room), lambda key: key)
    heads, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    found = dict(zip(heads, row, strict=True))
    assert found["col_conversation_id"] == "'202611100000000001"
    assert found["col_shopper_name"] == "买家=HYPERLINK(1)"
    assert (found["col_first_at"], found["col_first_wait_s"]) == ("2026-11-10 09:00:00", "12")


def test_conversations_export_as_xlsx(database: Database, room: Quality) -> None:
    content = conversations_xlsx(exported(database, room), lambda key: key)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    cells = {name: sheet.cell(2, n) for n, name in enumerate(CONVERSATION_COLUMNS, start=1)}
    assert cells["conversation_id"].value == "202611100000000001"
    assert cells["conversation_id"].data_type == "s"
    assert (cells["first_wait_s"].value, cells["first_wait_s"].data_type) == (12, "n")


def test_the_month_s_workbook_holds_the_board(database: Database, room: Quality) -> None:
    exported(database, room)
    made = board(room, NOVEMBER, ["shop-a"], NOW)
    book = openpyxl.load_workbook(io.BytesIO(month_xlsx(made, lambda key: key, str, "zh")))
    assert book.sheetnames == [
        "by_day", "by_agent", "by_platform", "standings", "results", "definitions",
    ]  # fmt: skip
    days = book["by_day"]
    assert [cell.value for cell in days[2]][:5] == ["2026-11-10", 1, 1, 12, 12]
    assert [cell.value for cell in book["standings"][2]][:4] == [
        "shop-a", "kuaishou", "3分钟回复率", 1,
    ]  # fmt: skip


def test_json_cannot_end_its_script_element() -> None:
    assert "</script" not in json_block({"text": "</script><b>"})
    assert json.loads(json_block({"text": "</script>"})) == {"text": "</script>"}


def test_a_month_s_standing_by_hand(database: Database, room: Quality) -> None:
    """Ten shoppers in half a month, two missed: 80 %, one more may be missed; about 20 and 4 by the
    end, of 30 % of 20 four are left."""
    Bulk(database).add(
        talk(
            f"p{n}",
            f"S 11-{n + 1:02d} 10:00:00 在吗",
            f"A 11-{n + 1:02d} 10:0{4 if n < 2 else 1}:00 在",
        )
        for n in range(10)
    )
    half = datetime(2026, 11, 15, 16, tzinfo=UTC)
    room.rollup.refresh(half)
    (found,) = board(room, Scope("2026-11-01", "2026-11-15"), ["shop-a"], half).standings
    assert (found.rate.n, found.rate.missed, found.left, found.regain) == (10, 2, 1, 0)
    assert found.forecast is not None
    assert (found.forecast.n, found.forecast.missed, found.forecast.misses_left) == (20, 4, 4)
    assert found.risk is not None
    assert (found.risk.standing, found.risk.why) == ("exempt", "shoppers")
