"""A PostgreSQL server for the tests: a cluster in a temporary folder, a database for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

_TEMPLATE = "bangda_template"
_ACCOUNTS = ("postgres", "nobody")


def _folder_of_programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[-2]))
    return next((folder for folder in reversed(folders) if (folder / "initdb").is_file()), None)


def missing() -> str:
    """Why no server can be had here, "" when one can."""
    if find_spec("psycopg") is None:
        return "the package psycopg is not installed"
    if _folder_of_programs() is None:
        return "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    return ""


ENGINES = ("sqlite",) if missing() else ("sqlite", "postgres")


class Cluster:
    """A server of its own; it listens on this machine only."""

    def __init__(self, folder: Path, *, safe: bool = False) -> None:
        """`safe` flushes to disk as a shop's server does; tests need no such care."""
        programs = _folder_of_programs()
        assert programs is not None, missing()
        self._programs, self._folder = programs, folder
        # The server refuses to run as root.
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        self._account = _some_account() if root else None
        if self._account:
            shutil.chown(folder, self._account)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        flush = "on" if safe else "off"
        self._settings = (
            f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync={flush} "
            "-c max_connections=200 -c log_min_messages=warning"
        )
        self._numbers = itertools.count(1)
        self._has_template = False
        self._run("initdb", "-D", str(folder / "data"), "-U", "bangda", "--auth=trust",
                  "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        self.start()

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / program), *words],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            user=self._account,
        )

    def start(self) -> None:
        """Starts it; returns when it accepts connections."""
        words = ("-D", str(self._folder / "data"), "-l", str(self._folder / "log"), "-w")
        self._run("pg_ctl", *words, "-o", self._settings, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stops it; `immediate` is as a crash."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", mode, "-w", "stop")

    def address(self, name: str = "postgres", *, user: str = "bangda", password: str = "") -> str:
        """The address of one of its databases."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{name}"

    def ask_for_passwords(self, asked: bool) -> None:
        """Who connects but the owner needs a password, or needs none."""
        how = "scram-sha-256" if asked else "trust"
        rules = f"host all bangda 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 {how}\n"
        (self._folder / "data" / "pg_hba.conf").write_text(rules, encoding="ascii")
        self.execute("SELECT pg_reload_conf()")

    def execute(self, *statements: str, name: str = "postgres") -> None:
        """Runs statements as the owner of all."""
        import psycopg

        with psycopg.connect(self.address(name), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement)

    def empty(self) -> str:
        """The address of a database without tables."""
        name = f"t{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def fresh(self) -> str:
        """The address of a database with all tables, which are made once."""
        from server.store import Database

        if not self._has_template:
            self.execute(f"CREATE DATABASE {_TEMPLATE}")
            Database(self.address(_TEMPLATE), self._folder).close()
            self._has_template = True
        name = f"t{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self.address(name)


@contextmanager
def asking_for_passwords(server: Cluster) -> Iterator[None]:
    """Lets everybody but the owner in by password alone, for as long as it lasts."""
    server.ask_for_passwords(True)
    try:
        yield
    finally:
        server.ask_for_passwords(False)


def _some_account() -> str:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in _ACCOUNTS if name in known)


@contextmanager
def cluster(*, safe: bool = False) -> Iterator[Cluster]:
    """A running server; it and its folder are gone behind it."""
    with tempfile.TemporaryDirectory(prefix="bangda-pg-") as folder:
        made = Cluster(Path(folder), safe=safe)
        try:
            yield made
        finally:
            made.stop()


def tamper(where: Path | str, *statements: str) -> None:
    """Changes rows as somebody with the database would: past the store and its triggers."""
    if isinstance(where, Path):
        with closing(sqlite3.connect(where, timeout=10)) as conn:
            found = conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in found.fetchall():
                conn.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                conn.execute(statement)
            conn.commit()
        return
    import psycopg

    with psycopg.connect(where, autocommit=True) as made:
        made.execute("SET session_replication_role = replica")
        for statement in statements:
            made.execute(statement)


def held(where: Path | str, text: str) -> list[str]:
    """What holds a text still: a SQLite database's files, byte by byte, else tables."""
    if isinstance(where, Path):
        found = where.parent.glob(f"{where.name}*")
        return [path.name for path in found if text.encode() in path.read_bytes()]
    import psycopg

    with psycopg.connect(where, autocommit=True) as conn:
        tables = conn.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        return [
            name
            for (name,) in tables
            if conn.execute(
                f"SELECT 1 FROM {name} AS t WHERE strpos(CAST(t AS TEXT), %s) > 0 LIMIT 1", [text]
            ).fetchone()
        ]
