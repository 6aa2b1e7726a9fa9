"""Vectors of texts, for every server of the database: what one has embedded, no other embeds again.

Keys are hashes with the database's own key: a text that somebody guesses cannot be tried with them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from server.base.errors import StoreError
from server.store.database import Database, Row, Writing

log = logging.getLogger("bangda.vectors")
# As long as a server's own cache keeps what nobody asks for.
_KEEP_DAYS = 90
_PER_QUESTION = 500
_TURN = "embedding"
_ADD = (
    "INSERT INTO shared_vectors (model, key, vector, made_on) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (model, key) DO NOTHING"
)


class SharedVectors:
    """Vectors by model and text hash. A database that is away costs an embedding, never more."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def find(self, model: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        """Which of these are there."""
        by_key = {self._key(one): one for one in hashes}
        keys, found = list(by_key), dict[bytes, bytes]()
        for start in range(0, len(keys), _PER_QUESTION):
            for row in self._rows(model, keys[start : start + _PER_QUESTION]):
                found[by_key[row["key"]]] = bytes(row["vector"])
        return found

    def _rows(self, model: str, keys: Sequence[str]) -> list[Row]:
        marks = ", ".join("?" * len(keys))
        sql = f"SELECT key, vector FROM shared_vectors WHERE model = ? AND key IN ({marks})"  # noqa: S608
        try:
            return self._db.rows(sql, [model, *keys])
        except StoreError as error:
            log.warning("vectors of other servers are not to be had: %s", error)
            return []

    def add(self, model: str, vectors: Mapping[bytes, bytes]) -> None:
        """Queues new ones; those that nobody made anew for long go."""
        today = datetime.now(UTC).date()
        oldest = (today - timedelta(days=_KEEP_DAYS)).isoformat()
        rows = [(model, self._key(k), v, today.isoformat()) for k, v in vectors.items()]

        def job(db: Writing) -> None:
            db.execute("DELETE FROM shared_vectors WHERE made_on < ?", [oldest])
            db.executemany(_ADD, rows)

        try:
            self._db.write(job)
        except StoreError as error:
            log.warning("vectors are not shared with other servers: %s", error)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Lets one server at a time embed: the next one finds what the first has made."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._db.turn(_TURN))
            except StoreError as error:
                log.warning("embedding without waiting for other servers: %s", error)
            yield

    def _key(self, text_hash: bytes) -> str:
        return self._db.ids.digest(text_hash.hex())
