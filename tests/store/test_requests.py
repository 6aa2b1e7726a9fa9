"""After-sales requests on disk: one an order, its stations and their times, figures by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.base.errors import EntryError
from server.store import Database, Traffic
from server.store.quality.stores import open_quality
from server.store.rows import ConversationRow, MessageRow
from server.store.work.requests import NewRequest, Requests
from server.store.work.stores import open_work


def hour(day: int, clock: str = "00:00") -> str:
    """A moment of November 2026 as it is stored."""
    return f"2026-11-{day:02d}T{clock}:00.000Z"


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


@pytest.fixture
def requests(database: Database) -> Requests:
    return open_work(database).requests


def make(
    requests: Requests, order: str, day: int = 1, *, another: bool = False, **fields: object
) -> int:
    new = NewRequest("shop-a", "甲", platform="taobao", order_id=order, **fields)  # type: ignore[arg-type]
    return requests.open(new, hour(day + 1), hour(day), another=another)


def test_an_order_that_is_talked_about_again_opens_its_request(requests: Requests) -> None:
    first = make(requests, "1001")
    assert make(requests, "1001", 2) == first
    second = make(requests, "1001", 2, another=True)
    assert second != first
    for number in (first, second):
        requests.move(number, "closed", "", "", "甲", hour(3))
    assert make(requests, "1001", 4) not in (first, second)


def test_a_talk_without_an_order_has_its_own(requests: Requests) -> None:
    first = make(requests, "", conversation=7)
    assert make(requests, "", conversation=7) == first
    assert make(requests, "", conversation=8) != first
    assert make(requests, "") != make(requests, "")


def test_stations_take_time(requests: Requests) -> None:
    number = make(requests, "1001", 1)
    requests.move(number, "returning", hour(9), "shopper", "乙", hour(1, "06:00"))
    requests.move(number, "returning", hour(9), "shopper", "乙", hour(2))  # there already
    requests.move(number, "solved", hour(9), "shop", "甲", hour(3, "06:00"))
    requests.move(number, "closed", "", "", "甲", hour(3, "08:00"))
    steps = [(s["station"], s["who"], s["hours"]) for s in requests.steps(number)]
    assert steps == [
        ("talked", "甲", 6),
        ("returning", "乙", 48),
        ("solved", "甲", 2),
        ("closed", "甲", None),
    ]
    with pytest.raises(EntryError, match="closed already"):
        requests.move(number, "talked", "", "shop", "甲", hour(4))
    with pytest.raises(EntryError, match="no station"):
        requests.move(number, "somewhere", "", "shop", "甲", hour(4))
    assert requests.station_hours("shop-a", hour(1), hour(5)) == [
        ("talked", 1, 6.0),
        ("returning", 1, 48.0),
        ("solved", 1, 2.0),
    ]


def test_lists_by_whose_and_by_who_is_waited_for(requests: Requests) -> None:
    early, late = make(requests, "1", 1), make(requests, "2", 3)
    requests.move(late, "received", hour(9), "warehouse", "甲", hour(3))
    for view, found in (
        ("mine", [early, late]),
        ("late", [early]),
        ("warehouse", [late]),
        ("shop", [early]),
        ("closed", []),
    ):
        listed = requests.listed("shop-a", view, hour(4), "甲")
        assert [row["id"] for row in listed] == found, view
        assert requests.counts("shop-a", hour(4), "甲")[view] == len(found)
    assert requests.listed("shop-a", "mine", hour(4), "乙") == []


def test_cost_and_repeats_by_hand(requests: Requests) -> None:
    for order, product, fen in (
        ("1", "箱", "10"),
        ("1", "箱", "2.5"),
        ("2", "箱", ""),
        ("3", "垫", "4"),
    ):
        number = make(requests, order, another=True, product=product, kind="quality.broken")
        requests.change(number, {"freight_fen": fen, "solution": "repair"}, hour(2))
    costs = [
        (c["product"], c["n"], c["freight_fen"]) for c in requests.costs("shop-a", hour(1), hour(9))
    ]
    assert costs == [("箱", 3, 1250), ("垫", 1, 400)]
    assert requests.solved("shop-a", hour(1), hour(9)) == {"repair": 4}
    assert [(r["order_id"], r["n"]) for r in requests.repeats("shop-a", hour(1), hour(9))] == [
        ("1", 2)
    ]


WRONG = [
    {"freight_fen": "-1"},
    {"goods_fen": "1.234"},
    {"goods_fen": "²"},
    {"compensation_fen": "9" * 20},
    {"kind": "x"},
    {"solution": "x"},
]


@pytest.mark.parametrize("fields", WRONG)
def test_what_cannot_be_is_refused(requests: Requests, fields: dict[str, str]) -> None:
    number = make(requests, "1001")
    with pytest.raises(EntryError):
        requests.change(number, fields, hour(2))


def test_a_shopper_s_requests_are_exported_and_deleted(
    database: Database, requests: Requests
) -> None:
    owner = ConversationRow("shop-a", "taobao", "c-a", "a", "买家a", "甲")
    line = MessageRow("m1", "shopper", "坏了", hour(1))
    Traffic(database).record_turn(owner, line).result()
    (talk,) = database.rows("SELECT id FROM conversations")
    make(requests, "1001", conversation=talk["id"], said="坏了，打13800000000")
    make(requests, "1002")
    privacy = open_quality(database, lambda shop: ZoneInfo("Asia/Shanghai")).privacy
    rows = privacy.shopper_rows("shop-a", "", "a")
    assert [row["said"] for row in rows["requests"]] == ["坏了，打‹手机号›"]
    assert len(rows["request_steps"]) == 1
    privacy.delete_shopper("shop-a", "", "a", "主管")
    assert [r["order_id"] for r in database.rows("SELECT order_id FROM requests")] == ["1002"]
    assert len(database.rows("SELECT id FROM request_steps")) == 1


@pytest.mark.parametrize(
    ("limit", "index"),
    [
        ("r.closed_at = '' AND r.agent = 'x'", "requests_agent"),
        ("r.closed_at = '' AND r.due_at != '' AND r.due_at < 'x'", "requests_"),
        ("r.closed_at = '' AND r.waiting_for = 'x'", "requests_waiting"),
    ],
)
def test_lists_are_read_by_an_index(tmp_path: Path, limit: str, index: str) -> None:
    sql = f"EXPLAIN QUERY PLAN SELECT * FROM requests r WHERE r.shop = 'a' AND {limit}"
    with closing(Database(tmp_path / "bangda.db")) as database:
        assert index in " ".join(row["detail"] for row in database.rows(sql))
