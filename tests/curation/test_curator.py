"""Publishing with history: nothing overwritten, hand edits noticed, batches undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from server.base.errors import LibraryError, UsageError
from server.catalog.catalog import Catalog
from server.curation.curator import Curator, StaleError
from server.library import Fact, Script
from server.store import Database
from server.store.curation import History, Inbox, Usage
from tests.conftest import COURIER
from tests.support import CharacterEncoder, write_shop

SHOP = "shop-a"


@dataclass
class Bench:
    curator: Curator
    catalog: Catalog
    history: History
    database: Database
    root: Path
    trail: list[tuple[str, str]]

    def script(self, script_id: str) -> Script:
        return self.catalog.snapshot.shop(SHOP).shop.by_id[script_id]

    def publish(self, *scripts: Script, who: str = "甲", **more: Any) -> int | None:
        return self.curator.publish(SHOP, {s.id: s for s in scripts}, who=who, **more)

    def log(self, script_id: str) -> list[tuple[str, str]]:
        return [(v.action, v.who) for v in self.history.of_script(SHOP, script_id)]


class Trail:
    def __init__(self, held: list[tuple[str, str]]) -> None:
        self.held = held

    def append(self, kind: str, who: str, what: str, details: Any) -> None:
        self.held.append((who, what))

    def library_changed(
        self, shop: str, who: str, versions: Mapping[str, str], details: Mapping[str, object]
    ) -> None:
        self.held.append((who, shop))


@pytest.fixture
def bench(library: Path, where: Path | str, tmp_path: Path) -> Iterator[Bench]:
    database = Database(where, tmp_path)
    catalog = Catalog(library, CharacterEncoder())
    history, trail = History(database), []  # type: ignore[var-annotated]
    curator = Curator(catalog, history, Trail(trail))
    yield Bench(curator, catalog, history, database, library, trail)
    catalog.close()
    database.close()


def test_publish_is_served_recorded_and_audited(bench: Bench) -> None:
    old = bench.script("ship.when")
    bench.publish(replace(old, reply="明天发"), why="换仓", expected={old.id: old.version})
    assert bench.script("ship.when").reply == "明天发"
    assert bench.log("ship.when") == [("changed", "甲"), ("first", "文件")]
    assert bench.history.of_script(SHOP, "ship.when")[0].why == "换仓"
    assert bench.trail == [("甲", SHOP)]


def test_second_publisher_is_refused_and_shown_the_first(bench: Bench) -> None:
    old = bench.script("ship.when")
    bench.publish(replace(old, reply="甲的"), expected={old.id: old.version})
    with pytest.raises(StaleError) as refused:
        bench.publish(replace(old, reply="乙的"), who="乙", expected={old.id: old.version})
    assert refused.value.theirs is not None and refused.value.theirs.reply == "甲的"
    assert bench.script("ship.when").reply == "甲的"


def test_hand_edit_is_seen_before_it_could_be_written_over(bench: Bench) -> None:
    old = bench.script("ship.when")
    path = bench.root / SHOP / "scripts.yaml"
    path.write_text(path.read_text("utf-8").replace("前付款今天发", "前付款当天发"), "utf-8")
    with pytest.raises(StaleError):
        bench.publish(replace(old, reply="我的"), expected={old.id: old.version})
    bench.catalog.reload()
    assert bench.log("ship.when")[0] == ("by_hand", "文件")


def test_a_shop_is_published_while_another_is_broken(bench: Bench) -> None:
    write_shop(bench.root, "shop-b", [COURIER])
    (bench.root / "shop-b" / "more.yaml").write_text("scripts: [", encoding="utf-8")
    old = bench.script("ship.when")
    bench.publish(replace(old, reply="明天发"), expected={old.id: old.version})
    assert bench.script("ship.when").reply == "明天发"
    fact = Fact("截止", "18:00")
    bench.curator.change_shop(SHOP, {}, {"截止": fact}, who="甲")
    assert bench.catalog.snapshot.shop(SHOP).shop.facts["截止"].value == "18:00"
    assert bench.catalog.trouble[0].file == "shop-b/more.yaml"


def test_a_broken_shop_is_not_published_over(bench: Bench) -> None:
    old = bench.script("ship.when")
    (bench.root / SHOP / "more.yaml").write_text("scripts: [", encoding="utf-8")
    with pytest.raises(LibraryError, match=r"more\.yaml"):
        bench.publish(replace(old, reply="明天发"), expected={old.id: old.version})
    assert bench.script("ship.when") == old


def test_what_a_broken_file_hides_counts_as_removed_by_nobody(
    library: Path, tmp_path: Path
) -> None:
    database = Database(tmp_path / "bangda.db")
    history = History(database)
    path = library / SHOP / "scripts.yaml"
    good = path.read_text(encoding="utf-8")
    for text in (good, "scripts: [", good):
        path.write_text(text, encoding="utf-8")
        catalog = Catalog(library, CharacterEncoder())
        Curator(catalog, history, Trail([]))
        catalog.close()
    assert [(v.action, v.who) for v in history.of_script(SHOP, "ship.when")] == [("first", "文件")]
    database.close()


def test_ids_are_never_used_again(bench: Bench) -> None:
    bench.curator.publish(SHOP, {"ship.when": None}, who="甲")
    assert "ship.when" not in bench.catalog.snapshot.shop(SHOP).shop.by_id
    again = Script("ship.when", "新的")
    with pytest.raises(UsageError, match="ids are never used again"):
        bench.publish(again, expected={"ship.when": ""})
    with pytest.raises(UsageError, match="already used"):
        bench.publish(Script("ship.courier", "x"), expected={"ship.courier": ""})
    assert bench.curator.retired(SHOP) >= {"ship.when", "ship.courier"}


def test_batch_is_undone_but_later_changes_stay(bench: Bench) -> None:
    when = bench.script("ship.when")
    batch = bench.publish(
        replace(when, reply="批量改"), Script("a.new", "新的"), batch=("import", "a.csv")
    )
    assert batch is not None
    assert bench.curator.undo(SHOP, batch, who="乙") == []
    assert bench.script("ship.when") == when
    assert "a.new" not in bench.catalog.snapshot.shop(SHOP).shop.by_id
    assert bench.history.batch(SHOP, batch).undone_by == "乙"  # type: ignore[union-attr]
    second = bench.publish(
        replace(when, reply="再改"), Script("b.new", "新的"), batch=("import", "b")
    )
    bench.publish(replace(bench.script("b.new"), reply="后来改的"))
    assert bench.curator.undo(SHOP, second or 0, who="乙") == ["b.new"]
    assert bench.script("b.new").reply == "后来改的"


def test_what_was_live_at_a_moment(bench: Bench) -> None:
    moment = bench.history.of_script(SHOP, "ship.when")[0].at
    bench.publish(replace(bench.script("ship.when"), reply="后来"))
    bench.curator.publish(SHOP, {"ship.courier": None}, who="甲")
    now = bench.history.of_script(SHOP, "ship.courier")[0].at
    then = {v.script_id: v.fields["reply"] for v in bench.history.live_at(SHOP, moment)}
    assert then["ship.when"] == "今天{截止}前付款今天发" and "ship.courier" in then
    after = {v.script_id: v.fields["reply"] for v in bench.history.live_at(SHOP, now)}
    assert after["ship.when"] == "后来" and "ship.courier" not in after


def test_facts_are_changed_and_a_breaking_change_is_taken_back(bench: Bench) -> None:
    bench.curator.change_shop(SHOP, {}, {"截止": Fact("截止", "18:00")}, who="甲")
    assert bench.catalog.snapshot.shop(SHOP).shop.facts["截止"].value == "18:00"
    before = (bench.root / SHOP / "shop.yaml").read_text("utf-8")
    with pytest.raises(UsageError, match="nothing was changed"):
        bench.curator.change_shop(SHOP, {"timers": {"answer_s": "x"}}, {}, who="甲")
    assert (bench.root / SHOP / "shop.yaml").read_text("utf-8") == before
    with pytest.raises(UsageError, match="changed meanwhile"):
        bench.curator.change_shop(SHOP, {"name": "x"}, {}, who="甲", expected="0" * 12)


def test_large_shop_is_reloaded_in_the_background(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.curation.curator.RELOAD_INLINE_UP_TO", 0)
    late: list[Any] = []
    monkeypatch.setattr(bench.curator, "_background", late.append)
    bench.publish(replace(bench.script("ship.when"), reply="新的"))
    assert bench.curator.behind
    assert bench.curator.shop(SHOP).by_id["ship.when"].reply == "新的"
    assert bench.script("ship.when").reply != "新的"
    late[0]()
    assert not bench.curator.behind
    assert bench.log("ship.when")[0] == ("changed", "甲")


def test_proposals_golden_questions_and_gap_marks(bench: Bench) -> None:
    inbox = Inbox(bench.database)
    (number,) = inbox.propose(
        SHOP, [("a", "", {"id": "a", "reply": "x"})], source="agent", who="小王"
    )
    assert inbox.open_count(SHOP) == 1
    inbox.decide(number, "returned", "主管", "写具体些")
    assert [p.comment for p in inbox.proposals(SHOP, "returned")] == ["写具体些"]
    inbox.change(number, {"id": "a", "reply": "y"}, "小王")
    assert inbox.proposal(SHOP, number).fields["reply"] == "y"  # type: ignore[union-attr]
    inbox.save_golden(SHOP, "打我电话13800000000", (), "ship.when", "主管")
    assert "13800000000" not in inbox.golden(SHOP)[0].message
    inbox.remove_golden(SHOP, inbox.golden(SHOP)[0].id)
    assert inbox.golden(SHOP) == []
    inbox.mark_gaps(SHOP, [("message", 1)], "dismissed", "主管")
    assert inbox.marked(SHOP) == {("message", 1)}
    assert Usage(bench.database).messages(SHOP, "") == []
