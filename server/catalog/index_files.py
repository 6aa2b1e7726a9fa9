"""An index on disk: its vectors beside a description of what made them."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from server.indexing.domain_adapter import Adapter, load_adapter
from server.indexing.passages import passages_of
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.scripts_index import Built, ScriptsIndex, build_index, built_of, from_rows

_LOG = logging.getLogger(__name__)

_DAMAGED = (
    OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile
)  # fmt: skip


def save_index(index: ScriptsIndex, path: Path) -> None:
    """Writes the index's vectors and what made them, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {name: getattr(index.built, name) for name in Built.__slots__}
    aside = path.with_suffix(".tmp")
    with aside.open("wb") as file:
        np.savez(
            file,
            built=np.frombuffer(json.dumps(named, sort_keys=True).encode(), dtype=np.uint8),
            plain=index.plain,
            adapted=index.adapted,
        )
    aside.replace(path)


def load_index(
    path: Path, scripts: Sequence[Script], cache: VectorCache, *, adapter: Adapter | None = None
) -> ScriptsIndex | None:
    """The saved index of exactly these scripts, model and adapter; None when it is of others.

    A damaged file is reported in the log and answered with None, too: build anew.
    """
    adapter = adapter or load_adapter(cache.identity)
    passages = passages_of(scripts)
    expected = built_of(passages, cache.identity, adapter)
    if not path.is_file():
        return None
    try:
        # numpy leaves a file that it opened itself open when the archive is torn.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            found = Built(**json.loads(held["built"].tobytes()))
            if found != expected:
                _LOG.info("index %s was built with %s, not %s; rebuilding", path, found, expected)
                return None
            plain, adapted = held["plain"], held["adapted"]
    except _DAMAGED as error:
        _LOG.warning("index %s is damaged (%s); rebuilding", path, error or type(error).__name__)
        return None
    if not len(plain) == len(adapted) == len(passages):
        _LOG.warning("index %s holds another number of vectors than texts; rebuilding", path)
        return None
    return from_rows(tuple(scripts), passages, plain, adapted, cache, adapter)


def open_index(
    scripts: Sequence[Script],
    cache: VectorCache,
    *,
    path: Path | None = None,
    adapter: Adapter | None = None,
    at_once: int | None = None,
) -> ScriptsIndex:
    """The index of these scripts: loaded if the file at `path` fits, else built and saved there.

    Of more than `at_once` texts that are not embedded yet it holds the words alone, and is not
    saved.
    """
    if path is not None:
        loaded = load_index(path, scripts, cache, adapter=adapter)
        if loaded is not None:
            return loaded
    index = build_index(scripts, cache, adapter=adapter, at_once=at_once)
    if path is not None and not index.waiting:
        save_index(index, path)
    return index
