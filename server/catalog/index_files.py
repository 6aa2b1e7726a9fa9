"""An index on disk: its vectors beside a description of what made them."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.base import pinyin
from server.indexing.bm25 import Counted, LexicalIndex, weighed
from server.indexing.codes import codes_of
from server.indexing.domain_adapter import Adapter, load_adapter
from server.indexing.passages import passages_of
from server.indexing.vector_cache import VectorCache
from server.library import Script
from server.scripts_index import Built, ScriptsIndex, assemble, build_index, built_of, from_rows
from server.text import normal

_LOG = logging.getLogger(__name__)

_DAMAGED = (
    OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile
)  # fmt: skip


def save_index(index: ScriptsIndex, path: Path) -> None:
    """Writes the index's vectors and what made them, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    named = {name: getattr(index.built, name) for name in Built.__slots__}
    aside = path.with_suffix(".tmp")
    with aside.open("wb") as file:
        np.savez(
            file,
            built=_as_bytes(json.dumps(named, sort_keys=True)),
            plain=index.plain,
            adapted=index.adapted,
            intents=index.intents,
            counted_by=_as_bytes(_counting()),
            **_counted("chars", index.chars),
            **_counted("sounds", index.sounds),
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
            known = _known(held)
    except _DAMAGED as error:
        _LOG.warning("index %s is damaged (%s); rebuilding", path, error or type(error).__name__)
        return None
    if not len(plain) == len(adapted) == len(passages):
        _LOG.warning("index %s holds another number of vectors than texts; rebuilding", path)
        return None
    if known is None or not _fits(known, len(scripts), len(passages)):
        return from_rows(tuple(scripts), passages, plain, adapted, cache, adapter)
    codes = codes_of(passages)
    return assemble(tuple(scripts), passages, plain, adapted, *known, codes, cache, adapter)


def _counted(name: str, lexical: LexicalIndex) -> dict[str, Any]:
    """A lexical index as arrays to save: its texts as counted terms, from which it is weighed."""
    counted = lexical.counted
    return {
        f"{name}.terms": _as_bytes("\n".join(counted.terms)),
        f"{name}.starts": counted.starts,
        f"{name}.numbers": counted.numbers,
        f"{name}.counts": counted.counts,
        f"{name}.lengths": counted.lengths,
    }


def _known(held: Any) -> tuple[NDArray[np.float32], LexicalIndex, LexicalIndex] | None:
    """Intents and lexical indexes, None where other code counted the terms."""
    if "counted_by" not in held or _as_text(held["counted_by"]) != _counting():
        return None
    lexical = []
    for name in ("chars", "sounds"):
        terms = _as_text(held[f"{name}.terms"])
        listed = terms.split("\n") if terms else []
        parts = (held[f"{name}.{part}"] for part in ("starts", "numbers", "counts", "lengths"))
        lexical.append(weighed(Counted({t: n for n, t in enumerate(listed)}, *parts)))
    return held["intents"], lexical[0], lexical[1]


def _fits(
    known: tuple[NDArray[np.float32], LexicalIndex, LexicalIndex], scripts: int, passages: int
) -> bool:
    intents, chars, heard = known
    return len(intents) == scripts and chars.size == heard.size == passages


@cache
def _counting() -> str:
    """Names all that decides which terms a text has."""
    digest = blake2b(digest_size=16)
    for path in (normal.__file__, pinyin.__file__, pinyin.TABLE):
        digest.update(Path(path).read_bytes())
    return digest.hexdigest()


def _as_bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _as_text(content: NDArray[np.uint8]) -> str:
    return content.tobytes().decode("utf-8", "surrogatepass")


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
