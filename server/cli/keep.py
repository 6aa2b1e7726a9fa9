"""`bangda account add`, `audit verify`, `backup` and `restore`: what is kept in the data folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from server.base.config import default_database, prepare_data_dir
from server.base.errors import UsageError
from server.cli.parser import data_of, database_of, library_of
from server.store import Accounts, Database


def account_add(arguments: argparse.Namespace) -> int:
    """Creates an account and prints its token, once, alone."""
    from server.accounts.tokens import Auth
    from server.store.quality.audit import Audit

    folder = prepare_data_dir(data_of(arguments))
    database = Database(database_of(arguments), folder)
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
    from server.quality.audit_check import verify_audit

    where = database_of(arguments)
    if isinstance(where, Path) and not where.exists():
        raise UsageError(f"no database at {where}; expected a server's data folder; use --data DIR")
    database = Database(where, data_of(arguments))
    try:
        report = verify_audit(database)
    finally:
        database.close()
    for problem in report.problems:
        print(problem)
    verdict = "broken" if report.problems else "whole"
    print(f"{report.entries} entries, chain {verdict}, head {report.head}")
    return 1 if report.problems else 0


def backup(arguments: argparse.Namespace) -> int:
    """Writes a verified backup, while a server may go on serving."""
    from server.store.backup import make_backup

    if default_database():
        raise UsageError(
            "$BANGDA_DATABASE names a PostgreSQL database, which this does not back up; expected a "
            "data folder's own file; run: pg_dump --format custom, and bangda library pull"
        )
    data, password = data_of(arguments), _password(arguments)
    made = make_backup(arguments.file, data, library_of(arguments), password)
    rows = sum(made.rows.values())
    print(
        f"已备份并核对 / backed up and verified: {arguments.file}, {made.files} files, {rows} rows"
    )
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Puts a backup into place, or only verifies it; what stood there is kept beside it."""
    from server.base.folder_lock import alone_in
    from server.store.backup import restore_backup, verify_backup

    password = _password(arguments)
    if arguments.verify:
        made = verify_backup(arguments.file, password)
        print(f"备份完好 / whole: {arguments.file}, made {made.made_at}, {made.files} files")
        return 0
    data = prepare_data_dir(data_of(arguments))
    with alone_in(data):
        made = restore_backup(arguments.file, data, library_of(arguments), password)
    print(
        f"已恢复 / restored: {made.files} files of {made.made_at}; what stood there is kept as "
        "*.before-restore"
    )
    return 0


def _password(arguments: argparse.Namespace) -> str:
    """The password from its file: on the command line everybody on the machine could read it."""
    if arguments.password_file is None:
        return ""
    try:
        text = str(arguments.password_file.read_text(encoding="utf-8")).strip()
    except OSError as error:
        raise UsageError(
            f"{arguments.password_file} cannot be read ({error.strerror}); expected a text file"
        ) from error
    if not text:
        raise UsageError(f"{arguments.password_file} is empty; expected a password on one line")
    return text
