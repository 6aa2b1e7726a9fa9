"""Files that wait for a decision: kept on a shelf, so that a restart of the server loses none.

What an export of orders or shoppers holds is nobody's to read: a file and its description are
encrypted with a key of the database, go with the decision, and are left for a day at most.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from server.base.errors import UsageError
from server.exchange import limits
from server.exchange.grids import Grid
from server.exchange.tables import read_grids
from server.text.masking import mask

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

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


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: who brought it, when (seconds since 1970), what it holds."""

    key: str
    shop: str
    who: str
    name: str
    at: float
    kind: str = SCRIPTS


class Shelf(Protocol):
    """Where files are kept: each by its key, beside what is told of it."""

    def put(self, key: str, told: bytes, content: bytes, now: float) -> None:
        """Keeps a file; one that was cut off is not told of."""

    def told(self) -> dict[str, bytes]:
        """What is told of each file, by key."""

    def content(self, key: str) -> bytes | None:
        """A file's bytes, None when it is gone."""

    def drop(self, key: str) -> None:
        """Takes a file away; nothing happens when it is gone."""

    def tidy(self, now: float) -> None:
        """Takes away what a crash left: files that nobody tells of."""


class FolderShelf:
    """A folder of files, each beside a description."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, told: bytes, content: bytes, now: float) -> None:
        """See Shelf. The description comes last."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path(key, "file").write_bytes(content)
        self._path(key, "about").write_bytes(told)

    def told(self) -> dict[str, bytes]:
        """See Shelf."""
        return {path.stem: path.read_bytes() for path in self._folder.glob("*.about")}

    def content(self, key: str) -> bytes | None:
        """See Shelf."""
        path = self._path(key, "file")
        return path.read_bytes() if path.is_file() else None

    def drop(self, key: str) -> None:
        """See Shelf."""
        self._path(key, "about").unlink(missing_ok=True)
        self._path(key, "file").unlink(missing_ok=True)

    def tidy(self, now: float) -> None:
        """See Shelf."""
        held = self.told().keys()
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            if path.stem not in held or path.suffix not in (".about", ".file"):
                path.unlink(missing_ok=True)

    def _path(self, key: str, kind: str) -> Path:
        return self._folder / f"{key}.{kind}"


class Uploads:
    """The files on a shelf, encrypted. A shop's oldest go when it has too many.

    `key` is a key of Fernet; it is asked for when the first file comes.
    """

    def __init__(self, shelf: Shelf, key: Callable[[], str]) -> None:
        self._shelf = shelf
        self._cipher = cache(lambda: _cipher_of(key()))
        self._lock = threading.Lock()
        self._grids: dict[str, list[Grid]] = {}

    def keep(self, shop: str, who: str, name: str, content: bytes, kind: str = SCRIPTS) -> str:
        """Reads the file and keeps it; returns its key. Raises UsageError for no readable file."""
        grids = read_grids(content, name, _LIMITS[kind])
        key, now = secrets.token_urlsafe(12), time.time()
        # Names of files are told in lists and in the history of imports.
        told = {"shop": shop, "who": who, "name": mask(name), "at": now, "kind": kind}
        sealed = self._cipher().encrypt(json.dumps(told, ensure_ascii=False).encode())
        with self._lock:
            self._clean()
            for upload in self.waiting(shop)[MOST - 1 :]:
                self.drop(upload)
            self._shelf.put(key, sealed, self._cipher().encrypt(content), now)
            self._grids = {key: grids}
        return key

    def find(self, shop: str, key: str) -> Upload | None:
        """The shop's file of this key."""
        return next((upload for upload in self.waiting(shop) if upload.key == key), None)

    def grids(self, upload: Upload) -> list[Grid]:
        """The file's sheets; those of the last file are remembered."""
        held = self._grids.get(upload.key)
        if held is None:
            content = self._opened(self._shelf.content(upload.key))
            if content is None:
                raise UsageError(f"{upload.name} is no longer kept; choose the file again")
            held = read_grids(content, upload.name, _LIMITS[upload.kind])
            self._grids = {upload.key: held}
        return held

    def waiting(self, shop: str) -> list[Upload]:
        """The shop's files, newest first."""
        found = [one for one in self._all() if one and one.shop == shop and not _is_old(one)]
        return sorted(found, key=lambda upload: -upload.at)

    def drop(self, upload: Upload) -> None:
        """Removes a file that was imported or is not wanted."""
        self._grids.pop(upload.key, None)
        self._shelf.drop(upload.key)

    def sweep(self) -> None:
        """Removes what waited too long, also when nobody brings another file."""
        with self._lock:
            self._clean()

    def _clean(self) -> None:
        for key, told in self._shelf.told().items():
            upload = self._upload(key, told)
            if upload is None or _is_old(upload):
                self._grids.pop(key, None)
                self._shelf.drop(key)
        self._shelf.tidy(time.time())

    def _all(self) -> Iterator[Upload | None]:
        return (self._upload(key, told) for key, told in self._shelf.told().items())

    def _upload(self, key: str, told: bytes) -> Upload | None:
        opened = self._opened(told)
        return None if opened is None else Upload(key, **json.loads(opened))

    def _opened(self, sealed: bytes | None) -> bytes | None:
        """What was kept; None for nothing, and for what another key or a crash left."""
        from cryptography.fernet import InvalidToken

        try:
            return None if sealed is None else self._cipher().decrypt(sealed)
        except InvalidToken:
            return None


def _cipher_of(key: str) -> Fernet:
    from cryptography.fernet import Fernet  # only an upload needs it

    return Fernet(key)


def new_key() -> str:
    """A key for `Uploads`."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode("ascii")


def _is_old(upload: Upload) -> bool:
    return time.time() - upload.at > DAYS[upload.kind] * 86_400
