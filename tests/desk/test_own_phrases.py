"""An agent's own phrases: one agent's, checked, seen by the lead, never learned as the shop's."""

from __future__ import annotations

from typing import Any

from simple_websocket import Client

from tests.conftest import Running, say


def _joined(running: Running, name: str = "小王") -> Client:
    ws = running.connect()
    say(ws, type="hello", protocol=1, client="test/1", token=running.token(name))
    return ws


def _phrase(ws: Client, **fields: Any) -> dict[str, Any]:
    return say(ws, type="phrase", request_id="p", **fields)


def test_a_phrase_is_kept_changed_and_removed(running: Running) -> None:
    ws = _joined(running)
    saved = _phrase(ws, action="save", title="结束语", text="有需要随时叫我哦")
    [kept] = saved["phrases"]
    assert (kept["title"], kept["text"]) == ("结束语", "有需要随时叫我哦")
    changed = _phrase(ws, action="save", phrase_id=kept["phrase_id"], text="随时叫我")
    assert [one["text"] for one in changed["phrases"]] == ["随时叫我"]
    assert _phrase(ws, action="remove", phrase_id=kept["phrase_id"])["phrases"] == []


def test_it_is_found_by_letters_beside_the_shops_and_by_its_agent_only(running: Running) -> None:
    mine, other = _joined(running), _joined(running, "小李")
    _phrase(mine, action="save", title="发货慢安抚", text="在催了，您放心")
    found = say(mine, type="search", request_id="s", query="fahuo")["suggestions"]
    # 什么时候发货 is the shop's: it stays first.
    assert (found[0]["title"], found[0]["own"]) == ("什么时候发货", False)
    assert ("发货慢安抚", True) in [(one["title"], one["own"]) for one in found]
    assert all(one["script_id"] == "" for one in found if one["own"])
    seen = say(other, type="search", request_id="s", query="fahuo")["suggestions"]
    assert not any(one["own"] for one in seen)


def test_it_is_checked_as_a_draft_is_and_teaches_nothing(running: Running) -> None:
    ws = _joined(running)
    saved = _phrase(ws, action="save", text="加我微信聊，优惠更多")
    assert [one["category"] for one in saved["warnings"]] == ["contact_diversion"]
    say(ws, type="message", request_id="m", conversation_id="c", message_id="m", text="在吗")
    for event in ("inserted", "sent"):
        say(ws, type="event", request_id=event, event=event, conversation_id="c", text="随时叫我")
    assert running.parts.traffic.acceptances("shop-a") == []


def test_contact_data_is_not_kept(running: Running) -> None:
    refused = _phrase(_joined(running), action="save", text="打我电话13812345678")
    assert refused["type"] == "error"
    assert "电话" in refused["message"]
    assert running.parts.phrases.of_shop("shop-a") == []


def test_who_waits_in_a_pages_list_is_on_the_wall(running: Running) -> None:
    ws = _joined(running)
    waiting = [{"conversation_id": "c7", "name": "风**行", "since": "2026-11-30T08:00:00Z"}]
    noted = say(ws, type="waiting", request_id="w", platform="拼多多", waiting=waiting)
    assert noted == {"type": "noted", "request_id": "w"}
    [one] = running.parts.desk.waiting_room.waiting("shop-a")
    assert (one.shopper, one.platform, one.agent) == ("风**行", "pinduoduo", "小王")
    assert running.parts.desk.waiting_room.waiting("another") == []
    say(ws, type="waiting", request_id="w", platform="拼多多", waiting=[])
    assert running.parts.desk.waiting_room.waiting("") == []
