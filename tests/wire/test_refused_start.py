"""A server that cannot start says why in one line, as every other command does."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.accounts.tokens import Auth
from server.store import Accounts, Database
from server.store.quality.audit import Audit


def serve(library: Path, data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = ["serve", "--port", "0", "--library", str(library), "--data", str(data), *more]
    return subprocess.run(
        [sys.executable, "-m", "server", *command], capture_output=True, text=True, timeout=120
    )


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"no database " * 1_000)


def of_a_newer_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "SELECT migration_set, 's999_later', applied_at FROM _sqlite_migrations LIMIT 1"
        )
        db.commit()


@pytest.mark.parametrize(
    ("hurt", "found", "step"),
    [
        (emptied, "is empty, though this data folder had one", "run: bangda restore FILE"),
        (Path.unlink, "is missing, though this data folder had one", "run: bangda restore FILE"),
        (overwritten, "file is not a database", "restore a backup"),
        (of_a_newer_program, "made by a newer bangda", "update this program"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_and_stays_as_it_is(
    library: Path, tmp_path: Path, hurt: Callable[[Path], None], found: str, step: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    path = data / "bangda.db"
    with closing(Database(path)) as database:
        Auth(Accounts(database)).issue("小王", "agent", "")
        Audit(database).append("account", "(test)", "made", {})
    for log in data.glob("bangda.db-*"):
        log.unlink()
    hurt(path)
    before = path.read_bytes() if path.exists() else None

    ended = serve(library, data)

    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith(f"bangda: database {path} ")
    assert found in lines[0]
    assert step in lines[0]
    assert ended.stdout == ""
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_model_that_is_none_names_the_one_that_ships(library: Path, tmp_path: Path) -> None:
    ended = serve(library, tmp_path / "data", "--model", str(tmp_path / "none"))
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].endswith("--model bangda-zh")
    assert "Traceback" not in ended.stderr
