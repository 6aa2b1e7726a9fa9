"""`bangda library pull` and `push`: the servers' library in a folder, as for git."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from server.base.config import prepare_data_dir
from server.base.errors import UsageError
from server.catalog.shared import SharedLibrary
from server.cli.parser import data_of, database_of, library_of
from server.store import Database


def pull(arguments: argparse.Namespace) -> int:
    """Brings the newest files into the folder; exit 1 when something had to be put aside."""
    return _sync(arguments, send=False)


def push(arguments: argparse.Namespace) -> int:
    """Brings the newest files, merges, and sends what was edited in the folder."""
    return _sync(arguments, send=True)


def _sync(arguments: argparse.Namespace, *, send: bool) -> int:
    where = database_of(arguments)
    if isinstance(where, Path):
        raise UsageError(
            "no database is named; expected the servers' one, as --database "
            "postgresql://USER@HOST/NAME; with SQLite the library folder is all there is"
        )
    root, data = library_of(arguments), prepare_data_dir(data_of(arguments))
    root.mkdir(parents=True, exist_ok=True)
    with closing(Database(where, data)) as database:
        done = SharedLibrary(root, database).sync("(command line)", send=send)
    for path in done.taken:
        print(f"< {path}")
    for path in done.sent:
        print(f"> {path}")
    for path in done.aside:
        print(f"! {path}: 两边改了同几行 / both changed the same lines; yours: {data}")
    print(f"{len(done.taken)} taken, {len(done.sent)} sent, {len(done.aside)} put aside")
    return 1 if done.aside else 0
