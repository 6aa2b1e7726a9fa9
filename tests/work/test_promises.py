"""What an agent sent that binds the shop to a time: hand-worked times, and what binds nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.base.errors import EntryError
from server.work.holidays import closed_days, holidays
from server.work.keeping import keeps
from server.work.promises import promises_in, rings_at
from server.work.saying import saying

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFF = holidays()
MONDAY = "2026-11-30 14:05"


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def read(text: str, said: str = MONDAY, zone: ZoneInfo = SHANGHAI) -> list[tuple[str, str]]:
    """Kind and local time of each promise; midnight is written as the day that ends."""
    found = promises_in(text, at(said, zone), zone, OFF)
    return [(one.kind, clock(one.due.astimezone(zone))) for one in found]


def clock(due: datetime) -> str:
    if (due.hour, due.minute) == (0, 0):
        return f"{due - timedelta(days=1):%m-%d} 24:00"
    return f"{due:%m-%d %H:%M}"


# Said on Monday, 30 November 2026, at 14:05 in Shanghai.
WAYS = [
    ("24小时内给您回复", "reply", "12-01 14:05"),
    ("二十四小时内给您答复", "reply", "12-01 14:05"),
    ("24h内答复", "reply", "12-01 14:05"),
    ("48小时之内一定给您发货", "ship", "12-02 14:05"),
    ("不超过48小时给您退款", "refund", "12-02 14:05"),
    ("两个小时内专员联系您", "reply", "11-30 16:05"),
    ("一个半小时内回复您", "reply", "11-30 15:35"),
    ("半小时内给您结果", "reply", "11-30 14:35"),
    ("稍等，10分钟内回复您", "reply", "11-30 14:15"),
    ("十来分钟给您回电", "call", "11-30 14:15"),
    ("24小时内会有专人联系您哦~", "reply", "12-01 14:05"),
    ("我这边核实后24小时内给您回复", "reply", "12-01 14:05"),
    ("亲，已经帮您反馈了，24小时内给您回复哦", "reply", "12-01 14:05"),
    ("今天发出", "ship", "11-30 24:00"),
    ("仓库今天会发出的亲", "ship", "11-30 24:00"),
    ("今日内安排发货", "ship", "11-30 24:00"),
    ("今天给您安排发货哈，您别着急", "ship", "11-30 24:00"),
    ("今天下午5点前给您答复", "reply", "11-30 17:00"),
    ("5点前给您回复", "reply", "11-30 17:00"),
    ("今天三点半前给您回复", "reply", "11-30 15:30"),
    ("下午三点一刻给您回电话", "call", "11-30 15:15"),
    ("今晚8点前给您退款", "refund", "11-30 20:00"),
    ("晚上给您打电话", "call", "11-30 24:00"),
    ("下班前给您消息", "reply", "11-30 18:00"),
    ("明天给您打电话", "call", "12-01 24:00"),
    ("明天上午，我给您回电话", "call", "12-01 12:00"),
    ("明早给您回电", "call", "12-01 10:00"),
    ("明天中午之前给您准信", "reply", "12-01 14:00"),
    ("师傅明天会联系您的", "reply", "12-01 24:00"),
    ("您放心，明天一定发出", "ship", "12-01 24:00"),
    ("您的快递明天一定发走", "ship", "12-01 24:00"),
    ("明天就给您发", "ship", "12-01 24:00"),
    ("您拍的那件后天补寄给您", "resend", "12-02 24:00"),
    ("大后天寄给您", "ship", "12-03 24:00"),
    ("三天内退还差价", "refund", "12-03 24:00"),
    ("两三天内给您补发", "resend", "12-03 24:00"),
    ("3天后给您回复", "reply", "12-03 24:00"),
    ("3个工作日内给您处理好", "handle", "12-03 24:00"),
    ("1-3个工作日内给您退款", "refund", "12-03 24:00"),
    ("7个工作日内给您退款", "refund", "12-09 24:00"),
    ("一周内给您寄出", "ship", "12-07 24:00"),
    ("周五前给您安排补发", "resend", "12-04 24:00"),
    ("这周五给您寄出", "ship", "12-04 24:00"),
    ("本周内给您解决", "handle", "12-04 24:00"),
    ("周末给您补发", "resend", "12-06 24:00"),
    ("下周补发", "resend", "12-11 24:00"),
    ("下周二我们会电话联系您", "call", "12-08 24:00"),
    ("月底前给您发货", "ship", "11-30 24:00"),
    ("12月3号发货", "ship", "12-03 24:00"),
    ("3号给您发出", "ship", "12-03 24:00"),
    ("下个月给您补货", "handle", "12-31 24:00"),
    ("2小时内告诉您发出时间", "reply", "11-30 16:05"),
    ("让您久等了。我们承诺48小时内发出，有单号会更新。", "ship", "12-02 14:05"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "due"), WAYS, ids=[way[0] for way in WAYS])
def test_a_promise_and_its_time(text: str, kind: str, due: str) -> None:
    assert read(text) == [(kind, due)]


NONE = [
    # conditions
    "付款后48小时内发货", "今天16:00前付款今天发", "如果明天没收到，我给您补发", "下单后当天发货",
    "收到退货后24小时内给您退款", "申请退款后仓库24小时内处理", "质检通过后3天内退款",
    "您今天下单，我们明天发货", "确认漏发当天补寄", "到时还没动我联系网点，2小时内给您回话",
    "您想补发还是退款？补发24小时内寄出", "核实后24小时内补发，或者直接退款，您选", "节后发货",
    # questions
    "明天给您打电话方便吗？", "明天发货可以吗", "您看明天能不能发", "亲明天方便接电话吗",
    # general practice, and what is hedged
    "一般48小时内发货", "每天下午4点统一发货", "按页面承诺48小时内发出", "尽量今天给您发出",
    "可能明天发出", "7天无理由退货", "退款1-3个工作日到账", "保修三个月",
    # what the shopper is to do, or said
    "您24小时内把照片发给我们就行", "请您今天寄回", "麻烦您明天寄出退货哦", "需要您今天提供照片",
    "您明天联系快递改地址即可", "您可以明天给我们打电话", "您说的24小时内回复",
    "告诉我这两点和预算", "签收后7天内可以退款",
    # done already, or not to be done
    "今天已经发出了", "今天发出了哦", "昨天给您回复过了", "今天发的中通", "亲，这款是昨天发的",
    "今天发不了", "今天不发货", "明天不能发出", "周末不发货",
    # no time
    "稍后给您回复", "马上给您处理", "尽快给您发出", "好的亲", "今天的天气很好",
    "活动今天24点结束",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_what_binds_to_nothing(text: str) -> None:
    assert read(text) == []


def test_one_message_may_promise_several_things() -> None:
    said = "亲亲不好意思，今天帮您登记，明天给您发出哈"
    assert read(said) == [("handle", "11-30 24:00"), ("ship", "12-01 24:00")]


# When it was said (local), the words, when it is due (local).
CLOCKS = [
    ("2026-11-30 23:59", "今天发出", "11-30 24:00"),
    ("2026-12-01 00:00", "今天发出", "12-01 24:00"),
    ("2026-11-30 23:59", "明天发出", "12-01 24:00"),
    ("2026-12-01 00:00", "明天发出", "12-02 24:00"),
    ("2026-11-30 23:50", "半小时内给您回复", "12-01 00:20"),
    ("2026-12-31 20:00", "明天给您回复", "01-01 24:00"),
    ("2026-12-31 20:00", "24小时内给您回复", "01-01 20:00"),
    ("2028-02-28 10:00", "明天给您回复", "02-29 24:00"),
    ("2027-02-28 10:00", "明天给您回复", "03-01 24:00"),
    ("2026-01-31 10:00", "下个月给您补货", "02-28 24:00"),
    ("2026-12-28 10:00", "3号给您发出", "01-03 24:00"),
    ("2026-12-28 10:00", "1月3号给您发出", "01-03 24:00"),
    ("2026-11-29 10:00", "周日给您发出", "11-29 24:00"),
    ("2026-11-29 10:00", "周一给您发出", "11-30 24:00"),
    ("2026-11-29 10:00", "下周一给您发出", "11-30 24:00"),
    ("2026-11-30 18:30", "6点前给您回复", "12-01 18:00"),
    # Working days over 国庆 2026: 1 to 7 October off, Saturday the 10th worked.
    ("2026-09-30 10:00", "1个工作日内给您回复", "10-08 24:00"),
    ("2026-09-30 10:00", "3个工作日内给您回复", "10-10 24:00"),
    # A span that ends in holidays ends on the first day after them; a named day is that day.
    ("2026-09-30 10:00", "3天内给您回复", "10-08 24:00"),
    ("2026-09-30 10:00", "明天给您回复", "10-01 24:00"),
    ("2026-09-30 10:00", "48小时内给您回复", "10-02 10:00"),
    # The week before New Year 2026 is worked until Wednesday; Sunday 4 January is worked, too.
    ("2025-12-29 10:00", "本周内给您回复", "01-04 24:00"),
]


@pytest.mark.parametrize(("said", "text", "due"), CLOCKS)
def test_hand_worked_times(said: str, text: str, due: str) -> None:
    assert [when for _, when in read(text, said)] == [due]


def test_a_time_that_is_over_makes_no_promise() -> None:
    assert read("今天上午给您回复", "2026-11-30 14:05") == []


@pytest.mark.parametrize(
    ("zone", "said", "due"),
    [
        # 今天 is the shop's day: the same moment is another day in another zone.
        ("Asia/Shanghai", "2026-11-30T16:30:00+00:00", "2026-12-01T16:00:00+00:00"),
        ("America/New_York", "2026-11-30T16:30:00+00:00", "2026-12-01T05:00:00+00:00"),
        # The day on which clocks go back has 25 hours, the one on which they go forward 23.
        ("America/New_York", "2026-11-01T04:30:00+00:00", "2026-11-02T05:00:00+00:00"),
        ("Europe/Berlin", "2026-03-28T23:30:00+00:00", "2026-03-29T22:00:00+00:00"),
    ],
)
def test_days_end_by_the_shops_clock(zone: str, said: str, due: str) -> None:
    (found,) = promises_in("今天发出", datetime.fromisoformat(said), ZoneInfo(zone), OFF)
    assert found.due == datetime.fromisoformat(due)
    assert found.due.tzinfo is UTC


def test_hours_are_hours_when_clocks_change() -> None:
    said = datetime.fromisoformat("2026-03-28T12:00:00+00:00")
    (found,) = promises_in("24小时内给您回复", said, ZoneInfo("Europe/Berlin"), OFF)
    assert found.due - said == timedelta(hours=24)


def test_a_shops_own_closed_days_count() -> None:
    own = holidays(closed_days("2026-12-03\n2026-12-04 至 2026-12-05"))
    (found,) = promises_in("3天内给您回复", at(MONDAY), SHANGHAI, own)
    assert clock(found.due.astimezone(SHANGHAI)) == "12-06 24:00"


@pytest.mark.parametrize(
    "text", ["明天", "2026-13-01", "2026-12-05 至 2026-12-01", "2026-01-01~2026-12-31"]
)
def test_closed_days_that_are_none_are_told(text: str) -> None:
    with pytest.raises(EntryError, match="line 2"):
        closed_days(f"2026-12-01\n{text}")
    assert closed_days("2026-12-01") == (date(2026, 12, 1),)


@pytest.mark.parametrize(
    ("said", "due", "rings"),
    [
        ("2026-11-30 14:00", "2026-12-01 14:00", "2026-12-01 13:00"),  # an hour before
        ("2026-11-30 14:00", "2026-11-30 14:30", "2026-11-30 14:22:30"),  # a quarter of it
        ("2026-11-30 14:00", "2026-11-30 14:10", "2026-11-30 14:05"),  # five minutes
        ("2026-11-30 10:00", "2026-12-02 00:00", "2026-12-01 17:00"),  # of a day: at five
        ("2026-11-30 20:00", "2026-12-01 00:00", "2026-11-30 21:00"),  # five is over
    ],
)
def test_it_rings_before_it_is_late(said: str, due: str, rings: str) -> None:
    assert rings_at(at(said), at(due), SHANGHAI) == at(rings)


KEEPS = [
    ("亲，已经核实到了，快递明天送到", {"reply"}),
    ("刚刚给您打过电话，没人接", {"call", "reply"}),
    ("已经给您补发了，单号YT123", {"resend", "ship", "reply"}),
    ("给您退款了", {"refund", "reply"}),
    ("运费已经退给您了", {"refund", "reply"}),
    ("仓库回复说今天的货已经发走了", {"ship", "reply"}),
    ("您好，查到了", {"reply"}),
    ("还没查到", set()),
    ("稍等哈", set()),
    ("发出了吗", set()),
    ("好的", set()),
    ("不客气的亲", set()),
    ("快递还没回复我", set()),
    ("明天发出", set()),
]


@pytest.mark.parametrize(("text", "kinds"), KEEPS, ids=[text for text, _ in KEEPS])
def test_what_keeps_a_promise(text: str, kinds: set[str]) -> None:
    assert keeps(text) - {"handle"} == kinds
    assert ("handle" in keeps(text)) == bool(kinds)


def test_a_message_that_promises_an_answer_is_none_yet() -> None:
    said = saying("已经帮您反馈了，24小时内给您回复", at(MONDAY), SHANGHAI, OFF)
    assert [one.kind for one in said.made] == ["reply"]
    assert said.kept == frozenset()
