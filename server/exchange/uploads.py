"""Files that wait for a decision: kept on disk, so that a restart of the server loses none."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from server.exchange import limits
from server.exchange.grids import Grid
from server.exchange.tables import read_grids

SCRIPTS, ORDERS, SHOPPERS, PRODUCTS = "scripts", "orders", "shoppers", "products"
_LIMITS = {
    SCRIPTS: limits.SCRIPTS,
    ORDERS: limits.RECORDS,
    SHOPPERS: limits.RECORDS,
    PRODUCTS: limits.SCRIPTS,
}
HOLDS = tuple(_LIMITS)
MOST = 20
MOST_DAYS = 7
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
    """A folder of files, each beside a description. The oldest go when there are too many."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._grids: dict[str, list[Grid]] = {}

    def keep(self, shop: str, who: str, name: str, content: bytes, kind: str = SCRIPTS) -> str:
        """Reads the file and keeps it; returns its key. Raises UsageError for no readable file."""
        grids = read_grids(content, name, _LIMITS[kind])
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._clean()
            self._path(key, "file").write_bytes(content)
            told = {"shop": shop, "who": who, "name": name, "at": time.time(), "kind": kind}
            # The description comes last: without it a file that was cut off is not listed.
            self._path(key, "json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
            self._grids = {key: grids}
        return key

    def find(self, shop: str, key: str) -> Upload | None:
        """The shop's file of this key."""
        path = self._path(key, "json")
        if not _KEY.fullmatch(key) or not path.is_file():
            return None
        found = Upload(key, **json.loads(path.read_text("utf-8")))
        return found if found.shop == shop else None

    def grids(self, upload: Upload) -> list[Grid]:
        """The file's sheets; those of the last file are remembered."""
        held = self._grids.get(upload.key)
        if held is None:
            content = self._path(upload.key, "file").read_bytes()
            held = read_grids(content, upload.name, _LIMITS[upload.kind])
            self._grids = {upload.key: held}
        return held

    def waiting(self, shop: str) -> list[Upload]:
        """The shop's files, newest first."""
        found = [upload for upload in self._all() if upload.shop == shop]
        return sorted(found, key=lambda upload: -upload.at)

    def drop(self, upload: Upload) -> None:
        """Removes a file that was imported or is not wanted."""
        self._grids.pop(upload.key, None)
        self._path(upload.key, "json").unlink(missing_ok=True)
        self._path(upload.key, "file").unlink(missing_ok=True)

    def _all(self) -> list[Upload]:
        keys = [path.stem for path in self._folder.glob("*.json")]
        return [
            Upload(key, **json.loads(self._path(key, "json").read_text("utf-8"))) for key in keys
        ]

    def _clean(self) -> None:
        """Makes room for one more; files without a description are left-overs of a crash."""
        held = sorted(self._all(), key=lambda upload: -upload.at)
        limit = time.time() - MOST_DAYS * 86_400
        for number, upload in enumerate(held):
            if number >= MOST - 1 or upload.at < limit:
                self.drop(upload)
        for path in self._folder.glob("*.file"):
            if not path.with_suffix(".json").exists():
                path.unlink()

    def _path(self, key: str, kind: str) -> Path:
        return self._folder / f"{key}.{kind}"
