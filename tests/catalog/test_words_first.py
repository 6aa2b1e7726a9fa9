"""Many new scripts at once: served by their words, then by their meaning."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.catalog import catalog as room
from server.catalog.catalog import Catalog
from server.catalog.index_update import update_index
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.scripts_index import build_index
from server.suggest import Query, suggest
from tests.conftest import SHIP
from tests.support import CharacterEncoder, write_shop

MANY = [
    {"id": f"n{n:03}", "reply": f"第{n}号商品的说明在这里", "questions": [f"第{n}号怎么用"]}
    for n in range(300)
]


class Held(CharacterEncoder):
    """An encoder that waits for leave, once it is told to."""

    def __init__(self) -> None:
        self.leave = threading.Event()
        self.leave.set()

    def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        assert self.leave.wait(20)
        return super()._rows(sentences)


@pytest.fixture
def encoder() -> Held:
    return Held()


@pytest.fixture
def catalog(library: Path, encoder: Held, tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(library, encoder, tmp_path / "cache")
    yield made
    encoder.leave.set()
    made.close()


def settled(catalog: Catalog) -> None:
    thread = catalog._embedder
    if thread is not None:
        thread.join(20)
    assert catalog.embedding is None


def test_many_new_scripts_serve_at_once_and_are_embedded_behind(
    catalog: Catalog, library: Path, encoder: Held, tmp_path: Path
) -> None:
    write_shop(library, "shop-a", [SHIP, *MANY])
    encoder.leave.clear()
    assert catalog.reload()
    index = catalog.snapshot.shop("shop-a").index
    assert index.waiting == {script["id"] for script in MANY}
    assert not index.plain[index.first[1] :].any()
    encoder.leave.set()
    settled(catalog)
    index = catalog.snapshot.shop("shop-a").index
    assert not index.waiting
    whole = build_index(index.scripts, VectorCache(None, CharacterEncoder()))
    np.testing.assert_array_equal(index.plain, whole.plain)
    np.testing.assert_array_equal(index.adapted, whole.adapted)
    np.testing.assert_allclose(index.intents, whole.intents)


def test_words_find_a_script_that_waits(catalog: Catalog, library: Path, encoder: Held) -> None:
    write_shop(library, "shop-a", [SHIP, *MANY])
    reading = encoder.leave
    reading.clear()
    assert catalog.reload()
    served = catalog.snapshot.shop("shop-a")
    reading.set()
    ranking = suggest(Query("第217号怎么用"), served.index)
    assert ranking.candidates[0].script.id == "n217"


def test_a_shop_of_words_alone_is_not_kept_for_the_next_start(
    catalog: Catalog, library: Path, encoder: Held, tmp_path: Path
) -> None:
    kept = tmp_path / "cache" / "shop-a.index"
    write_shop(library, "shop-a", [SHIP, *MANY])
    before = kept.read_bytes() if kept.exists() else b""
    encoder.leave.clear()
    assert catalog.reload()
    assert (kept.read_bytes() if kept.exists() else b"") == before
    encoder.leave.set()
    settled(catalog)
    assert kept.read_bytes() != before


def test_an_edit_meanwhile_is_served_and_nothing_stays_behind(
    catalog: Catalog, library: Path, encoder: Held
) -> None:
    write_shop(library, "shop-a", [SHIP, *MANY])
    encoder.leave.clear()
    assert catalog.reload()
    write_shop(library, "shop-a", [SHIP, *MANY[:-1], dict(MANY[-1], reply="改过的说明")])
    done = threading.Thread(target=catalog.reload)
    done.start()
    encoder.leave.set()
    done.join(20)
    settled(catalog)
    served = catalog.snapshot.shop("shop-a")
    assert served.shop.by_id["n299"].reply == "改过的说明"
    assert not served.index.waiting


def test_few_texts_are_embedded_before_they_are_served(catalog: Catalog, library: Path) -> None:
    write_shop(library, "shop-a", [SHIP, *MANY[: room._AT_ONCE // 4]])
    assert catalog.reload()
    assert not catalog.snapshot.shop("shop-a").index.waiting


def test_an_index_that_waits_is_filled_by_an_update() -> None:
    cache = VectorCache(None, CharacterEncoder())
    scripts = tuple(Script(f"s{n}", f"回复{n}", questions=(f"问{n}",)) for n in range(9))
    late = build_index(scripts, cache, at_once=3)
    assert len(late.waiting) == 9
    full = update_index(late, scripts, cache)
    assert not full.waiting
    np.testing.assert_array_equal(full.plain, build_index(scripts, cache).plain)
