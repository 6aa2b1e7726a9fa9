"""What is being served: library, indexes and checkers, swapped whole when a file changes.

A broken edit keeps the last good snapshot serving and is named in `trouble`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import watchfiles

from server.base.errors import BangdaError, LibraryError, Problem
from server.base.worker import Worker
from server.catalog.held_index import HeldIndex, Shelf
from server.catalog.index_files import open_index, save_index
from server.catalog.index_update import update_index
from server.catalog.last_good import LastGood
from server.catalog.served import Served, Snapshot
from server.catalog.source import Source
from server.compliance.assembly import judge_for
from server.compliance.checker import Checker
from server.compliance.clearance import Clearance
from server.compliance.proven import PROVEN
from server.compliance.rules import RuleSet
from server.indexing.encoder import Encoder
from server.indexing.passages import Kind, Passages, passages_of
from server.indexing.vector_cache import RememberingEncoder, Shared, VectorCache
from server.library import Library, Script, Shop
from server.scripts_index import ScriptsIndex
from server.text.normal import normalize
from server.text.synonyms import synonyms_of

log = logging.getLogger("bangda.catalog")
_WATCH_AGAIN_S = 1.0
_DEBOUNCE_MS = 120
_STEP_MS = 40
_FIRST_LOOK_MS = 500
# Up to here new texts are embedded before they are served (some seconds); more are served by their
# words first, and by their meaning as soon as they are embedded.
_AT_ONCE = 200
_CHUNK = 64
# Where not all shops are held, their vectors are not either: so many are, for what is edited.
_VECTORS_BESIDE = 4_096
_ENDINGS = (".yaml", ".yml", ".txt")
_WHOLE_LIBRARY = ("L000", "L010", "L011")


class Catalog:
    """Holds the current snapshot and makes the next one."""

    def __init__(
        self,
        root: Path,
        encoder: Encoder,
        cache_dir: Path | None = None,
        only: str | None = None,
        rebuild: bool = False,
        kept: Path | None = None,
        shared: Shared | None = None,
        most: int = 0,
    ) -> None:
        """Loads everything once. Raises LibraryError or UsageError when nothing can be served.

        `kept` is where the last good files are kept; None keeps nothing. `shared` are vectors of
        other servers. `most` is how many shops' indexes are held in memory, 0 for all: others
        are opened when they are asked for.
        """
        self._root = root
        self._kept = LastGood(kept)
        self._source = Source(root, only, self._kept)
        self._cache_dir = cache_dir
        kept_vectors = _VECTORS_BESIDE if most and cache_dir is not None else None
        self._vectors = VectorCache(cache_dir, encoder, kept=kept_vectors, shared=shared)
        self.shelf = Shelf(most)
        self._judge = judge_for(encoder)
        self._listeners: list[Callable[[Snapshot], None]] = []
        self._reloading = threading.Lock()
        self._saving = threading.Lock()
        self.watcher = Worker("library watch", self._follow, _WATCH_AGAIN_S)
        self._embedder: threading.Thread | None = None
        # How many of how many texts are embedded in the background; None while nothing waits.
        self.embedding: tuple[int, int] | None = None
        self.trouble: tuple[Problem, ...] = ()
        # The latest index that was made for a trial, and the passages of the one it was made from.
        self._tried: tuple[Passages, ScriptsIndex] | None = None
        if rebuild and cache_dir is not None:
            for path in cache_dir.glob("*.index"):
                path.unlink()
        if cache_dir is not None:
            PROVEN.recall(cache_dir)
        self.snapshot = self._load(None)
        PROVEN.keep()
        self._name_trouble()

    @property
    def root(self) -> Path:
        """The library folder."""
        return self._root

    def on_change(self, listener: Callable[[Snapshot], None]) -> None:
        """Calls `listener` with every new snapshot, from the thread that loaded it."""
        self._listeners.append(listener)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """What is set aside or understood otherwise, though everything is served."""
        return self.snapshot.library.remarks

    def reload(self, shop: str | None = None) -> bool:
        """Reads what changed; False when `shop` (or any) is broken and its last good one stays.

        The other shops are served as their files say.
        """
        with self._reloading:
            before = self.snapshot
            try:
                after = self._load(before)
            except BangdaError as error:
                self.trouble = _problems(error, self._root)
                log.error("library not reloaded, the last good one keeps serving: %s", error)
                return False
            self._name_trouble()
            well = not (self.is_broken(shop) if shop else self.trouble)
            if after is before:
                return well
            self.snapshot = after
        log.info("library %s is live", after.library.version)
        self._tell(before, after)
        self._embed_later()
        return well

    def _tell(self, before: Snapshot, after: Snapshot) -> None:
        for listener in self._listeners:
            try:
                listener(after)
            except Exception:
                # What one listener misses must not keep the others, or the next change, waiting.
                log.exception("a listener of the library failed")
        self._keep(before, after)

    def _embed_later(self) -> None:
        """Starts embedding what is served by its words alone, unless that is under way."""
        with self._reloading:
            running = self._embedder is not None and self._embedder.is_alive()
            if running or not _waiting(self.snapshot) or self.watcher.stop.is_set():
                return
            self._embedder = threading.Thread(
                target=self._embed_waiting, name="library-embed", daemon=True
            )
            self._embedder.start()

    def _embed_waiting(self) -> None:
        """Embeds what waits until nothing does, and serves it; ends when the server does."""
        while scripts := _waiting(self.snapshot):
            try:
                self.prepare(scripts, self._note_embedding)
            except BangdaError as error:
                log.error("new scripts are found by their words alone: %s", error)
                self.embedding = None
                return
            if self.watcher.stop.is_set():
                return
            with self._reloading:
                before = self.snapshot
                shops = {s: self._with_vectors(served) for s, served in before.shops.items()}
                self.snapshot = after = Snapshot(before.library, MappingProxyType(shops))
                done = not _waiting(after)
                if done:
                    # From here on a reload starts the next round itself.
                    self._embedder = self.embedding = None
            self._tell(before, after)
            if done:
                return

    def _note_embedding(self, done: int, total: int) -> None:
        self.embedding = (done, total)

    def _with_vectors(self, served: Served) -> Served:
        index = served.held.peek()
        if index is None or not index.waiting:
            return served
        index = update_index(index, served.shop.scripts, self._vectors, _AT_ONCE)
        return replace(served, held=self._hold(served.shop, index))

    def _name_trouble(self) -> None:
        for problem in self.trouble:
            log.error("the last good one keeps serving: %s", problem)

    def read_library(self, only: str | None = None) -> Library:
        """What the files say now; a file that did not change is not parsed again.

        Raises LibraryError or UsageError.
        """
        return self._source.strict(only)

    def current(self) -> Library:
        """What the files say now, broken shops as they were last good."""
        return self._source.current(self._serving()).library

    def is_broken(self, shop: str) -> bool:
        """Whether a shop is not served as its files say."""
        return any(_concerns(problem, shop) for problem in self.trouble)

    def _serving(self) -> dict[str, Shop]:
        return {name: served.shop for name, served in self.snapshot.shops.items()}

    def trial_index(self, index: ScriptsIndex, scripts: Sequence[Script]) -> ScriptsIndex:
        """An index of scripts that are not served, nearly those of `index`. Nothing is saved.

        Kept until the next reload: what was tried is mostly what is published then.
        """
        known = self._tried_of(index, scripts)
        if known is None:
            known = update_index(index, scripts, self._vectors)
            self._tried = index.passages, known
        return self.remembering(known)

    def _tried_of(self, index: ScriptsIndex, scripts: Sequence[Script]) -> ScriptsIndex | None:
        """The index of just these scripts, if it was made from `index` for a trial."""
        passages, tried = self._tried or (None, None)
        if tried is None or passages is not index.passages or tried.scripts != tuple(scripts):
            return None
        return replace(tried, scripts=tuple(scripts), synonyms=index.synonyms)

    def remembering(self, index: ScriptsIndex) -> ScriptsIndex:
        """The same index, whose queries are kept on disk: for questions that are tried often."""
        return replace(index, encoder=RememberingEncoder(self._vectors))

    def remember(self, texts: Sequence[str]) -> None:
        """Embeds queries ahead of a trial; those known already cost nothing."""
        self._vectors.vectors([normalize(text) for text in texts], "query")

    def prepare(self, scripts: Sequence[Script], progress: Callable[[int, int], None]) -> None:
        """Embeds what these scripts say ahead of a reload; calls `progress(done, total)`."""
        passages = passages_of(scripts)
        total = len(passages)
        for start in range(0, total, _CHUNK):
            if self.watcher.stop.is_set():
                return
            chosen = range(start, min(start + _CHUNK, total))
            for role in ("query", "document"):
                kind = [n for n in chosen if Kind(passages.kind[n]).role == role]
                self._vectors.vectors([passages.folded[n] for n in kind], role)
            progress(chosen.stop, total)

    def watch(self) -> None:
        """Starts reloading on every change below the library folder."""
        self.watcher.start()

    def close(self) -> None:
        """Ends the watch and what is embedded in the background."""
        self.watcher.close(within_s=5)
        if self._embedder is not None:
            self._embedder.join(timeout=5)
        self._vectors.flush()

    def _follow(self) -> None:
        """Reloads on changes until the folder is gone or another one; the worker calls again."""
        held = _identity(self._root)
        if held is None:
            # Gone before the watch began, or still: said once, and looked for again.
            if not self.trouble:
                self.reload()
            return
        changes = watchfiles.watch(
            self._root,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            stop_event=self.watcher.stop,
            rust_timeout=_FIRST_LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        settled = False
        for changed in changes:
            if _identity(self._root) != held:
                self.reload()
                return
            if any(path.lower().endswith(_ENDINGS) for _, path in changed) or not settled:
                # The first round also finds what was edited before the watch had begun.
                settled = True
                self.reload()

    def _load(self, before: Snapshot | None) -> Snapshot:
        current = self._source.current(self._serving() if before else {})
        library = current.library
        for remark in library.remarks:
            log.warning("%s", remark)
        trouble = list(current.problems)
        served: dict[str, Served] = {}
        for shop in library.shops.values():
            held = before.shops.get(shop.id) if before else None
            rules, wrong = self._source.rules(shop.id)
            trouble += [problem for problem in wrong if problem not in trouble]
            served[shop.id] = self._serve(shop, rules, held)
            well = not any(_concerns(problem, shop.id) for problem in trouble)
            if well and served[shop.id] is not held:
                self._kept.keep(shop.id, self._root / shop.id)
        self.trouble = tuple(sorted(trouble))
        self._tried = None
        after = Snapshot(library, MappingProxyType(served))
        if before is None or any(served[name] is not before.shops.get(name) for name in served):
            return after
        same = served.keys() == before.shops.keys() and library.remarks == before.library.remarks
        return before if same else after

    def _serve(self, shop: Shop, rules: RuleSet, before: Served | None) -> Served:
        same_shop = before is not None and before.shop.version == shop.version
        same_rules = before is not None and before.checker.ruleset == rules
        if before is not None and same_shop and same_rules:
            return before
        held = self._held(shop, before)
        if before is not None and same_rules:
            checker, alone = before.checker, before.rules
        else:
            checker, alone = Checker(rules, self._judge), Checker(rules)
        clearance = Clearance(alone, shop, before.clearance if before is not None else None)
        return Served(shop, held, checker, alone, clearance)

    def _held(self, shop: Shop, before: Served | None) -> HeldIndex:
        index = before.held.peek() if before is not None else None
        same = before is not None and before.shop.scripts == shop.scripts
        if before is not None and same and before.shop.synonyms == shop.synonyms:
            return before.held
        if index is not None and not same:
            index = self._tried_of(index, shop.scripts) or update_index(
                index, shop.scripts, self._vectors, _AT_ONCE
            )
        elif before is None and not self.shelf.most:
            index = open_index(shop.scripts, self._vectors, path=self._path(shop.id))
        if index is None:
            return self._hold(shop)
        return self._hold(shop, replace(index, synonyms=synonyms_of(shop.synonyms)))

    def _hold(self, shop: Shop, index: ScriptsIndex | None = None) -> HeldIndex:
        def make() -> ScriptsIndex:
            path = self._path(shop.id)
            made = open_index(shop.scripts, self._vectors, path=path, at_once=_AT_ONCE)
            return replace(made, synonyms=synonyms_of(shop.synonyms))

        def used(held: HeldIndex, fresh: bool) -> None:
            self.shelf.note(shop.id, held)
            if fresh and _waiting_ids(held.peek()):
                self._embed_later()

        return HeldIndex(make, used, index)

    def _path(self, shop: str) -> Path | None:
        return self._cache_dir / f"{shop}.index" if self._cache_dir else None

    def _keep(self, before: Snapshot, after: Snapshot) -> None:
        """Saves the indexes that changed, once they are serving: the next start is quicker."""
        for shop, served in after.shops.items():
            path, old = self._path(shop), before.shops.get(shop)
            index = served.held.peek()
            if path is None or old is None or index is None or old.held.peek() is index:
                continue
            if index.waiting:
                continue  # a start reads an index as it is, and would never fill it
            with self._saving:
                if self.snapshot.shops.get(shop) is served:
                    save_index(index, path)


def _waiting(snapshot: Snapshot) -> list[Script]:
    """The scripts that are served by their words alone."""
    return [
        served.shop.by_id[script_id]
        for served in snapshot.shops.values()
        for script_id in sorted(_waiting_ids(served.held.peek()))
    ]


def _waiting_ids(index: ScriptsIndex | None) -> frozenset[str]:
    return frozenset(index.waiting) if index is not None else frozenset()


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of its name; None when there is none."""
    try:
        stat = folder.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _concerns(problem: Problem, shop: str) -> bool:
    """Whether a problem stands in a shop's own files, or in the way of the whole library."""
    return problem.file.startswith(f"{shop}/") or problem.code in _WHOLE_LIBRARY


def _problems(error: BangdaError, root: Path) -> tuple[Problem, ...]:
    if isinstance(error, LibraryError):
        return error.problems
    return (Problem(str(root), 0, "", "L000", str(error), "mend the library folder"),)
