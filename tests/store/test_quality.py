"""QA's tables: figures from traffic, the queue, verdicts, samples, search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.base.errors import StoreRuleError, UsageError
from server.base.times import moment
from server.exchange.records import read_records
from server.metrics.reply_rate import ReplyRate
from server.quality.figures_board import board
from server.store import Database, Traffic
from server.store.curation import Usage
from server.store.quality.bulk import Bulk, PastMessage, PastTalk
from server.store.quality.figures import Scope
from server.store.quality.lookups import Wanted
from server.store.quality.review import QueueFilter
from server.store.quality.samples import SampleOrder
from server.store.quality.stores import Quality, open_quality
from server.store.quality.words import parts_of, split
from server.store.rows import ConversationRow, EventRow, MessageRow, SuggestionRow, WarningRow
from server.web.qa.conversation_pages import found_pieces
from server.web.qa.queue_pages import nearest_turn

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOVEMBER = Scope("2026-11-01", "2026-11-30")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def room(database: Database) -> Quality:
    return open_quality(database, lambda shop: SHANGHAI)


def utc(local: str) -> str:
    """`11-10 09:00:05` in Shanghai as the store writes it."""
    at = datetime.fromisoformat(f"2026-{local}").replace(tzinfo=SHANGHAI)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def talk(shopper: str, *lines: str, agent: str = "甲", platform: str = "kuaishou") -> PastTalk:
    """Lines `S 11-10 09:00:00 text` and `A …`."""
    owner = ConversationRow("shop-a", platform, f"c-{shopper}", shopper, f"买家{shopper}", agent)
    made = PastTalk(owner)
    for line in lines:
        who, day, clock, text = line.split(" ", 3)
        sender = "shopper" if who == "S" else "agent"
        made.messages.append(PastMessage(sender, text, utc(f"{day} {clock}")))
    return made


def warning(text: str, rule: str = "contact.wechat", severity: str = "high") -> WarningRow:
    return WarningRow(
        "sent", "contact_diversion", severity, rule, "3", "快手 2.3", 0, 2, text[:2], text, False
    )


def flagged(shopper: str, text: str = "加我微信", **fields: str) -> PastTalk:
    made = talk(shopper, "S 11-10 09:00:00 在吗", f"A 11-10 09:00:10 {text}", **fields)
    made.messages[1].warnings = [warning(text)]
    return made


def test_reply_rate_of_a_month_by_hand(database: Database, room: Quality) -> None:
    """Kuaishou, by shopper, 8:00 to 24:00: a in time; b late once on another day; c only at 7:59;
    d at 23:59:30, answered at 0:02:30 of the next day; e on 31 October does not count."""
    Bulk(database).add(
        [
            talk("a", "S 11-10 08:00:00 你好", "A 11-10 08:03:00 在的"),
            talk(
                "b",
                "S 11-10 09:00:00 在吗",
                "A 11-10 09:00:20 在的",
                "S 11-12 15:00:00 发货了吗",
                "A 11-12 15:03:01 发了",
            ),
            talk("c", "S 11-10 07:59:59 早", "A 11-10 09:00:00 早"),
            talk("d", "S 11-11 23:59:30 睡了吗", "A 11-12 00:02:30 没有"),
            talk("e", "S 10-31 23:59:59 发货", "A 11-01 00:30:00 好"),
        ]
    )
    room.rollup.refresh(NOW)
    assert room.figures.reply_rates(NOVEMBER) == {"kuaishou": {"": ReplyRate(3, 1)}}
    october = Scope("2026-10-01", "2026-10-31")
    assert room.figures.reply_rates(october)["kuaishou"][""] == ReplyRate(1, 1)
    by_day = room.figures.reply_rates(NOVEMBER, "day")["kuaishou"]
    assert by_day["2026-11-10"] == ReplyRate(2, 0)
    assert by_day["2026-11-12"] == ReplyRate(1, 1)
    assert room.figures.waits(NOVEMBER)[""] == {180: 2, 20: 1, 181: 1, 3601: 1}
    assert room.figures.waits(NOVEMBER, first=True)[""] == {180: 2, 20: 1, 181: 1, 3601: 1}


def test_pinduoduo_s_two_rates_by_hand(database: Database, room: Quality) -> None:
    """By shopper and day, 8:00 to 23:00: a answered after 30 s, b after 31 s, c after 181 s, d too
    late in the evening to count; a on two days counts twice."""
    lines = {
        "a": ("S 11-10 09:00:00 在吗", "A 11-10 09:00:30 在", "S 11-11 09:00:00 发货吗",
              "A 11-11 09:00:05 发"),
        "b": ("S 11-10 22:59:59 在吗", "A 11-10 23:00:30 在"),
        "c": ("S 11-10 10:00:00 在吗", "A 11-10 10:03:01 在"),
        "d": ("S 11-10 23:00:00 在吗", "A 11-10 23:10:00 在"),
    }  # fmt: skip
    Bulk(database).add(talk(name, *said, platform="pinduoduo") for name, said in lines.items())
    room.rollup.refresh(NOW)
    assert room.figures.reply_rates(NOVEMBER) == {"pinduoduo": {"": ReplyRate(4, 1)}}
    assert room.figures.reply_rates(NOVEMBER, formula="30s") == {"pinduoduo": {"": ReplyRate(4, 2)}}
    (standing,) = board(room, NOVEMBER, ["shop-a"], NOW).standings
    assert [(f.name, rate) for f, rate in standing.others] == [("30秒应答率", ReplyRate(4, 2))]


def test_the_thirty_second_rate_waits_for_what_can_still_be_answered(
    database: Database, room: Quality
) -> None:
    Bulk(database).add([talk("a", "S 11-10 09:00:00 在吗", platform="pinduoduo")])
    for clock, missed in (("09:02:59", 0), ("09:03:01", 1)):
        room.rollup.refresh(moment(utc(f"11-10 {clock}")))
        rates = room.figures.reply_rates(NOVEMBER, formula="30s")
        assert rates["pinduoduo"][""] == ReplyRate(1, missed)


def test_jd_counts_the_first_message_of_a_session_between_nine_and_eleven(
    database: Database, room: Quality
) -> None:
    in_time = talk("a", "S 11-10 09:00:00 在吗", "A 11-10 09:00:20 在", "S 11-10 09:05:00 多大",
                   "A 11-10 09:06:00 M", platform="jd")  # fmt: skip
    late = talk("b", "S 11-10 10:00:00 在吗", "A 11-10 10:00:31 在", platform="jd")
    night = talk("c", "S 11-10 08:59:50 在吗", "A 11-10 09:05:00 在", platform="jd")
    Bulk(database).add([in_time, late, night])
    room.rollup.refresh(NOW)
    assert room.figures.reply_rates(NOVEMBER, formula="30s")["jd"][""] == ReplyRate(2, 1)


def test_typed_turnover_belongs_to_its_month(room: Quality) -> None:
    room.settings.set("shop-a", "turnover:2026-11", "￥123,456.70", "主管")
    assert room.settings.turnover("shop-a", "2026-11") == Decimal("123456.70")
    assert room.settings.turnover("shop-a", "2026-12") is None
    for wrong in ("很多", "nan", "-1", "1e99"):
        with pytest.raises(UsageError, match="expected yuan"):
            room.settings.set("shop-a", "turnover:2026-11", wrong, "主管")
    for name in ("turnover", "turnover:2026-13"):
        with pytest.raises(UsageError, match="is unknown"):
            room.settings.set("shop-a", name, "1", "主管")


def test_a_shopper_in_two_conversations_counts_once(database: Database, room: Quality) -> None:
    first = talk("a", "S 11-10 09:00:00 在吗", "A 11-10 09:00:05 在")
    second = talk("a", "S 11-11 09:00:00 在吗", "A 11-11 09:10:00 在")
    second.conversation = replace(second.conversation, conversation_id="c-other")
    Bulk(database).add([first, second])
    room.rollup.refresh(NOW)
    assert room.figures.reply_rates(NOVEMBER)["kuaishou"][""] == ReplyRate(1, 1)
    assert room.figures.shoppers(NOVEMBER) == {"": 1}


def test_figures_follow_new_messages_and_the_passing_of_time(
    database: Database, room: Quality
) -> None:
    traffic = Traffic(database)
    conversation = ConversationRow("shop-a", "kuaishou", "c-1", "a", "", "甲")
    asked = MessageRow("m-1", "shopper", "在吗", utc("11-10 09:00:00"))
    traffic.record_turn(conversation, asked).result()
    room.rollup.refresh(moment(utc("11-10 09:02:00")))
    assert room.figures.waits(NOVEMBER) == {}
    assert room.figures.reply_rates(NOVEMBER)["kuaishou"][""] == ReplyRate(1, 0)
    room.rollup.refresh(moment(utc("11-10 09:03:01")))
    assert room.figures.waits(NOVEMBER)[""] == {-1: 1}
    assert room.figures.reply_rates(NOVEMBER)["kuaishou"][""] == ReplyRate(1, 1)
    replied = MessageRow("m-2", "agent", "在的", utc("11-10 09:05:00"))
    event = EventRow("sent", "r-1", text="在的", at=utc("11-10 09:05:00"), outcome="other")
    traffic.record_event(conversation, event, replied)
    room.rollup.refresh(moment(utc("11-10 09:06:00")))
    assert room.figures.waits(NOVEMBER)[""] == {300: 1}
    counts = room.figures.counts(NOVEMBER)[""]
    assert (counts["shopper_messages"], counts["agent_messages"], counts["sent"]) == (1, 1, 1)


def test_an_event_outside_of_a_conversation_leaves_none_behind(database: Database) -> None:
    traffic = Traffic(database)
    nowhere = ConversationRow("shop-a", "kuaishou", "", agent="甲")
    traffic.record_event(nowhere, EventRow("adapter_health", "r-1", at=utc("11-10 09:00:00")))
    (event,) = database.rows("SELECT event, agent, conversation FROM events")
    assert tuple(event) == ("adapter_health", "甲", None)
    assert database.rows("SELECT * FROM conversations") == []


@pytest.mark.parametrize(
    ("text", "clock", "turn"),
    [
        ("在的", "09:10:00", 2),
        ("你们骗人", "09:10:00", 3),
        ("买家骂人", "09:10:00", 4),
        ("买家骂人", "09:00:06", 2),
        ("", "08:00:00", 1),
    ],
)
def test_a_flag_without_a_turn_is_about_the_nearest(
    database: Database, room: Quality, text: str, clock: str, turn: int
) -> None:
    Bulk(database).add(
        [talk("a", "S 11-10 09:00:00 在吗", "A 11-10 09:00:05 在的", "S 11-10 09:01:00 你们骗人",
              "A 11-10 09:01:05 没有")]
    )  # fmt: skip
    found = room.lookups.talk(1)
    assert found is not None
    assert nearest_turn(found, text, utc(f"11-10 {clock}")) == turn


def test_adoption_and_heeded_warnings_by_hand(database: Database, room: Quality) -> None:
    """Three replies: one as offered (4 characters), one edited (5 of 6 kept), one's own; a draft
    warning heeded, another not."""
    made = talk(
        "a",
        "S 11-10 09:00:00 发货吗",
        "A 11-10 09:00:10 今天发货",
        "S 11-10 09:01:00 快递呢",
        "A 11-10 09:01:10 默认中通哦亲",
        "S 11-10 09:02:00 加微信吗",
        "A 11-10 09:02:10 加我微信",
    )
    offered = [
        SuggestionRow("s-1", "ship", "v1", 1, 0.9, 0.9, True, "", "今天发货", "lib"),
        SuggestionRow("s-2", "courier", "v1", 1, 0.9, 0.9, True, "", "默认中通亲", "lib"),
    ]
    for place, source in zip((0, 2), offered, strict=True):
        made.messages[place].suggestions = [source]
        reply = made.messages[place + 1]
        reply.source = source
        before = made.messages[place].at
        reply.events = [(before, "inserted", {"suggestion_id": source.suggestion_id})]
    made.messages[1].outcome, made.messages[3].outcome = "as_is", "edited"
    made.messages[5].outcome = "other"
    draft = replace(warning("默认加微信"), direction="draft")
    made.messages[3].drafts = [(utc("11-10 09:01:05"), draft)]
    made.messages[5].drafts = [(utc("11-10 09:02:05"), draft)]
    made.messages[5].warnings = [warning("加我微信")]
    Bulk(database).add([made])
    room.rollup.refresh(NOW)
    found = board(room, NOVEMBER, ["shop-a"], NOW).total.adoption
    assert (found.shopper_messages, found.shown, found.inserted) == (3, 2, 2)
    assert (found.sent, found.as_is, found.edited) == (3, 1, 1)
    assert (found.chars_sent, found.chars_script) == (14, 9)
    assert (found.warned, found.heeded, found.unheeded) == (2, 1, 1)


def test_agent_results_from_imported_orders(database: Database, room: Quality) -> None:
    Bulk(database).add(
        [talk(name, "S 11-10 09:00:00 在吗", "A 11-10 09:00:05 在") for name in ("a", "b")]
        + [talk("c", "S 11-10 09:00:00 在吗", "A 11-10 09:00:05 在", agent="乙")]
    )
    room.rollup.refresh(NOW)
    text = (
        "订单号,买家ID,实付金额,是否付款,日期,客服\n"
        "202611100000000000001,a,80.50,是,2026-11-10,\n"
        "202611100000000000002,a,19.50,是,2026/11/11,\n"
        "202611100000000000003,b,99,否,2026-11-10,\n"
        "202611100000000000004,c,10,是,2026-11-10,甲\n"
    )
    rows = read_records(text.encode("gb18030"), "orders.csv")
    assert room.imports.orders(rows, "shop-a", "kuaishou", "主管") == 4
    results = room.figures.results(NOVEMBER)
    assert (results["甲"].asked, results["甲"].paid, results["甲"].turnover) == (2, 2, Decimal(110))
    assert (results["乙"].asked, results["乙"].paid) == (1, 0)
    assert room.figures.turnover(NOVEMBER) == Decimal(110)
    room.imports.orders(rows, "shop-a", "kuaishou", "主管")
    assert room.figures.turnover(NOVEMBER) == Decimal(110)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"", "empty"),
        ("x.csv", "会话ID,评价,日期\nc,很好,2026-11-10\n".encode(), "line 2: rating is '很好'"),
        ("x.csv", "会话ID,日期\nc,2026-11-10\n".encode(), "line 2 has no rating"),
        ("x.csv", "会话ID,评价,日期\nc,满意,昨天\n".encode(), "line 2: day is '昨天'"),
        ("x.xlsx", b"PK broken", "no xlsx"),
    ],
)
def test_bad_imports_say_what_is_wrong(room: Quality, name: str, content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        room.imports.ratings(read_records(content, name), "shop-a", "kuaishou", "主管")


def test_the_queue_holds_what_was_flagged_gravest_first(database: Database, room: Quality) -> None:
    low = flagged("a", "这款最好")
    low.messages[1].warnings = [warning("这款最好", "claim.absolute", "low")]
    risky = talk("b", "S 11-10 09:00:00 我要打12315", "A 11-10 09:00:09 别急")
    risky.messages[0].warnings = [
        replace(warning("我要打12315", "incoming.escalation", "medium"), direction="incoming")
    ]
    told = talk("c", "S 11-10 09:00:00 在吗", "A 11-10 09:00:09 在")
    told.messages[1].events = [(utc("11-10 09:00:20"), "flagged", {"text": "买家骂人"})]
    Bulk(database).add([low, risky, told, flagged("d")])
    room.rollup.refresh(NOW)
    rows = room.reviews.queue(QueueFilter(), "质检甲")
    assert [(row["source"], row["severity"]) for row in rows] == [
        ("rule", "high"),
        ("agent", ""),
        ("risk", "medium"),
        ("rule", "low"),
    ]
    assert (rows[0]["text"], rows[0]["matched"], rows[0]["clause"]) == (
        "加我微信",
        "加我",
        "快手 2.3",
    )
    assert room.reviews.counts(QueueFilter(source="rule"), "质检甲", "source") == [
        ("rule", 2),
        ("agent", 1),
        ("risk", 1),
    ]
    assert room.reviews.total(QueueFilter(source="rule", severity="high"), "质检甲") == 1
    room.rollup.refresh(NOW)
    assert room.reviews.total(QueueFilter(), "质检甲") == 4


def one_item(database: Database, room: Quality, blind: bool = False) -> int:
    if blind:
        room.settings.set("shop-a", "blind_percent", "100", "主管")
    Bulk(database).add([flagged("a")])
    room.rollup.refresh(NOW)
    (row,) = room.reviews.queue(QueueFilter(), "质检甲")
    return int(row["id"])


def test_a_verdict_decides_once(database: Database, room: Quality) -> None:
    item = one_item(database, room)
    assert room.reviews.judge(item, "质检甲", "qa", "confirmed", "引导站外") == "done"
    assert room.reviews.total(QueueFilter(), "质检乙") == 0
    with pytest.raises(UsageError, match="decided"):
        room.reviews.judge(item, "质检乙", "qa", "false_alarm")
    with pytest.raises(UsageError, match="verdict is 'yes'"):
        room.reviews.judge(item, "质检乙", "qa", "yes")
    with pytest.raises(UsageError, match="with a reason only"):
        room.reviews.judge(item, "主管", "lead", "minor")
    assert room.reviews.judge(item, "主管", "lead", "minor", "语气而已") == "done"
    assert [v["verdict"] for v in room.reviews.verdicts(item)] == ["confirmed", "minor"]


def test_what_needs_a_lead_goes_to_a_lead(database: Database, room: Quality) -> None:
    item = one_item(database, room)
    assert room.reviews.judge(item, "质检甲", "qa", "lead") == "lead"
    assert room.reviews.total(QueueFilter(view="lead"), "主管") == 1
    with pytest.raises(UsageError, match="for a lead"):
        room.reviews.judge(item, "质检乙", "qa", "confirmed")
    assert room.reviews.judge(item, "主管", "lead", "confirmed") == "done"


def test_blind_reviewers_do_not_see_each_other(database: Database, room: Quality) -> None:
    item = one_item(database, room, blind=True)
    assert room.reviews.judge(item, "质检甲", "qa", "confirmed") == "second"
    assert room.reviews.total(QueueFilter(), "质检甲") == 0
    assert room.reviews.total(QueueFilter(), "质检乙") == 1
    with pytest.raises(UsageError, match="somebody else"):
        room.reviews.judge(item, "质检甲", "qa", "confirmed")
    assert room.reviews.judge(item, "质检乙", "qa", "false_alarm") == "disputed"
    assert room.reviews.judge(item, "主管", "lead", "confirmed") == "done"
    (pair,) = room.reviews.reviewer_pairs("shop-a")
    assert tuple(pair) == ("质检甲", "质检乙", "confirmed", "false_alarm")


def test_an_agent_appeals_once_and_a_lead_decides(database: Database, room: Quality) -> None:
    item = one_item(database, room)
    with pytest.raises(UsageError, match="no verdict"):
        room.appeals.appeal(item, "甲", "不对", 7)
    room.reviews.judge(item, "质检甲", "qa", "confirmed")
    with pytest.raises(UsageError, match="only that agent"):
        room.appeals.appeal(item, "乙", "不对", 7)
    with pytest.raises(UsageError, match="days to appeal are over"):
        room.appeals.appeal(item, "甲", "不对", -1)
    room.appeals.appeal(item, "甲", "买家先要的", 7)
    with pytest.raises(UsageError, match="once"):
        room.appeals.appeal(item, "甲", "再看看", 7)
    room.appeals.decide(item, "主管", "false_alarm", "同意")
    (row,) = room.appeals.about_agent("甲")
    assert (row["verdict"], row["decision"], row["comment"]) == (
        "false_alarm",
        "changed",
        "买家先要的",
    )
    with pytest.raises(UsageError, match="no open appeal"):
        room.appeals.decide(item, "主管", "confirmed")


def test_verdicts_become_examples_gaps_and_fixes(database: Database, room: Quality) -> None:
    item = one_item(database, room)
    with pytest.raises(UsageError, match="decided finding"):
        room.findings.add_example(item, "质检甲")
    room.reviews.judge(item, "质检甲", "qa", "false_alarm")
    room.findings.add_example(item, "质检甲")
    room.findings.add_task(item, "gap", "质检甲")
    assert room.findings.made_of(item) == {"example", "gap"}
    assert room.findings.examples_jsonl("shop-a") == (
        '{"rule": "contact.wechat", "label": "near_miss", "text": "加我微信", "shop": "shop-a"}\n'
    )
    (task,) = room.findings.tasks("shop-a")
    assert (task["shopper_text"], task["sent_text"]) == ("在吗", "加我微信")


def test_a_miss_that_qa_finds_is_confirmed_and_counted(database: Database, room: Quality) -> None:
    Bulk(database).add([talk("a", "S 11-10 09:00:00 在吗", "A 11-10 09:00:10 加V聊")])
    room.rollup.refresh(NOW)
    row = database.row("SELECT id FROM messages WHERE sender = 'agent'")
    assert row is not None
    item = room.findings.report_miss(row["id"], "contact.wechat", "contact_diversion", "质检甲")
    found = room.reviews.item(item)
    assert found is not None
    assert (found["verdict"], found["text"], found["agent"]) == ("confirmed", "加V聊", "甲")
    assert room.findings.example_of(item).kind == "violating"
    with pytest.raises(UsageError, match="already"):
        room.findings.report_miss(row["id"], "contact.wechat", "contact_diversion", "质检甲")


def test_samples_are_drawn_again_the_same(database: Database, room: Quality) -> None:
    Bulk(database).add(
        talk(f"p{n}", "S 11-10 09:00:00 在吗", "A 11-10 09:00:05 在", agent="甲乙丙"[n % 3])
        for n in range(30)
    )
    order = SampleOrder("shop-a", "周检", "agent", "2026-11-10", "2026-11-10", size=4, seed="w46")
    strata = room.samples.strata(order, SHANGHAI)
    assert [(s.name, s.population, len(s.drawn)) for s in strata] == [
        ("丙", 10, 4),
        ("乙", 10, 4),
        ("甲", 10, 4),
    ]
    assert strata == room.samples.strata(order, SHANGHAI)
    number = room.samples.draw(order, SHANGHAI, "质检甲")
    assert room.reviews.total(QueueFilter(sample=number), "质检甲") == 12
    (row,) = room.samples.all("shop-a")
    assert (row["population"], row["drawn"], row["seed"]) == (30, 12, "w46")
    everything = replace(order, method="all", size=0)
    assert sum(len(s.drawn) for s in room.samples.strata(everything, SHANGHAI)) == 30
    with pytest.raises(UsageError, match="nothing to draw"):
        room.samples.draw(
            replace(order, first_day="2026-01-01", last_day="2026-01-02"), SHANGHAI, ""
        )


def test_search_finds_words_shoppers_rules_and_days(database: Database, room: Quality) -> None:
    Bulk(database).add(
        [
            talk("a", "S 11-10 09:00:00 今天能发货吗", "A 11-10 09:00:05 可以，发顺丰SF"),
            talk("b", "S 11-12 09:00:00 发不发货", "A 11-12 09:00:05 发的", agent="乙"),
            flagged("c"),
        ]
    )
    room.rollup.refresh(NOW)

    def texts(**fields: str) -> list[str]:
        return [row["text"] for row in room.lookups.search(Wanted(**fields))]

    assert texts(text="发货") == ["发不发货", "今天能发货吗"]
    assert texts(text="今天 发货") == ["今天能发货吗"]
    assert texts(text="顺丰sf") == ["可以，发顺丰SF"]
    assert texts(text="发货", agent="乙") == ["发不发货"]
    assert texts(text="发货", until=utc("11-11 00:00:00")) == ["今天能发货吗"]
    assert texts(text="发货", since=utc("11-11 00:00:00")) == ["发不发货"]
    assert texts(text="发货", since=utc("11-13 00:00:00")) == []
    assert texts(text="，。") == []
    assert [r["shopper_name"] for r in room.lookups.search(Wanted(shopper="买家b"))] == ["买家b"]
    assert [r["shopper_name"] for r in room.lookups.search(Wanted(rule="contact.wechat"))] == [
        "买家c"
    ]


def test_search_finds_what_came_late_by_the_day_on_which_it_was_sent(
    database: Database, room: Quality
) -> None:
    """A page may hand over old turns long after newer ones, so ids are not in order of days."""
    for shopper, day in (("a", "11-12"), ("b", "11-10"), ("c", "11-11")):
        Bulk(database).add([talk(shopper, f"S {day} 09:00:00 {shopper} 发货吗")])
        room.rollup.refresh(NOW)
    bounds = {"since": utc("11-10 00:00:00"), "until": utc("11-11 00:00:00")}
    (found,) = room.lookups.search(Wanted(text="发货", **bounds))
    assert found["text"] == "b 发货吗"
    pages = [room.lookups.search(Wanted(text="发货"), limit=2)]
    pages.append(room.lookups.search(Wanted(text="发货"), 2, pages[0][-1]["position"]))
    assert [[row["text"][0] for row in page] for page in pages] == [["c", "b"], ["a"]]


@pytest.mark.parametrize(
    ("query", "pieces"),
    [
        ("发货", [(False, "今天"), (True, "发货"), (False, "吗SF")]),
        ("sf 今天", [(True, "今天"), (False, "发货吗"), (True, "SF")]),
        ("(发", [(False, "今天发货吗SF")]),
        (" ", [(False, "今天发货吗SF")]),
    ],
)
def test_search_shows_where_the_words_stand(query: str, pieces: list[tuple[bool, str]]) -> None:
    assert found_pieces("今天发货吗SF", query) == pieces


def test_search_follows_a_changed_message(database: Database, room: Quality) -> None:
    traffic = Traffic(database)
    conversation = ConversationRow("shop-a", "", "c-1", agent="甲")
    for text in ("发货吗", "退货吗"):
        row = MessageRow("m-1", "shopper", text, utc("11-10 09:00:00"))
        traffic.record_turn(conversation, row).result()
        room.rollup.refresh(NOW)
    assert room.lookups.search(Wanted(text="发货")) == []
    assert len(room.lookups.search(Wanted(text="退货"))) == 1


@pytest.mark.parametrize(
    ("query", "made"),
    [
        ("发货", ["发 货"]),
        ("SF123 到了", ["sf123", "到 了"]),
        ('" OR 1', ["or", "1"]),
        ("ＡＢ", ["ab"]),
        ("🙂", []),
    ],
)
def test_search_words(query: str, made: list[str]) -> None:
    assert parts_of(query) == made


def test_every_character_is_a_word() -> None:
    assert split("亲，SF1001到了！") == "亲 sf1001 到 了"


def test_verdicts_and_the_audit_log_refuse_changes(database: Database, room: Quality) -> None:
    item = one_item(database, room)
    room.reviews.judge(item, "质检甲", "qa", "confirmed")
    for sql in (
        "UPDATE verdicts SET verdict = 'minor'",
        "DELETE FROM verdicts",
        "UPDATE audit_log SET who = 'x'",
        "DELETE FROM audit_log",
    ):
        with pytest.raises(StoreRuleError, match="append-only"):
            database.write(lambda db, sql=sql: db.execute(sql))


def test_a_script_shown_again_for_one_message_counts_once(database: Database) -> None:
    traffic = Traffic(database)
    owner = ConversationRow("shop-a", "kuaishou", "c-a", "a", "", "甲")

    def offered(name: str) -> SuggestionRow:
        return SuggestionRow(name, "ship", "v", 1, 0.5, 0.9, True, "", "今天发", "l")

    for message, names in (("m1", ("s1", "s2", "s3")), ("m2", ("s4", "s5"))):
        for name in names:
            traffic.record_turn(
                owner, MessageRow(message, "shopper", "几点发", ""), [offered(name)]
            )
    traffic.record_event(owner, EventRow("inserted", "r", "s4", "ship"))
    rows = Usage(database).shown("shop-a", "")
    assert (sum(r["n"] for r in rows), sum(r["passed"] for r in rows)) == (2, 1)


def test_row_numbers_never_come_back(database: Database, room: Quality) -> None:
    """The next shopper once got a deleted number: unread, unsearchable, another's verdict."""
    Bulk(database).add([flagged("a"), flagged("b")])
    room.rollup.refresh(NOW)
    tables = ("conversations", "messages", "warnings", "review_items")

    def newest() -> dict[str, int]:
        rows = (database.row(f"SELECT max(id) AS id FROM {table}") for table in tables)
        return {table: row["id"] for table, row in zip(tables, rows, strict=True) if row}

    before = newest()
    room.privacy.delete_shopper("shop-a", "kuaishou", "b", "主管")
    Bulk(database).add([flagged("c", text="加我微信聊")])
    room.rollup.refresh(NOW)
    after = newest()
    assert all(after[table] > before[table] for table in tables), (before, after)
    assert room.lookups.search(Wanted("加我微信聊", "shop-a"))[0]["shopper_name"] == "买家c"


def test_the_file_is_sound_though_its_tables_text_was_changed(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    Bulk(database).add([flagged("a")])
    (check,) = database.rows("PRAGMA integrity_check")
    assert check[0] == "ok"
    database.close()
