"""The page of follow-ups, and what the panel gets of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.base.errors import EntryError
from server.base.times import utc_now, utc_text
from server.desk.seat import Seat
from server.parts import Parts, parts_of
from server.protocol.frames import WorkAsk
from server.store.quality.orders import Order, Orders
from server.store.rows import ConversationRow, MessageRow
from server.store.work.requests import NewRequest
from tests.support import CharacterEncoder, noon_zone, write_shop

BASE = "http://127.0.0.1:8765"
SCRIPTS = [
    {"id": "care.any", "title": "签收关怀", "stage": "售后", "reply": "{商品名}用着还顺手吗？"},
    {"id": "care.name", "title": "签收关怀", "stage": "售后", "reply": "{昵称}，东西还好吗？"},
    {"id": "again.cream", "title": "复购邀请", "stage": "售后", "reply": "护手霜快用完了吧",
     "products": ["cream"]},
]  # fmt: skip
PRODUCTS = [
    {"id": "cream", "name": "护手霜", "attributes": {"复购周期": "45天"}},
    {"id": "odd", "name": "小夜灯", "attributes": {"复购周期": "看情况"}},
]
Enter = Callable[..., FlaskClient]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = {"platforms": ["taobao", "kuaishou"], "settings": {"timezone": noon_zone()}}
    write_shop(tmp_path / "library", "shop-a", SCRIPTS, settings)
    products = yaml.safe_dump({"products": PRODUCTS}, allow_unicode=True)
    (tmp_path / "library" / "shop-a" / "products.yaml").write_text(products, encoding="utf-8")
    made = create_app(
        Config(tmp_path / "library", tmp_path / "data", port=8765), CharacterEncoder()
    )
    yield made
    parts_of(made).close()


@pytest.fixture
def parts(app: Flask) -> Parts:
    return parts_of(app)


@pytest.fixture
def enter(app: Flask, parts: Parts) -> Enter:
    def open_as(name: str, role: str = "agent") -> FlaskClient:
        account = parts.accounts.by_name(name) or parts.auth.issue(name, role, "shop-a")[0]
        client = app.test_client()
        with client.session_transaction(base_url=BASE) as session:
            session["page"] = parts.auth.open_page(account)
        return client

    return open_as


def order(number: str, shopper: str, days: float, **fields: object) -> Order:
    """A paid order that was signed for so many days ago."""
    received = datetime.now(UTC) - timedelta(days=days)
    told = {"fen": 5000, "day": (received - timedelta(days=2)).date().isoformat(),
            "product": "便携护手霜三支装", "status": "交易成功"}  # fmt: skip
    return Order(number, shopper, received_at=utc_text(received), **(told | fields))  # type: ignore[arg-type]


def take(parts: Parts, *orders: Order, platform: str = "taobao") -> None:
    Orders(parts.database, parts.quality.audit).take(list(orders), "shop-a", platform, "主管")


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, base_url=BASE, follow_redirects=True)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def listed(client: FlaskClient, view: str = "now") -> list[str]:
    body = page(client, f"/work/follow-ups?view={view}")
    return re.findall(r"· (\d{4}) ·", body)


def talk(parts: Parts, shopper: str, platform: str = "taobao") -> Seat:
    """A conversation of a shopper, and the agent's seat."""
    owner = ConversationRow("shop-a", platform, f"c-{shopper}", shopper, "买家", "小王")
    parts.traffic.record_turn(owner, MessageRow("m1", "shopper", "在吗", utc_now())).result()
    account = parts.accounts.by_name("小王") or parts.auth.issue("小王", "agent", "shop-a")[0]
    return Seat(account, "shop-a", platform)


def test_care_and_invitations_stand_where_they_are_due(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "a1", 4), order("1002", "b1", 2.5), order("1003", "c1", 1),
         order("1004", "d1", 46), order("1005", "e1", 11),
         order("1006", "f1", 46, product="小夜灯"),
         order("1007", "g1", 46, product="收纳箱"))  # fmt: skip
    agent = enter("小王")
    assert listed(agent) == ["1001", "1004"]
    assert listed(agent, "later") == ["1002"]
    body = page(agent, "/work/follow-ups")
    assert body.index("签收关怀") < body.index("复购邀请")
    lead = page(enter("主管", "lead"), "/work/follow-ups?view=figures")
    assert "小夜灯：看情况" in lead


def test_one_agent_takes_it_on_and_it_is_not_listed_again(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "a1", 4), order("1002", "a1", 5, fen=100))
    first, second = enter("小王"), enter("小李")
    assert listed(first) == ["1001"]  # one shopper, one entry: the dearer order
    form = {"platform": "taobao", "order_id": "1001", "kind": "care"}
    assert first.post("/work/follow-ups/claim", data=form, base_url=BASE).location.endswith("mine")
    again = second.post("/work/follow-ups/claim", data=form, base_url=BASE, follow_redirects=True)
    assert "同事正在跟进这位买家" in again.get_data(as_text=True)
    mine = page(first, "/work/follow-ups?view=mine")
    complete, holed = mine.index("护手霜用着还顺手吗？"), mine.index("{昵称}，东西还好吗？")
    assert complete < holed
    assert "要自己填：昵称" in mine
    number = int(re.search(r"/work/follow-ups/(\d+)", mine)[1])  # type: ignore[index]
    path = f"/work/follow-ups/{number}"
    assert second.post(path, data={"do": "done"}, base_url=BASE).status_code == 403
    assert first.post(path, data={"do": "done"}, base_url=BASE).status_code == 302
    assert listed(first, "done") == ["1001"]
    assert listed(first) == []  # the other order of the same shopper waits for the cap


def test_at_the_wrong_time_nothing_is_taken_on(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "a1", 2.5))
    form = {"platform": "taobao", "order_id": "1001", "kind": "care"}
    early = enter("小王").post("/work/follow-ups/claim", data=form, base_url=BASE,
                             follow_redirects=True)  # fmt: skip
    assert "现在不是回访的时候" in early.get_data(as_text=True)
    none = enter("小王").post(
        "/work/follow-ups/claim",
        data=form | {"order_id": "9"},
        base_url=BASE,
        follow_redirects=True,
    )
    assert "现在不用回访了" in none.get_data(as_text=True)


def test_who_has_an_open_case_about_anything_is_left_alone(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "a1", 4), order("1002", "b1", 4))
    new = NewRequest("shop-a", "小王", "taobao", order_id="77", shopper="a1")
    parts.work.requests.open(new, utc_now(), utc_now())
    assert listed(enter("小王")) == ["1002"]


def test_a_masked_name_gets_care_and_no_invitation(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "王**", 4), order("1002", "李**", 46))
    assert listed(enter("小王")) == ["1001"]


def test_leads_set_the_days(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "a1", 4), order("1007", "g1", 31, product="收纳箱"))
    lead = enter("主管", "lead")
    form = {"care_days": "5", "again_days": "30"}
    assert lead.post("/work/follow-ups/settings", data=form, base_url=BASE).status_code == 302
    assert listed(lead) == ["1007"]
    bad = lead.post("/work/follow-ups/settings", data={"care_days": "40", "again_days": "0"},
                    base_url=BASE, follow_redirects=True)  # fmt: skip
    assert "40" in bad.get_data(as_text=True)
    refused = enter("小王").post("/work/follow-ups/settings", data=form, base_url=BASE)
    assert refused.status_code == 403


def test_a_shop_may_hold_one_in_ten_out(parts: Parts, enter: Enter) -> None:
    take(parts, order("1001", "a1", 4), order("1007", "g1", 4))
    lead, agent = enter("主管", "lead"), enter("小王")
    claim = {"platform": "taobao", "order_id": "1007", "kind": "care"}
    assert sorted(listed(agent)) == ["1001", "1007"]
    days = {"care_days": "3", "again_days": "0"}
    lead.post("/work/follow-ups/settings", data=days | {"held": "1"}, base_url=BASE)
    assert listed(agent) == ["1001"]
    told = agent.post("/work/follow-ups/claim", data=claim, base_url=BASE, follow_redirects=True)
    assert "现在不用回访了" in told.get_data(as_text=True)
    assert "留出不回访的" in page(lead, "/work/follow-ups?view=figures")
    lead.post("/work/follow-ups/settings", data=days, base_url=BASE)
    assert sorted(listed(agent)) == ["1001", "1007"]
    assert "留出不回访的" not in page(lead, "/work/follow-ups?view=figures")


def test_the_panel_shows_what_is_due_to_this_shopper_and_notes_it(parts: Parts) -> None:
    take(parts, order("1001", "a1", 4), order("1002", "b1", 4))
    seat = talk(parts, "a1")
    asked = WorkAsk(request_id="w", conversation_id="c-a1")
    (due,) = parts.desk.work(seat, asked).follow_ups
    assert (due.order_id, due.kind, due.words) == ("1001", "care", "护手霜用着还顺手吗？")
    wrote = WorkAsk(conversation_id="c-a1", action="wrote", order_id="1001", kind="care")
    assert parts.desk.work(seat, wrote).follow_ups == []
    with pytest.raises(EntryError, match="not due any more"):
        parts.desk.work(seat, wrote)
    with pytest.raises(EntryError, match="not due any more"):
        parts.desk.work(seat, WorkAsk(conversation_id="c-a1", action="wrote", order_id="1002"))
    assert parts.desk.work(seat, WorkAsk(request_id="w")).follow_ups == []


def test_an_empty_list_says_why(
    parts: Parts, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = enter("小王")
    for room in ("unpaid", "follow-ups"):
        assert "导入带" in page(agent, f"/work/{room}")
    take(parts, order("1002", "b1", 2.5))
    assert "导入带" not in page(agent, "/work/follow-ups")
    for module in ("unpaid_pages", "follow_up_pages"):
        monkeypatch.setattr(f"server.web.work.{module}.is_day", lambda now, zone: False)
    for room in ("unpaid", "follow-ups"):
        body = page(agent, f"/work/{room}")
        assert "22:00" in body
        assert "导入带" not in body
