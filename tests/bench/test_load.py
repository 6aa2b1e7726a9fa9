"""The load client against a real server: every request it makes is answered and counted."""

from __future__ import annotations

from server.bench.load import load
from server.bench.stream import TURNS, talks


def test_a_small_load_loses_nothing_and_says_what_it_cost() -> None:
    report = load(agents=2, seconds=4)
    found = {row.what: row.value for row in report.rows}
    assert found["sockets refused"] == found["requests lost"] == 0
    assert found["answered with an error or busy"] == 0
    assert found["message: answered"] >= 2
    assert found["draft: answered"] > found["event: answered"] > 0
    assert found["message: p99"] >= found["message: p50"] > 0


def test_idle_sockets_and_half_requests_stand_beside_the_agents() -> None:
    report = load(agents=1, seconds=2, idle=20)
    found = {row.what: row.value for row in report.rows}
    assert found["idle sockets beside them"] == 20
    assert found["idle sockets cut off"] == found["sockets refused"] == found["requests lost"] == 0
    assert found["message: answered"] >= 1


def test_the_stream_repeats_itself_as_shoppers_do_and_is_the_same_each_time() -> None:
    stream = talks(1)
    said = [next(stream) for _ in range(400)]
    again = talks(1)
    assert said == [next(again) for _ in range(400)]
    texts = [text for talk in said for text in talk]
    assert len(texts) == 400 * TURNS
    assert 0.2 < len(set(texts)) / len(texts) < 0.9
