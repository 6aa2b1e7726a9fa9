"""Kinds, stations and due times of after-sales requests, by hand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from server.library import Script
from server.work.holidays import holidays
from server.work.requests import (
    ALL_KINDS,
    STATIONS,
    WAITS_AT,
    kind_in,
    procedure_of,
    station_due,
    step_at,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFF = holidays()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


KINDS = [
    ("收到就裂了", "quality.broken"),
    ("洗一次就掉色", "quality.colour"),
    ("开线了", "quality.defect"),
    ("充不进电", "quality.function"),
    ("用了过敏", "quality.reaction"),
    ("少发了一个", "wrong.missing"),
    ("发错了，不是我买的", "wrong.other_goods"),
    ("码发错了", "wrong.other_size"),
    ("显示签收但我没收到", "carrier.lost"),
    ("快递路上压坏了", "carrier.damaged"),
    ("物流三天没更新", "carrier.stuck"),
    ("尺码不合适", "choice.size"),
    ("裤子太长", "choice.size"),
    ("和图片不一样", "choice.unlike_page"),
    ("不想要了", "choice.unwanted"),
    ("刚买就降价", "money.price_gap"),
    ("退回的运费谁出", "money.freight"),
    ("发票开错", "money.invoice"),
    ("在吗", ""),
]


@pytest.mark.parametrize(("text", "kind"), KINDS, ids=[text for text, _ in KINDS])
def test_a_kind_is_read_from_what_was_said(text: str, kind: str) -> None:
    assert kind_in([text]) == kind
    assert kind in ("", *ALL_KINDS)


# A station that begins then is late after; midnight ends the day before.
DUE = [
    ("talked", "2026-11-30 23:30", "2026-12-01 23:30"),
    ("returning", "2026-11-30 10:00", "2026-12-08 00:00"),
    ("received", "2026-11-30 10:00", "2026-12-02 00:00"),
    ("received", "2026-12-04 10:00", "2026-12-08 00:00"),  # over a weekend
    ("checked", "2026-12-31 10:00", "2027-01-05 00:00"),
    ("solved", "2026-09-30 10:00", "2026-10-11 00:00"),  # over 国庆; Saturday the 10th is worked
]


@pytest.mark.parametrize(("station", "since", "due"), DUE)
def test_when_a_station_is_late(station: str, since: str, due: str) -> None:
    assert station_due(station, at(since), SHANGHAI, OFF) == at(due)


def test_every_station_has_who_is_waited_for_and_closed_no_time() -> None:
    assert set(WAITS_AT) == set(STATIONS)
    assert station_due("closed", at("2026-11-30 10:00"), SHANGHAI, OFF) is None


def test_the_procedure_of_a_kind_gives_the_words_of_a_station() -> None:
    scripts = [
        Script("ship", "…", title="发错怎么办"),
        Script("pre", "…", title="破损", stage="售前", steps=("x",)),
        Script(
            "broken",
            "…",
            title="收到破损",
            category="质量",
            stage="售后",
            steps=("要照片", "补发", "回访"),
        ),
        Script("sop", "…", category="物流停滞", steps=("查件",)),
    ]
    found = procedure_of(scripts, "quality.broken")
    assert found is not None and found.id == "broken"
    words = [step_at(found, station) for station in STATIONS]
    assert words == ["要照片", "要照片", "补发", "补发", "回访", ""]
    assert procedure_of(scripts, "money.invoice") is None
    assert step_at(None, "talked") == ""
