"""One small world in both databases: whatever is asked of it, both answer the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.store import (
    Acceptance,
    Accounts,
    ConversationRow,
    Database,
    EventRow,
    MessageRow,
    SuggestionRow,
    Traffic,
    WarningRow,
)
from server.store.curation import History, Inbox, Usage
from server.store.curation.history import NewVersion
from server.store.phrases import Phrases
from server.store.quality.bulk import Bulk
from server.store.quality.orders import Order, Orders
from server.store.quality.review import QueueFilter
from server.store.quality.scores import Card
from server.store.quality.stores import Quality, open_quality
from server.store.rows import PromiseRow, SaidRow
from server.store.shoppers import Members, People
from server.store.shoppers.members import Member
from server.store.work.requests import NewRequest
from server.store.work.reviews import VIEWS
from server.store.work.stores import WorkStore, open_work
from server.work.reviews import Review
from tests import postgres
from tests.store.test_quality import flagged, talk

SHOP, PLATFORM, DAY = "shop-a", "kuaishou", "2026-11-10"
TALK = ConversationRow(SHOP, PLATFORM, "c-live", "buyer", "王先生", "甲")
AT = f"{DAY}T02:00:00.000Z"
NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
_NOW = re.compile(r"20\d\d-\d\d-\d\dT[\d:.]+Z")


@dataclass
class World:
    """A database's rooms, filled."""

    database: Database
    traffic: Traffic
    quality: Quality
    work: WorkStore
    history: History
    inbox: Inbox
    usage: Usage
    phrases: Phrases
    members: Members
    people: People
    orders: Orders
    accounts: Accounts


def opened(where: Path | str, folder: Path) -> World:
    database = Database(where, folder)
    quality = open_quality(database, lambda shop: SHANGHAI)
    return World(
        database,
        Traffic(database),
        quality,
        open_work(database),
        History(database),
        Inbox(database),
        Usage(database),
        Phrases(database),
        Members(database, quality.audit),
        People(database),
        Orders(database, quality.audit),
        Accounts(database),
    )


def suggestion(number: int, script: str, *, shown: bool) -> SuggestionRow:
    text = f"回复{number}"
    return SuggestionRow(f"s{number}", script, "v1", number, 0.9, 0.8, shown, "问法", text, "lib")


def a_turn(world: World) -> None:
    """A message with two suggestions and a risk; one suggestion inserted, sent with a promise."""
    risk = WarningRow("incoming", "fraud", "high", "risk.1", "1", "c", 0, 2, "转账", "转账", False)
    offered = [suggestion(1, "ship.when", shown=True), suggestion(2, "ship.how", shown=False)]
    message = MessageRow("m1", "shopper", "几点发货 转账", AT)
    world.traffic.record_turn(TALK, message, offered, [risk, risk]).result()
    learnt = [Acceptance("几点发货", "ship.when", "accepted", "panel", "s1")]
    inserted = EventRow("inserted", "r1", "s1", "ship.when", "回复1", AT)
    assert world.traffic.record_event(TALK, inserted, None, (), learnt)
    sent = EventRow("sent", "r2", "s1", "ship.when", "明天给您回复", AT, "edited")
    reply = MessageRow("m2", "agent", "明天给您回复", f"{DAY}T02:01:00.000Z")
    due = PromiseRow("reply", "明天给您回复", "2026-11-11T02:00:00.000Z", AT)
    assert world.traffic.record_event(TALK, sent, reply, (), learnt, SaidRow((due,)))
    draft = WarningRow("draft", "x", "low", "d.1", "1", "c", 0, 2, "微信", "微信", False)
    world.traffic.record_draft_warnings(TALK, [draft]).result()
    world.traffic.add_acceptances(SHOP, [Acceptance("发啥", "ship.how", "edited", "file")], AT)
    broken = EventRow("adapter_health", "r3", at=AT, details={"state": "broken"})
    world.traffic.record_event(ConversationRow(SHOP, PLATFORM, "", agent="甲"), broken)
    missing = EventRow("missing_script", "r4", text="没有这句", at=AT)
    world.traffic.record_event(TALK, missing)


def qa_s_day(world: World) -> None:
    """Two flagged replies, one judged, one scored; a task, a report, a look."""
    Bulk(world.database).add(
        [flagged("a"), flagged("b", "加我企鹅"), talk("w", "S 11-10 11:59:00 急")]
    )
    quality = world.quality
    quality.rollup.refresh(NOON)
    first = quality.reviews.queue(QueueFilter(), "质检")[0]
    quality.findings.add_task(first["id"], "gap", "质检")
    quality.reviews.judge(first["id"], "质检", "qa", "false_alarm", note="不是")
    quality.findings.add_example(first["id"], "质检")
    number, lines = quality.settings.form(SHOP)
    marks = {line.id: 1 for line in lines if not line.fatal}
    card = Card(SHOP, first["conversation"], "甲", DAY, marks, frozenset(), "好")
    quality.scores.save(card, number, lines, "质检")
    quality.settings.set_form(SHOP, lines, "质检")
    quality.access.note("质检", "qa", "item", SHOP, first["conversation"])
    quality.clock.held(DAY)


def a_lead_s_day(world: World) -> None:
    """Versions, a proposal, a gap, phrases, members, orders, work."""
    for number, action in enumerate(("added", "changed"), start=1):
        version = NewVersion("ship.when", f"v{number}", action, {"reply": f"第{number}版"})
        world.history.record(SHOP, [version], who="主管", why="试", batch=("edit", f"第{number}次"))
    world.inbox.propose(SHOP, [("ship.when", "v2", {"reply": "新"})], source="agent", who="甲")
    world.inbox.mark_gaps(SHOP, [("message", 1), ("event", 2)], "drafted", "主管", "ship.when")
    world.phrases.save(SHOP, "甲", "问好", "在的亲")
    world.phrases.save(SHOP, "甲", "再见", "慢走")
    world.members.take(
        [Member("buyer", "王", 5000, 2, DAY, "金卡", ("老客",))], SHOP, PLATFORM, "主管"
    )
    world.members.give(SHOP, PLATFORM, "buyer", "银卡", ["送过礼"], "主管")
    orders = [Order(str(n), "buyer", "甲", fen=100 * n, paid=1, day=DAY) for n in (1, 2)]
    world.orders.take(orders, SHOP, PLATFORM, "主管")
    world.accounts.add("甲", "agent", SHOP, "0" * 64, "试")
    world.work.requests.open(
        NewRequest(SHOP, "甲", platform=PLATFORM, order_id="1", conversation=1), AT, AT
    )
    reviews = [
        Review("review", "k1", "1", "buyer", "裤子", 1, "尺码不对", DAY),
        Review("question", "k2", "", "", "裤子", 0, "会缩水吗", DAY),
    ]
    assert world.work.reviews.take(reviews, SHOP, PLATFORM) == (2, 0)
    assert world.work.reviews.take(reviews, SHOP, PLATFORM) == (0, 2)
    world.work.reviews.change(1, cause="size", state="done", who="甲")
    world.work.days.write(SHOP, DAY, "甲", "今天顺利")
    world.work.days.write(SHOP, DAY, "甲", "今天忙")
    world.work.closed_days.replace(SHOP, [date(2026, 11, 11)])


@pytest.fixture(scope="module")
def worlds(
    cluster: postgres.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    folder = tmp_path_factory.mktemp("worlds")
    places: tuple[Path | str, ...] = (folder / "bangda.db", cluster.fresh())
    made = [opened(where, folder) for where in places]
    for world in made:
        a_turn(world)
        qa_s_day(world)
        a_lead_s_day(world)
    yield made[0], made[1]
    for world in made:
        world.database.close()


READS: dict[str, Callable[[World], Any]] = {
    "turns": lambda w: w.traffic.turns(TALK, 5),
    "said": lambda w: w.traffic.said(TALK),
    "offered": lambda w: w.traffic.offered(SHOP, "s1"),
    "script use": lambda w: w.traffic.script_use(SHOP),
    "acceptances": lambda w: w.traffic.acceptances(SHOP),
    "accepted": lambda w: w.traffic.accepted(SHOP, ["s1"]),
    "warnings": lambda w: w.database.rows("SELECT * FROM warnings ORDER BY id"),
    "usage shown": lambda w: w.usage.shown(SHOP, "2026"),
    "usage events": lambda w: w.usage.events(SHOP, "2026"),
    "usage messages": lambda w: w.usage.messages(SHOP, "2026"),
    "usage confidences": lambda w: w.usage.confidences(SHOP, "2026"),
    "usage sent": lambda w: w.usage.sent(SHOP, "2026"),
    "usage requests": lambda w: w.usage.requests(SHOP, "2026"),
    "history": lambda w: w.history.of_script(SHOP, "ship.when"),
    "version": lambda w: w.history.version(SHOP, 1),
    "by hash": lambda w: w.history.by_hash(SHOP, "ship.when", "v2"),
    "history search": lambda w: w.history.search(SHOP, "第2版", ("", ""), 10),
    "history count": lambda w: w.history.count(SHOP, "版", ("", "")),
    "added since": lambda w: w.history.added_since(SHOP, "2026"),
    "batches": lambda w: w.history.batches(SHOP),
    "before a batch": lambda w: w.history.before_batch(SHOP, 2),
    "proposals": lambda w: w.inbox.proposals(SHOP),
    "marked gaps": lambda w: sorted(w.inbox.marked(SHOP)),
    "drafted gaps": lambda w: w.inbox.drafted(SHOP, [("message", 1)]),
    "phrases": lambda w: w.phrases.of(SHOP, "甲"),
    "phrases of a shop": lambda w: w.phrases.of_shop(SHOP),
    "queue": lambda w: w.quality.reviews.queue(QueueFilter(), "质检二"),
    "next item": lambda w: w.quality.reviews.next_item(QueueFilter(), "质检二"),
    "items of a talk": lambda w: w.quality.reviews.of_conversation(
        w.quality.reviews.queue(QueueFilter(), "质检二")[0]["conversation"]
    ),
    "rule verdicts": lambda w: w.quality.reviews.rule_verdicts(SHOP),
    "examples": lambda w: w.quality.findings.examples(SHOP),
    "examples of items": lambda w: w.quality.findings.examples_of([1, 2, 3]),
    "task": lambda w: w.quality.findings.task(1),
    "cards": lambda w: w.quality.scores.about_agent("甲"),
    "averages": lambda w: w.quality.scores.averages(SHOP, "2026-01-01", "2026-12-31"),
    "lines of cards": lambda w: w.quality.scores.lines(SHOP, "2026-01-01", "2026-12-31"),
    "form": lambda w: w.quality.settings.form(SHOP),
    "retention": lambda w: w.quality.settings.number(SHOP, "retention_days"),
    "looks": lambda w: w.database.rows("SELECT * FROM access_log ORDER BY id"),
    "newest talks": lambda w: w.quality.lookups.newest(SHOP, 10),
    "talk of a message": lambda w: w.quality.lookups.conversation_of_message(1),
    "names": lambda w: w.quality.lookups.names(SHOP),
    "days": lambda w: w.quality.figures.days(SHOP),
    "wall waiting": lambda w: w.quality.wall.waiting(SHOP, NOON),
    "wall risks": lambda w: w.quality.wall.risks(SHOP, NOON),
    "wall broken": lambda w: w.quality.wall.broken(SHOP, NOON),
    "member": lambda w: w.members.given(SHOP, PLATFORM, "buyer"),
    "whose talk": lambda w: w.people.of_conversation(SHOP, PLATFORM, "c-live"),
    "accounts": lambda w: w.accounts.all(),
    "promises": lambda w: w.work.promises.listed(SHOP, "open", AT),
    "promises of a talk": lambda w: w.work.promises.of_conversation(1),
    "promise": lambda w: w.work.promises.one(1),
    "closed days": lambda w: w.work.closed_days.of(SHOP),
    "request": lambda w: w.work.requests.one(1),
    "talk for a request": lambda w: w.work.requests.talk(SHOP, PLATFORM, "c-live"),
    "requests of a talk": lambda w: w.work.requests.of_talk(1, "1", SHOP, PLATFORM),
    "requests made": lambda w: w.work.requests.made_between(SHOP, "2026", "2027"),
    "reviews": lambda w: [w.work.reviews.listed(SHOP, view) for view in VIEWS],
    "review counts": lambda w: w.work.reviews.counts(SHOP),
    "review": lambda w: w.work.reviews.one(1),
    "review topics": lambda w: w.work.reviews.topics(SHOP),
    "day of agents": lambda w: w.work.days.agents(
        SHOP, f"{DAY}T00:00:00.000Z", f"{DAY}T23:00:00.000Z", {"ship.when": "物流"}
    ),
    "last seen": lambda w: w.work.days.last_seen(SHOP, "甲", "2027"),
    "day notes": lambda w: w.work.days.notes(SHOP, DAY),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_both_answer_the_same(worlds: tuple[World, World], read: Callable[[World], Any]) -> None:
    sqlite, other = (plain(read(world)) for world in worlds)
    assert sqlite, "the world has nothing of it, so this would tell nothing"
    assert other == sqlite


def plain(answer: Any) -> Any:
    """An answer as lists, tables and numbers; moments of the test's own run are all one."""
    if hasattr(answer, "keys"):
        return {key: plain(answer[key]) for key in answer.keys()}  # noqa: SIM118 - rows have no `in`
    if is_dataclass(answer):
        return {field.name: plain(getattr(answer, field.name)) for field in fields(answer)}
    if isinstance(answer, list | tuple | set | frozenset):
        found = [plain(one) for one in answer]
        return sorted(found, key=repr) if isinstance(answer, set | frozenset) else found
    if isinstance(answer, str):
        return _NOW.sub(lambda at: at[0] if at[0].startswith("2026-11-1") else "now", answer)
    return answer


def test_what_is_done_is_done_in_both(worlds: tuple[World, World]) -> None:
    """Deeds that take something away come last: they change the world."""
    for world in worlds:
        assert world.orders.undo(SHOP, 1, "主管") is not None
        assert world.traffic.forget_acceptances(SHOP, "file") == 1
        world.quality.findings.finish_task(1, "质检")
        assert world.quality.findings.tasks(SHOP) == []
        (last, *_) = world.phrases.of(SHOP, "甲")
        world.phrases.remove(SHOP, "甲", last.id)
        assert len(world.phrases.of(SHOP, "甲")) == 1
        assert world.traffic.key_events() == 0
        world.database.prove()
    left = [plain(w.database.rows("SELECT * FROM orders ORDER BY id")) for w in worlds]
    assert left[0] == left[1]
