"""Who costs the server more than a share is put off; who works as people do never is."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.base.errors import BusyError
from server.wire.shares import Shares
from tests.conftest import Running, say

DEAR, OTHER = 1, 2


@dataclass
class Time:
    """A clock, and the processor time of whoever is at work; both stand still unless moved."""

    now: float = 0.0
    spent: float = 0.0
    shares: Shares = field(init=False)

    def __post_init__(self) -> None:
        self.shares = Shares(lambda: self.now, lambda: self.spent)

    def asks(self, account: int, kind: str, cost: float, *, final: bool = False) -> None:
        with self.shares.turn(account, kind, final=final):
            self.spent += cost

    def answers(self, account: int, kind: str, cost: float, *, final: bool = False) -> bool:
        try:
            self.asks(account, kind, cost, final=final)
        except BusyError:
            return False
        return True


def spend(time: Time, account: int, seconds: float) -> None:
    """Both accounts are served, and one of them has cost so much."""
    time.asks(OTHER, "message", 0.01)
    time.asks(account, "message", 0.0)
    with time.shares.charged(account):
        time.spent += seconds


def test_who_is_alone_has_the_whole_server() -> None:
    time = Time()
    for _ in range(1_000):
        time.asks(DEAR, "message", 1.0)
    time.asks(OTHER, "message", 0.01)
    time.asks(DEAR, "message", 0.01)  # what was spent alone is not held against anybody


def test_typing_checks_are_put_off_first_then_suggestions_and_events_never() -> None:
    time = Time()
    spend(time, DEAR, 3.1)
    assert not any(time.answers(DEAR, kind, 0.01) for kind in ("draft", "search", "image"))
    assert time.answers(DEAR, "message", 0.01)
    assert time.answers(DEAR, "draft", 0.01, final=True)
    with time.shares.charged(DEAR):
        time.spent += 0.5
    assert not time.answers(DEAR, "message", 0.01)
    assert not time.answers(DEAR, "draft", 0.01, final=True)
    assert not time.answers(DEAR, "work", 0.01)
    assert time.answers(DEAR, "event", 5.0)
    assert all(time.answers(OTHER, kind, 0.01) for kind in ("message", "draft", "search"))


def test_an_account_that_is_put_off_is_answered_when_it_comes_again_as_told() -> None:
    time = Time()
    spend(time, DEAR, 4.0)
    with pytest.raises(BusyError) as told:
        time.asks(DEAR, "message", 0.01)
    time.now += told.value.retry_after_s - 2
    time.asks(OTHER, "message", 0.01)
    assert not time.answers(DEAR, "message", 0.01)
    time.now += 2
    time.asks(OTHER, "message", 0.01)
    assert time.answers(DEAR, "message", 0.01)


def test_it_is_let_off_when_nobody_else_is_served_any_more() -> None:
    time = Time()
    spend(time, DEAR, 6.0)
    assert not time.answers(DEAR, "draft", 0.01)
    time.now += 11
    assert time.answers(DEAR, "draft", 0.01)


@pytest.mark.parametrize("slower", [1, 2], ids=["measured", "half-as-fast"])
def test_the_fastest_human_never_meets_it(slower: int) -> None:
    """Half an hour beside fifty colleagues, a message a second, all the while typing and looking.

    Costs as measured on two shared cores (ms): message 8, typing check .3, last check 6, search 6,
    event 3.
    """
    time = Time()
    for second in range(1_800):
        for colleague in range(50):
            if second % 10 == colleague % 10:
                time.asks(100 + colleague, "message", 0.008 * slower)
        time.asks(DEAR, "message", 0.008 * slower)
        for _ in range(5):
            time.asks(DEAR, "draft", 0.0003 * slower)
            time.now += 0.2
        time.asks(DEAR, "draft", 0.006 * slower, final=True)
        time.asks(DEAR, "event", 0.003 * slower)
        if second % 6 < 2:  # letter by letter, every few seconds
            for _ in range(5):
                time.asks(DEAR, "search", 0.006 * slower)


def test_a_days_outbox_and_twenty_openings_at_once_are_no_reason() -> None:
    time = Time()
    time.asks(OTHER, "message", 0.01)
    for _ in range(500):
        time.asks(DEAR, "event", 0.003)
    for _ in range(20):
        with time.shares.charged(DEAR):
            time.spent += 0.01
        time.asks(DEAR, "message", 0.01)
        time.asks(DEAR, "draft", 0.006, final=True)


def test_one_accounts_waiting_frames_stand_behind_each_other_not_before_anothers() -> None:
    time = Time()
    shares = time.shares
    time.asks(OTHER, "message", 0.01)
    inside, done, most = threading.Semaphore(0), threading.Event(), [0, 0]
    lock = threading.Lock()

    def dear() -> None:
        with shares.turn(DEAR, "message"):
            with lock:
                most[0] += 1
                most[1] = max(most)
            inside.release()
            done.wait()
            with lock:
                most[0] -= 1

    with ThreadPoolExecutor(10) as pool:
        asked = [pool.submit(dear) for _ in range(10)]
        for _ in range(4):
            assert inside.acquire(timeout=30)
        # Four are at work and six wait: another account's first goes before all of these.
        time.asks(OTHER, "message", 0.01)
        assert sum(one.done() for one in asked) == 0
        done.set()
        for one in asked:
            one.result(timeout=30)
    assert most == [0, 4]


def test_what_waited_is_put_off_when_those_before_it_cost_too_much() -> None:
    time = Time()
    spend(time, DEAR, 2.9)
    waits = [time.shares.turn(DEAR, "message") for _ in range(4)]
    for one in waits:
        one.__enter__()
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(time.answers, DEAR, "message", 0.01)
        time.spent += 1.0
        for one in waits:
            one.__exit__(None, None, None)
        assert not late.result(timeout=30)


def test_over_the_wire_busy_says_when_and_the_others_are_answered(
    start: Callable[..., Running], library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Time()
    monkeypatch.setattr("server.app.Shares", lambda: time.shares)
    running = start(library)
    hello = {"type": "hello", "protocol": 1, "client": "test/1"}
    tokens = {name: running.token(name) for name in ("小王", "小李")}
    wang, second, li = (running.connect() for _ in range(3))
    for ws, name in ((wang, "小王"), (second, "小王"), (li, "小李")):
        assert say(ws, **hello, token=tokens[name])["type"] == "welcome"
    assert say(li, type="message", request_id="1", text="什么时候发货")["type"] == "suggestions"
    account = next(c.seat.account for c in running.parts.clients if c.seat.account.name == "小王")
    spend(time, account.id, 4.0)
    # It is the account's, whichever socket and way it comes by.
    for ws in (wang, second):
        made = say(ws, type="message", request_id="2", text="什么时候发货")
        assert (made["code"], made["request_id"]) == ("busy", "2")
        assert made["retry_after_s"] >= 1
        assert "服务器正忙" in made["message"]
    request = urllib.request.Request(
        f"{running.url}/api/v1/check",
        json.dumps({"text": "全网最低价"}).encode(),
        {"Authorization": f"Bearer {tokens['小王']}"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as answer:
        assert (answer.code, json.load(answer)["error"]["code"]) == (429, "busy")
        assert int(answer.headers["Retry-After"]) >= 1
    event = {"type": "event", "event": "sent", "conversation_id": "c", "text": "今天发"}
    assert say(wang, **event, request_id="3")["type"] == "recorded"
    assert say(li, type="message", request_id="4", text="什么时候发货")["type"] == "suggestions"
    for ws in (wang, second, li):
        ws.close()
