"""A server that holds the shops that are used: opened when asked for, let go when at rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.catalog.catalog import Catalog
from server.catalog.held_index import REST_S
from server.cli.parser import build_parser
from server.desk.shop_memory import Memories
from server.suggest import Query, suggest
from tests.conftest import COURIER, SHIP
from tests.support import CharacterEncoder, write_shop

SHOPS = ("shop-a", "shop-b", "shop-c")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for shop in SHOPS:
        write_shop(tmp_path / "library", shop, [SHIP, {**COURIER, "reply": f"{shop} 发中通"}])
    return tmp_path / "library"


@pytest.fixture
def catalog(root: Path, tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(root, CharacterEncoder(), tmp_path / "cache", most=1)
    yield made
    made.close()


def held(catalog: Catalog) -> list[str]:
    return [s for s, served in catalog.snapshot.shops.items() if served.held.peek() is not None]


def top(catalog: Catalog, shop: str, text: str) -> str:
    return suggest(Query(text), catalog.snapshot.shop(shop).index).candidates[0].script.reply


def test_a_shop_is_opened_when_it_is_asked_for(catalog: Catalog) -> None:
    assert held(catalog) == []
    assert top(catalog, "shop-b", "发什么快递") == "shop-b 发中通"
    assert held(catalog) == ["shop-b"]


def test_shops_at_work_stay_and_those_at_rest_go(catalog: Catalog) -> None:
    now = [0.0]
    catalog.shelf.clock = lambda: now[0]
    gone: list[str] = []
    catalog.shelf.on_let_go(gone.append)
    for shop in SHOPS:
        top(catalog, shop, "发什么快递")
    assert held(catalog) == list(SHOPS)
    now[0] = REST_S / 2
    top(catalog, "shop-a", "发什么快递")
    now[0] = REST_S + 1
    catalog.shelf.rest()
    assert held(catalog) == ["shop-a"]
    assert gone == ["shop-b", "shop-c"]
    # One is kept, however long nobody asks for it; another comes back as it was.
    now[0] = 10 * REST_S
    catalog.shelf.rest()
    assert held(catalog) == ["shop-a"]
    embedded = catalog._vectors.embedded
    assert top(catalog, "shop-b", "发什么快递") == "shop-b 发中通"
    assert catalog._vectors.embedded == embedded
    assert held(catalog) == ["shop-b"]


def test_an_edit_of_a_shop_that_is_not_held_is_served_when_it_is(
    catalog: Catalog, root: Path
) -> None:
    top(catalog, "shop-a", "发什么快递")
    for shop in ("shop-a", "shop-b"):
        write_shop(root, shop, [SHIP, {**COURIER, "reply": "改发顺丰"}])
    assert catalog.reload()
    assert held(catalog) == ["shop-a"]
    assert [top(catalog, shop, "发什么快递") for shop in ("shop-a", "shop-b")] == ["改发顺丰"] * 2


def test_all_are_held_unless_a_number_is_named(root: Path, tmp_path: Path) -> None:
    made = Catalog(root, CharacterEncoder(), tmp_path / "cache")
    assert held(made) == list(SHOPS)
    made.shelf.clock = lambda: 1e9
    made.shelf.rest()
    assert held(made) == list(SHOPS)
    made.close()


def test_a_history_goes_with_its_shop_and_comes_back() -> None:
    read: list[str] = []

    def load(shop: str) -> list[object]:
        read.append(shop)
        return []

    memories = Memories(CharacterEncoder(), load)  # type: ignore[arg-type]
    memories.of("shop-a")
    memories.let_go("shop-a")
    memories.of("shop-a")
    assert read == ["shop-a", "shop-a"]


@pytest.mark.parametrize("typed", ["0", "-1", "viele"])
def test_a_number_of_shops_is_at_least_one(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["serve", "--shops-kept", typed])
    assert "whole number from 1 on" in capsys.readouterr().err
