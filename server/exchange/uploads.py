"""Files that wait for a decision: kept on disk, so that a restart of the server loses none.

What an export of orders or shoppers holds is nobody's to read: a file and its description are
encrypted with a key of the database, go with the decision, and are left for a day at most.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from server.base.errors import UsageError
from server.exchange import limits
from server.exchange.grids import Grid
from server.exchange.tables import read_grids
from server.text.masking import mask

SCRIPTS, ORDERS, SHOPPERS, PRODUCTS = "scripts", "orders", "shoppers", "products"
_LIMITS = {
    SCRIPTS: limits.SCRIPTS,
    ORDERS: limits.RECORDS,
    SHOPPERS: limits.RECORDS,
    PRODUCTS: limits.SCRIPTS,
}
HOLDS = tuple(_LIMITS)
MOST = 20
DAYS = {SCRIPTS: 7, PRODUCTS: 7, ORDERS: 1, SHOPPERS: 1}
"""How long a file waits at most: what holds people's data a day."""
KEY_NAME = "uploads.key"
"""The secret of the database that files are encrypted with."""
_KEY = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: who brought it, when (seconds since 1970), what it holds."""

    key: str
    shop: str
    who: str
    name: str
    at: float
    kind: str = SCRIPTS


class Uploads:
    """A folder of files, each beside a description. The oldest go when there are too many.

    `key` is a key of Fernet; it is asked for when the first file comes.
    """

    def __init__(self, folder: Path, key: Callable[[], str]) -> None:
        self._folder = folder
        self._cipher = cache(lambda: Fernet(key()))
        self._lock = threading.Lock()
        self._grids: dict[str, list[Grid]] = {}

    def keep(self, shop: str, who: str, name: str, content: bytes, kind: str = SCRIPTS) -> str:
        """Reads the file and keeps it; returns its key. Raises UsageError for no readable file."""
        grids = read_grids(content, name, _LIMITS[kind])
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clean(MOST - 1)
            self._write(key, "file", content)
            # Names of files are told in lists and in the history of imports.
            told = {"shop": shop, "who": who, "name": mask(name), "at": time.time(), "kind": kind}
            # The description comes last: without it a file that was cut off is not listed.
            self._write(key, "about", json.dumps(told, ensure_ascii=False).encode())
            self._grids = {key: grids}
        return key

    def find(self, shop: str, key: str) -> Upload | None:
        """The shop's file of this key."""
        found = self._about(key) if _KEY.fullmatch(key) else None
        return found if found and found.shop == shop and not _is_old(found) else None

    def grids(self, upload: Upload) -> list[Grid]:
        """The file's sheets; those of the last file are remembered."""
        held = self._grids.get(upload.key)
        if held is None:
            content = self._read(upload.key, "file")
            if content is None:
                raise UsageError(f"{upload.name} is no longer kept; choose the file again")
            held = read_grids(content, upload.name, _LIMITS[upload.kind])
            self._grids = {upload.key: held}
        return held

    def waiting(self, shop: str) -> list[Upload]:
        """The shop's files, newest first."""
        found = [one for one in self._all() if one.shop == shop and not _is_old(one)]
        return sorted(found, key=lambda upload: -upload.at)

    def drop(self, upload: Upload) -> None:
        """Removes a file that was imported or is not wanted."""
        self._grids.pop(upload.key, None)
        self._path(upload.key, "about").unlink(missing_ok=True)
        self._path(upload.key, "file").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what waited too long, also when nobody brings another file."""
        if self._folder.is_dir():
            with self._lock:
                self._clean(MOST)

    def _all(self) -> list[Upload]:
        found = (self._about(path.stem) for path in self._folder.glob("*.about"))
        return [upload for upload in found if upload]

    def _clean(self, most: int) -> None:
        """Leaves `most` of them; what has no description is the left-over of a crash."""
        held = sorted(self._all(), key=lambda upload: -upload.at)
        kept = [one.key for one in held if not _is_old(one)][:most]
        for path in self._folder.iterdir():
            if path.stem not in kept:
                self._grids.pop(path.stem, None)
                path.unlink()

    def _about(self, key: str) -> Upload | None:
        told = self._read(key, "about")
        return None if told is None else Upload(key, **json.loads(told))

    def _write(self, key: str, kind: str, content: bytes) -> None:
        self._path(key, kind).write_bytes(self._cipher().encrypt(content))

    def _read(self, key: str, kind: str) -> bytes | None:
        """What was kept; None for nothing, and for what another key or a crash left."""
        try:
            return self._cipher().decrypt(self._path(key, kind).read_bytes())
        except (FileNotFoundError, InvalidToken):
            return None

    def _path(self, key: str, kind: str) -> Path:
        return self._folder / f"{key}.{kind}"


def new_key() -> str:
    """A key for `Uploads`."""
    return Fernet.generate_key().decode("ascii")


def _is_old(upload: Upload) -> bool:
    return time.time() - upload.at > DAYS[upload.kind] * 86_400
