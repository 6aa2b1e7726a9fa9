"""What only several servers over one PostgreSQL meet: sentences, restarts, turns, news."""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.base.errors import (
    ConfigError,
    StoreError,
    StoreRuleError,
    StoreUnavailableError,
)
from server.base.own_words import without_password
from server.quality.audit_check import verify_audit
from server.store import Database, Traffic
from server.store.postgres import steps as postgres_steps
from server.store.postgres.address import address_of, explained
from server.store.postgres.engine import PostgresEngine
from server.store.quality.audit import Audit
from server.store.rows import ConversationRow, EventRow, MessageRow
from tests import postgres

TALK = ConversationRow("shop-a", "kuaishou", "c-1", "buyer", "", "小王")
SECRET = "s3cret/word"
_STEPS_OF_A_RELEASE = 6


@pytest.fixture
def address(cluster: postgres.Cluster) -> str:
    return cluster.fresh()


@pytest.fixture
def own_cluster() -> Iterator[postgres.Cluster]:
    """A server that a test may stop."""
    with postgres.cluster() as made:
        yield made


def command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", *words],
        capture_output=True,
        text=True,
        env=os.environ | more,
        check=False,
    )


def test_what_is_wrong_is_said_in_a_sentence(cluster: postgres.Cluster, tmp_path: Path) -> None:
    cluster.execute("CREATE ROLE guest LOGIN PASSWORD 'x'")
    closed = cluster.address("x").replace(str(cluster.port), "1")
    cases: dict[str, tuple[type[Exception], str]] = {
        closed: (StoreUnavailableError, "cannot be reached"),
        cluster.address("nowhere"): (StoreError, "no such database .*createdb"),
        cluster.address(user="nobody_at_all"): (StoreError, "no such user .*createuser"),
        cluster.empty().replace("bangda@", "guest@"): (StoreError, "owner"),
        "mysql://h/x": (ConfigError, "postgresql://USER@HOST/NAME"),
        "postgresql://h/x?portt=1": (ConfigError, "cannot be read"),
        "postgresql://h:port/x": (ConfigError, "port 'port'; expected a number"),
        "postgresql://h.invalid/x": (StoreError, "no machine has this name"),
    }
    for address, (kind, said) in cases.items():
        with pytest.raises(kind, match=said):
            Database(address, tmp_path)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('用户 "shop" Password 认证失败', "password or the user is wrong"),
        ('数据库 "shop" 不存在', "no such database"),
        ('角色 "shop" 不存在', "no such user"),
        ('不允许角色"shop" 进行登录', "ALTER ROLE NAME LOGIN"),
        ('role "shop" is not permitted to log in', "ALTER ROLE NAME LOGIN"),
        ("对模式 public 权限不够\n第1行: CREATE", r"public 权限不够\); make it the"),
        ("permission denied for schema public\nLINE 2:  CREATE", r"schema public\); make it the"),
        ('没有用于主机 "10.0.0.9", 用户 "a" 的 pg_hba.conf 记录', "lets nobody in from here"),
        ("sorry, too many clients already", "raise max_connections"),
        ('too many connections for role "shop"', "raise max_connections"),
        ("对不起, 已经有太多的客户", "raise max_connections"),
        ("whatever else", "cannot be reached"),
    ],
)
def test_a_server_is_understood_in_both_languages(said: str, told: str) -> None:
    error = explained(Exception(f"connection failed: FATAL:  {said}"), address_of("postgresql://h"))
    assert re.search(told, str(error))


def test_a_wrong_password_is_told_and_never_shown(
    cluster: postgres.Cluster, tmp_path: Path
) -> None:
    with postgres.asking_for_passwords(cluster):
        cluster.execute("CREATE ROLE shop LOGIN PASSWORD 'right'")
        wrong = cluster.address(user="shop", password="s3cret%2Fword")
        with pytest.raises(StoreError, match="password or the user is wrong") as told:
            Database(wrong, tmp_path)
        found = command("account", "add", "a", "--role", "lead", "--database", wrong,
                        "--data", str(tmp_path / "data"))  # fmt: skip
    assert found.returncode == 2
    for text in (str(told.value), found.stdout, found.stderr):
        assert SECRET not in text
        assert "s3cret" not in text
    assert found.stderr.count("\n") == 1


def test_the_list_of_processes_shows_no_password() -> None:
    words = ["python", "-m", "server", "serve", "--database", "postgresql://me:a%40b@h:1/n"]
    assert without_password(words) == ([*words[:-1], "postgresql://me@h:1/n"], "a@b")
    assert without_password(["serve", "--port", "1"]) == (["serve", "--port", "1"], "")


def test_an_old_server_is_refused(
    cluster: postgres.Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.postgres.engine.OLDEST", 99)
    monkeypatch.setattr("server.store.postgres.address.OLDEST", 99)
    with pytest.raises(StoreError, match="expected 99 or newer"):
        Database(cluster.empty(), tmp_path)


def test_tables_of_a_newer_version_are_refused(
    cluster: postgres.Cluster, address: str, tmp_path: Path
) -> None:
    cluster.execute(
        "INSERT INTO _steps (name) VALUES ('9999_future')", name=address.rpartition("/")[2]
    )
    with pytest.raises(StoreError, match="newer bangda"):
        Database(address, tmp_path)


def test_a_server_goes_on_when_a_newer_one_adds_a_column(
    cluster: postgres.Cluster, address: str, tmp_path: Path
) -> None:
    """Statements that were prepared before give rows of another shape than they promised."""
    with closing(Database(address, tmp_path)) as database:
        read = "SELECT * FROM accounts"

        def ask(db: Any) -> Any:
            return db.execute(read).fetchall()

        for _ in range(10):
            assert (database.rows(read), database.write(ask)) == ([], [])
        cluster.execute(
            "ALTER TABLE accounts ADD COLUMN later TEXT NOT NULL DEFAULT ''",
            name=address.rpartition("/")[2],
        )
        for _ in range(10):
            assert (database.rows(read), database.write(ask)) == ([], [])


def test_a_server_of_the_version_before_goes_on_beside_a_new_one(
    cluster: postgres.Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the tables without the last steps; the new one adds them, and news of its own kind."""
    where, steps = cluster.empty(), postgres_steps.all_steps()
    known = dict(list(steps.items())[:-_STEPS_OF_A_RELEASE])
    with monkeypatch.context() as before:
        before.setattr(postgres_steps, "all_steps", lambda: known)
        old = Database(where, tmp_path)
    traffic = Traffic(old)
    assert traffic.record_event(TALK, EventRow("copied", "r0", at="2026-11-10T01:00:00.000Z"))
    heard: queue.Queue[Any] = queue.Queue()
    ready = threading.Event()
    listening = threading.Thread(target=old.listen, args=(heard.put, ready.set))
    listening.start()
    assert ready.wait(30)
    new = Database(where, tmp_path)
    new.tell("of-a-later-version", shop="shop-a", more={"x": [1]})
    assert heard.get(timeout=30)["kind"] == "of-a-later-version"
    message = MessageRow("m1", "agent", "在的", "2026-11-10T01:00:00.000Z")
    for number, server in enumerate((old, new, old), start=1):
        event = EventRow("sent", f"r{number}", text="在的", at="2026-11-10T01:00:00.000Z")
        assert Traffic(server).record_event(TALK, event, message)
        assert not Traffic(old).record_event(TALK, event, message)
        Audit(server).append("setting", "主管", "x", {"shop": "shop-a"})
    for server in (old, new):
        assert len(server.rows("SELECT * FROM events")) == 4
        assert len(Traffic(server).turns(TALK, 5)) == 1
        assert verify_audit(server).problems == ()
    with monkeypatch.context() as before:
        before.setattr(postgres_steps, "all_steps", lambda: known)
        with pytest.raises(StoreError, match="newer bangda"):
            Database(where, tmp_path)
    old.close()
    new.close()
    listening.join(timeout=30)


def test_servers_that_start_together_make_the_tables_once(
    cluster: postgres.Cluster, tmp_path: Path
) -> None:
    where = cluster.empty()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: Database(where, tmp_path), range(4)))
    rows = made[0].rows("SELECT count(*) AS n, count(DISTINCT name) AS names FROM _steps")
    assert rows[0]["n"] == rows[0]["names"] > 0
    for one in made:
        one.close()


def test_the_audit_chain_of_many_servers_is_one(address: str, tmp_path: Path) -> None:
    servers = [Database(address, tmp_path / str(n)) for n in range(3)]
    for n, server in enumerate(servers):
        (tmp_path / str(n)).mkdir()
        assert server.folder == tmp_path / str(n)

    def write(number: int) -> None:
        Audit(servers[number % 3]).append("setting", f"主管{number}", "x", {"shop": "shop-a"})

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(write, range(60)))
    for server in servers:
        report = verify_audit(server)
        assert (report.entries, report.problems) == (60, ())
        server.close()


def test_the_same_event_at_two_servers_is_recorded_once(address: str, tmp_path: Path) -> None:
    servers = [Database(address, tmp_path) for _ in range(2)]

    def send(number: int) -> bool:
        event = EventRow("sent", f"r{number // 2}", text="在的", at="2026-11-10T01:00:00.000Z")
        message = MessageRow(f"m{number // 2}", "agent", "在的", "2026-11-10T01:00:00.000Z")
        return Traffic(servers[number % 2]).record_event(TALK, event, message)

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(send, range(80)))
    assert written.count(True) == 40
    (row,) = servers[0].rows("SELECT count(*) AS n FROM events")
    assert row["n"] == 40
    for server in servers:
        server.close()


def test_a_server_hears_what_another_one_tells_and_not_itself(address: str, tmp_path: Path) -> None:
    one, two = (Database(address, tmp_path) for _ in range(2))
    heard: queue.Queue[Any] = queue.Queue()
    ready = threading.Event()
    listening = threading.Thread(target=one.listen, args=(heard.put, ready.set))
    listening.start()
    assert ready.wait(30)
    one.tell("conversation", key=["own"])
    two.tell("conversation", key=["shop-a", "kuaishou", "c-1"])
    two.tell("long", text="很长" * 4_000)
    assert heard.get(timeout=30)["key"] == ["shop-a", "kuaishou", "c-1"]
    assert heard.get(timeout=30)["kind"] == "missed"
    two.close()
    one.close()
    listening.join(timeout=30)
    assert heard.empty()


def test_one_server_at_a_time_does_the_background_work(address: str, tmp_path: Path) -> None:
    one, two = (Database(address, tmp_path) for _ in range(2))
    with one.alone("background") as first:
        with two.alone("background") as second:
            assert (first, second) == (True, False)
        with two.alone("another") as other:
            assert other
    with two.alone("background") as later:
        assert later
    one.close()
    two.close()


def test_the_horizon_waits_for_smaller_numbers_that_are_not_committed(
    address: str, tmp_path: Path
) -> None:
    """Server one holds number 1 back while number 2 of server two is there already."""
    one, two = (Database(address, tmp_path) for _ in range(2))
    began, go_on = threading.Event(), threading.Event()

    def slow(db: Any) -> int:
        number = db.insert("conversations", _conversation("c-slow"))
        began.set()
        assert go_on.wait(30)
        return int(number)

    late = one.submit(slow)
    assert began.wait(30)
    quick = two.write(lambda db: db.insert("conversations", _conversation("c-quick")))
    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(two.horizon, {"conversations": "id"})
        go_on.set()
        assert seen.result(timeout=30)["conversations"] == quick > late.result(timeout=30)
    assert len(two.rows("SELECT id FROM conversations WHERE id <= ?", [quick])) == 2
    one.close()
    two.close()


def _conversation(name: str) -> dict[str, str]:
    return {"shop": "s", "conversation_id": name, "first_at": "x", "last_at": "x"}


def _wait_for_more(acknowledged: list[str], stop: threading.Event) -> None:
    """Until some more are acknowledged; a writer that stands still for a minute is stuck."""
    before = len(acknowledged)
    for _ in range(6_000):
        if len(acknowledged) >= before + 20:
            return
        stop.wait(0.01)
    stop.set()
    pytest.fail("nothing is acknowledged any more")


def test_a_database_that_restarts_under_load_loses_and_doubles_nothing(
    own_cluster: postgres.Cluster, tmp_path: Path
) -> None:
    """Three crashes while agents write: what was acknowledged is there, once."""
    database = Database(own_cluster.fresh(), tmp_path)
    traffic, stop = Traffic(database), threading.Event()
    acknowledged: list[str] = []

    def agent(number: int) -> None:
        count = 0
        while not stop.is_set():
            count += 1
            name = f"{number}/{count}"
            event = EventRow("copied", name, at="2026-11-10T01:00:00.000Z")
            try:
                traffic.record_event(TALK, event)
            except StoreUnavailableError:
                continue
            acknowledged.append(name)

    threads = [threading.Thread(target=agent, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for mode in ("immediate", "fast", "immediate"):
        _wait_for_more(acknowledged, stop)
        own_cluster.stop(mode)
        own_cluster.start()
    _wait_for_more(acknowledged, stop)
    stop.set()
    for thread in threads:
        thread.join()
    names = [row["request_id"] for row in database.rows("SELECT request_id FROM events")]
    assert len(names) == len(set(names))
    assert set(acknowledged) <= set(names)
    database.close()


@pytest.mark.parametrize("done", [True, False], ids=["after it", "before it"])
def test_a_connection_lost_about_a_commit_writes_once(
    cluster: postgres.Cluster, address: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost with the connection; another server commits meanwhile."""
    engine, other = PostgresEngine(address), PostgresEngine(address)
    commit, lost = engine._commit, []

    def cut(*given: Any) -> None:
        if done or lost:
            commit(*given)
            with engine._conn.pipeline():  # waits for what is under way
                pass
        if not lost:
            lost.append(engine._backend)
            given[1].committing = True
            cluster.execute(f"SELECT pg_terminate_backend({engine._backend[0]})")
            other.run([lambda db: db.insert("conversations", _conversation("c-other"))])
            engine._conn.execute("SELECT 1").fetchone()

    monkeypatch.setattr(engine, "_commit", cut)
    (made,) = engine.run([lambda db: db.insert("conversations", _conversation("c-own"))])
    rows = engine.read("SELECT id, conversation_id FROM conversations", [], first=False)
    assert sorted(row["conversation_id"] for row in rows) == ["c-other", "c-own"]
    assert made.result in [row["id"] for row in rows if row["conversation_id"] == "c-own"]
    assert lost != [engine._backend]
    engine.close()
    other.close()


def test_a_commit_that_never_came_to_be_is_told_from_the_last_one(address: str) -> None:
    engine = PostgresEngine(address)
    engine.run([lambda db: None])
    last = next(engine._numbers) - 1
    found = [engine._is_committed(number, time.monotonic() + 30) for number in (last, last + 1)]
    assert found == [True, False]
    engine.close()


def test_one_job_that_fails_takes_no_other_with_it(address: str) -> None:
    """In one pipeline an error may show late: it is its own job's all the same."""
    engine = PostgresEngine(address)
    twice = [lambda db: db.execute("INSERT INTO figure_marks (name, value) VALUES ('a', '1')")] * 2
    made = engine.run([*twice, lambda db: db.insert("conversations", _conversation("c"))])
    assert [type(one.error) for one in made] == [type(None), StoreRuleError, type(None)]
    rows = engine.read("SELECT name FROM figure_marks", [], first=False)
    assert [row["name"] for row in rows] == ["a"]
    (alone,) = engine.run(twice[:1])
    assert isinstance(alone.error, StoreRuleError)
    assert engine.run([lambda db: db.execute("SELECT 1").fetchone()[0]])[0].result == 1
    engine.close()


def test_a_reader_outlives_a_restart(own_cluster: postgres.Cluster, tmp_path: Path) -> None:
    with closing(Database(own_cluster.fresh(), tmp_path)) as database:
        assert database.row("SELECT 1 AS one") is not None
        own_cluster.stop()
        own_cluster.start()
        found = database.row("SELECT 1 AS one")
        assert found is not None
        assert found["one"] == 1
