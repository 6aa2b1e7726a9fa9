"""A shop's history chooses how it is read: where it proves a gain, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.ranking.memory import CAUTIOUS, Memory
from server.ranking.own_reading import own_reading
from server.scripts_index import ScriptsIndex, build_index
from server.suggest import Query, suggest
from tests.support import CharacterEncoder

SCRIPTS = 24
SIGNS = "春夏秋冬东南西北金木水火土日月星风云雨雪山河湖海"
FILLER = "天地玄黄宇宙洪荒盈昃辰宿列张寒来暑往收藏闰余成岁律吕调阳云腾致露结为霜"


@pytest.fixture(scope="module")
def index() -> ScriptsIndex:
    """Replies that share no sign with what is asked: the ranking alone knows nothing."""
    scripts = [Script(id=f"s{n}", reply=f"甲乙丙丁{chr(0x5200 + n)}") for n in range(SCRIPTS)]
    return build_index(scripts, VectorCache(None, CharacterEncoder()))


def messages(count: int, seed: int) -> list[tuple[str, int]]:
    """Messages of four signs, two of which tell the script."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        script = number % SCRIPTS
        filler = "".join(FILLER[n] for n in rng.choice(len(FILLER), 3, replace=False))
        found.append((f"{SIGNS[script]}{filler}{SIGNS[script]}", script))
    return found


def remembering(taken: list[tuple[str, int]]) -> Memory:
    memory = Memory(CharacterEncoder())
    memory.add([(text, f"s{script}", "accepted") for text, script in taken])
    return memory


def hits(index: ScriptsIndex, memory: Memory, asked: list[tuple[str, int]]) -> float:
    firsts = [
        suggest(Query(text), index, memory=memory).candidates[0].script.id for text, _ in asked
    ]
    return float(np.mean([found == f"s{s}" for found, (_, s) in zip(firsts, asked, strict=True)]))


def test_repetitive_history_chooses_a_reading_that_finds_more(index: ScriptsIndex) -> None:
    memory, asked = remembering(messages(240, seed=1)), messages(72, seed=2)
    before = hits(index, memory, asked)
    memory.reading = own_reading(memory, index)
    assert memory.reading != CAUTIOUS
    assert hits(index, memory, asked) > before + 0.1


def test_random_history_is_read_as_before(index: ScriptsIndex) -> None:
    rng = np.random.default_rng(3)
    random = [(text, int(rng.integers(SCRIPTS))) for text, _ in messages(240, seed=1)]
    assert own_reading(remembering(random), index) == CAUTIOUS


def test_a_short_history_proves_nothing(index: ScriptsIndex) -> None:
    assert own_reading(remembering(messages(60, seed=1)), index) == CAUTIOUS


def test_history_of_scripts_that_are_gone_counts_nothing(index: ScriptsIndex) -> None:
    gone = [(text, script + SCRIPTS) for text, script in messages(240, seed=1)]
    assert own_reading(remembering(gone), index) == CAUTIOUS
