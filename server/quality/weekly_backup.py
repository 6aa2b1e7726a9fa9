"""A backup a week into a folder that the shop names (another disk, a synced folder)."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.store.backup import make_backup

log = logging.getLogger("bangda.backup")
EVERY = timedelta(days=7)
KEPT = 5
LOOK_EVERY_S = 3600.0


def back_up_when_due(folder: Path, data: Path, library: Path, now: datetime | None = None) -> bool:
    """Makes a backup when the newest one is a week old; the oldest of more than five goes.

    Raises UsageError when it cannot be written.
    """
    at = now or datetime.now(UTC)
    newest = max((_made_at(path) for path in _backups(folder)), default="")
    if newest and datetime.fromisoformat(newest) + EVERY > at.replace(tzinfo=None):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"bangda-{at:%Y-%m-%d}.zip"
    made = make_backup(file, data, library)
    log.info("backup %s holds %d files", file, made.files)
    for old in sorted(_backups(folder), key=_made_at)[:-KEPT]:
        old.unlink()
    return True


def _backups(folder: Path) -> list[Path]:
    return [path for path in folder.glob("bangda-????-??-??.zip") if _made_at(path)]


def _made_at(path: Path) -> str:
    """The day in the name, "" for a name that only looks like one."""
    day = path.stem.removeprefix("bangda-")
    try:
        return datetime.fromisoformat(day).date().isoformat()
    except ValueError:
        return ""
