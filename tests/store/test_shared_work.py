"""Jobs and files that wait to be imported, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.base.errors import UsageError
from server.exchange.uploads import DAYS, KEY_NAME, MOST, ORDERS, SCRIPTS, Uploads, new_key
from server.store import Database
from server.store.shared_work import JobRows, UploadRows

FILE = "回复,问法\n今天就发出,哪天发\n".encode()
WEEK_S = 7 * 86_400


@pytest.fixture
def database(where: Path | str, tmp_path: Path) -> Iterator[Database]:
    made = Database(where, tmp_path)
    yield made
    made.close()


def uploads_of(database: Database) -> Uploads:
    """The files as each server of the database has them."""
    return Uploads(UploadRows(database), lambda: database.secret(KEY_NAME, new_key))


def test_a_job_is_followed_to_its_end(database: Database) -> None:
    jobs = JobRows(database)
    number = jobs.begin("import", "shop-a", "主管", 100.0)
    jobs.note(number, "写入", 3, 10, 101.0)
    jobs.beat(number, 102.0)
    database.flush()
    (row,) = jobs.all("shop-a", "running")
    assert (row.step, row.done, row.total, row.beat_at) == ("写入", 3, 10, 102.0)
    jobs.end(number, 103.0, result='{"published": 10}')
    assert jobs.all("shop-a", "running") == []
    (row,) = jobs.all("shop-a", "done")
    assert (row.result, row.error, row.seen) == ('{"published": 10}', "", False)
    jobs.look(number)
    found = jobs.find(number)
    assert found is not None
    assert found.seen
    assert jobs.all("shop-b", "done") == []


def test_a_failed_job_keeps_its_error_and_goes_after_a_week(database: Database) -> None:
    jobs = JobRows(database)
    number = jobs.begin("gate", "shop-a", "主管", 100.0)
    jobs.end(number, 101.0, error='{"message": "x"}')
    (row,) = jobs.all("shop-a", "failed")
    assert row.error == '{"message": "x"}'
    jobs.begin("gate", "shop-a", "主管", 102.0 + WEEK_S)
    assert jobs.find(number) is None


def test_a_file_is_read_again_by_another_server(database: Database) -> None:
    key = uploads_of(database).keep("shop-a", "主管", "话术.csv", FILE)
    other = uploads_of(database)
    (upload,) = other.waiting("shop-a")
    assert (upload.key, upload.name, upload.who) == (key, "话术.csv", "主管")
    assert other.grids(upload)[0].rows[0].cells == ("回复", "问法")
    assert (other.find("shop-b", key), other.waiting("shop-b")) == (None, [])
    (row,) = database.rows("SELECT content FROM upload_parts")
    assert FILE not in bytes(row["content"])
    other.drop(upload)
    assert database.rows("SELECT key FROM upload_parts") == []


def test_a_large_file_comes_back_whole(database: Database) -> None:
    rows, content = UploadRows(database), bytes(range(256)) * 10_000
    rows.put("k", b"told", content, 0.0)
    assert rows.told() == {"k": b"told"}
    assert rows.content("k") == content
    assert len(database.rows("SELECT number FROM upload_parts")) == 3


def test_a_file_that_was_cut_off_goes(database: Database) -> None:
    part = {"key": "torn", "number": 0, "content": b"x", "at": 0.0}
    database.write(lambda db: db.insert_many("upload_parts", [part]))
    uploads = uploads_of(database)
    assert uploads.waiting("shop-a") == []
    uploads.keep("shop-a", "主管", "a.csv", FILE)
    assert database.rows("SELECT key FROM upload_parts WHERE key = 'torn'") == []


def test_a_shop_s_files_leave_those_of_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000_000.0]
    monkeypatch.setattr("server.exchange.uploads.time.time", lambda: clock[0])
    uploads = uploads_of(database)
    foreign = uploads.keep("shop-b", "别家", "b.csv", FILE)
    keys = []
    for number in range(MOST + 1):
        clock[0] += 1
        keys.append(uploads.keep("shop-a", "主管", f"{number}.csv", FILE))
    assert [u.key for u in uploads.waiting("shop-a")] == keys[:0:-1]
    assert [u.key for u in uploads.waiting("shop-b")] == [foreign]
    clock[0] += DAYS[SCRIPTS] * 86_400 + 1
    uploads.keep("shop-a", "主管", "new.csv", FILE)
    assert uploads.waiting("shop-b") == []


def test_no_readable_file_is_kept(database: Database) -> None:
    with pytest.raises(UsageError):
        uploads_of(database).keep("shop-a", "主管", "a.xlsx", b"PK", ORDERS)
    assert database.rows("SELECT key FROM uploads") == []
