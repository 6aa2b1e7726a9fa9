"""Broken files never keep the server from starting, and what was good goes on serving."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from server.base.errors import LibraryError
from server.catalog.catalog import Catalog
from server.suggest import Query, suggest
from tests.conftest import COURIER, INVOICE, SHIP
from tests.support import CharacterEncoder, write_shop

BROKEN = "scripts: ["


@pytest.fixture
def root(tmp_path: Path) -> Path:
    library = tmp_path / "library"
    write_shop(library, "shop-a", [SHIP, INVOICE])
    write_shop(library, "shop-b", [COURIER])
    return library


def started(root: Path) -> Catalog:
    """A fresh start on this library, with the data folder beside it."""
    data = root.parent / "data"
    return Catalog(root, CharacterEncoder(), data / "cache", kept=data / "last_good")


def held(catalog: Catalog) -> dict[str, int]:
    shops = catalog.snapshot.library.shops.values()
    return {shop.id: len(shop.scripts) for shop in shops}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("scripts.yaml", BROKEN),
        ("scripts.yaml", "scirpts:\n  - id: a\n    reply: 好\n"),
        ("scripts.yaml", ""),
        ("scripts.yaml", "scripts:\n"),
        ("shop.yaml", "facts: ["),
        ("more.yaml", "scripts：\n  - id：a\n"),
    ],
    ids=["broken", "key mistyped", "cut to nothing", "list lost", "settings", "new file"],
)
def test_a_broken_shop_serves_as_it_was_before_the_restart(
    root: Path, file: str, text: str
) -> None:
    started(root)
    (root / "shop-a" / file).write_text(text, encoding="utf-8")
    catalog = started(root)
    assert held(catalog) == {"shop-a": 2, "shop-b": 1}
    assert {problem.file for problem in catalog.trouble} == {f"shop-a/{file}"}

    write_shop(root, "shop-a", [SHIP])
    if file != "scripts.yaml":
        (root / "shop-a" / file).unlink()
    assert catalog.reload()
    assert held(catalog) == {"shop-a": 1, "shop-b": 1}
    assert catalog.trouble == ()


def test_a_shop_broken_from_the_first_start_serves_what_can_be_read(root: Path) -> None:
    (root / "shop-a" / "more.yaml").write_text(BROKEN, encoding="utf-8")
    catalog = started(root)
    assert held(catalog) == {"shop-a": 2, "shop-b": 1}
    assert [problem.code for problem in catalog.trouble] == ["L001"]


def test_the_other_shops_change_while_one_is_broken(root: Path) -> None:
    catalog = started(root)
    (root / "shop-a" / "scripts.yaml").write_text(BROKEN, encoding="utf-8")
    write_shop(root, "shop-b", [COURIER, SHIP])
    assert not catalog.reload()
    assert held(catalog) == {"shop-a": 2, "shop-b": 2}
    assert catalog.reload("shop-b")
    assert not catalog.reload("shop-a")


def test_what_broke_is_not_kept(root: Path) -> None:
    catalog = started(root)
    (root / "shop-a" / "scripts.yaml").write_text(BROKEN, encoding="utf-8")
    catalog.reload()
    (root / "shop-a" / "scripts.yaml").write_text("", encoding="utf-8")
    catalog.reload()
    assert held(started(root)) == {"shop-a": 2, "shop-b": 1}


def test_a_list_emptied_on_purpose_is_empty(root: Path) -> None:
    catalog = started(root)
    (root / "shop-a" / "scripts.yaml").write_text("scripts: []\n", encoding="utf-8")
    assert catalog.reload()
    assert held(catalog) == {"shop-a": 0, "shop-b": 1}


def test_a_lost_library_folder_is_served_from_what_was_kept(root: Path) -> None:
    started(root)
    shutil.rmtree(root)
    catalog = started(root)
    assert held(catalog) == {"shop-a": 2, "shop-b": 1}
    assert [problem.code for problem in catalog.trouble] == ["L010"]
    assert not catalog.reload("shop-a")


def test_the_watch_goes_on_over_a_folder_deleted_and_made_again(root: Path) -> None:
    catalog = started(root)
    came = threading.Event()
    catalog.watch()
    try:
        shutil.rmtree(root)
        wait_until(lambda: [problem.code for problem in catalog.trouble] == ["L010"])
        assert held(catalog) == {"shop-a": 2, "shop-b": 1}
        catalog.on_change(lambda _: came.set())
        write_shop(root, "shop-a", [SHIP])
        assert came.wait(timeout=20)
        wait_until(lambda: held(catalog) == {"shop-a": 1})
        came.clear()
        write_shop(root, "shop-a", [SHIP, COURIER])
        assert came.wait(timeout=20)
    finally:
        catalog.close()


def wait_until(true: Callable[[], bool]) -> None:
    """Until it is true; the watch looks twice a second."""
    patience = threading.Event()
    for _ in range(200):
        if true():
            return
        patience.wait(0.1)
    assert true()


def test_without_anything_kept_a_lost_folder_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="missing"):
        started(tmp_path / "library")


@pytest.mark.parametrize("file", ["shop-a/rules.yaml", "rules/own.yaml"])
def test_broken_rules_do_not_keep_the_server_from_starting(root: Path, file: str) -> None:
    path = root / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("rules: [", encoding="utf-8")
    catalog = started(root)
    assert held(catalog) == {"shop-a": 2, "shop-b": 1}
    assert {problem.file for problem in catalog.trouble} == {file}
    warned = catalog.snapshot.shop("shop-a").rules.check("加我微信聊", direction="outgoing")
    assert warned


def test_a_removed_shop_is_gone(root: Path) -> None:
    started(root)
    shutil.rmtree(root / "shop-b")
    assert held(started(root)) == {"shop-a": 2}


def test_a_copy_is_told_and_nothing_else_changes(root: Path) -> None:
    catalog = started(root)
    shutil.copy(root / "shop-a" / "scripts.yaml", root / "shop-a" / "scripts (1).yaml")
    assert catalog.reload()
    assert [remark.file for remark in catalog.remarks] == ["shop-a/scripts (1).yaml"]
    assert held(catalog) == {"shop-a": 2, "shop-b": 1}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04"], ids=["no byte", "torn"])
def test_a_damaged_index_is_built_anew(root: Path, content: bytes) -> None:
    started(root)
    (root.parent / "data" / "cache" / "shop-a.index").write_bytes(content)
    catalog = started(root)
    ranking = suggest(Query("几点发货"), catalog.snapshot.shop("shop-a").index)
    assert ranking.candidates


def test_a_damaged_copy_is_no_reason_to_stop(root: Path) -> None:
    started(root)
    (root.parent / "data" / "last_good" / "shop-a" / "scripts.yaml").write_bytes(b"\xff\xfe\x00")
    (root / "shop-a" / "scripts.yaml").write_text(BROKEN, encoding="utf-8")
    catalog = started(root)
    assert held(catalog) == {"shop-a": 0, "shop-b": 1}
    assert catalog.trouble
