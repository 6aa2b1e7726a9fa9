"""Rules whose examples held, remembered over restarts: trying them is a fifth of a start.

What is remembered holds for this very code and these very words: another version tries all anew.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

from server.compliance.rules import Rule

log = logging.getLogger("bangda.checking")
FILE = "proven_rules.txt"
_SERVER = Path(__file__).resolve().parents[1]
_READING = (
    "compliance/*.py",
    "text/*.py",
    "base/pinyin.py",
    "knowledge/shop_words.txt",
    "knowledge/pinyin.txt",
)


class Proven:
    """Digests of rules that were tried, of each with the named words that its patterns may use."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._path: Path | None = None
        self._lock = threading.Lock()

    def holds(self, key: str) -> bool:
        """Whether the rule of this key (`key_of`) was tried and held."""
        return key in self._held

    def add(self, key: str) -> None:
        """The rule of this key held."""
        with self._lock:
            self._held.add(key)

    def recall(self, folder: Path) -> None:
        """Takes over what an earlier start left in `folder`, unless other code left it."""
        self._path = folder / FILE
        try:
            code, *keys = self._path.read_text(encoding="ascii").split() or [""]
        except (OSError, UnicodeDecodeError):
            return
        if code == _code():
            with self._lock:
                self._held.update(keys)

    def keep(self) -> None:
        """Writes what holds for the next start. A full disk is only logged: it costs a moment."""
        if self._path is None:
            return
        aside = self._path.with_suffix(".tmp")
        with self._lock:
            lines = "\n".join([_code(), *sorted(self._held)]).encode()
            try:
                if self._path.is_file() and self._path.read_bytes() == lines:
                    return
                self._path.parent.mkdir(parents=True, exist_ok=True)
                aside.write_bytes(lines)
                aside.replace(self._path)
            except OSError as error:
                log.warning("which rules hold is not kept (%s); the next start tries them", error)


PROVEN = Proven()
"""Of this process: every shop of a library reads the same files."""


def words_key(words: Mapping[str, tuple[str, ...]]) -> str:
    """Names the words that patterns may use."""
    return blake2b(repr(words).encode(), digest_size=16).hexdigest()


def key_of(rule: Rule, words: str) -> str:
    """Names a rule with its examples, and the words (`words_key`) that it is read with."""
    return blake2b(f"{rule!r}{words}".encode(), digest_size=16).hexdigest()


@cache
def _code() -> str:
    """Names all that decides whether a pattern matches a text."""
    digest = blake2b(digest_size=16)
    for pattern in _READING:
        for path in sorted(_SERVER.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
