"""A backup in one file: the database as of one moment, the library, the keys; verified when made.

A zip with a `manifest.json` that names every file with its SHA-256, so that it can be opened by
hand; with a password it is that zip as an age file (age-encryption.org), which other tools open
too. The database is copied by SQLite's own backup, so a server may go on writing meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyrage

from server import __version__
from server.base.errors import UsageError
from server.base.times import utc_now

DATABASE = "bangda.db"
MANIFEST = "manifest.json"
# What stands beside the database and cannot be made again. Caches and indexes can.
_KEPT = ("audit.head", "session.key", "ids.key")
_LIBRARY = "library/"
_AGE = b"age-encryption.org/"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: rows by table, files in all, when it was made."""

    made_at: str
    files: int
    rows: dict[str, int]


def make_backup(file: Path, data: Path, library: Path, password: str = "") -> Backup:
    """Writes and verifies a backup of a data folder and its library. The file is replaced whole.

    Raises UsageError when there is no database or the file cannot be written.
    """
    if not (data / DATABASE).is_file():
        raise UsageError(f"no database in {data}; expected a server's data folder; use --data DIR")
    aside = file.with_name(f"{file.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="bangda-backup-") as folder:
            packed = Path(folder) / "backup.zip"
            rows = _pack(packed, data, library)
            content = packed.read_bytes()
        aside.touch(mode=0o600)
        aside.write_bytes(pyrage.passphrase.encrypt(content, password) if password else content)
        made = verify_backup(aside, password)
        if made.rows != rows:
            raise UsageError(f"{file} does not read as it was written; try another disk")
        aside.replace(file)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written ({error.strerror}); choose another place"
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return made


def _pack(packed: Path, data: Path, library: Path) -> dict[str, int]:
    """Writes the zip; returns the rows of each table."""
    copy = packed.with_name(DATABASE)
    with (
        closing(sqlite3.connect(data / DATABASE)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        rows = _rows(target)
    sums: dict[str, str] = {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in _files(copy, data, library):
            content = path.read_bytes()
            sums[name] = hashlib.sha256(content).hexdigest()
            archive.writestr(name, content)
        manifest = {
            "format": _FORMAT,
            "version": __version__,
            "made_at": utc_now(),
            "files": sums,
            "rows": rows,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return rows


def _files(copy: Path, data: Path, library: Path) -> Iterator[tuple[str, Path]]:
    yield DATABASE, copy
    for name in _KEPT:
        if (data / name).is_file():
            yield name, data / name
    for path in sorted(library.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{_LIBRARY}{path.relative_to(library).as_posix()}", path


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
        "AND name NOT LIKE 'message_words_%' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {
        name: int(database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
        for (name,) in names
    }


def verify_backup(file: Path, password: str = "") -> Backup:
    """Reads a backup through: every file against its sum, the database by SQLite's own check.

    Raises UsageError that says what is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="bangda-backup-") as folder:
        return _unpack(file, password, Path(folder))


def restore_backup(file: Path, data: Path, library: Path, password: str = "") -> Backup:
    """Puts a verified backup into place; what stood there is kept beside it as `….before-restore`.

    Raises UsageError when the backup is not whole; then nothing was touched.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bangda-restore-", dir=data.parent) as folder:
        made = _unpack(file, password, Path(folder))
        for name in (DATABASE, *_KEPT):
            _put(Path(folder) / name, data / name)
        for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (data / name).unlink(missing_ok=True)
        _put(Path(folder) / _LIBRARY, library)
    return made


def _put(source: Path, target: Path) -> None:
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists():
        before = target.with_name(f"{target.name}.before-restore")
        number = 1
        while before.exists():
            number += 1
            before = target.with_name(f"{target.name}.before-restore-{number}")
        target.rename(before)
    shutil.move(source, target)


def _unpack(file: Path, password: str, folder: Path) -> Backup:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}); expected a backup") from error
    packed = folder / "backup.zip"
    packed.write_bytes(_opened(content, file, password))
    try:
        with zipfile.ZipFile(packed) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            for name, known in manifest["files"].items():
                held = archive.read(name)
                if hashlib.sha256(held).hexdigest() != known:
                    raise UsageError(f"{file}: {name} was changed since; use another backup")
                _extract(folder, name, held)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise UsageError(
            f"{file} is no whole backup ({error}); expected what `bangda backup` wrote"
        ) from error
    if manifest["format"] > _FORMAT:
        raise UsageError(f"{file} was made by a newer bangda ({manifest['version']}); update first")
    _check_database(folder / DATABASE, file)
    return Backup(manifest["made_at"], len(manifest["files"]), manifest["rows"])


def _opened(content: bytes, file: Path, password: str) -> bytes:
    if not content.startswith(_AGE):
        return content
    if not password:
        raise UsageError(f"{file} is encrypted; give its password: --password-file FILE")
    try:
        return bytes(pyrage.passphrase.decrypt(content, password))
    except pyrage.DecryptError as error:
        raise UsageError(f"{file} does not open with this password; give another one") from error


def _extract(folder: Path, name: str, content: bytes) -> None:
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise UsageError(f"{name!r} leads out of the backup; expected what `bangda backup` wrote")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    target.chmod(0o600)


def _check_database(path: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise UsageError(f"{file}: its database is damaged ({found}); use another backup")
