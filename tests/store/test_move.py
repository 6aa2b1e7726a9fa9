"""Data carried from SQLite to PostgreSQL and back: all of it, once, also after it broke off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.accounts.tokens import Auth
from server.base.errors import StoreError, UsageError
from server.quality.audit_check import verify_audit
from server.store import Accounts, Database, Traffic, move
from server.store.contract import Writing
from server.store.curation import History
from server.store.curation.history import NewVersion
from server.store.quality.bulk import Bulk
from server.store.quality.lookups import Wanted
from server.store.quality.stores import Quality, open_quality
from server.store.rows import Acceptance
from tests import postgres
from tests.store.test_quality import NOVEMBER, NOW, SHANGHAI, flagged, talk


def zone(shop: str) -> ZoneInfo:
    return SHANGHAI


def filled(folder: Path) -> tuple[Database, Quality]:
    """A folder with something in most tables, and numbers that were given out and deleted."""
    folder.mkdir()
    database = Database(folder / "bangda.db")
    room = open_quality(database, zone)
    Auth(Accounts(database)).issue("小王", "agent", "shop-a")
    Bulk(database).add([flagged("a"), talk("b", "S 11-10 09:00:00 发货吗", "A 11-10 09:00:10 发")])
    Traffic(database).add_acceptances("shop-a", [Acceptance("发货吗", "ship", "accepted")])
    History(database).record(
        "shop-a", [NewVersion("ship", "v1", "added", {"id": "ship", "reply": "今天发"})], who="主管"
    )
    room.rollup.refresh(NOW)
    Bulk(database).add([flagged("gone")])
    room.rollup.refresh(NOW)
    room.privacy.delete_shopper("shop-a", "kuaishou", "gone", "主管")
    return database, room


@pytest.fixture
def target(cluster: postgres.Cluster, tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "beside"
    folder.mkdir()
    with closing(Database(cluster.fresh(), folder)) as database:
        yield database


def test_all_of_it_goes_over_and_comes_back(tmp_path: Path, target: Database) -> None:
    source, room = filled(tmp_path / "data")
    moved = move.move(source, target)
    assert moved.rows["messages"] == 4
    assert sum(n > 0 for n in moved.rows.values()) > 15
    there = open_quality(target, zone)
    assert verify_audit(target).problems == ()
    assert [row["text"] for row in there.lookups.search(Wanted("发货", "shop-a"))] == ["发货吗"]
    there.rollup.refresh(NOW)
    assert there.figures.waits(NOVEMBER) == room.figures.waits(NOVEMBER)
    assert Accounts(target).by_name("小王") == Accounts(source).by_name("小王")
    assert target.ids.digest("13800000000") == source.ids.digest("13800000000")
    # Numbers of deleted rows do not come back.
    (newest,) = source.rows("SELECT seq FROM sqlite_sequence WHERE name = 'conversations'")
    Bulk(target).add([flagged("later")])
    (row,) = target.rows("SELECT max(id) AS id FROM conversations")
    assert row["id"] > newest["seq"]

    there.rollup.refresh(NOW)
    (tmp_path / "back").mkdir()
    with closing(Database(tmp_path / "back" / "bangda.db")) as back:
        assert move.move(target, back).rows["messages"] == 6
        assert verify_audit(back).problems == ()
        found = open_quality(back, zone).lookups.search(Wanted("加我微信", "shop-a"))
        assert {row["shopper_name"] for row in found} == {"买家a", "买家later"}
    source.close()


def test_what_broke_off_goes_on_and_nothing_is_twice(
    tmp_path: Path, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, _ = filled(tmp_path / "data")
    monkeypatch.setattr(move, "_CHUNK", 1)
    for stop in (3, 9, 20):
        with monkeypatch.context() as broken, pytest.raises(StoreError, match="cable"):
            broken.setattr(target, "write", breaking_off(target.write, stop))
            move.move(source, target)
    moved = move.move(source, target)
    assert moved.rows["messages"] == 4
    source.close()


def breaking_off(
    write: Callable[[Callable[[Writing], object]], object], after: int
) -> Callable[[Callable[[Writing], object]], object]:
    left = [after]

    def broken(job: Callable[[Writing], object]) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise StoreError("somebody pulled the cable")
        return write(job)

    return broken


def test_a_target_with_data_is_left_alone(tmp_path: Path, target: Database) -> None:
    source, _ = filled(tmp_path / "data")
    Accounts(target).add("别人", "agent", "shop-b", "h", "")
    with pytest.raises(UsageError, match="holds accounts already"):
        move.move(source, target)
    source.close()


def test_a_row_that_changed_on_the_way_is_noticed(tmp_path: Path, target: Database) -> None:
    source, _ = filled(tmp_path / "data")

    def meddle(table: str) -> None:
        if table.startswith("accounts"):
            target.write(lambda db: db.execute("UPDATE messages SET text = '别的' WHERE id = 1"))

    with pytest.raises(UsageError, match="table messages arrived"):
        move.move(source, target, meddle)
    source.close()
