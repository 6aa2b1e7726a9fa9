"""Backups: whole or refused, made while others write, opened by nobody without the password."""

from __future__ import annotations

import os
import sqlite3
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.accounts.tokens import Auth
from server.base.errors import ConfigError, StoreError, UsageError
from server.base.folder_lock import alone_in
from server.quality.audit_check import verify_audit
from server.quality.weekly_backup import KEPT, back_up_when_due
from server.store import Accounts, Database
from server.store.backup import make_backup, restore_backup, verify_backup
from server.store.database import HEAD_FILE
from server.store.quality.audit import Audit
from tests.conftest import SHIP
from tests.support import write_shop


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    database = Database(folder / "bangda.db")
    Auth(Accounts(database)).issue("小王", "agent", "shop-a")
    Audit(database).append("setting", "主管", "retention_days", {"shop": "shop-a"})
    database.close()
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    write_shop(root, "shop-a", [SHIP])
    return root


@pytest.mark.parametrize("password", ["", "一个很长的密码"])
def test_what_was_backed_up_comes_back(
    tmp_path: Path, data: Path, shelf: Path, password: str
) -> None:
    file = tmp_path / "backup.zip"
    made = make_backup(file, data, shelf, password)
    assert made.rows["accounts"] == 1
    assert verify_backup(file, password) == made
    (shelf / "shop-a" / "scripts.yaml").unlink()
    new_data, new_shelf = tmp_path / "elsewhere" / "data", tmp_path / "elsewhere" / "library"
    assert restore_backup(file, new_data, new_shelf, password) == made
    database = Database(new_data / "bangda.db")
    assert Accounts(database).by_name("小王") is not None
    assert verify_audit(database).problems == ()
    database.close()
    assert (new_shelf / "shop-a" / "scripts.yaml").is_file()
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_restoring_keeps_what_stood_there(tmp_path: Path, data: Path, shelf: Path) -> None:
    file = tmp_path / "backup.zip"
    make_backup(file, data, shelf)
    for _ in range(2):
        restore_backup(file, data, shelf)
    names = {path.name for path in data.iterdir()}
    assert {"bangda.db", "bangda.db.before-restore", "bangda.db.before-restore-2"} <= names
    assert (tmp_path / "library.before-restore").is_dir()


def test_a_server_may_write_meanwhile(tmp_path: Path, data: Path, shelf: Path) -> None:
    database, stop = Database(data / "bangda.db"), threading.Event()
    audit = Audit(database)

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            audit.append("setting", "主管", str(number), {"shop": "shop-a"})

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            made = make_backup(tmp_path / f"{number}.zip", data, shelf)
            assert made.rows["audit_log"] >= 1
    finally:
        stop.set()
        thread.join()
        database.close()


def damaged(file: Path, how: str) -> None:
    content = bytearray(file.read_bytes())
    if how == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif how == "flipped":
        content[len(content) // 3] ^= 0xFF
        file.write_bytes(bytes(content))
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "no backup":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.txt", "x")
    else:
        file.write_text("hello", encoding="utf-8")


@pytest.mark.parametrize("how", ["cut", "flipped", "empty", "no backup", "text"])
def test_a_damaged_backup_touches_nothing(
    tmp_path: Path, data: Path, shelf: Path, how: str
) -> None:
    file = tmp_path / "backup.zip"
    make_backup(file, data, shelf)
    damaged(file, how)
    before = (data / "bangda.db").read_bytes()
    with pytest.raises(UsageError, match="backup"):
        restore_backup(file, data, shelf)
    assert (data / "bangda.db").read_bytes() == before
    assert not list(data.glob("*.before-restore*"))


@pytest.mark.parametrize("password", ["", "falsch"])
def test_an_encrypted_backup_opens_with_its_password_alone(
    tmp_path: Path, data: Path, shelf: Path, password: str
) -> None:
    file = tmp_path / "backup.zip"
    make_backup(file, data, shelf, "richtig")
    assert b"bangda.db" not in file.read_bytes()
    with pytest.raises(UsageError, match="password"):
        verify_backup(file, password)


def test_a_backup_a_week_is_kept_and_the_oldest_goes(
    tmp_path: Path, data: Path, shelf: Path
) -> None:
    folder, day = tmp_path / "disk", datetime(2026, 11, 2, tzinfo=UTC)
    made = [back_up_when_due(folder, data, shelf, day + timedelta(days=n)) for n in range(50)]
    assert [n for n, due in enumerate(made) if due] == [0, 7, 14, 21, 28, 35, 42, 49]
    assert len(list(folder.glob("*.zip"))) == KEPT


def test_a_second_server_on_the_folder_is_refused(data: Path) -> None:
    with alone_in(data), pytest.raises(ConfigError, match="in use"), alone_in(data):
        pass
    with alone_in(data):
        pass


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_lost_database_is_not_replaced_silently(data: Path, how: str) -> None:
    path = data / "bangda.db"
    path.unlink()
    if how == "empty":
        path.touch()
    with pytest.raises(StoreError, match="restore"):
        Database(path)
    (data / HEAD_FILE).unlink()
    Database(path).close()


def test_a_database_of_a_newer_version_is_refused(data: Path) -> None:
    with closing(sqlite3.connect(data / "bangda.db")) as conn:
        conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('bangda', '9999_future', '2030')"
        )
        conn.commit()
    with pytest.raises(StoreError, match="newer"):
        Database(data / "bangda.db")


def test_the_database_is_for_this_account_alone(data: Path) -> None:
    others = (
        0o077 if os.name == "posix" else 0
    )  # Windows gives a person's own folder to nobody else
    assert (data / "bangda.db").stat().st_mode & others == 0
