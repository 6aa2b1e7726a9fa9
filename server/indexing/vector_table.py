"""Vectors on disk: one SQLite table of a cache folder, pruned, with keys that tell nothing.

A key is a keyed hash: without the secret beside the table nobody can try texts (a phone number has
few enough digits to try them all). Folder and secret may be deleted at any time; what is missing
or damaged is embedded again.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.indexing.encoder import Identity, Vectors

log = logging.getLogger("bangda.vectors")
FILE = "vectors.db"
KEY_FILE = "vectors.key"
# Longer than any holiday: what a shop did not use for so long is embedded again when it comes.
KEEP_DAYS = 90
_SECRET_BYTES = 32
_KEY_BYTES = 16
_AT_ONCE = 500  # keys of one question: SQLite takes no more than 999
_TOGETHER = 64
_TABLE = """
    CREATE TABLE IF NOT EXISTS vectors (
        model TEXT NOT NULL,
        key BLOB NOT NULL,
        crc INTEGER NOT NULL,
        vector BLOB NOT NULL,
        used_on TEXT NOT NULL,
        PRIMARY KEY (model, key)
    ) WITHOUT ROWID
"""


class VectorTable:
    """The vectors of one model. Used under its caller's lock, from any thread."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.glob("vectors-*.bin"):  # of an earlier version, with keys anybody can try
            old.unlink()
        self._path = folder / FILE
        self._model = f"{identity.model}\x00{identity.version}\x00{identity.dimension}"
        self._dimension = identity.dimension
        self._secret = _secret(folder / KEY_FILE)
        self._used: dict[bytes, str] = {}
        self._later: dict[bytes, tuple[str, bytes, int, bytes, str]] = {}
        try:
            self._make()
        except sqlite3.DatabaseError as error:
            self._make_anew(error)

    def _make_anew(self, error: sqlite3.DatabaseError) -> None:
        log.warning("%s is damaged (%s); its vectors are embedded again", self._path, error)
        self._path.unlink(missing_ok=True)
        self._make()

    def _make(self) -> None:
        with self._open() as db:
            db.execute(_TABLE)
            oldest = (datetime.now(UTC) - timedelta(days=KEEP_DAYS)).date().isoformat()
            db.execute("DELETE FROM vectors WHERE used_on < ?", [oldest])
            db.commit()

    def _open(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._path, timeout=10))

    def key(self, text_hash: bytes) -> bytes:
        """The key of a text's plain hash, 16 bytes."""
        return blake2b(text_hash, digest_size=_KEY_BYTES, key=self._secret).digest()

    def read(self) -> dict[bytes, NDArray[np.float32]]:
        """Every vector by its key; damaged ones are left out and removed."""
        try:
            return self._read()
        except sqlite3.DatabaseError as error:
            self._make_anew(error)
            return {}

    def find(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors of these keys by key, as far as there are any."""
        late = {key: self._later[key][3] for key in keys if key in self._later}
        found = {key: np.frombuffer(content, dtype="<f4") for key, content in late.items()}
        away = [key for key in keys if key not in found]
        try:
            for start in range(0, len(away), _AT_ONCE):
                found |= self._read(away[start : start + _AT_ONCE])
        except sqlite3.DatabaseError as error:
            self._make_anew(error)
        return found

    def _read(self, keys: Sequence[bytes] = ()) -> dict[bytes, NDArray[np.float32]]:
        """Those of some keys, or all."""
        found: dict[bytes, NDArray[np.float32]] = {}
        bad: list[tuple[str, bytes]] = []
        sql = "SELECT key, crc, vector, used_on FROM vectors WHERE model = ?"
        if keys:
            sql += f" AND key IN ({', '.join('?' * len(keys))})"
        with self._open() as db:
            for key, crc, content, used_on in db.execute(sql, [self._model, *keys]):
                if zlib.crc32(content) == crc and len(content) == 4 * self._dimension:
                    found[key] = np.frombuffer(content, dtype="<f4")
                    if not keys or used_on != _today():
                        self._used[key] = used_on
                else:
                    bad.append((self._model, key))
            if bad:
                db.executemany("DELETE FROM vectors WHERE model = ? AND key = ?", bad)
                db.commit()
        return found

    def add(self, keys: Sequence[bytes], rows: Vectors, *, later: bool = False) -> None:
        """Writes new vectors; `later` with others, since each write waits for the disk."""
        today = _today()
        contents = (np.ascontiguousarray(row, dtype="<f4").tobytes() for row in rows)
        self._later |= {
            key: (self._model, key, zlib.crc32(content), content, today)
            for key, content in zip(keys, contents, strict=True)
        }
        if not later:
            self._used |= dict.fromkeys(keys, today)
        if not later or len(self._later) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Writes what was put off."""
        made, self._later = list(self._later.values()), {}
        if made:
            self._write("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?, ?)", made)

    def drop(self, keys: Sequence[bytes]) -> None:
        """Removes vectors: of the text that they were made from nothing is to stay."""
        self.flush()
        gone = [(self._model, key) for key in keys]
        self._write("DELETE FROM vectors WHERE model = ? AND key = ?", gone)
        for key in keys:
            self._used.pop(key, None)

    def use(self, keys: Iterable[bytes]) -> None:
        """Notes that these are still wanted; written once a day for each."""
        today = _today()
        fresh = [key for key in keys if self._used.get(key, today) != today]
        if fresh:
            sql = "UPDATE vectors SET used_on = ? WHERE model = ? AND key = ?"
            self._write(sql, [(today, self._model, key) for key in fresh])
            self._used |= dict.fromkeys(fresh, today)

    def _write(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Writes what may be lost: a full disk costs an embedding later, never an answer now."""
        try:
            with self._open() as db:
                db.execute("PRAGMA secure_delete=ON")
                db.executemany(sql, rows)
                db.commit()
        except sqlite3.Error as error:
            log.warning("vectors are not kept in %s: %s", self._path, error)


def _secret(path: Path) -> bytes:
    """The secret of a folder, made when it is missing or not whole; for this account alone."""
    known = path.read_bytes() if path.is_file() else b""
    if len(known) != _SECRET_BYTES:
        known = secrets.token_bytes(_SECRET_BYTES)
        path.touch(mode=0o600)
        path.write_bytes(known)
    return known


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
