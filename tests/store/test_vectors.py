"""Vectors that servers share, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.base.errors import StoreUnavailableError
from server.indexing.vector_cache import VectorCache
from server.store import Database
from server.store.vectors import SharedVectors
from tests.support import CharacterEncoder

TEXTS = ["什么时候发货", "发什么快递"]


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


def test_what_one_cache_embeds_another_takes(database: Database) -> None:
    one, two = (
        VectorCache(None, CharacterEncoder(), shared=SharedVectors(database)) for _ in range(2)
    )
    first = one.vectors(TEXTS, "query")
    assert two.vectors(TEXTS, "query").tolist() == first.tolist()
    assert (one.embedded, two.embedded) == (2, 0)
    two.vectors([*TEXTS, "能退吗"], "query")
    assert two.embedded == 1
    # A reply is embedded otherwise than a question.
    two.vectors(TEXTS, "document")
    assert two.embedded == 3


def test_the_database_tells_nothing_of_the_texts(database: Database) -> None:
    VectorCache(None, CharacterEncoder(), shared=SharedVectors(database)).vectors(TEXTS, "query")
    hashes = {b"a" * 16: b"1234", b"b" * 16: b"5678"}
    shared = SharedVectors(database)
    shared.add("m/1/1", hashes)
    assert shared.find("m/1/1", [*hashes, b"c" * 16]) == hashes
    assert shared.find("m/2/1", list(hashes)) == {}
    keys = [row["key"] for row in database.rows("SELECT key FROM shared_vectors")]
    assert (b"a" * 16).hex() not in keys


def test_vectors_go_after_a_season(database: Database) -> None:
    shared = SharedVectors(database)
    shared.add("m/1/1", {b"a" * 16: b"1234"})
    old = "UPDATE shared_vectors SET made_on = '2000-01-01'"
    database.write(lambda db: db.execute(old))
    shared.add("m/1/1", {b"b" * 16: b"1234"})
    assert list(shared.find("m/1/1", [b"a" * 16, b"b" * 16])) == [b"b" * 16]


def test_a_database_that_is_away_costs_an_embedding(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: object) -> None:
        raise StoreUnavailableError("away")

    for name in ("rows", "write", "turn"):
        monkeypatch.setattr(database, name, away)
    cache = VectorCache(None, CharacterEncoder(), shared=SharedVectors(database))
    with monkeypatch.context() as keyed:
        keyed.setattr(database.ids, "_key", b"k")
        assert len(cache.vectors(TEXTS, "query")) == 2
    assert cache.embedded == 2
