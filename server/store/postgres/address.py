"""The address of a PostgreSQL database, and in plain words what is wrong when it cannot be used.

The password is read from the address, PGPASSWORD, a service file or a password file (PGPASSFILE,
`~/.pgpass`), as libpq does. It stands in no message, log or title of a process.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from server.base.errors import ConfigError, StoreError, StoreUnavailableError

_SCHEMES = ("postgresql", "postgres")
OLDEST = 13
_SECRET = re.compile(r"(password\s*=\s*)(?:'[^']*'|\S+)", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a text names a PostgreSQL database."""
    return text.partition("://")[0].lower() in _SCHEMES


@dataclass(frozen=True)
class Address:
    """Where a database is; `shown` is the same for people, without the password."""

    conninfo: str
    shown: str
    password: str

    def __repr__(self) -> str:
        return f"Address({self.shown})"

    def clean(self, text: object) -> str:
        """A foreign message on one line, without the password."""
        line = " ".join(str(text).split())
        if self.password:
            line = line.replace(self.password, "***")
        return _SECRET.sub(r"\1***", line)


def address_of(text: str) -> Address:
    """The address. Raises ConfigError for one that cannot be read, or without the driver."""
    try:
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
    except ImportError as error:
        raise ConfigError(
            "database is PostgreSQL and its driver is not installed; expected the package psycopg; "
            "run: pip install 'bangda[postgres]'"
        ) from error
    if not is_address(text):
        raise ConfigError(
            f"database {text.partition('://')[0]!r} is not known; expected an address "
            "postgresql://USER@HOST/NAME, or no --database for the file in the data folder"
        )
    try:
        parts = conninfo_to_dict(text)
    except Exception as error:
        raise ConfigError(
            f"database address {_without_password(text)} cannot be read; expected "
            "postgresql://USER@HOST:PORT/NAME with special characters as %XX"
        ) from error
    parts.setdefault("connect_timeout", "10")
    parts.setdefault("application_name", "bangda")
    password = str(parts.get("password") or os.environ.get("PGPASSWORD") or "")
    host, port = parts.get("host") or "", parts.get("port") or ""
    where = f"{host}:{port}" if port else str(host)
    shown = f"postgresql://{where}/{parts.get('dbname') or ''}"
    return Address(make_conninfo("", **parts), shown, password)


def _without_password(text: str) -> str:
    try:
        found = urlsplit(text)
        return f"{found.scheme}://{found.hostname or ''}"
    except ValueError:
        return "postgresql://…"


def explained(error: Exception, address: Address) -> StoreError:
    """A failure to connect in a sentence that says what is wrong and what to do."""
    said = address.clean(error)
    state = str(getattr(error, "sqlstate", "") or "")
    for found, phrase, fix in _CAUSES:
        if found in said or (state and found == state):
            return StoreError(f"database {address.shown}: {phrase} ({said}); {fix}")
    return StoreUnavailableError(
        f"database {address.shown} cannot be reached ({said}); expected a PostgreSQL server that "
        "accepts connections there; check the address, and that it runs: pg_isready"
    )


_CAUSES: tuple[tuple[str, str, str], ...] = (
    ("password authentication failed", "the password or the user is wrong",
     "expected the one of that role; give it by PGPASSFILE or PGPASSWORD"),
    ("no password supplied", "it asks for a password and none was given",
     "give it by PGPASSFILE, PGPASSWORD or in the address"),
    ("Peer authentication failed", "this system account may not sign in as that user",
     "name a host and a password, or run as that account"),
    ("no pg_hba.conf entry", "the server lets nobody in from here",
     "add a line for this host to its pg_hba.conf"),
    ("role ", "there is no such user", "create it: createuser NAME"),
    ("could not translate host name", "no machine has this name", "check the address"),
    ("permission denied", "the user may not make or use its tables",
     "make it the database's owner: ALTER DATABASE NAME OWNER TO USER"),
    ("server does not support SSL", "the server offers no encryption",
     "set sslmode in the address"),
    ("certificate verify failed", "the server's certificate is not trusted",
     "set sslrootcert in the address"),
)  # fmt: skip


def too_old(found: int, address: Address) -> StoreError:
    """The sentence for a server of an old version; `found` as 120015."""
    return StoreError(
        f"database {address.shown} is PostgreSQL {found // 10_000}; expected {OLDEST} or newer; "
        "update the server"
    )


def missing_database(said: Any, address: Address) -> StoreError:
    """The sentence for a database that is not there."""
    return StoreError(
        f"database {address.shown} is not there ({address.clean(said)}); expected an existing one; "
        "make it: createdb NAME"
    )
