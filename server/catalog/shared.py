"""The library of several servers: versions of its files in the database, a working copy each.

A change at one server is a new version of a file; the others take it over into their copy and load
it. What a console changes is done in turns, over the newest copy, so two leads at two servers meet
as they do at one. What was edited in two copies by hand is merged line by line; where that cannot
be, the database's version stays in place and the other is put aside, never lost.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.base.times import utc_now
from server.store.contract import Writing
from server.store.database import Database

log = logging.getLogger("bangda.library")
NEWS = "library"
_STATE = "library.shared.json"
_ASIDE = "library.put-aside"
_TURN = "library"
_NEWEST = """
    SELECT id, path, gone FROM library_files
    WHERE id IN (SELECT max(id) FROM library_files GROUP BY path)
"""


@dataclass(frozen=True, slots=True)
class Synced:
    """Paths that were taken over, sent, and put aside, by their place in the library."""

    taken: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()


@dataclass
class _Round:
    taken: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Base:
    """What a file was when copy and database last agreed: the version's number and its SHA-256."""

    number: int = 0
    digest: str = ""


class SharedLibrary:
    """One server's copy. With a database of its own (SQLite) the files are all there is."""

    def __init__(self, root: Path, database: Database) -> None:
        """`root` is the library folder."""
        self._root = root
        self._db = database
        self._state = database.folder / _STATE
        self._lock = threading.RLock()
        self._inside = False

    @contextmanager
    def editing(self, who: str) -> Iterator[Synced]:
        """The turn of one who changes files: gives what was taken over first, sends the rest after.

        Raises StoreUnavailableError when the database is away: what nobody else could see is not
        begun.
        """
        if not self._db.is_shared:
            yield Synced()
            return
        with self._lock, self._db.turn(_TURN):
            self._inside = True
            try:
                yield self._sync(who)
            finally:
                self._inside = False
                self._sync(who)

    def sync(self, who: str = "", *, send: bool = True) -> Synced:
        """Brings copy and database together; without `send` the database stays as it is.

        Inside of `editing` it does nothing: that sends at its end.
        """
        if not self._db.is_shared:
            return Synced()
        with self._lock:
            if self._inside:
                return Synced()
            with self._db.turn(_TURN):
                return self._sync(who, send=send)

    def _sync(self, who: str, *, send: bool = True) -> Synced:
        base, mine = self._known(), _files(self._root)
        newest = {r["path"]: (int(r["id"]), bool(r["gone"])) for r in self._db.rows(_NEWEST)}
        done = _Round()
        for path in sorted(base.keys() | mine.keys() | newest.keys()):
            before = base.get(path, _Base())
            number, gone = newest.get(path, (0, True))
            content = mine.get(path)
            changed_here = _digest(content) != before.digest
            changed_there = number != before.number
            if changed_there:
                theirs = None if gone else self._version(number)
                content = self._meet(path, before, content, theirs, done, here=changed_here)
                base[path] = _Base(number, _digest(theirs))
                changed_here = content != theirs
            if changed_here and send:
                base[path] = _Base(self._send(path, content, who), _digest(content))
                done.sent.append(path)
        self._note(base)
        if done.sent:
            self._db.write(lambda db: db.notify(NEWS))
        return Synced(tuple(done.taken), tuple(done.sent), tuple(done.aside))

    def _meet(
        self,
        path: str,
        before: _Base,
        mine: bytes | None,
        theirs: bytes | None,
        done: _Round,
        *,
        here: bool,
    ) -> bytes | None:
        """What the copy holds from now on, None for no file."""
        if mine == theirs:
            return theirs
        met = theirs
        if here:
            old = self._version(before.number) if before.number else None
            merged = _merged(old, mine, theirs)
            if merged is not None:
                met = merged
            elif mine is not None:
                aside = self._put_aside(path, mine)
                done.aside.append(path)
                log.error(
                    "%s was changed here and at another server in the same lines; the other's is "
                    "served, this server's is kept as %s", path, aside,
                )  # fmt: skip
        _write(self._root / path, met)
        done.taken.append(path)
        return met

    def _version(self, number: int) -> bytes | None:
        row = self._db.row("SELECT content, gone FROM library_files WHERE id = ?", [number])
        return None if row is None or row["gone"] else bytes(row["content"])

    def _send(self, path: str, content: bytes | None, who: str) -> int:
        row = {
            "path": path,
            "content": content or b"",
            "gone": int(content is None),
            "who": who,
            "at": utc_now(),
        }

        def job(db: Writing) -> int:
            return db.insert("library_files", row)

        return self._db.write(job)

    def _put_aside(self, path: str, content: bytes) -> Path:
        place = self._db.folder / _ASIDE / path
        number = 1
        while place.exists():
            number += 1
            place = self._db.folder / _ASIDE / f"{path}.{number}"
        _write(place, content)
        return place

    def _known(self) -> dict[str, _Base]:
        if not self._state.exists():
            return {}
        held = json.loads(self._state.read_text(encoding="utf-8"))
        if held["root"] != str(self._root.resolve()) or held["database"] != self._db.shown:
            return {}
        return {path: _Base(*pair) for path, pair in held["files"].items()}

    def _note(self, base: dict[str, _Base]) -> None:
        files = {path: [b.number, b.digest] for path, b in base.items() if b.number}
        held = {"root": str(self._root.resolve()), "database": self._db.shown, "files": files}
        _write(self._state, json.dumps(held, ensure_ascii=False).encode())


def _files(root: Path) -> dict[str, bytes]:
    """The library's files by place; hidden ones and links are nobody else's affair."""
    found = {}
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root)
        hidden = any(part.startswith(".") for part in place.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            found[place.as_posix()] = path.read_bytes()
    return found


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes | None) -> None:
    """In one step: a reader sees the old file or the new one. None removes it."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def _merged(old: bytes | None, mine: bytes | None, theirs: bytes | None) -> bytes | None:
    """Both changes in one text, None where they are about the same lines."""
    if old is None or mine is None or theirs is None:
        return None
    from merge3 import Merge3

    try:
        texts = [text.decode("utf-8").splitlines(keepends=True) for text in (old, mine, theirs)]
    except UnicodeDecodeError:
        return None
    groups = list(Merge3(*texts).merge_groups())
    if any(group[0] == "conflict" for group in groups):
        return None
    return "".join(line for group in groups for line in group[1]).encode()
