"""One server a data folder: a second one would write the same files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from server.base.errors import ConfigError

_FILE = "serving.lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Holds a data folder for this process; the system lets go of it when the process ends.

    Raises ConfigError when another one holds it.
    """
    lock = FileLock(folder / _FILE, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigError(
            f"data folder {folder} is in use by a running server; stop that one first, or name "
            "another folder: --data DIR"
        ) from error
    try:
        yield
    finally:
        lock.release()
