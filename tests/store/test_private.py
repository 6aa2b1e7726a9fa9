"""What stands on disk of people: ids that a page gives, details, names, proposals, keys."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.base.errors import StoreUnavailableError
from server.store import ConversationRow, Database, EventRow, MessageRow, SuggestionRow, Traffic
from server.store.curation.inbox import Inbox
from server.store.names import kept_name
from server.store.quality.lookups import Lookups, Wanted
from server.store.quality.stores import open_quality
from tests.conftest import Running, say
from tests.store.test_quality import SHANGHAI

PHONE = "13800001234"
HELLO = {"type": "hello", "protocol": 1, "client": "t"}


@pytest.fixture
def talking(running: Running) -> Callable[..., dict[str, Any]]:
    ws = running.connect()
    say(ws, **HELLO, token=running.token())

    def asked(kind: str, **frame: Any) -> dict[str, Any]:
        return say(ws, type=kind, request_id=frame.pop("request_id", "1"), **frame)

    return asked


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_page_that_numbers_people_by_phone_leaves_no_phone(
    running: Running, talking: Callable[..., dict[str, Any]]
) -> None:
    other = "13800005678"
    for phone in (PHONE, other):
        shopper = {"id": phone, "name": "王小明"}
        made = talking("message", conversation_id=phone, message_id=f"{phone}-1", text="发什么快递",
                       shopper=shopper, request_id=phone)  # fmt: skip
        # The page hears its own ids.
        assert (made["conversation_id"], made["message_id"]) == (phone, f"{phone}-1")
        first = made["suggestions"][0]
        for event in ("inserted", "sent"):
            details = {"message_id": f"{phone}-2", PHONE: PHONE, "note": f"电话{phone}"}
            answer = talking("event", event=event, conversation_id=phone, text=first["text"],
                             suggestion_id=first["suggestion_id"], request_id=f"{event}-{phone}",
                             **details)  # fmt: skip
            assert answer["type"] == "recorded"
    running.parts.database.flush()
    held = on_disk(running.parts.config.data_dir)
    assert PHONE.encode() not in held
    assert other.encode() not in held
    # Two phones stay two people, and the page's own id finds them.
    rows = running.parts.database.rows("SELECT conversation_id FROM conversations")
    assert len({row["conversation_id"] for row in rows}) == 2
    found = Lookups(running.parts.database).search(Wanted(shopper=PHONE))
    assert len(found) == 1
    gone = running.parts.quality.privacy.delete_shopper("shop-a", "", PHONE, "主管")
    assert gone.conversations == 1


def test_of_a_name_the_first_sign_is_kept_also_in_what_was_said(
    running: Running, talking: Callable[..., dict[str, Any]]
) -> None:
    made = talking("message", conversation_id="c", message_id="m", text="发什么快递",
                   shopper={"id": "s", "name": "王小明"})  # fmt: skip
    assert "王小明" in made["suggestions"][0]["text"]
    talking(
        "event",
        event="sent",
        conversation_id="c",
        text="默认中通，王小明放心",
    )
    running.parts.database.flush()
    assert "王小明".encode() not in on_disk(running.parts.config.data_dir)
    row = running.parts.database.row("SELECT shopper_name FROM conversations")
    assert row is not None
    assert row["shopper_name"] == "王**"
    assert Lookups(running.parts.database).search(Wanted(shopper="王小明"))


@pytest.mark.parametrize(
    ("name", "way", "kept"),
    [
        ("王小明", "first", "王**"),
        ("王**", "first", "王**"),
        ("王", "first", "王"),
        ("王小明", "whole", "王小明"),
        ("王小明", "none", ""),
        ("‹手机号›", "first", "‹手机号›"),
        ("买家", "first", "买家"),
    ],
)
def test_names_as_a_shop_keeps_them(name: str, way: str, kept: str) -> None:
    assert kept_name(name, way) == kept


def test_a_shorter_choice_shortens_what_is_kept_already(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    room = open_quality(database, lambda shop: SHANGHAI)
    room.settings.set("shop-a", "shopper_names", "whole", "主管")
    owner = ConversationRow("shop-a", "taobao", "c", "s", "王小明")
    Traffic(database).record_turn(
        owner, MessageRow("m", "shopper", "在吗", ""), [suggested("王小明您好")]
    )

    def kept() -> list[str]:
        database.flush()
        found = []
        for sql in ("SELECT shopper_name FROM conversations", "SELECT text FROM suggestions"):
            found += [row[0] for row in database.rows(sql)]
        return found

    assert kept() == ["王小明", "王小明您好"]
    room.settings.set("shop-a", "shopper_names", "first", "主管")
    assert kept()[0] == "王**"
    database.close()


def suggested(text: str) -> SuggestionRow:
    return SuggestionRow("s1", "a", "1", 1, 0.5, 0.5, True, "", text, "1")


def test_an_events_key_tells_nothing_and_older_ones_are_keyed_once(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    traffic = Traffic(database)
    owner = ConversationRow("shop-a", "taobao", "c", agent="小王")
    event = EventRow("copied", "r1", text=f"电话{PHONE}", at="2026-11-30T08:00:00Z")
    assert traffic.record_event(owner, event)
    parts = ["shop-a", "taobao", "小王", "c", "copied", "r1", "", "", event.text, event.at]
    bare = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    keyed = database.rows("SELECT dedupe_key FROM events")[0][0]
    assert bare not in keyed
    # As an earlier version left it.
    database.write(lambda db: db.execute("UPDATE events SET dedupe_key = ?", [bare]))
    assert traffic.key_events() == 1
    assert traffic.key_events() == 0
    assert database.rows("SELECT dedupe_key FROM events")[0][0] == keyed
    assert not traffic.record_event(owner, event)
    assert (tmp_path / "ids.key").stat().st_mode & 0o777 == 0o600
    database.close()


def test_proposals_hold_no_contact_data_of_shoppers(tmp_path: Path) -> None:
    database = Database(tmp_path / "bangda.db")
    inbox = Inbox(database)
    fields = {"id": "a", "questions": [f"我电话{PHONE}"], "reply": f"您的电话{PHONE}记下了"}
    for source, replies in (("agent", False), ("draft", True)):
        (number,) = inbox.propose("shop-a", [("a", "", fields)], source=source, who="小王",
                                  note=f"买家{PHONE}")  # fmt: skip
        kept = inbox.proposal("shop-a", number)
        assert kept is not None
        assert PHONE not in json.dumps([kept.fields["questions"], kept.note], ensure_ascii=False)
        # A lead's draft may name the shop's own phone.
        assert (PHONE in kept.fields["reply"]) is replies
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has modes")
def test_the_data_folder_is_for_the_servers_account_alone(
    start: Callable[..., Running], library: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    (data / "cache").mkdir(parents=True, mode=0o755)
    (data / "audit.new").touch(mode=0o644)
    running = start(library, data)
    running.parts.quality.audit.append("library", "主管", "shop-a", {})
    running.parts.database.flush()
    for held in (data, *data.iterdir()):
        assert held.stat().st_mode & 0o077 == 0, held


def test_a_key_that_finds_no_room_is_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first event on a full disk was once the server's own failure, which drops the event."""
    database = Database(tmp_path / "bangda.db")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", full)
        with pytest.raises(StoreUnavailableError, match="make room"):
            database.ids.digest("x")
    assert database.ids.digest("x") == database.ids.digest("x")
    database.close()
