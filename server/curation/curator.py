"""Publishing: files written, versions recorded, audit appended, the new library served.

Files are the truth. A file that somebody edits by hand is noticed when the catalog reloads, and its
changes are recorded as made by hand; nothing of it is ever written over: a script that changed
since a lead opened it raises StaleError.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from server.base.errors import BangdaError, EntryError, StoreError
from server.base.yaml_files import write_text
from server.catalog.catalog import Catalog
from server.catalog.served import Snapshot
from server.curation.fields import script_from
from server.exchange.apply import write_scripts
from server.library import SHOP_FILE, Fact, Library, Script, Shop, shop_file
from server.library.save import edit_shop, read_text, script_fields
from server.store.curation.history import History, NewVersion

log = logging.getLogger("bangda.curator")
BY_HAND = "文件"
# From here on the index of a shop is built in the background: a save answers at once.
RELOAD_INLINE_UP_TO = 800


class StaleError(BangdaError):
    """A script changed since it was opened. `theirs` is what stands there now, None if removed."""

    def __init__(self, script_id: str, theirs: Script | None) -> None:
        super().__init__(f"script {script_id} was changed meanwhile; compare and save again")
        self.script_id = script_id
        self.theirs = theirs


class Trail(Protocol):
    """The append-only audit chain."""

    def append(self, kind: str, who: str, what: str, details: Mapping[str, Any]) -> None:
        """Writes one entry."""
        ...

    def library_changed(
        self, shop: str, who: str, versions: Mapping[str, str], details: Mapping[str, Any]
    ) -> None:
        """Writes who changed scripts; `versions` are theirs now, "" for a removed one."""
        ...


class Curator:
    """The one way in which the console changes the library."""

    def __init__(self, catalog: Catalog, history: History, trail: Trail | None = None) -> None:
        self._catalog = catalog
        self._history = history
        self._trail = trail
        self.changing = threading.RLock()
        self._ahead: Library | None = None
        # The version of each shop that history holds whole: it need not be compared again.
        self._recorded: dict[str, str] = {}
        catalog.on_change(self._changed)
        self._record_all(catalog.snapshot)

    @property
    def library(self) -> Library:
        """What the files say, as far as this program wrote or read them."""
        return self._ahead or self._catalog.snapshot.library

    @property
    def behind(self) -> bool:
        """Whether what is served is still the version before."""
        return self._ahead is not None

    def shop(self, shop_id: str) -> Shop:
        """The shop as its files say. Raises UsageError."""
        return self.library.shop(shop_id)

    def retired(self, shop_id: str) -> frozenset[str]:
        """Every id that was ever used: ids are not given out twice."""
        return frozenset(self._history.newest(shop_id))

    def publish(
        self,
        shop_id: str,
        changes: Mapping[str, Script | None],
        *,
        who: str,
        why: str = "",
        action: str = "",
        expected: Mapping[str, str] | None = None,
        batch: tuple[str, str] | None = None,
    ) -> int | None:
        """Writes scripts (None removes) and serves them; returns the batch's id.

        `expected` maps ids to the version that the lead saw ("" for a new script). Raises
        StaleError when another version stands there, UsageError when a new id is taken.
        """
        with self.changing:
            shop = self._catalog.read_library(shop_id).shop(shop_id)
            for script_id, version in (expected or {}).items():
                self._check(shop, script_id, version)
            changes = {i: s for i, s in changes.items() if shop.by_id.get(i) != s}
            if not changes:
                return None
            self._record_hand_edits(shop)
            write_scripts(changes, shop, self._catalog.root)
            versions = [_version(i, s, shop.by_id.get(i), action) for i, s in changes.items()]
            self._recorded.pop(shop_id, None)
            number = self._history.record(shop_id, versions, who=who, why=why, batch=batch)
            self._audit(who, shop_id, versions, why)
            self._serve(shop_id)
        return number

    def _check(self, shop: Shop, script_id: str, version: str) -> None:
        now = shop.by_id.get(script_id)
        if version and (now is None or now.version != version):
            raise StaleError(script_id, now)
        if not version:
            if now is not None:
                raise EntryError(
                    f"id {script_id!r} is already used; choose another id",
                    "id_used", "id", found=script_id,
                )  # fmt: skip
            if script_id in self.retired(shop.id):
                raise EntryError(
                    f"id {script_id!r} belonged to a removed script; ids are never used again; "
                    "choose another id, or restore that script from its history",
                    "id_retired", "id", found=script_id,
                )  # fmt: skip

    def change_shop(
        self,
        shop_id: str,
        changes: Mapping[str, Any],
        facts: Mapping[str, Fact | None],
        *,
        who: str,
        why: str = "",
        expected: str = "",
    ) -> None:
        """Changes shop.yaml; `expected` is the text hash that the lead saw. Raises UsageError."""
        with self.changing:
            path = shop_file(self._catalog.root / shop_id)
            old = read_text(path)
            if expected and expected != text_version(old):
                raise EntryError(
                    "shop.yaml was changed meanwhile; look at it again, then save", "shop_changed"
                )
            new = edit_shop(old, changes, facts)
            if new == old:
                return
            write_text(path, new)
            if not self._catalog.reload(shop_id):
                write_text(path, old)
                self._catalog.reload()
                raise EntryError(
                    "the change would break shop.yaml; nothing was changed", "shop_would_break"
                )
            version = NewVersion("", text_version(new), "facts", {"text": new, "before": old})
            self._history.record(shop_id, [version], who=who, why=why)
            if self._trail:
                names = {"facts": sorted(facts), "fields": sorted(changes)}
                self._trail.append("library", who, f"{shop_id}/{SHOP_FILE}", names)

    def note(self, who: str, what: str, details: Mapping[str, Any]) -> None:
        """Appends something that is no script to the audit chain: rules, shops, accounts."""
        if self._trail is not None:
            self._trail.append("library", who, what, details)

    def undo(self, shop_id: str, batch: int, *, who: str) -> list[str]:
        """Takes a whole batch back; returns the ids changed since, which stay as they are."""
        with self.changing:
            shop = self._catalog.read_library(shop_id).shop(shop_id)
            made = {v.script_id: v for v in self._history.recent(shop_id, 100_000, batch)}
            changes: dict[str, Script | None] = {}
            left = []
            for script_id, earlier in self._history.before_batch(shop_id, batch).items():
                now = shop.by_id.get(script_id)
                if (now.version if now else "") != made[script_id].version:
                    left.append(script_id)
                    continue
                changes[script_id] = script_from(earlier.fields, shop_id) if earlier else None
            self.publish(shop_id, changes, who=who, why=f"undo {batch}", action="restored")
            self._history.mark_undone(batch, who)
        return left

    def _audit(self, who: str, shop: str, versions: Sequence[NewVersion], why: str) -> None:
        if self._trail is None:
            return
        changed = {v.script_id: f"{v.action} {v.version}" for v in versions[:200]}
        details = {"shop": shop, "scripts": changed, "count": len(versions), "why": why}
        self._trail.library_changed(shop, who, {v.script_id: v.version for v in versions}, details)

    def _serve(self, shop_id: str) -> None:
        """Serves what was written: at once for a small shop, in the background for a large one."""
        library = self._catalog.current()
        if len(library.shop(shop_id).scripts) <= RELOAD_INLINE_UP_TO:
            self._catalog.reload()
            return
        self._ahead = library
        self._background(lambda: self._catch_up(library))

    def _catch_up(self, library: Library) -> None:
        """Serves what the files say; a later save that is still ahead stays so."""
        self._catalog.reload()
        with self.changing:
            if self._ahead is library:
                self._ahead = None
                self._changed(self._catalog.snapshot)

    def _background(self, work: Callable[[], object]) -> None:
        threading.Thread(target=work, name="library-reload", daemon=True).start()

    def _changed(self, snapshot: Snapshot) -> None:
        with self.changing:
            if self._ahead is not None:
                return
            try:
                self._record_all(snapshot)
            except StoreError as error:
                # The server is shutting down, or the disk is full; the next start records them.
                log.warning("edits made by hand are not recorded yet: %s", error)

    def _record_all(self, snapshot: Snapshot) -> None:
        for shop in snapshot.library.shops.values():
            # What a broken file does not show was not removed by anybody.
            if not self._catalog.is_broken(shop.id):
                self._record_hand_edits(shop)

    def _record_hand_edits(self, shop: Shop) -> None:
        """Records what differs from the last version known: edits made in the files themselves."""
        if self._recorded.get(shop.id) == shop.version:
            return
        known = self._history.newest(shop.id)
        first = not known
        versions = []
        for script in shop.scripts:
            before = known.get(script.id)
            if before is None or before[0] != script.version or before[1] == "removed":
                action = "first" if first else "by_hand"
                fields = script_fields(script)
                versions.append(NewVersion(script.id, script.version, action, fields))
        for script_id, (_, action) in known.items():
            if script_id and action != "removed" and script_id not in shop.by_id:
                versions.append(NewVersion(script_id, "", "removed", {}))
        if versions:
            if not first:
                log.info("%s: %d scripts changed outside the console", shop.id, len(versions))
            self._history.record(shop.id, versions, who=BY_HAND)
        self._recorded[shop.id] = shop.version


def text_version(text: str) -> str:
    """A short hash of a file's text."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _version(
    script_id: str, script: Script | None, before: Script | None, action: str
) -> NewVersion:
    if script is None:
        return NewVersion(script_id, "", "removed", {})
    what = action or ("changed" if before else "added")
    return NewVersion(script_id, script.version, what, script_fields(script))
