"""A shopper who is deleted is gone from everywhere: tried as a lead, over the running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.base.config import Config
from server.desk.seat import Seat
from server.parts import Parts, parts_of
from server.protocol.frames import Event, Message, WaitingList
from tests.support import CharacterEncoder, write_shop

BASE = "http://127.0.0.1:8765"
SHOP = "shop-a"
SAID = "请问羊绒围巾还有蓝色的吗"
SHIP = {"id": "scarf.blue", "title": "羊绒围巾有蓝色吗", "reply": "有的，{昵称}今天拍今天发"}


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def app(*shops: str) -> Flask:
        root = tmp_path / f"library{len(made)}"
        for shop in shops:
            write_shop(root, shop, [SHIP])
        for old in made:
            parts_of(old).close()
        made.append(create_app(Config(root, tmp_path / "data", port=8765), CharacterEncoder()))
        return made[-1]

    yield app
    parts_of(made[-1]).close()


def agent_of(parts: Parts) -> Seat:
    account = parts.auth.accounts.by_name("小王") or parts.auth.issue("小王", "agent", SHOP)[0]
    return Seat(account, SHOP, "kuaishou")


def talk(parts: Parts, who: str, text: str, shop: str = SHOP) -> None:
    """A shopper asks, the agent puts a suggestion in and sends it."""
    seat = agent_of(parts)
    seat = Seat(seat.account, shop, seat.platform)
    message: dict[str, Any] = {"message_id": f"m-{who}", "text": text}
    shopper = {"id": f"shopper-{who}", "name": f"买家{who}"}
    request = {"request_id": "1", "conversation_id": f"c-{who}", **message, "shopper": shopper}
    answer = parts.desk.message(seat, msgspec.convert(request, Message))
    first = answer.suggestions[0]
    for event, words in (("inserted", ""), ("sent", first.text)):
        parts.desk.event(
            seat,
            Event(
                request_id=f"{who}-{event}",
                event=event,
                conversation_id=f"c-{who}",
                suggestion_id=first.suggestion_id,
                text=words,
            ),
        )
    parts.database.flush()


def signed_in(app: Flask, name: str, role: str) -> FlaskClient:
    auth = parts_of(app).auth
    account = auth.accounts.by_name(name) or auth.issue(name, role, "")[0]
    client = app.test_client()
    with client.session_transaction(base_url=BASE) as session:
        session["page"] = auth.open_page(account)
    return client


def delete(client: FlaskClient, shopper: str, shop: str = SHOP) -> Any:
    form = {"shop": shop, "shopper": shopper, "sure": shopper, "action": "delete"}
    return client.post("/qa/records/shopper", data=form, base_url=BASE, follow_redirects=True)


def on_disk(parts: Parts) -> bytes:
    """Every byte of the data folder."""
    folder = parts.config.data_dir
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_of_a_deleted_shopper_is_left_in_files_or_memory(make: Any) -> None:
    app = make(SHOP)
    parts, lead = parts_of(app), signed_in(app, "主管", "admin")
    talk(parts, "甲", SAID)
    talk(parts, "乙", "什么时候发货")
    seat = agent_of(parts)
    told = {"request_id": "w", "waiting": [{"conversation_id": "c-甲", "name": "买家甲"}]}
    parts.desk.waiting(seat, msgspec.convert(told, WaitingList))
    parts.database.write(
        lambda db: db.execute(
            "INSERT INTO ratings (shop, platform, key, rating, day) "
            "VALUES (?, 'kuaishou', 'c-甲', 'neutral', '2026-11-01')",
            [SHOP],
        )
    )
    assert lead.get("/qa/search?shopper=shopper-甲", base_url=BASE).status_code == 200
    assert SAID in [key[0] for key in parts.memories.of(SHOP).held()[0]]
    assert parts.desk.waiting_room.waiting(SHOP)
    vectors = len(parts.memories._cache.known())
    assert SAID.encode() in on_disk(parts)

    answer = delete(lead, "shopper-甲")

    assert "1" in answer.get_data(as_text=True)
    held = on_disk(parts)
    for words in (SAID, "shopper-甲", "c-甲", "买家甲"):
        assert words.encode() not in held, words
    assert SAID not in [key[0] for key in parts.memories.of(SHOP).held()[0]]
    assert parts.desk.waiting_room.waiting(SHOP) == []
    assert len(parts.memories._cache.known()) == vectors - 1
    session = parts.desk._sessions.get((SHOP, "kuaishou", "c-甲"))
    assert (session.turns, session.offers, session.said) == ([], {}, set())
    assert len(parts.database.rows("SELECT 1 FROM conversations")) == 1
    assert len(parts.database.rows("SELECT 1 FROM acceptances")) == 1


def test_what_is_said_again_after_a_deletion_is_embedded_again(make: Any) -> None:
    app = make(SHOP)
    parts, lead = parts_of(app), signed_in(app, "主管", "admin")
    talk(parts, "甲", SAID)
    delete(lead, "shopper-甲")
    talk(parts, "丙", SAID)
    assert SAID in [key[0] for key in parts.memories.of(SHOP).held()[0]]


def test_an_undecided_finding_leaves_the_queue_with_its_shopper(make: Any) -> None:
    app = make(SHOP)
    parts, lead = parts_of(app), signed_in(app, "主管", "admin")
    talk(parts, "甲", "加我微信 abc_shop99 私下转账给你，便宜点")
    parts.quality.rollup.refresh()
    assert parts.database.rows("SELECT 1 FROM review_items")
    delete(lead, "shopper-甲")
    assert not parts.database.rows("SELECT 1 FROM review_items")
    assert lead.get("/qa/next", base_url=BASE, follow_redirects=True).status_code == 200


def test_a_name_of_two_shoppers_deletes_neither(make: Any) -> None:
    app = make(SHOP)
    parts, lead = parts_of(app), signed_in(app, "主管", "admin")
    talk(parts, "甲", SAID)
    talk(parts, "乙", SAID)
    parts.database.write(lambda db: db.execute("UPDATE conversations SET shopper_name = '小**'"))
    answer = delete(lead, "小**").get_data(as_text=True)
    assert "有 2 位买家叫" in answer
    assert len(parts.database.rows("SELECT 1 FROM conversations")) == 2


def test_a_shop_that_left_the_library_is_still_deleted_in_its_time(make: Any) -> None:
    app = make(SHOP, "shop-b")
    parts = parts_of(app)
    talk(parts, "乙", "什么时候发货", "shop-b")
    parts_of(app).auth.issue("主管", "admin", "")
    app = make(SHOP)
    parts = parts_of(app)
    assert "shop-b" not in parts.catalog.snapshot.library.shops
    # Day by day, as a clock goes that can be believed.
    now = datetime.now(UTC)
    for day in range(0, 184, 3):
        parts.background.tick(now + timedelta(days=day))
    for table in ("conversations", "messages", "events", "acceptances"):
        assert not parts.database.rows(f"SELECT 1 FROM {table}"), table
