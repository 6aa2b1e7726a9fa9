"""`bangda account add` and `bangda audit verify`: what is kept in the data folder."""

from __future__ import annotations

import argparse

from server.cli.parser import data_of
from server.config import prepare_data_dir
from server.store import Accounts, Database


def account_add(arguments: argparse.Namespace) -> int:
    """Creates an account and prints its token, once, alone."""
    from server.auth import Auth

    folder = prepare_data_dir(data_of(arguments))
    database = Database(folder / "bangda.db")
    try:
        _, token = Auth(Accounts(database)).issue(
            arguments.name, arguments.role, arguments.shop, "command line"
        )
    finally:
        database.close()
    print(token)
    return 0
