"""`bangda account add` and `bangda audit verify`: what is kept in the data folder."""

from __future__ import annotations

import argparse

from server.base.config import prepare_data_dir
from server.cli.parser import data_of
from server.store import Accounts, Database


def account_add(arguments: argparse.Namespace) -> int:
    """Creates an account and prints its token, once, alone."""
    from server.accounts.tokens import Auth
    from server.store.quality.audit import Audit

    folder = prepare_data_dir(data_of(arguments))
    database = Database(folder / "bangda.db")
    try:
        account, token = Auth(Accounts(database)).issue(
            arguments.name, arguments.role, arguments.shop, "command line"
        )
        details = {"account": account.name, "role": account.role, "shop": account.shop}
        Audit(database).append("account", "(command line)", "add", details)
    finally:
        database.close()
    print(token)
    return 0


def audit_verify(arguments: argparse.Namespace) -> int:
    """Checks the audit trail's chain; exit 1 and a line for every break."""
    from server.base.errors import UsageError
    from server.quality.audit_check import verify_audit

    path = data_of(arguments) / "bangda.db"
    if not path.exists():
        raise UsageError(f"no database at {path}; expected a server's data folder; use --data DIR")
    database = Database(path)
    try:
        report = verify_audit(database)
    finally:
        database.close()
    for problem in report.problems:
        print(problem)
    verdict = "broken" if report.problems else "whole"
    print(f"{report.entries} entries, chain {verdict}, head {report.head}")
    return 1 if report.problems else 0
