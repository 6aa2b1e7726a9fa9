"""The last library that read well, kept in the data folder: what serves when the files do not."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from server.base.errors import LibraryError
from server.library import Shop, load_library, shop_dirs, yaml_in

log = logging.getLogger("bangda.catalog")
_NEXT, _OLD = ".next-", ".old-"


class LastGood:
    """Copies of the YAML files of each shop, as they were when they last read well.

    Without a folder nothing is kept. Safe to delete.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def keep(self, shop_id: str, source: Path) -> None:
        """Copies a shop's files, unless the same are kept already. A full disk is only logged."""
        if self.folder is None:
            return
        kept = self.folder / shop_id
        contents = {file.name: file.read_bytes() for file in yaml_in(source).read}
        if contents == {file.name: file.read_bytes() for file in yaml_in(kept).read}:
            return
        try:
            self._replace(shop_id, kept, contents)
        except OSError as error:
            log.error("the last good scripts of %s are not kept: %s", shop_id, error)

    def _replace(self, shop_id: str, kept: Path, contents: dict[str, bytes]) -> None:
        """In whole: a crash between leaves the old copy or the new one."""
        assert self.folder is not None
        fresh, old = self.folder / f"{_NEXT}{shop_id}", self.folder / f"{_OLD}{shop_id}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.mkdir(mode=0o700)
        for name, content in contents.items():
            (fresh / name).write_bytes(content)
        if kept.exists():
            kept.rename(old)
        fresh.rename(kept)
        shutil.rmtree(old, ignore_errors=True)

    def shop(self, shop_id: str) -> Shop | None:
        """The shop as it was kept; None when it is not, or when the copy is damaged."""
        if self.folder is None or not (self.folder / shop_id).is_dir():
            return None
        try:
            return load_library(self.folder, shop_id).shops[shop_id]
        except (LibraryError, KeyError) as error:
            log.error("the kept copy of shop %s cannot be read: %s", shop_id, error)
            return None

    def shops(self) -> list[Shop]:
        """Every shop that is kept and reads well."""
        if self.folder is None or not self.folder.is_dir():
            return []
        try:
            names = [folder.name for folder in shop_dirs(self.folder)]
        except LibraryError:
            return []
        return [shop for name in names if (shop := self.shop(name)) is not None]

    def files_of(self, shop_id: str) -> Path | None:
        """The folder of a shop's kept files, None when there is none."""
        kept = self.folder / shop_id if self.folder is not None else None
        return kept if kept is not None and kept.is_dir() else None
