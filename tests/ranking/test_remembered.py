"""What is remembered of a message never changes what is answered."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from server.base.config import shipped
from server.base.conversation import Turn
from server.base.remembered import Remembered, remembers
from server.indexing.batching import BatchingEncoder
from server.indexing.models import load_encoder
from server.indexing.vector_cache import VectorCache
from server.library import load_library, parse_moment
from server.ranking.memory import Memory
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import Query, Terms, suggest
from tests.support import CharacterEncoder

HELD_OUT = Path(__file__).parents[2] / "knowledge" / "heldout_shops"


def messages(each: int) -> list[Query]:
    """Messages in a talk: every one has the two before it as earlier turns."""
    texts = [
        str(json.loads(line)["message"])
        for path in sorted(HELD_OUT.glob("*/messages.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()[:each]
    ]
    turns = [Turn("shopper", text) for text in texts]
    return [Query(text, tuple(turns[max(0, n - 2) : n])) for n, text in enumerate(texts)]


def index_of_sixty() -> ScriptsIndex:
    shop = next(iter(load_library(shipped("scripts_library")).shops.values()))
    return build_index(shop.scripts[:60], VectorCache(None, BatchingEncoder(load_encoder())))


def answers(index: ScriptsIndex, queries: list[Query]) -> list[list[tuple[str, float, float, str]]]:
    return [
        [(c.script.id, c.score, c.confidence, c.why) for c in suggest(query, index).candidates]
        for query in queries
    ]


def test_the_same_to_the_last_digit_cold_warm_in_any_order_and_from_threads() -> None:
    queries = messages(20)
    warm = index_of_sixty()
    cold = answers(warm, queries)
    assert len(cold) >= 200
    assert answers(warm, queries) == cold
    backwards = replace(warm)  # another index, so nothing is remembered yet
    assert len(backwards.measured) == 0
    assert answers(backwards, queries[::-1])[::-1] == cold
    threaded = replace(warm)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda query: answers(threaded, [query])[0], queries))
    assert made == cold


def test_a_changed_index_history_and_clock_are_seen_at_once() -> None:
    index = build_index(
        load_library(shipped("scripts_library")).shops["beauty-care"].scripts[:20],
        VectorCache(None, CharacterEncoder()),
    )
    query = Query(index.scripts[3].title)
    first, other = suggest(query, index).candidates[:2]
    before, memory = first.script, Memory(index.encoder)
    for _ in range(2):
        memory.add([(query.text, other.script.id, "accepted")] * 8)
        assert suggest(query, index, memory=memory).candidates[0].score < first.score
        memory.forget(query.text)
        assert suggest(query, index, memory=memory).candidates[0] == first
    ended = replace(before, valid_until=parse_moment("2026-01-01"))
    scripts = tuple(ended if script is before else script for script in index.scripts)
    changed = build_index(scripts, VectorCache(None, CharacterEncoder()))
    for year, held in ((2025, True), (2027, False), (2025, True)):
        terms = Terms(local_now=datetime(year, 6, 1))
        found = suggest(query, changed, terms=terms).candidates
        assert (found[0].script is ended) is held


def test_a_full_history_holds_the_newest_whether_they_came_one_by_one_or_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server.ranking.memory._LARGEST", 30)
    taken = [(f"第{n}款有货吗", f"s.{n % 4}", "accepted") for n in range(500)]
    encoder = CharacterEncoder()
    one_by_one, at_once = Memory(encoder), Memory(encoder)
    for entry in taken:
        one_by_one.add([entry])
    at_once.add(taken)
    query = encoder.encode_query(["第480款有货吗"])[0]
    for memory in (one_by_one, at_once):
        keys, rows, worth = memory.held()
        assert keys == [(text, script) for text, script, _ in taken[-30:]]
        assert rows.shape[0] == worth.shape[0] == len(memory) == 30
        assert memory.forget("第499款有货吗") == 1
        assert memory.held()[0] == keys[:-1]
        memory.add(taken[-1:])
    votes = [memory.vote(query, query, ["s.1", "s.0"]) for memory in (one_by_one, at_once)]
    assert votes[0] is not None and votes[1] is not None
    assert np.array_equal(votes[0].held, votes[1].held)
    assert votes[0].held[1] > votes[0].held[0]


def test_what_weighs_too_much_is_not_kept_and_the_oldest_goes() -> None:
    held: Remembered[np.ndarray] = Remembered(100, lambda _, value: value.nbytes)
    made: list[int] = []

    def make(size: int) -> np.ndarray:
        made.append(size)
        return np.zeros(size, dtype=np.uint8)

    for size in (40, 50, 40, 60, 50, 101, 101):
        held.get(size, lambda size=size: make(size))  # type: ignore[misc]
    # 60 pushes out 50, then 50 pushes out 60 (40 went first); 101 never fits.
    assert made == [40, 50, 60, 50, 101, 101]


def test_a_function_of_a_text_is_asked_once() -> None:
    asked: list[str] = []

    @remembers(1000)
    def loud(text: str) -> str:
        asked.append(text)
        return text.upper()

    assert [loud("a"), loud("b"), loud("a")] == ["A", "B", "A"]
    assert asked == ["a", "b"]
