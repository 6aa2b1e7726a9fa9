"""Made-up traffic says of every message what the panel says today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.catalog.catalog import Catalog
from server.catalog.served import Served
from server.sample.traffic import past_talks
from server.suggest import Query, suggest
from tests.conftest import COURIER, INVOICE, SHIP
from tests.support import CharacterEncoder, write_shop

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
GREETING = {"id": "hello", "reply": "亲，在的", "questions": ["你好", "在吗", "hi"]}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    scripts, shown = [SHIP, COURIER, INVOICE, GREETING], {"settings": {"threshold": "0"}}
    write_shop(tmp_path / "library", "shop-a", scripts, shown)
    catalog = Catalog(tmp_path / "library", CharacterEncoder())
    yield catalog.snapshot.shop("shop-a")
    catalog.close()


def test_what_is_offered_is_what_the_panel_offers(served: Served) -> None:
    seen: dict[str, list[tuple[str, bool]]] = {}
    for talk in past_talks(served, ZoneInfo("Asia/Shanghai"), NOW, 2, 7):
        for message in talk.messages:
            if message.sender == "shopper":
                offered = [(s.script_id, s.shown) for s in message.suggestions]
                assert seen.setdefault(message.text, offered) == offered
    assert len(seen) > 5
    for text, offered in seen.items():
        ranking = suggest(Query(text), served.index, top_k=3, terms=served.terms())
        found = [(c.script.id, n < ranking.shown) for n, c in enumerate(ranking.candidates)]
        assert offered == found


def test_a_greeting_that_a_script_answers_is_answered_by_it(served: Served) -> None:
    greeted = 0
    for talk in past_talks(served, ZoneInfo("Asia/Shanghai"), NOW, 2, 7):
        first = talk.messages[0]
        if first.text == "你好" and len(talk.messages) > 1:
            greeted += 1
            assert first.suggestions[0].shown
            assert talk.messages[1].source is first.suggestions[0]
    assert greeted
