"""`bangda move`: the data of a folder into PostgreSQL, or back."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from server.base.config import DATABASE_FILE, default_data, prepare_data_dir
from server.base.errors import UsageError
from server.base.folder_lock import alone_in
from server.store import Database
from server.store.postgres.address import is_address


def move(arguments: argparse.Namespace) -> int:
    """Copies, compares, and says what arrived. Run again, it goes on where it broke off."""
    from server.store.move import move as carry

    if is_address(arguments.source) == is_address(arguments.target):
        raise UsageError(
            "both places are of one kind; expected a data folder and an address, as "
            "--from DIR --to postgresql://USER@HOST/NAME; a folder is copied by bangda backup"
        )
    with ExitStack() as stack:
        source = stack.enter_context(_opened(arguments.source, new=False))
        target = stack.enter_context(_opened(arguments.target, new=True))
        moved = carry(source, target, print)
        total = sum(moved.rows.values())
        print(
            f"已搬运并核对 / moved and compared: {total} rows of {len(moved.rows)} tables, "
            f"{source.shown} → {target.shown}"
        )
    print("话术文件 / library files: bangda library push, bangda library pull")
    return 0


@contextmanager
def _opened(place: str, *, new: bool) -> Iterator[Database]:
    """A place's database, held alone where it is a folder. Raises UsageError, ConfigError."""
    if is_address(place):
        with closing(Database(place, prepare_data_dir(default_data()))) as database:
            yield database
        return
    folder = Path(place)
    if not new and not (folder / DATABASE_FILE).is_file():
        raise UsageError(f"no database in {folder}; expected a server's data folder")
    with alone_in(prepare_data_dir(folder)), closing(Database(folder / DATABASE_FILE)) as database:
        yield database
