"""The serving snapshot: edits, broken edits, what is embedded again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.base.errors import LibraryError
from server.base.yaml_files import read_yaml
from server.catalog.catalog import Catalog
from server.catalog.served import Snapshot
from tests.conftest import COURIER, INVOICE, SHIP
from tests.support import CharacterEncoder, write_shop


class Counting(CharacterEncoder):
    """Remembers which texts it was asked to embed."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def _rows(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.seen += sentences
        return super()._rows(sentences)


@pytest.fixture
def encoder() -> Counting:
    return Counting()


@pytest.fixture
def catalog(library: Path, encoder: Counting, tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(library, encoder, tmp_path / "cache")
    yield made
    made.close()


def test_an_edit_embeds_only_what_changed(
    catalog: Catalog, library: Path, encoder: Counting
) -> None:
    encoder.seen.clear()
    changed = dict(INVOICE, reply="开票请点订单")
    write_shop(library, "shop-a", [SHIP, COURIER, changed])
    assert catalog.reload()
    assert encoder.seen == ["开票请点订单"]
    assert catalog.snapshot.shop("shop-a").shop.by_id["invoice.how"].reply == "开票请点订单"


def test_what_was_tried_is_served_when_it_is_published(catalog: Catalog, library: Path) -> None:
    served = catalog.snapshot.shop("shop-a")
    changed = dict(INVOICE, reply="开票请点订单")
    new = [replace(one, reply=changed["reply"]) if one.id == INVOICE["id"] else one
           for one in served.shop.scripts]  # fmt: skip
    tried = catalog.trial_index(served.index, new)
    write_shop(library, "shop-a", [SHIP, COURIER, changed])
    assert catalog.reload()
    now = catalog.snapshot.shop("shop-a").index
    assert now.plain is tried.plain
    assert now.scripts == tuple(new)


def test_what_was_tried_is_not_served_when_something_else_is_published(
    catalog: Catalog, library: Path
) -> None:
    served = catalog.snapshot.shop("shop-a")
    catalog.trial_index(served.index, served.shop.scripts[:1])
    write_shop(library, "shop-a", [SHIP, COURIER, dict(INVOICE, reply="开票请点订单")])
    assert catalog.reload()
    assert [one.id for one in catalog.snapshot.shop("shop-a").index.scripts] == [
        one.id for one in served.shop.scripts
    ]


def test_files_and_rules_that_did_not_change_are_not_read_again(
    catalog: Catalog, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shop(library, "shop-b", [SHIP])
    assert catalog.reload()
    before = catalog.snapshot
    read: list[str] = []
    monkeypatch.setattr(
        "server.catalog.source.read_yaml", lambda p, n: read.append(n) or read_yaml(p, n)
    )
    monkeypatch.setattr(
        "server.catalog.source.rules_of", lambda *_: pytest.fail("rules are read again")
    )
    write_shop(library, "shop-b", [SHIP, COURIER])
    assert catalog.reload()
    assert read == ["shop-b/scripts.yaml"]
    assert catalog.snapshot.shop("shop-a") is before.shop("shop-a")
    assert catalog.snapshot.shop("shop-b").rules is before.shop("shop-b").rules


def test_a_restart_embeds_nothing(catalog: Catalog, library: Path, tmp_path: Path) -> None:
    again = Counting()
    Catalog(library, again, tmp_path / "cache").close()
    assert again.seen == []


def test_a_broken_edit_keeps_the_last_good_one_and_says_so(catalog: Catalog, library: Path) -> None:
    before = catalog.snapshot
    (library / "shop-a" / "scripts.yaml").write_text("scripts: [", encoding="utf-8")
    assert not catalog.reload()
    assert catalog.snapshot is before
    assert [(p.file, p.code) for p in catalog.trouble] == [("shop-a/scripts.yaml", "L001")]

    write_shop(library, "shop-a", [SHIP])
    assert catalog.reload()
    assert catalog.trouble == ()
    assert len(catalog.snapshot.shop("shop-a").shop.scripts) == 1


def test_a_broken_rule_file_keeps_the_last_good_one(catalog: Catalog, library: Path) -> None:
    before = catalog.snapshot
    (library / "shop-a" / "rules.yaml").write_text("rules: [", encoding="utf-8")
    assert not catalog.reload()
    assert catalog.snapshot is before
    assert catalog.trouble


def test_the_watch_sees_an_edit_a_new_shop_and_a_removed_one(
    catalog: Catalog, library: Path
) -> None:
    seen: list[set[str]] = []
    came = threading.Event()

    def note(snapshot: Snapshot) -> None:
        seen.append(set(snapshot.shops))
        came.set()

    catalog.on_change(note)
    catalog.watch()
    for shops, change in (
        ({"shop-a", "shop-b"}, lambda: write_shop(library, "shop-b", [COURIER])),
        ({"shop-a"}, lambda: (library / "shop-b" / "scripts.yaml").unlink()),
    ):
        came.clear()
        change()
        assert came.wait(timeout=10)
        assert seen[-1] == shops


def test_nothing_to_serve_is_an_error_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="missing"):
        Catalog(tmp_path / "none", CharacterEncoder())


def test_a_listener_that_fails_stops_neither_the_others_nor_the_watch(
    catalog: Catalog, library: Path
) -> None:
    heard: list[str] = []

    def failing(snapshot: Snapshot) -> None:
        raise RuntimeError("no")

    catalog.on_change(failing)
    catalog.on_change(lambda snapshot: heard.append(snapshot.library.version))
    write_shop(library, "shop-a", [SHIP])
    assert catalog.reload()
    assert len(heard) == 1


def test_a_folder_that_is_gone_before_the_watch_begins_is_told(
    library: Path, tmp_path: Path
) -> None:
    catalog = Catalog(library, CharacterEncoder())
    library.rename(tmp_path / "aside")
    catalog.watch()
    try:
        for _ in range(600):
            if catalog.trouble:
                break
            catalog.watcher.stop.wait(0.05)
        assert catalog.trouble
        assert catalog.snapshot.shops["shop-a"].shop.scripts
    finally:
        catalog.close()


def test_the_watch_outlives_a_library_folder_that_is_deleted_and_made_again(
    library: Path, tmp_path: Path
) -> None:
    catalog = Catalog(library, CharacterEncoder())
    changed = threading.Event()
    catalog.watch()
    try:
        aside = tmp_path / "aside"
        library.rename(aside)
        while not catalog.trouble and not catalog.watcher.trouble:
            changed.wait(0.05)
        assert catalog.snapshot.shops["shop-a"].shop.scripts
        catalog.on_change(lambda snapshot: changed.set())
        aside.rename(library)
        write_shop(library, "shop-a", [SHIP])
        assert changed.wait(30)
        assert [s.id for s in catalog.snapshot.shops["shop-a"].shop.scripts] == [SHIP["id"]]
    finally:
        catalog.close()
