"""The address of a PostgreSQL database, and in plain words what is wrong when it cannot be used.

The password is read from the address, PGPASSWORD, a service file or a password file (PGPASSFILE,
`~/.pgpass`), as libpq does. It stands in no message, log or title of a process.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from server.base.errors import ConfigError, StoreError, StoreUnavailableError

_SCHEMES = ("postgresql", "postgres")
OLDEST = 13
# Where in a statement it went wrong tells people nothing.
_PLACE = re.compile(r" (?:LINE|第) ?\d+ ?行?[:：].*")
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
        line = _PLACE.sub("", " ".join(str(text).split()))
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
    ports = str(parts.get("port") or "")
    if not all(port.isdigit() or not port for port in ports.split(",")):
        raise ConfigError(
            f"database address {_without_password(text)} has the port {ports!r}; expected a number"
        )
    parts.setdefault("connect_timeout", "10")
    # A machine that went away is noticed within a minute, not after hours.
    for name, value in (("keepalives_idle", "20"), ("keepalives_interval", "10"),
                        ("keepalives_count", "3"), ("tcp_user_timeout", "50000")):  # fmt: skip
        parts.setdefault(name, value)
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
    for found, phrase, fix in _CAUSES:
        if found.search(said):
            return StoreError(f"database {address.shown}: {phrase} ({said}); {fix}")
    if _FULL.search(said):
        return StoreUnavailableError(
            f"database {address.shown} takes no more connections just now ({said}); each bangda "
            "server needs up to 12; raise max_connections, or run fewer servers"
        )
    return StoreUnavailableError(
        f"database {address.shown} cannot be reached ({said}); expected a PostgreSQL server that "
        "accepts connections there; check the address, and that it runs: pg_isready"
    )


# A server speaks the language of its machine; before somebody is let in there is no code to go by.
_FULL = re.compile("too many (clients|connections)|connection slots|太多的?客户|连接(太多|位置)")
_CAUSES = tuple(
    (re.compile(found), phrase, fix)
    for found, phrase, fix in (
        ("password authentication failed|Password 认证失败", "the password or the user is wrong",
         "expected the one of that role; give it by PGPASSFILE or PGPASSWORD"),
        ("no password supplied", "it asks for a password and none was given",
         "give it by PGPASSFILE, PGPASSWORD or in the address"),
        ("Peer authentication failed|对等认证失败",
         "this system account may not sign in as that user",
         "name a host and a password, or run as that account"),
        ("no pg_hba.conf entry|pg_hba.conf 记录", "the server lets nobody in from here",
         "add a line for this host to its pg_hba.conf"),
        ('database ".*" does not exist|数据库 ".*" 不存在', "there is no such database",
         "expected an existing one; make it: createdb NAME"),
        ('role ".*" does not exist|角色 ".*" 不存在', "there is no such user",
         "create it: createuser NAME"),
        ("not permitted to log in|不允许角色", "that user may not sign in",
         "allow it: ALTER ROLE NAME LOGIN"),
        ("translate host name|resolve host", "no machine has this name", "check the address"),
        ("permission denied|权限不够", "the user may not make or use its tables",
         "make it the database's owner: ALTER DATABASE NAME OWNER TO USER"),
        ("does not support SSL", "the server offers no encryption", "set sslmode in the address"),
        ("certificate verify failed", "the server's certificate is not trusted",
         "set sslrootcert in the address"),
    )
)  # fmt: skip


def too_old(found: int, address: Address) -> StoreError:
    """The sentence for a server of an old version; `found` as 120015."""
    return StoreError(
        f"database {address.shown} is PostgreSQL {found // 10_000}; expected {OLDEST} or newer; "
        "update the server"
    )
